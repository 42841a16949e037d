"""Problems told to a client: RFC 9457 `application/problem+json`, without echo of what was sent."""

from typing import Any


class Problem(Exception):
    """A request that cannot be done as it stands; `detail` says what to do instead."""

    def __init__(
        self,
        status: int,
        type_: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.type = type_
        self.detail = detail
        self.headers = headers or {}
        self.more = more

    def body(self) -> dict[str, Any]:
        """The problem as RFC 9457 lays it out."""
        title = self.type.replace("-", " ").capitalize()
        return {
            "type": f"/problems/{self.type}",
            "title": title,
            "status": self.status,
            "detail": self.detail,
        } | self.more


def not_found(what: str) -> Problem:
    return Problem(404, "not-found", f"{what} is not here; check the address.")
