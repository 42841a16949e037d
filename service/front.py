"""The one hot path: a public feed that is ready is handed out before anything else looks at the request.

For that feed it does what the rooms behind it do for every answer: it is given to no other host, with the headers of
every answer, and counted. A feed that is not ready goes the long way round, and is ready from then on.
"""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.calendars import api as calendars
from service.settings import current
from service.watching.requests import count
from service.web.frame import foreign, headers


class Front:
    """The outermost room of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = None
        if scope["type"] == "http" and scope["method"] == "GET" and foreign.is_ours(scope, current()):
            found = calendars.ready(scope["path"], scope["app"].state.feeds)
        if found is None:
            await self.app(scope, receive, send)
            return
        answer = calendars.respond(Request(scope), *found)
        answer.raw_headers += headers.of_every_answer()
        count(scope["path"], answer.status_code)
        await answer(scope, receive, send)
