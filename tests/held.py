"""Every answer that a test gets from the API is one that the description of its door names."""

from functools import cache
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeldToDescription:
    """Fails with 500 where a door answers as its description does not say."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def compare(message: Message) -> None:
            if message["type"] == "http.response.start":
                _compare(scope, message["status"])
            await send(message)

        await self.app(scope, receive, compare)


def _compare(scope: Scope, status: int) -> None:
    path = getattr(scope.get("route"), "path", None)
    known = _described(scope["app"]).get((path, scope["method"].lower()))
    # A failure of the service is described by its first digit.
    assert known is None or status >= 500 or str(status) in known, (
        f"{scope['method']} {path} is said never to answer {status}"
    )


@cache
def _described(app: FastAPI) -> dict[tuple[Any, str], set[str]]:
    paths = app.openapi()["paths"]
    return {(path, method): set(said["responses"]) for path, doors in paths.items() for method, said in doors.items()}
