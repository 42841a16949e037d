"""Problems told to a client: RFC 9457 `application/problem+json`, without echo of what was sent."""

from typing import Any

from service.language.speech import language


class Problem(Exception):
    """A request that cannot be done as it stands; `detail` says what to do instead, in the reader's language."""

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
        # The language that it was said in: a page that shows it is in the same.
        self.language = language()
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


def not_found(detail: str) -> Problem:
    """What is asked for is not here; `detail` is the whole sentence, in the language of whoever asks."""
    return Problem(404, "not-found", detail)
