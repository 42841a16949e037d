"""The agenda of a meeting: for members to read and print, for the chair to set."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from service.language.dates import hour
from service.language.speech import _
from service.meetings.agenda import api
from service.meetings.agenda.api import agenda_out
from service.meetings.agenda.bodies import ItemIn, OrderIn, PlaceIn
from service.meetings.agenda.queries import items
from service.meetings.door import Scene
from service.meetings.outline import meeting_out
from service.meetings.tables import MeetingRow
from service.web.frame.forms import Fault, Form, attempt, body, new_key
from service.web.frame.ordering import moved
from service.web.frame.page import page
from service.web.frame.visitor import by_browser
from service.web.meetings.meeting import ONE
from service.web.meetings.scene import answers_for, hours, looking_at_meetings
from service.web.meetings.words import ITEMS, KINDS

router = APIRouter(include_in_schema=False)
AGENDA = ONE + "/agenda"
STANDING = ("accepted", "concluded")
_BACKLOG = 20


@router.get(AGENDA)
def show(group: str, meeting: str, request: Request) -> Response:
    """The agenda as it stands."""
    return page_of(request, group, meeting)


@router.post(AGENDA)
def propose(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Propose an item for this meeting."""

    def do() -> str:
        said: dict[str, Any] = {name: typed.text(name) for name in ("title", "kind", "text", "presenter", "member")}
        said |= {"minutes": typed.whole("minutes"), "meeting": meeting}
        said["purposes"] = typed.wholes("purposes")
        api.propose(group, body(ItemIn, said), by_browser(request), key=typed.once)
        return f"/groups/{group}/meetings/{meeting}/agenda"

    return attempt(do, lambda fault: page_of(request, group, meeting, fault), typed, form="propose")


@router.post(AGENDA + "/order")
def order(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Put one item a place up or down, in the order as the form showed it."""

    def do() -> str:
        ids = typed.get("order").split()
        shown, item = typed.get("shown").split(), typed.get("up") or typed.get("down")
        api.order(group, meeting, body(OrderIn, {"items": moved(ids, shown, item, up="up" in typed.fields)}),
                  by_browser(request))  # fmt: skip
        return f"/groups/{group}/meetings/{meeting}/agenda#{item}"

    return attempt(do, lambda fault: page_of(request, group, meeting, fault), typed, form="order")


@router.post(AGENDA + "/{item}/accept")
def accept(group: str, meeting: str, item: str, request: Request, typed: Form) -> Response:
    """Take an item that was proposed, or carried forward."""

    def do() -> str:
        api.accept(group, item, by_browser(request), if_match=typed.if_match)
        return f"/groups/{group}/meetings/{meeting}/agenda#{item}"

    return attempt(do, lambda fault: page_of(request, group, meeting, fault), typed, form="order")


@router.post(AGENDA + "/{item}/place")
def place(group: str, meeting: str, item: str, request: Request, typed: Form) -> Response:
    """Take an item from the backlog."""

    def do() -> str:
        told = body(PlaceIn, {"meeting": meeting})
        api.place(group, item, told, by_browser(request), if_match=typed.if_match)
        return f"/groups/{group}/meetings/{meeting}/agenda#{item}"

    return attempt(do, lambda fault: page_of(request, group, meeting, fault), typed, form="order")


def page_of(request: Request, group: str, meeting: str, fault: Fault | None = None) -> Response:
    """The agenda; with a fault, that form of it which could not be taken."""
    with looking_at_meetings(request, group, "agenda.look") as at:
        row = at.meeting(meeting)
        agenda = agenda_out(at, row)
        taken = [item for item in agenda.items if item.state in STANDING]
        open_ = row.state in ("proposed", "called")
        sets = open_ and at.may("agenda.set") is not None
        return page(
            "meetings/agenda.html",
            fault.status if fault else 200,
            at=at,
            title=_("Agenda: {title}", title=row.title),
            meeting=row,
            hours=hours(at, row),
            details=meeting_out(at.charter, row, inside=True).details,
            settled=agenda.settled,
            taken=[(item, _hour(item.starts, row)) for item in taken],
            waiting=[item for item in agenda.items if item.state == "proposed"],
            gone=[item for item in agenda.items if item.state not in ("proposed", *STANDING)],
            order=" ".join(item.id for item in agenda.items),
            total=sum(item.minutes for item in taken),
            sets=sets,
            concludes=row.state == "called" and at.may("agenda.set") is not None,
            proposes=(answers_for(at, row, "agenda.propose") or ([("", "")] if sets else [])) if open_ else [],
            mine=[id_ for id_, _name in answers_for(at, row, "agenda.edit")],
            kinds=KINDS,
            states=ITEMS,
            fault=fault,
            once=new_key(),
            **(_backlog(at, row) if sets else {"backlog": [], "left_out": 0}),
        )


def _hour(starts: datetime | None, row: MeetingRow) -> str:
    return hour(starts.astimezone(ZoneInfo(row.zone))) if starts else ""


def _backlog(at: Scene, row: MeetingRow) -> dict[str, Any]:
    found = [one for one in items(at.session, at.group_id, None, row.level) if one.state in ("proposed", "accepted")]
    return {"backlog": found[:_BACKLOG], "left_out": max(0, len(found) - _BACKLOG)}
