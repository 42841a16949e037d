"""Builds the application: settings, database, doors."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from service.access import api as access
from service.access import audit_api, events_api, people_api, tokens_api
from service.calendars import api as calendars
from service.calendars import calendar_api
from service.calendars.feeds import Shelf
from service.calendars.polls import Polls
from service.described import describe
from service.followups.actions import api as actions
from service.followups.actions import csv_api as action_tables
from service.followups.actions import review_api
from service.followups.activities import api as activities
from service.followups.activities import milestones_api
from service.followups.decisions import api as decisions
from service.followups.handovers import api as handovers
from service.followups.notices import api as notices
from service.followups.programmes import api as programmes
from service.followups.reports import api as reports
from service.followups.search import api as search
from service.front import Front
from service.meetings import api as meetings
from service.meetings import cadences_api
from service.meetings.agenda import api as agenda
from service.meetings.agenda import news_api
from service.meetings.attendance import api as attendance
from service.meetings.minutes import api as minutes
from service.meetings.outside import api as outside
from service.meetings.placing import api as placing
from service.meetings.polls import api as polls
from service.notifications.choices import api as choices
from service.notifications.choices import contacts_api
from service.notifications.followups import dossiers_api
from service.notifications.handovers import acknowledging_api
from service.notifications.mailing import api as mailing
from service.notifications.outbox import api as deliveries
from service.notifications.webhooks import api as webhooks
from service.refusals import MAX_BODY, FirstLines, Unexpected, refuse_with_problems
from service.rotation import api as rotation
from service.rotation import writing_api
from service.scheduler import Ticker
from service.watching import health
from service.watching.requests import Watched
from service.web import rooms as pages
from service.web.frame import foreign, headers, speaking
from service.web.frame.page import problem_page
from service.wiring import wire

# The fixed addresses below /meetings stand before those of one meeting.
ROOMS = (
    access,
    events_api,
    audit_api,
    calendars,
    calendar_api,
    rotation,
    writing_api,
    cadences_api,
    placing,
    attendance,
    meetings,
    agenda,
    news_api,
    minutes,
    polls,
    outside,
    decisions,
    notices,
    activities,
    milestones_api,
    programmes,
    actions,
    review_api,
    action_tables,
    search,
    reports,
    handovers,
    dossiers_api,
    acknowledging_api,
    deliveries,
    mailing,
    webhooks,
    contacts_api,
    choices,
    people_api,
    tokens_api,
)


def create_app(engine: Engine, ticker: Ticker | None = None) -> FastAPI:
    """The application on `engine`; with a `ticker` it also does what falls due while it serves."""
    app = build()
    stand_on(app, engine, ticker)
    return app


def stand_on(app: FastAPI, engine: Engine, ticker: Ticker | None = None) -> None:
    """Let an application that does not serve now do so on `engine`."""
    app.state.engine = engine
    app.state.ticker = ticker
    app.state.stopping = threading.Event()
    app.state.feeds = Shelf(engine)
    app.state.polls = Polls()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    ticker: Ticker | None = app.state.ticker
    if ticker is not None:
        ticker.start()
    yield
    if ticker is not None:
        ticker.stop()
    app.state.feeds.close()


def build() -> FastAPI:
    """The application with all its doors, on no database yet (see `stand_on`)."""
    wire()
    app = FastAPI(
        title="gmg",
        description="The chair of a group that is chaired in turn: who, until when and why.",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    for room in ROOMS:
        app.include_router(room.router)
    pages.mount(app)
    health.mount(app)
    refuse_with_problems(app, problem_page)
    describe(app)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY)
    app.add_middleware(FirstLines, page=problem_page)
    app.add_middleware(foreign.OwnPages)
    app.add_middleware(Unexpected, page=problem_page)
    app.add_middleware(speaking.Speaking)
    app.add_middleware(headers.SecurityHeaders)
    app.add_middleware(foreign.OwnHost)
    app.add_middleware(Watched)
    app.add_middleware(Front)
    return app
