"""Every failure as a problem: one form, no echo of what was sent, and a trace to find it in the log."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from python_multipart.multipart import parse_options_header
from sqlalchemy.exc import DataError, OperationalError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.language.speech import N_, _, filled
from service.logs import note, trace
from service.problems import Problem
from service.strict import Unreadable

MAX_BODY = 256 * 1024
# A name of a field, or a place in a list, as far as it is told again.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}|\d{1,6}")
# PostgreSQL's name for a full disk (its appendix A, class 53).
_DISK_FULL = "53100"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
log = structlog.get_logger()


# How a problem is told to somebody who came with a browser.
Page = Callable[[Request, Problem], Response]


class Unexpected:
    """Answers what nobody foresaw with a trace that the log has, and nothing else.

    `page` tells it to somebody who came with a browser.
    """

    def __init__(self, app: ASGIApp, page: Page) -> None:
        self.app, self.page = app, page

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
            known_by = trace() or str(uuid4())
            log.exception("unexpected", trace=known_by)
            problem = Problem(500, "unexpected", _("Not your fault. Tell the operator: {trace}.", trace=known_by))
            await tell(Request(scope), problem, self.page)(scope, receive, send)


class FirstLines:
    """Refuses a request by its first lines, before a byte of its body is read.

    A body that does not say how large it is is cut off later. None is packed: a small one would grow without bounds
    (threat T7). A form is in UTF-8: its sender would otherwise choose what decodes it, and some of those make texts
    that no page can show (threat T3). `page` tells it to somebody who came with a browser.
    """

    def __init__(self, app: ASGIApp, page: Page) -> None:
        self.app, self.page = app, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = _refused(Headers(scope=scope)) if scope["type"] == "http" else None
        if status is None:
            await self.app(scope, receive, send)
        else:
            await tell(Request(scope), _problem(status), self.page)(scope, receive, send)


def _refused(headers: Headers) -> int | None:
    """The status with which a request is refused by its first lines; None where it may be read."""
    length = headers.get("content-length", "0")
    if length.isascii() and length.isdecimal() and (len(length) > 12 or int(length) > MAX_BODY):
        return 413
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        return 415
    kind, said = parse_options_header(headers.get("content-type", ""))
    is_form = kind.strip() in (b"multipart/form-data", b"application/x-www-form-urlencoded")
    return 400 if is_form and said.get(b"charset", b"utf-8").lower() not in (b"utf-8", b"utf8") else None


_DETAILS = {
    400: ("bad-request", N_("The request cannot be read; check its form against /docs.")),
    404: ("not-found", N_("Nothing is at this address; see /docs.")),
    405: ("method-not-allowed", N_("This address does not take this method; see Allow.")),
    413: ("body-too-large", N_("The body is larger than {size} bytes; send less at once.")),
    415: ("unsupported-encoding", N_("Send the body without Content-Encoding.")),
    416: ("range-not-satisfiable", N_("This range is not there; ask for the whole.")),
}


_ELSE = ("refused", N_("The request cannot be answered; see /docs."))


def _problem(status: int, headers: dict[str, str] | None = None) -> Problem:
    """What the framework refuses, as a problem."""
    type_, detail = _DETAILS.get(status, _ELSE)
    return Problem(status, type_, filled(_(detail), size=MAX_BODY), headers=headers)


def refuse_with_problems(app: FastAPI, page: Page) -> None:
    """Let every failure of `app` be told as a problem; `page` tells one to somebody who came with a browser."""

    def answer(request: Request, problem: Problem) -> Response:
        return tell(request, problem, page)

    @app.exception_handler(Problem)
    async def told(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, Problem)
        return answer(request, problem)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if isinstance(error, Unreadable):
            return answer(request, error.problem)
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_taken(request))
        return answer(request, _problem(error.status_code, headers))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(
            request, Problem(422, "invalid-input", _("Some values cannot be used; see errors."), errors=faults(error))
        )

    @app.exception_handler(DataError)
    async def cannot_be_held(request: Request, error: Exception) -> Response:
        # A NUL in an address or a field that names something: SQLite finds nothing by it, PostgreSQL takes none.
        log.warning("a value that no column holds", error=type(error).__name__)
        return answer(request, _problem(400))

    @app.exception_handler(OperationalError)
    async def unavailable(request: Request, error: Exception) -> Response:
        full = _is_full(error)
        log.error("database unavailable", error=type(error).__name__, full=full)
        if full:
            return answer(request, Problem(507, "storage-full", _("Nothing can be stored now; tell the operator.")))
        return answer(
            request, Problem(503, "database-unavailable", _("Try again shortly."), headers={"Retry-After": "5"})
        )


def _is_full(error: Exception) -> bool:
    """Whether the database had no room for what it was to write (promise P11)."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(cause, "sqlstate", None) == _DISK_FULL


def _taken(request: Request) -> list[str]:
    """The methods that an address takes: the framework names those of one route alone (RFC 9110 10.2.1 wants all)."""
    if any(isinstance(route, Mount) and _takes(route, _scope(request, "GET")) for route in request.app.routes):
        return ["GET", "HEAD"]
    return [
        method for method in _METHODS if any(_takes(route, _scope(request, method)) for route in request.app.routes)
    ]


def _takes(route: BaseRoute, scope: Scope) -> bool:
    return route.matches(scope)[0] is Match.FULL


def _scope(request: Request, method: str) -> Scope:
    """Where a request goes, had it been sent by `method`."""
    root = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    return {
        "type": "http", "path": request.scope["path"], "root_path": root, "method": method, "headers": [],
    }  # fmt: skip


def tell(request: Request, problem: Problem, page: Page) -> Response:
    """A problem for whoever asked: by `page` for somebody who came with a browser."""
    note(problem=problem.type)
    if "text/html" in request.headers.get("accept", ""):
        told = page(request, problem)
        told.headers["X-Trace"] = trace() or str(uuid4())
        return told
    return problem_response(problem)


def problem_response(problem: Problem) -> Response:
    """A problem as a program reads it (RFC 9457)."""
    note(problem=problem.type)
    body: dict[str, Any] = problem.body() | {"instance": f"urn:uuid:{trace() or uuid4()}"}
    return JSONResponse(body, problem.status, headers=problem.headers, media_type="application/problem+json")


def faults(error: RequestValidationError) -> list[dict[str, str]]:
    """Where each fault is and what is wrong, without what was sent."""
    return [
        {
            "where": ".".join(_step(step) for step in fault["loc"]),
            "message": str(fault["msg"]).removeprefix("Value error, "),
        }
        for fault in error.errors()
    ]


def _step(step: object) -> str:
    """A step to where a fault is; a key that is no plain name is not told again (threat T69)."""
    return str(step) if _NAME.fullmatch(str(step)) else "?"
