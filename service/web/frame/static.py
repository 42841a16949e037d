"""The style sheets: small files, handed out whole."""

from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send


class Whole(StaticFiles):
    """Files without ranges: to cut small ones into pieces serves only who wants to make work of it (threat T65).

    A server may ignore a range and send the whole (RFC 9110 14.2).
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = [(name, value) for name, value in scope.get("headers", []) if name not in (b"range", b"if-range")]
        await super().__call__({**scope, "headers": asked}, receive, send)
