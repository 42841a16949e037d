"""One's own account: who one is here, one's own calendar and tokens, the way to one's choices, and out."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from service import clock
from service.access import tokens_api
from service.access.queries import tokens_page
from service.access.scene import Scene
from service.access.verbs import SCOPES
from service.groups.charter import Appointment
from service.language.dates import listed
from service.language.speech import N_, _
from service.notifications.people import OF_MEMBER
from service.web.frame.forms import Fault, Form, Typed, answered, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/me"
_SHOWN = 100
# What a token may be made for, in words.
PURPOSES = {
    "chair": N_("the chair: accept or pass a turn, put decisions on record"),
    "meetings": N_("meetings: call, answer, agenda, minutes"),
    "followups": N_("follow-ups: decisions, activities, actions, notices, handovers"),
    "people": N_("people: appointments, mailboxes, tokens"),
    "charter": N_("the charter as a whole"),
}
SHORT = {
    "chair": N_("chair"), "meetings": N_("meetings"), "followups": N_("follow-ups"), "people": N_("people"),
    "charter": N_("charter"),
}  # fmt: skip


@router.get(ADDRESS)
def show(group: str, request: Request) -> Response:
    """Who is signed in, and what they keep here."""
    return _page(request, group)


@router.post(ADDRESS + "/feed")
def make_feed(group: str, request: Request, typed: Form) -> Response:
    """A new address of one's own calendar."""
    return _make(request, group, typed, {"kind": "feed", "days": 1095}, "feed")


@router.post(ADDRESS + "/tokens")
def make_token(group: str, request: Request, typed: Form) -> Response:
    """A new token for a program that acts for oneself; without scopes it may only look."""
    said = {"name": typed.text("name"), "scopes": typed.all("scopes"), "days": typed.whole("days")}
    return _make(request, group, typed, said, "token")


@router.post(ADDRESS + "/tokens/{token}/revoke")
def revoke_token(group: str, token: str, request: Request, typed: Form) -> Response:
    """A token or a feed is good no more."""

    def do() -> str:
        tokens_api.revoke_token(group, token, by_browser(request), if_match=None)
        return f"/groups/{quote(group)}/me"

    return attempt(do, lambda fault: _page(request, group, fault=fault), typed, "revoke")


def _make(request: Request, group: str, typed: Typed, said: dict[str, Any], form: str) -> Response:
    """Make it and show it, this once."""
    made: list[dict[str, Any]] = []

    def do() -> str:
        asked = body(tokens_api.TokenIn, said)
        made.append(answered(tokens_api.make_token(group, asked, by_browser(request), key=typed.once, if_match=None)))
        return ""

    answer = attempt(do, lambda fault: _page(request, group, fault=fault), typed, form)
    return _page(request, group, made=made[0]) if made else answer


def _page(request: Request, group: str, *, made: dict[str, Any] | None = None, fault: Fault | None = None) -> Response:
    with looking(request, group) as at:
        caller = at.caller
        assert caller is not None
        now = clock.now()
        rows = tokens_page(at.session, group, caller.person or "", None, _SHOWN)
        return page(
            "own/me.html",
            fault.status if fault else 200,
            at=at,
            title=caller.name,
            roles=[(role_in_words(at, role), role.until) for role in caller.appointments],
            tokens=[row for row in rows if row.revoked_at is None and row.expires_at > now],
            makes_tokens=at.may("self.token") is not None,
            scopes=[(scope, _(PURPOSES[scope])) for scope in SCOPES],
            may_change=may_change,
            keeps_people=at.may("people.look-all") is not None or at.may("people.look", *_served(at)) is not None,
            made=made,
            fault=fault,
            once=new_key(),
        )


def may_change(scope: str) -> str:
    """What a token may do, in a sentence."""
    if scope == "write":
        return _("It may do all that its person may.")
    found = [_(SHORT[one]) for one in SCOPES if one in scope.split(",")]
    return _("It may look, and change: {what}.", what=listed(found)) if found else _("It may only look.")


def role_in_words(at: Scene, role: Appointment) -> str:
    """A role with whom it is for."""
    if role.organization is None and role.role == "secretariat":
        return _("secretariat of the group")
    label = at.charter.short(role.organization) if role.organization else at.charter.group.label
    return _(OF_MEMBER[role.role], organization=label)


def _served(at: Scene) -> list[str]:
    return [role.organization for role in at.caller.appointments if role.organization] if at.caller else []
