"""Every failure as a problem: one form, no echo of what was sent, and a trace to find it in the log."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import Problem
from service.strict import Unreadable

MAX_BODY = 256 * 1024
_STEP = 60
log = structlog.get_logger()


class Unexpected:
    """Answers what nobody foresaw with a trace that the log has, and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception:
            if started or scope["type"] != "http":
                raise
            trace = str(uuid4())
            log.exception("unexpected", trace=trace)
            problem = Problem(500, "unexpected", f"Not your fault. Tell the operator: {trace}.")
            await problem_response(problem)(scope, receive, send)


class BodyLimit:
    """Refuses a body that says it is too large before a byte of it is read; one that does not say is cut off later."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "0") if scope["type"] == "http" else "0"
        if length.isdigit() and (len(length) > 12 or int(length) > MAX_BODY):
            await problem_response(Problem(413, *_DETAILS[413]))(scope, receive, send)
        else:
            await self.app(scope, receive, send)


Page = Callable[[Request, Problem], Response]
_DETAILS = {
    400: ("bad-request", "The request cannot be read; check its form against /docs."),
    404: ("not-found", "Nothing is at this address; see /docs."),
    405: ("method-not-allowed", "This address does not take this method; see Allow."),
    413: ("body-too-large", f"The body is larger than {MAX_BODY} bytes; send less at once."),
    416: ("range-not-satisfiable", "This range is not there; ask for the whole."),
}


def refuse_with_problems(app: FastAPI, page: Page) -> None:
    """Let every failure of `app` be told as a problem; `page` tells one to somebody who came with a browser."""

    def answer(request: Request, problem: Problem) -> Response:
        if problem.status < 500 and "text/html" in request.headers.get("accept", ""):
            return page(request, problem)
        return problem_response(problem)

    @app.exception_handler(Problem)
    async def told(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, Problem)
        return answer(request, problem)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if isinstance(error, Unreadable):
            return answer(request, error.problem)
        type_, detail = _DETAILS.get(error.status_code, ("refused", "The request cannot be answered; see /docs."))
        return answer(request, Problem(error.status_code, type_, detail, headers=dict(error.headers or {})))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(
            request, Problem(422, "invalid-input", "Some values cannot be used; see errors.", errors=faults(error))
        )

    @app.exception_handler(OperationalError)
    async def unavailable(request: Request, error: Exception) -> Response:
        full = "full" in str(error).lower()
        log.error("database unavailable", error=type(error).__name__, full=full)
        if full:
            return answer(request, Problem(507, "disk-full", "Nothing can be stored now; tell the operator."))
        return answer(request, Problem(503, "database-unavailable", "Try again shortly.", headers={"Retry-After": "5"}))


def problem_response(problem: Problem) -> Response:
    """A problem as a program reads it (RFC 9457)."""
    trace = str(uuid4())
    log.info("refused", status=problem.status, type=problem.type, trace=trace)
    body: dict[str, Any] = problem.body() | {"instance": f"urn:uuid:{trace}"}
    return JSONResponse(body, problem.status, headers=problem.headers, media_type="application/problem+json")


def faults(error: RequestValidationError) -> list[dict[str, str]]:
    """Where each fault is and what is wrong, without what was sent."""
    return [
        {
            "where": ".".join(str(step)[:_STEP] for step in fault["loc"]),
            "message": str(fault["msg"]).removeprefix("Value error, "),
        }
        for fault in error.errors()
    ]
