"""One meeting: when, where, who comes, and what whoever looks may do; the public sees title, day and state."""

from fastapi import APIRouter, Request, Response

from service.meetings.inviting.queries import asked_of
from service.web.frame.forms import Fault, new_key
from service.web.frame.page import page
from service.web.meetings.panels import doing, inner
from service.web.meetings.scene import hours, seeing_meetings
from service.web.meetings.steps import is_over, next_step
from service.web.meetings.words import LEVELS, LOOKS, STATES

router = APIRouter(include_in_schema=False)
ONE = "/groups/{group}/meetings/{meeting}"


@router.get(ONE)
def one(group: str, meeting: str, request: Request) -> Response:
    """The page of one meeting."""
    return show(request, group, meeting)


def show(request: Request, group: str, meeting: str, fault: Fault | None = None) -> Response:
    """The page of one meeting; with a fault, that form of it which could not be taken."""
    with seeing_meetings(request, group) as at:
        row = at.meeting(meeting)
        values = inner(at, row) | doing(at, row) if at.inside else {}
        asked = len(list(asked_of(at.session, at.charter, row, at.today))) if values.get("calls") else 0
        return page(
            "meetings/meeting.html" if at.inside else "meetings/outline.html",
            fault.status if fault else 200,
            at=at,
            title=row.title,
            wide=at.inside,
            meeting=row,
            hours=hours(at, row),
            over=at.inside and is_over(row),
            step=next_step(at, row),
            asked=asked,
            states=STATES,
            looks=LOOKS,
            levels=LEVELS,
            fault=fault,
            once=new_key(),
            **values,
        )
