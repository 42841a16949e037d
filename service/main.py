"""Builds the application: settings, database, doors."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from migrations.upgrade import newest, revision_of
from service.calendars import api as calendars
from service.calendars.feeds import Shelf
from service.problems import Problem
from service.rotation import api as rotation
from service.scheduler import Ticker
from service.web import headers, pages
from service.wiring import wire

MAX_BODY = 256 * 1024
log = structlog.get_logger()


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
        max_body_size=MAX_BODY,
        lifespan=lifespan,
    )
    app.state.engine = engine
    app.state.feeds = Shelf(engine)
    for router in (calendars.router, rotation.router, pages.router):
        app.include_router(router)
    pages.mount(app)
    _health(app)
    _problems(app)
    app.add_middleware(headers.SecurityHeaders)
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


def _problems(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def told(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, Problem)
        return _answer(request, problem)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        details = {
            404: ("not-found", "Nothing is at this address; see /docs."),
            405: ("method-not-allowed", "This address does not take this method; see Allow."),
            413: ("body-too-large", f"The body is larger than {MAX_BODY} bytes; send less at once."),
        }
        type_, detail = details.get(error.status_code, ("refused", "The request cannot be answered; see /docs."))
        return _answer(request, Problem(error.status_code, type_, detail, headers=dict(error.headers or {})))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        faults = [
            {"where": ".".join(str(step) for step in fault["loc"]), "message": str(fault["msg"])}
            for fault in error.errors()
        ]
        return _answer(request, Problem(422, "invalid-input", "Some values cannot be used; see errors.", errors=faults))

    @app.exception_handler(OperationalError)
    async def unavailable(request: Request, error: Exception) -> Response:
        full = "full" in str(error).lower()
        log.error("database unavailable", error=type(error).__name__, full=full)
        if full:
            return _answer(request, Problem(507, "disk-full", "Nothing can be stored now; tell the operator."))
        return _answer(
            request, Problem(503, "database-unavailable", "Try again shortly.", headers={"Retry-After": "5"})
        )

    @app.middleware("http")
    async def unexpected(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        try:
            return await call(request)
        except Exception:
            trace = uuid4().hex
            log.exception("unexpected", trace=trace, path=request.url.path)
            return _answer(request, Problem(500, "unexpected", f"Not your fault. Tell the operator: {trace}."))


def _answer(request: Request, problem: Problem) -> Response:
    if problem.status in (404, 410) and "text/html" in request.headers.get("accept", ""):
        page: Response = pages.problem_page(request, problem)
        return page
    body: Any = problem.body()
    return JSONResponse(body, problem.status, headers=problem.headers, media_type="application/problem+json")
