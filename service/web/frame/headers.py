"""Headers that keep a page to itself: nothing from elsewhere, no frame, no sniffing (ASVS 5.0.0, V3.4)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.settings import current

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Whoever has come by https once comes by nothing else for a year (RFC 6797).
HTTPS_ALONE = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


# Feeds are asked for more than all else, and have these too: nothing is put into words again for each.
_PLAIN, _BY_HTTPS = _raw(HEADERS), _raw(HEADERS | HTTPS_ALONE)


def of_every_answer() -> list[tuple[bytes, bytes]]:
    """The headers, as ASGI sends them."""
    return _BY_HTTPS if current().secure else _PLAIN


class SecurityHeaders:
    """Adds the headers to every answer; nothing else sets them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *of_every_answer()]
            await send(message)

        await self.app(scope, receive, dressed)
