"""Tokens and calendars of everybody, for the secretariat: which are good, one more, one less."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from service import clock
from service.access import tokens_api
from service.access.queries import tokens_page
from service.access.tables import TokenRow
from service.access.verbs import SCOPES
from service.groups import queries as groups
from service.keyset import cursor, read_cursor
from service.language.speech import N_, _
from service.web.frame.forms import Fault, Form, answered, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking
from service.web.own.me import PURPOSES, may_change

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/record/tokens"
KINDS = (("api", N_("a token for a program")), ("feed", N_("the address of a personal calendar")))
_SHOWN = 40


@router.get(ADDRESS)
def listed(group: str, request: Request, after: str | None = None) -> Response:
    """Every token and feed, newest first."""
    return _page(request, group, after=after)


@router.post(ADDRESS)
def make(group: str, request: Request, typed: Form) -> Response:
    """Make a token or a feed, for a person or for the secretariat's own programs; it is shown this once."""
    made: list[dict[str, Any]] = []

    def do() -> str:
        said: dict[str, Any] = {name: typed.text(name) for name in ("kind", "person", "name")}
        said |= {"scopes": typed.all("scopes"), "days": typed.whole("days")}
        asked = body(tokens_api.TokenIn, said)
        made.append(answered(tokens_api.make_token(group, asked, by_browser(request), key=typed.once, if_match=None)))
        return ""

    answer = attempt(do, lambda fault: _page(request, group, fault=fault), typed, "make")
    return _page(request, group, made=made[0]) if made else answer


@router.post(ADDRESS + "/{token}/revoke")
def revoke(group: str, token: str, request: Request, typed: Form) -> Response:
    """A token or a feed is good no more."""

    def do() -> str:
        tokens_api.revoke_token(group, token, by_browser(request), if_match=None)
        return f"/groups/{quote(group)}/record/tokens"

    return attempt(do, lambda fault: _page(request, group, fault=fault), typed, "revoke")


def _page(
    request: Request,
    group: str,
    *,
    after: str | None = None,
    made: dict[str, Any] | None = None,
    fault: Fault | None = None,
) -> Response:
    with looking(request, group) as at:
        at.need("token.look")
        of = f"page/tokens/{group}"
        rows = tokens_page(at.session, group, None, read_cursor(of, after), _SHOWN)
        last = rows[_SHOWN - 1] if len(rows) > _SHOWN else None
        names = {row.id: row.name for row in groups.people_rows(at.session, group)}
        now = clock.now()
        return page(
            "record/tokens.html",
            fault.status if fault else 200,
            at=at,
            title=_("Tokens and calendars"),
            tokens=[(row, names.get(row.person_id or "", ""), _state(row, now)) for row in rows[:_SHOWN]],
            older=cursor(of, [last.created_at.isoformat(), last.id]) if last else None,
            makes=at.may("token.make") is not None,
            kinds=[(kind, _(word)) for kind, word in KINDS],
            scopes=[(scope, _(PURPOSES[scope])) for scope in SCOPES],
            may_change=may_change,
            made=made,
            fault=fault,
            once=new_key(),
        )


def _state(row: TokenRow, now: datetime) -> str:
    """good, revoked or expired."""
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at <= now else "good"
