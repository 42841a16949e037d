"""The strict way in for the API: what a request says is read once, exactly, or refused with what to send instead.

A body is JSON in UTF-8 (RFC 8259), without what JSON does not have (NaN, Infinity), what would be lost
(a key that stands twice, a number beyond a float) or what no text can hold (a lone surrogate). A query
parameter that is not known, or stands twice, is refused: ignoring it would answer another question.
"""

import json
import math
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.exceptions import HTTPException

from service.language.speech import _
from service.problems import Problem


class Unreadable(HTTPException):
    """A body that is no JSON; the framework lets this through to the handler of problems."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status)
        self.problem = problem


def read_json(raw: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        Problem: 400, not UTF-8 or nested too deep; 422, no JSON, or a key that stands twice.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Problem(400, "not-utf-8", _("The body is not UTF-8; send JSON in UTF-8.")) from None
    if text.startswith("\ufeff") or "\0" in text:
        raise Problem(400, "not-utf-8", _("The body is not plain UTF-8; send JSON in UTF-8 without a byte order mark."))
    try:
        from_json(raw, allow_inf_nan=False)
        return json.loads(text, object_pairs_hook=_once, parse_float=_finite)
    except ValueError as error:
        if "recursion" in str(error):
            raise Problem(400, "too-deep", _("The body is nested too deep; send it flat.")) from None
        detail = str(error) if isinstance(error, _Said) else _("The body is no JSON; check it with a JSON parser.")
        raise Problem(422, "invalid-json", detail) from None


class _Said(ValueError):
    """A fault whose text is meant for the client."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Said(_("A key stands twice in one object of the body; send each once."))
    return found


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _Said(_("A number in the body is too large; send a smaller one."))
    return number


class _StrictRequest(Request):
    async def json(self) -> Any:
        try:
            return read_json(await self.body())
        except Problem as problem:
            raise Unreadable(problem) from None


class StrictRoute(APIRoute):
    """A route of the API; see the module."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = set(_taken(self.dependant))
        takes_body = self.body_field is not None

        async def strict(request: Request) -> Response:
            _refuse_query(request, known)
            if takes_body:
                _refuse_media_type(request)
            return await handle(_StrictRequest(request.scope, request.receive))

        return strict


def _taken(dependant: Dependant) -> Iterator[str]:
    """The query parameters of a route and of what it depends on."""
    yield from (parameter.alias for parameter in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _taken(inner)


def _refuse_query(request: Request, known: set[str]) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    if not set(names) <= known:
        detail = _("A query parameter is not known here; this address takes no query parameters.")
        if known:
            takes = ", ".join(sorted(known))
            detail = _("A query parameter is not known here; this address takes {names}.", names=takes)
        raise Problem(422, "unknown-parameter", detail)
    if len(set(names)) != len(names):
        raise Problem(422, "repeated-parameter", _("A query parameter stands twice; send each once."))


def _refuse_media_type(request: Request) -> None:
    kind, _semicolon, more = request.headers.get("content-type", "").partition(";")
    charset = more.strip().lower().replace('"', "")
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise Problem(415, "unsupported-media-type", _("Send the body as Content-Type: application/json."))


def file_body(kind: str) -> Callable[[Request], Coroutine[Any, Any, bytes]]:
    """What a route depends on whose body is a file of one media type: its bytes, small as every body.

    Raises:
        Problem: 415, it is of another type.
    """

    async def read(request: Request) -> bytes:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
            raise Problem(415, "unsupported-media-type", _("Send the file as Content-Type: {kind}.", kind=kind))
        return await request.body()

    return read
