"""A new common activity: proposed for the member that leads it."""

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.followups.activities import api
from service.followups.activities.bodies import ActivityIn
from service.language.speech import _
from service.web.followups.activities.parts import choices, described
from service.web.frame.forms import Fault, Form, Typed, answered, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking

router = APIRouter(include_in_schema=False)
NEW = "/groups/{group}/activities/new"
_STEPS = range(1, 4)


@router.get(NEW)
def new(group: str, request: Request) -> Response:
    """The form."""
    return _page(request, group)


@router.post(NEW)
def propose(group: str, request: Request, typed: Form) -> Response:
    """Propose it."""

    def do() -> str:
        values = described(typed) | {"kind": typed.text("kind"), "milestones": _milestones(typed)}
        made = api.propose(group, body(ActivityIn, values), by_browser(request), key=typed.once)
        return f"/groups/{group}/activities/{answered(made)['id']}"

    return attempt(do, lambda fault: _page(request, group, fault), typed)


def _milestones(typed: Typed) -> list[dict[str, str]]:
    rows = [(typed.get(f"step-title-{at}").strip(), typed.get(f"step-due-{at}").strip()) for at in _STEPS]
    return [{"title": title, "due": due} for title, due in rows if title or due]


def _page(request: Request, group: str, fault: Fault | None = None) -> Response:
    with looking(request, group) as at:
        own = _own(at)
        if not own:
            at.need("activity.propose", *(one.id for one in at.charter.members if one.stands(at.today)))
        offered = choices(at)
        return page(
            "followups/activity_new.html",
            fault.status if fault else 200,
            at=at,
            title=_("Propose an activity"),
            own=own,
            kinds=[(kind, kind) for kind in at.charter.kinds],
            steps=list(_STEPS),
            fault=fault,
            once=new_key(),
            **offered,
        )


def _own(at: Scene) -> list[tuple[str, str]]:
    """The members for which whoever looks may propose, their own first."""
    found = [(at.may("activity.propose", one.id), one) for one in at.charter.members if one.stands(at.today)]
    return [(one.id, one.label) for by, one in sorted(found, key=lambda pair: pair[0] != "own") if by is not None]
