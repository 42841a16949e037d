"""Opening an action: what, by when and for whom; everything else is a press away."""

from typing import Any

from fastapi import APIRouter, Request, Response

from service import clock
from service.access.scene import Scene
from service.followups.actions import api
from service.followups.actions.bodies import ActionIn
from service.followups.actions.rules import CHAIR
from service.language.speech import _
from service.meetings.queries import meetings
from service.web.followups.actions import words
from service.web.followups.actions.people import address, members, offered, own, people
from service.web.followups.actions.sources import meeting, source
from service.web.followups.actions.steps import links
from service.web.frame.forms import Fault, Form, Typed, answered, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking

router = APIRouter(include_in_schema=False)
NEW = "/groups/{group}/actions/new"
# What an address may fill in before the reader does.
_FILLED = ("title", "owner", "due", "source", "text")
_AHEAD = 8


@router.get(NEW)
def opening(group: str, request: Request) -> Response:
    """The form; `?source=…&meeting=…&owner=…&title=…&due=…` fill it in for whoever comes from another page."""
    return _form(request, group)


@router.post(NEW)
def opened(group: str, request: Request, typed: Form) -> Response:
    """Open the action, and go to it."""

    def do() -> str:
        with looking(request, group) as at:
            values = _values(at, typed)
        made = api.open_action(group, body(ActionIn, values), by_browser(request), key=typed.once)
        return f"/groups/{group}/actions/{answered(made)['id']}"

    return attempt(do, lambda fault: _form(request, group, fault), typed)


def _values(at: Scene, typed: Typed) -> dict[str, Any]:
    """What was typed, as the API takes it."""
    plain = ("title", "owner", "text", "due", "before", "source", "visibility")
    doer = typed.text("assignee")
    return {name: typed.text(name) for name in plain} | {
        "assignee": address(at, doer) if doer else None,
        "helpers": typed.all("helpers"),
        "purposes": typed.wholes("purposes"),
        "documents": links(typed, "documents"),
    }


def _form(request: Request, group: str, fault: Fault | None = None) -> Response:
    with looking(request, group) as at:
        at.need("action.open", *(one.id for one in at.charter.members))
        choices = offered(at)
        filled = {name: request.query_params.get(name, "")[:300] for name in _FILLED}
        filled["owner"] = _owner(at, choices, filled["owner"])
        coming = _coming(at, request.query_params.get("meeting", ""))
        given = fault.typed.get("source") if fault else filled["source"]
        return page(
            "followups/action_new.html",
            fault.status if fault else 200,
            at=at,
            title=_("Open an action"),
            owners=choices,
            filled=filled,
            before=request.query_params.get("meeting", "") if coming[1] else "",
            before_choices=[("", _("on the day above")), *words.said(words.BEFORE), *coming[0]],
            source=source(at, given),
            doers=[("", _("nobody in particular")), *_doers(at, choices)],
            helping=members(at),
            purposes=list(at.charter.purposes.items()),
            circles=words.said(words.CIRCLES),
            fault=fault,
            once=new_key(),
        )


def _owner(at: Scene, choices: list[tuple[str, str]], asked: str) -> str:
    """Who is chosen already: who was asked for, else one's own agency."""
    if any(id_ == asked for id_, _name in choices):
        return asked
    mine = own(at)
    return mine[0][0] if mine else ""


def _doers(at: Scene, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The people who may do it, where it is clear for whom; another's people are named on the action's own page."""
    ids = [id_ for id_, _name in own(at)] or [id_ for id_, _name in choices if id_ != CHAIR and len(choices) == 1]
    return people(at, ids) if ids else []


def _coming(at: Scene, asked: str) -> tuple[list[tuple[str, str]], bool]:
    """The meetings that lie ahead as choices, and whether the one that was asked for is among them."""
    rows = meetings(at.session, at.group_id, since=clock.now(), states=("proposed", "called"), most=_AHEAD)
    found = [(row.id, meeting(at, row.id)) for row in rows]
    choices = [(id_, _("before {meeting}", meeting=link.name)) for id_, link in found if link is not None]
    return choices, any(id_ == asked for id_, _name in choices)
