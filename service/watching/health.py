"""`/livez`, `/readyz` and `/metrics`: for whoever starts, stops and watches the service."""

import threading

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client.exposition import choose_encoder
from sqlalchemy.exc import SQLAlchemyError

from migrations.upgrade import works_with
from service.language.speech import _
from service.problems import not_found
from service.settings import current
from service.watching.guard import may_watch
from service.watching.requests import COUNTS
from service.watching.state import State, Together

_HEADERS = {"Cache-Control": "no-store"}


def mount(app: FastAPI) -> None:
    """Add the three addresses; `app.state.stopping` says whether the service has been told to stop."""

    @app.api_route("/livez", methods=["GET", "HEAD"], include_in_schema=False)
    async def livez() -> Response:
        """The process answers. No database is asked: to start it again would not mend that."""
        return PlainTextResponse("alive\n", headers=_HEADERS)

    @app.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
    def readyz(request: Request) -> Response:
        """Whether requests should come here. Why not, only whoever may watch is told."""
        why = _not_ready(request.app)
        if why is None:
            return PlainTextResponse("ready\n", headers=_HEADERS)
        said = f"not ready: {why}\n" if may_watch(request) else "not ready\n"
        return PlainTextResponse(said, status_code=503, headers=_HEADERS | {"Retry-After": "5"})

    @app.api_route("/metrics", methods=["GET", "HEAD"], include_in_schema=False)
    def metrics(request: Request) -> Response:
        """The figures, for whoever may watch; for all others nothing is here."""
        if not may_watch(request):
            raise not_found(_("Nothing is at this address; see /docs."))
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        figures = Together(COUNTS, State(request.app.state.engine, current()))
        return Response(encode(figures), headers=_HEADERS | {"Content-Type": media_type})


def _not_ready(app: FastAPI) -> str | None:
    """What keeps the service from taking requests; nothing of how it is built."""
    stopping: threading.Event = app.state.stopping
    if stopping.is_set():
        return "it is stopping"
    try:
        works = works_with(app.state.engine)
    except SQLAlchemyError:
        return "the database does not answer"
    return None if works else "the database is not at the revision of this program; run gmg migrate"
