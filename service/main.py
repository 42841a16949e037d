"""Builds the application: settings, database, doors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from migrations.upgrade import newest, revision_of
from service.access import api as access
from service.access import audit_api, events_api
from service.calendars import api as calendars
from service.calendars.feeds import Shelf
from service.meetings import api as meetings
from service.meetings import cadences_api
from service.meetings.agenda import api as agenda
from service.meetings.attendance import api as attendance
from service.meetings.minutes import api as minutes
from service.meetings.outside import api as outside
from service.meetings.placing import api as placing
from service.meetings.polls import api as polls
from service.refusals import MAX_BODY, BodyLimit, Unexpected, refuse_with_problems
from service.rotation import api as rotation
from service.rotation import writing_api
from service.scheduler import Ticker
from service.web import answers, headers, pages
from service.web import meetings as meeting_pages
from service.wiring import wire

# The fixed addresses below /meetings stand before those of one meeting.
ROOMS = (
    access,
    events_api,
    audit_api,
    calendars,
    rotation,
    writing_api,
    cadences_api,
    placing,
    attendance,
    meetings,
    agenda,
    minutes,
    polls,
    outside,
    pages,
    answers,
    meeting_pages,
)


def create_app(engine: Engine, ticker: Ticker | None = None) -> FastAPI:
    """The application on `engine`; with a `ticker` it also does what falls due while it serves."""

    wire()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if ticker is not None:
            ticker.start()
        yield
        if ticker is not None:
            ticker.stop()
        app.state.feeds.close()

    app = FastAPI(
        title="gmg",
        description="The chair of a group that is chaired in turn: who, until when and why.",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.engine = engine
    app.state.feeds = Shelf(engine)
    for room in ROOMS:
        app.include_router(room.router)
    pages.mount(app)
    _health(app)
    refuse_with_problems(app, pages.problem_page)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY)
    app.add_middleware(BodyLimit)
    app.add_middleware(Unexpected)
    app.add_middleware(headers.SecurityHeaders)
    app.add_middleware(calendars.Front, shelf=app.state.feeds)
    return app


def _health(app: FastAPI) -> None:
    @app.get("/livez", include_in_schema=False)
    def livez() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> PlainTextResponse:
        try:
            ready = revision_of(app.state.engine) == newest()
        except OperationalError:
            ready = False
        return PlainTextResponse("ready\n" if ready else "not ready\n", status_code=200 if ready else 503)
