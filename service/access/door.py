"""How a request becomes a write: who asks, once, for which version; one transaction, then the answer."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, NamedTuple

from fastapi import Header, Request, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from sqlmodel import Session

from service import audit, repeats
from service.access import queries
from service.access.rules import Caller
from service.database import reading, writing
from service.logs import note
from service.strict import StrictRoute
from service.versions import Expected

# For the description of the API; the header itself is read below.
bearer = HTTPBearer(auto_error=False, description="A token that `gmg token create` has shown.")
# A route that answers without a token too (`glance`) says so in the description of the API.
ANYBODY: dict[str, Any] = {"security": [{}]}


class TokenRoute(StrictRoute):
    """A route that needs a token, unless it says `ANYBODY`: who sends none is told so before anything else is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if (self.openapi_extra or {}).get("security") == ANYBODY["security"]:
            return handle

        async def known(request: Request) -> Response:
            if request.headers.get("authorization") is None:
                raise queries.no_token()
            return await handle(request)

        return known


class Answer(NamedTuple):
    """What a request is answered with. `kept` is what a repetition is told, where the answer shows a secret once."""

    status: int
    body: BaseModel
    headers: dict[str, str]
    kept: BaseModel | None = None

    def json(self) -> bytes:
        return self.body.model_dump_json(by_alias=True).encode()


Look = Callable[[Session, Caller], Answer]
Change = Callable[[Session, Caller, Expected], Answer]
Who = Callable[[Session, Request, str], Caller]


Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="New for each creation, such as a UUID; the same when it is repeated."),
]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of what was seen.")]


def look(request: Request, group_id: str, do: Look) -> Response:
    """Answer somebody with a token, without writing.

    Raises:
        Problem: 401 and 403, see `queries.caller`.
    """
    with reading(request.app.state.engine) as session:
        answer = do(session, _caller(session, request, group_id, writes=False))
    return _response(answer.status, answer.json(), answer.headers)


def glance(request: Request, group_id: str, do: Callable[[Session, Caller | None], Answer]) -> Response:
    """Answer anybody; who sends a token is known, and may see more.

    Raises:
        Problem: 401 and 403 for a token that is no good, see `queries.caller`.
    """
    if request.headers.get("authorization") is not None or hasattr(request.state, "who"):
        return look(request, group_id, do)
    with reading(request.app.state.engine) as session:
        answer = do(session, None)
    return _response(answer.status, answer.json(), answer.headers)


def rehearse(request: Request, group_id: str, do: Change, *, if_match: str | None) -> Response:
    """Do a write for its answer alone: everything is taken back before the answer goes out."""
    expected = Expected(if_match, required=False)
    with writing(request.app.state.engine) as session:
        answer = do(session, _caller(session, request, group_id, writes=True), expected)
        session.rollback()
    return _response(200, answer.json(), {})


def create(
    request: Request, group_id: str, body: BaseModel, do: Change, *, key: str | None, if_match: str | None
) -> Response:
    """Create something once; a repetition with the same Idempotency-Key gets the first answer again.

    Raises:
        Problem: 401 and 403, see `queries.caller`; 400, 409 and 422, see `repeats`.
    """
    known_by = repeats.read_key(key)
    expected = Expected(if_match, required=False)
    asked = repeats.fingerprint(request.method, str(request.url.path), body.model_dump_json().encode())
    with writing(request.app.state.engine) as session:
        caller = _caller(session, request, group_id, writes=True)
        row = repeats.claim(session, caller.id, known_by, asked)
        repeated = bool(row.status)
        shown = row.body
        if not repeated:
            answer = do(session, caller, expected)
            shown = answer.json()
            row.status, row.headers = answer.status, answer.headers
            row.body = shown if answer.kept is None else answer._replace(body=answer.kept).json()
            session.add(row)
    return _response(row.status, shown, row.headers | ({"Idempotent-Replayed": "true"} if repeated else {}))


def change(request: Request, group_id: str, do: Change, *, if_match: str | None, required: bool = True) -> Response:
    """Change something of which the caller has seen the present version (If-Match).

    `required=False` is for what says in its body which version it means, or replaces only the caller's own.

    Raises:
        Problem: 401 and 403, see `queries.caller`; 400, 412 and 428, see `Expected`.
    """
    expected = Expected(if_match, required=required)
    with writing(request.app.state.engine) as session:
        answer = do(session, _caller(session, request, group_id, writes=True), expected)
    return _response(answer.status, answer.json(), answer.headers)


def sent_by(request: Request, who: Who) -> None:
    """Let `who` say who asks, where a page of this service comes through the door instead of a program."""
    request.state.who = who


def _caller(session: Session, request: Request, group_id: str, *, writes: bool) -> Caller:
    who: Who | None = getattr(request.state, "who", None)
    if who is not None:
        caller = who(session, request, group_id)
    else:
        caller = queries.caller(session, request.headers.get("authorization"), group_id, writes=writes)
    note(actor=caller.id, agency=",".join(sorted({role.organization or "" for role in caller.appointments} - {""})))
    if writes:
        audit.act(session, caller.id, caller.name, f"{request.method} {request.url.path}")
    return caller


def _response(status: int, body: bytes, headers: dict[str, Any]) -> Response:
    return Response(body, status, headers=headers | {"Cache-Control": "no-store"}, media_type="application/json")
