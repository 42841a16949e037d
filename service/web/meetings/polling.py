"""The chair asks the members when to meet: opens a poll, and closes it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from service import zones
from service.language.speech import _
from service.meetings.commands import instant_of
from service.meetings.polls import api
from service.meetings.polls.rules import SLOTS
from service.web.frame.forms import Fault, Form, Typed, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser
from service.web.meetings.chairing import Clock, clock_of, instant
from service.web.meetings.meeting import ONE, show
from service.web.meetings.scene import hours, looking_at_meetings

router = APIRouter(include_in_schema=False)
_ROWS, _SPARE, _DAYS = 4, 2, 5


@router.get(ONE + "/polls/new")
def new(group: str, meeting: str, request: Request) -> Response:
    """The times to ask for; `slot` (several) are instants that the fair-slot finder has found."""
    found = [instant(text) for text in request.query_params.getlist("slot")[:SLOTS]]
    return _page(request, group, meeting, [one for one in found if one is not None])


@router.post(ONE + "/polls/new")
def open_poll(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Ask the members; the poll closes by itself when its last day ends."""

    def do() -> str:
        zone = _zone(request, group, meeting)
        starts = [_start(typed, at, zone) for at in range(SLOTS) if typed.text(f"day-{at}")]
        said: dict[str, Any] = {"slots": starts, "deadline": _deadline(typed, zone)}
        api.open_poll(group, meeting, body(api.PollIn, said), by_browser(request), key=typed.once)
        return f"/groups/{group}/meetings/{meeting}#polls"

    return attempt(do, lambda fault: _page(request, group, meeting, [], fault), typed)


@router.post(ONE + "/polls/{poll}/close")
def close(group: str, meeting: str, poll: str, request: Request, typed: Form) -> Response:
    """Close a poll before its deadline."""

    def do() -> str:
        api.close(group, poll, by_browser(request))
        return f"/groups/{group}/meetings/{meeting}#polls"

    return attempt(do, lambda fault: show(request, group, meeting, fault), typed, form="close")


def _zone(request: Request, group: str, meeting: str) -> str:
    with looking_at_meetings(request, group, "poll.open") as at:
        return at.meeting(meeting).zone


def _start(typed: Typed, at: int, zone: str) -> str | None:
    """One time as an instant; what cannot be read goes on as it is, for the check to complain of."""
    day, hour = typed.get(f"day-{at}"), typed.get(f"at-{at}")
    try:
        return instant_of(zones.read_day(day), time.fromisoformat(hour), zone).isoformat()
    except ValueError:
        return f"{day} {hour}".strip()


def _deadline(typed: Typed, zone: str) -> str | None:
    """The end of the last day, on the clocks of the meeting."""
    try:
        return zones.midnight(zones.read_day(typed.get("deadline")) + timedelta(days=1), zone).isoformat()
    except (ValueError, OverflowError):
        return typed.text("deadline")


def _page(request: Request, group: str, meeting: str, found: list[datetime], fault: Fault | None = None) -> Response:
    with looking_at_meetings(request, group, "poll.open") as at:
        row = at.meeting(meeting)
        rows = [clock_of(one, row.zone) for one in sorted(found)]
        if fault:
            rows = [
                Clock(fault.typed.get(f"day-{at}"), fault.typed.get(f"at-{at}"), row.zone)
                for at in range(SLOTS)
                if f"day-{at}" in fault.typed.fields
            ]
        else:
            rows += [Clock("", "", row.zone)] * max(_SPARE, _ROWS - len(rows))
        return page(
            "meetings/poll-new.html",
            fault.status if fault else 200,
            at=at,
            title=_("Ask the members when: {title}", title=row.title),
            meeting=row,
            hours=hours(at, row),
            rows=rows[:SLOTS],
            deadline=_last_day(at.today, found, row.zone),
            fault=fault,
            once=new_key(),
        )


def _last_day(today: date, found: list[datetime], zone: str) -> date:
    """The day on which a poll may well end: some days from now, and before the first of its times."""
    before = [zones.day_in(one, zone) - timedelta(days=1) for one in found]
    return max(today, min([today + timedelta(days=_DAYS), *before]))
