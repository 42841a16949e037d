"""The HTTP door of the fair slot: when to meet, who bears what, and when people are taken."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import Field
from sqlmodel import Session

from service import clock, zones
from service.access.bodies import In, Out, answer, new_router
from service.access.door import Answer, change, look
from service.access.rules import Caller
from service.calendarfile import read_calendar
from service.groups.cadence import Level, Minutes
from service.groups.parts import Day
from service.groups.stations import station
from service.language.speech import _
from service.meetings.door import Scene, scene
from service.meetings.fair import Slot, Station, because, local, rank
from service.meetings.files import calendar_body
from service.meetings.people import taking_part
from service.meetings.placing.commands import keep_busy
from service.meetings.placing.queries import borne, stations
from service.meetings.rules import REACH
from service.problems import Problem
from service.text import Id
from service.versions import Expected

router = new_router("slots")
# How far a calendar file is read: a year of meetings.
_BACK, _AHEAD = timedelta(days=7), timedelta(days=380)


class SlotsIn(In):
    """A window of days, `[from, until)` in the group's zone, and how long the meeting takes."""

    from_: Day = Field(alias="from")
    until: Day
    minutes: Minutes = 120
    level: Level = "focal-points"
    members: list[Id] | None = Field(None, min_length=1, max_length=500, description="Default: every member.")
    meeting: Id | None = Field(None, description="The meeting that is to be placed: where it is now burdens nobody.")
    step: int = Field(15, ge=15, le=240, multiple_of=15, description="Minutes between one start and the next.")
    limit: int = Field(5, ge=1, le=50)


class ThereOut(Out):
    """What a slot is for one organization: local time, points for odd hours, and what it has borne before.

    Where a member is held by seats, its seats stand here, each at its own duty station.
    """

    member: str
    zone: str
    start: datetime
    end: datetime
    points: int
    borne: int


class SlotOut(Out):
    """A slot: the points of all, and of who bears most of it."""

    start: datetime
    total: int
    worst: int
    members: list[ThereOut]


class SlotsOut(Out):
    """The best slots, best first, and why the first is first. 60 points are an hour just outside of office hours."""

    why: list[str]
    slots: list[SlotOut]


class BusyOut(Out):
    """When a member is taken, as far as its calendar says."""

    member: str
    periods: int
    until: datetime | None
    at: datetime


@router.post("/meetings/slots", response_model=SlotsOut)
def slots(group: str, body: SlotsIn, request: Request) -> Response:
    """Rank every slot of a window, fair to who bore odd hours before."""

    def do(session: Session, caller: Caller) -> Answer:
        return answer(found_slots(scene(session, group, caller), body))

    return look(request, group, do)


@router.post(
    "/members/{member}/busy",
    response_model=BusyOut,
    openapi_extra={"requestBody": {"required": True, "content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
def busy(group: str, member: str, request: Request, body: Annotated[bytes, Depends(calendar_body)]) -> Response:
    """Take the busy times of a member, or of one of its seats, in place of those before. Only times are kept."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("busy.tell", member)
        zone, _rests = station(at.charter, member)
        now = clock.now()
        found = read_calendar(body, since=now - _BACK, until=now + _AHEAD, zone=zone)
        row = keep_busy(session, group, member, found.events, zone, actor=caller.name)
        last = max((datetime.fromisoformat(end) for _, end in row.periods), default=None)
        return answer(BusyOut(member=member, periods=len(row.periods), until=last, at=row.at))

    return change(request, group, do, if_match=None, required=False)


def found_slots(at: Scene, body: SlotsIn) -> SlotsOut:
    """The best slots of a window for who is asked to meet in it.

    Raises:
        Problem: 403, who asks is not of the group; 422, the window or the members are no good.
    """
    at.need("slots.rank")
    zone = at.charter.group.timezone
    start, until = max(zones.midnight(body.from_, zone), clock.now()), zones.midnight(body.until, zone)
    if until > clock.now() + REACH:
        raise Problem(422, "too-far-ahead", _("The window lies too far ahead; choose earlier days."))
    members = taking_part(at.charter, body.members, body.from_)
    if body.members is not None and len(members) != len(set(body.members)):
        raise Problem(422, "no-such-member", _("members names one that is no member on that day."))
    where = stations(at.session, at.charter, body.level, body.members, body.from_)
    before = borne(at.session, at.charter, body.meeting)
    try:
        found = rank(where, start, until, body.minutes, before, step=body.step, limit=max(2, body.limit))
    except ValueError as error:
        raise Problem(422, "invalid-window", f"{error}".rstrip(".") + ".") from None
    if not found:
        raise Problem(422, "invalid-window", _("No slot of that length lies in the window; make it longer."))
    why = because(found[0], found[1] if len(found) > 1 else None, where, body.minutes, before)
    return SlotsOut(why=why, slots=[_out(one, where, body.minutes, before) for one in found[: body.limit]])


def _out(slot: Slot, where: list[Station], minutes: int, before: dict[str, int]) -> SlotOut:
    there = []
    for one in where:
        start, end = local(one, slot.start, minutes)
        there.append(
            ThereOut(
                member=one.member,
                zone=one.zone,
                start=start,
                end=end,
                points=slot.costs[one.member],
                borne=before.get(one.member, 0),
            )
        )
    return SlotOut(start=slot.start, total=slot.total, worst=slot.worst, members=there)
