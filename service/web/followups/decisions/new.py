"""A new decision: put to the members for silence, or put on record as a meeting has taken it; also one that replaces
an adopted one."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from service import clock
from service.access.scene import Scene
from service.followups.decisions import api
from service.followups.decisions.bodies import DecisionIn
from service.followups.decisions.queries import decision_row
from service.language.speech import _
from service.meetings.queries import meeting_row, meetings
from service.web.followups.decisions import words
from service.web.followups.documents import documents
from service.web.frame.forms import Fault, Form, Typed, answered, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking

router = APIRouter(include_in_schema=False)
NEW = "/groups/{group}/decisions/new"
_MEETINGS = 20
_APART = 3


@router.get(NEW)
def new(
    group: str, request: Request, way: str = "", meeting: str = "", outcome: str = "", supersedes: str = ""
) -> Response:
    """The form, by silence or by consensus; with a meeting, an outcome or what is replaced filled in."""
    given = {"meeting": meeting, "outcome": outcome}
    return _page(request, group, way or ("meeting" if meeting else "silence"), supersedes, given=given)


@router.post(NEW)
def make(group: str, request: Request, typed: Form) -> Response:
    """Open or record it."""

    def do() -> str:
        made = api.decide(group, body(DecisionIn, _values(typed)), by_browser(request), key=typed.once)
        return f"/groups/{group}/decisions/{answered(made)['id']}"

    return attempt(do, _again(request, group, typed, ""), typed)


@router.post("/groups/{group}/decisions/{decision}/supersede")
def supersede(group: str, decision: str, request: Request, typed: Form) -> Response:
    """Open or record the one that is to replace an adopted one."""

    def do() -> str:
        made = api.supersede(
            group, decision, body(DecisionIn, _values(typed)), by_browser(request), key=typed.once,
            if_match=typed.if_match,
        )  # fmt: skip
        return f"/groups/{group}/decisions/{answered(made)['id']}"

    return attempt(do, _again(request, group, typed, decision), typed)


def _again(request: Request, group: str, typed: Typed, supersedes: str) -> Callable[[Fault], Response]:
    return lambda fault: _page(request, group, typed.get("way"), supersedes, fault)


def _values(typed: Typed) -> dict[str, Any]:
    """What was typed, as the API takes it."""
    found: dict[str, Any] = {
        **{name: typed.text(name) for name in ("operative", "title", "text", "meeting", "visibility")},
        "outcome": typed.whole("outcome"),
        "purposes": typed.wholes("purposes"),
        "position": typed.ticked("position"),
        "links": documents(typed),
    }
    if typed.get("way") == "meeting":
        rows = [(typed.get(f"apart-member-{at}"), typed.get(f"apart-reason-{at}")) for at in _rows()]
        apart = [{"member": member, "reason": reason} for member, reason in rows if member]
        return found | {"endorsing": typed.all("endorsing"), "dissociating": apart}
    # Without a day it would be recorded instead of opened; an empty text is no day, and is said to be none.
    return found | {"until": typed.get("until")}


def _page(
    request: Request, group: str, way: str, supersedes: str, fault: Fault | None = None,
    given: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    with looking(request, group) as at:
        ways = [key for key, verb in (("silence", "decision.open"), ("meeting", "decision.record")) if at.may(verb)]
        if not ways:
            at.need("decision.record")
        old = decision_row(at.session, group, supersedes) if supersedes else None
        if old is not None:
            at.need("decision.supersede")
        chosen = way if way in ways else ways[0]
        return page(
            "followups/decision_new.html",
            fault.status if fault else 200,
            at=at,
            title=_("New decision"),
            ways=ways,
            way=chosen,
            old=old,
            given=given or {"meeting": "", "outcome": ""},
            operative=words.said(words.OPERATIVE),
            visibility=[(key, _(text)) for key, text in words.VISIBILITY],
            purposes=[(number, f"{number}. {text}") for number, text in at.charter.purposes.items()],
            meetings=_meetings(at, chosen, given["meeting"] if given else ""),
            members=[(one.id, one.label) for one in at.charter.members if one.stands(at.today)],
            rows=list(_rows()),
            fault=fault,
            once=new_key(),
            **words.silence(at),
        )


def _meetings(at: Scene, way: str, named: str) -> list[tuple[str, str]]:
    """The last meetings, the newest first, and the one that the address names; only those held can have taken it."""
    states = ("held",) if way == "meeting" else ("held", "called")
    past = meetings(at.session, at.group_id, until=clock.now(), states=states, newest_first=True, most=_MEETINGS)
    rows = [row for row in past if not row.withdrawn]
    if named and all(row.id != named for row in rows):
        rows.append(meeting_row(at.session, at.group_id, named))
    return [(row.id, words.meeting_name(row)) for row in rows]


def _rows() -> range:
    return range(1, _APART + 1)
