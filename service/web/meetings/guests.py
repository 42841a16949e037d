"""Observers of one meeting: who is invited, and what each is given."""

from typing import Any

from fastapi import APIRouter, Request, Response

from service.language.speech import _
from service.meetings.agenda.queries import items
from service.meetings.attendance import api
from service.meetings.attendance.queries import observers
from service.web.frame.forms import Fault, Form, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.templating import theirs
from service.web.frame.visitor import by_browser
from service.web.meetings.meeting import ONE
from service.web.meetings.scene import hours, looking_at_meetings
from service.web.meetings.words import GUESTS

router = APIRouter(include_in_schema=False)
GUESTS_AT = ONE + "/observers"


@router.get(GUESTS_AT)
def listed(group: str, meeting: str, request: Request) -> Response:
    """Who is invited beside the members."""
    return _page(request, group, meeting)


@router.post(GUESTS_AT)
def invite(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Invite an observer; they are told title and time, and the rest only as ticked."""

    def do() -> str:
        said: dict[str, Any] = {name: typed.text(name) for name in ("name", "kind", "email")}
        said |= {"link": typed.ticked("link"), "items": typed.all("items")}
        api.invite(group, meeting, body(api.ObserverIn, said), by_browser(request), key=typed.once)
        return f"/groups/{group}/meetings/{meeting}/observers"

    return attempt(do, lambda fault: _page(request, group, meeting, fault), typed)


@router.post(GUESTS_AT + "/{observer}/withdraw")
def withdraw(group: str, meeting: str, observer: str, request: Request, typed: Form) -> Response:
    """Take an invitation back."""

    def do() -> str:
        api.withdraw(group, meeting, observer, by_browser(request))
        return f"/groups/{group}/meetings/{meeting}/observers"

    return attempt(do, lambda fault: _page(request, group, meeting, fault), typed)


def _page(request: Request, group: str, meeting: str, fault: Fault | None = None) -> Response:
    with looking_at_meetings(request, group, "observer.invite") as at:
        row = at.meeting(meeting)
        known = items(at.session, group, row.id)
        return page(
            "meetings/observers.html",
            fault.status if fault else 200,
            at=at,
            title=_("Observers: {title}", title=row.title),
            meeting=row,
            hours=hours(at, row),
            observers=[one for one in observers(at.session, row) if one.withdrawn_at is None],
            invites=row.state in ("proposed", "called"),
            items=[(item.id, theirs(item.title)) for item in known if item.state in ("proposed", "accepted")],
            titles={item.id: item.title for item in known},
            kinds=GUESTS,
            fault=fault,
            once=new_key(),
        )
