"""The HTTP door of tokens: everybody keeps their own, the secretariat everybody's."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import Request, Response
from pydantic import Field
from sqlmodel import Session

from service.access.bodies import In, Out, answer, new_router
from service.access.door import Answer, IfMatch, Key, change, create, look
from service.access.own_tokens import make, revoke
from service.access.queries import scopes_of, tokens_page
from service.access.rules import Caller
from service.access.scene import scene
from service.access.tables import TokenRow
from service.access.verbs import SCOPES, Scope
from service.keyset import After, Limit, cursor, read_cursor
from service.settings import current
from service.text import Line, Mailbox
from service.versions import Expected

router = new_router("access")


class TokenIn(In):
    """What a token is for. Without `person` it is one's own; another's, or the secretariat's, is for the secretariat.

    `kind`: api for programs, feed for a person's own calendar. `scopes` is what it may write: without it all that
    the caller may, empty for a token that may only look; never more than the caller's own.
    """

    kind: Literal["api", "feed"] = "api"
    name: Line | None = None
    person: Mailbox | None = None
    scopes: Annotated[list[Scope], Field(max_length=len(SCOPES))] | None = None
    days: int = Field(365, ge=1, le=1095)


class TokenOut(Out):
    """A token, by everything but itself."""

    id: str
    kind: Literal["api", "feed"]
    name: str
    person: str | None = Field(description="The id of its person; null for the secretariat itself.")
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class MadeOut(TokenOut):
    """A token that was just made. A repetition of the request is not told it again."""

    token: str | None = Field(description="Shown this once; of a feed, the address to subscribe to.")


class TokensOut(Out):
    tokens: list[TokenOut]
    next: str | None


@router.get("/tokens", response_model=TokensOut)
def tokens(group: str, request: Request, limit: Limit = 50, after: After = None) -> Response:
    """One's own tokens and feeds, newest first; for the secretariat those of everybody."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        everybody = at.may("token.look") is not None
        of = f"tokens {group} {caller.id}"
        rows = tokens_page(session, group, None if everybody else caller.person or "", read_cursor(of, after), limit)
        more = cursor(of, [rows[limit - 1].created_at.isoformat(), rows[limit - 1].id]) if len(rows) > limit else None
        return answer(TokensOut(tokens=[TokenOut(**_values(row)) for row in rows[:limit]], next=more))

    return look(request, group, do)


@router.post("/tokens", status_code=201, response_model=MadeOut)
def make_token(group: str, body: TokenIn, request: Request, key: Key = None, if_match: IfMatch = None) -> Response:
    """Make a token or a feed. It is shown in this answer and never again."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        token, row = make(
            at, kind=body.kind, name=body.name, email=body.person, scopes=body.scopes, lasts=timedelta(days=body.days)
        )
        shown = token if body.kind == "api" else feed_address(group, token)
        told = MadeOut(**_values(row), token=shown)
        where = {"Location": f"/api/v1/groups/{group}/tokens"}
        return Answer(201, told, where, kept=told.model_copy(update={"token": None}))

    return create(request, group, body, do, key=key, if_match=if_match)


@router.post("/tokens/{token}/revoke", response_model=TokenOut)
def revoke_token(group: str, token: str, request: Request, if_match: IfMatch = None) -> Response:
    """Revoke a token or a feed, at once and for good; doing it again changes nothing."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        return answer(TokenOut(**_values(revoke(scene(session, group, caller, lock=True), token))))

    return change(request, group, do, if_match=if_match, required=False)


def feed_address(group: str, token: str) -> str:
    """The address of a person's own calendar."""
    return f"{current().public_url}/calendars/p/{token}/{group}.ics"


def _values(row: TokenRow) -> dict[str, object]:
    return row.model_dump(include={"id", "kind", "name", "created_at", "expires_at", "revoked_at"}) | {
        "person": row.person_id,
        "scopes": sorted(scopes_of(row.scope)),
    }
