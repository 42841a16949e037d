"""What the description of the API says of every address: how it refuses, and what its headers look like.

The routes say what they take and give. What their doors add is the same wherever they stand, so it is said here
once, from what an operation takes: who sends no token, an old version or a key that was used is refused alike by all.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

# What may stand in an operation that FastAPI has described.
Operation = dict[str, Any]

PROBLEM = "application/problem+json"
_UNSAFE = {"post", "put", "patch", "delete"}
_ETAGS = '^(W/)?"[!#-+.-~-]{0,100}"(, *(W/)?"[!#-+.-~-]{0,100}")*$'
_KEY = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[!-~]([ -~]{0,198}[!-~])?$"}
# Each answer that a door may give beside what was asked for: its name, what it means, and the headers it may carry.
_ANSWERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "400": ("Unreadable", "The request cannot be read: its form, its encoding or one of its headers.", {}),
    "401": ("NoToken", "No token, or one that is not good.", {"WWW-Authenticate": "What to send."}),
    "403": ("NotAllowed", "The token is good, but not for this; `type` and `detail` say who may.", {}),
    "404": ("NotThere", "Nothing of this name is here, or it is not for who asks to see.", {}),
    "409": ("Conflict", "It cannot be done as things stand; `detail` says why.", {"Retry-After": "Seconds."}),
    "410": ("Gone", "It was here, and will not be again.", {}),
    "412": ("Stale", "It has changed since it was seen.", {"ETag": "The present version."}),
    "413": ("TooLarge", "The body is larger than 256 KiB.", {}),
    "415": ("WrongMediaType", "The body is of another media type, or packed.", {}),
    "422": ("Unusable", "What was sent can be read but not used; `errors` or `detail` says what to send.", {}),
    "428": ("NoVersion", "If-Match is missing, or names no version.", {}),
    "429": ("TooMany", "Asked too often.", {"Retry-After": "Seconds."}),
    "5XX": ("Unavailable", "Not the sender's fault; ask again later.", {"Retry-After": "Seconds."}),
}
_DONE = {"200": "It is done, or shown.", "201": "It is created.", "304": "It is as it was when it was last read."}
# What each status means here, in order.
ANSWERS = _DONE | {status: meaning for status, (_name, meaning, _headers) in _ANSWERS.items()}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "How everything is refused (RFC 9457). Some types carry more than these fields.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "What kind of refusal it is: /problems/ and its name."},
        "title": {"type": "string", "description": "The kind in words."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What to do instead, in the language of who asks."},
        "instance": {"type": "string", "description": "Names the line in the log of the operator."},
        "errors": {
            "type": "array",
            "description": "Where each fault is, and what is wrong there.",
            "items": {
                "type": "object",
                "required": ["where", "message"],
                "properties": {"where": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def describe(app: FastAPI) -> None:
    """Let the description of `app` say how its doors refuse."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = described(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def described(description: dict[str, Any]) -> dict[str, Any]:
    """`description` (OpenAPI 3.1) with the refusals of every operation, each as a problem."""
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            _refusals(method, path, operation)
            _headers(operation)
            _rehearsal(operation)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    parts = description["components"]
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    parts["schemas"]["Problem"] = _SCHEMA
    parts["responses"] = {name: _response(text, headers) for name, text, headers in _ANSWERS.values()}
    return description


def _refusals(method: str, path: str, operation: Operation) -> None:
    given = operation["responses"]
    invalid = given.get("422")
    if invalid is not None and PROBLEM not in invalid.get("content", {}):
        del given["422"]
    for status in _statuses(method, path, operation, checked=invalid is not None):
        given.setdefault(status, {"$ref": f"#/components/responses/{_ANSWERS[status][0]}"})


def _statuses(method: str, path: str, operation: Operation, *, checked: bool) -> Iterator[str]:
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    yield from ("400", "5XX")
    if checked:
        yield "422"
    if "security" in operation:
        yield from ("401", "403")
    if "{" in path:
        yield "404"
    if method in _UNSAFE:
        yield from ("409", "413")
    if "If-Match" in names:
        yield from ("412", "428")
    if "requestBody" in operation:
        yield "415"


def _headers(operation: Operation) -> None:
    """The headers as they have to be; FastAPI knows them as texts that may be missing, since the door reads them."""
    parameters = operation.get("parameters", [])
    rehearses = any(parameter["name"] == "preview" for parameter in parameters)
    for parameter in parameters:
        if parameter["name"] == "Idempotency-Key":
            # A preview creates nothing and needs no key.
            parameter |= {"required": not rehearses, "schema": _KEY}
        elif parameter["name"] == "If-Match":
            parameter["schema"] = {"type": "string", "pattern": _ETAGS}


def _rehearsal(operation: Operation) -> None:
    """A preview is answered with 200, whatever the creation itself would be answered with."""
    given = operation["responses"]
    previews = any(parameter["name"] == "preview" for parameter in operation.get("parameters", []))
    if previews and "201" in given:
        given["200"] = given["201"] | {"description": "What would happen, with `preview`."}


def _response(text: str, headers: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": text,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if headers:
        found["headers"] = {name: {"description": said, "schema": {"type": "string"}} for name, said in headers.items()}
    return found
