"""The HTTP door of external events: kept by hand, or taken from a calendar file."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response
from pydantic import Field
from sqlmodel import Session

from service import clock
from service.access.bodies import In, Out, answer, new_router
from service.access.door import ANYBODY, Answer, IfMatch, Key, change, create, glance
from service.access.rules import Caller
from service.calendarfile import FoundEvent, read_calendar
from service.groups.parts import ClockTime, Day
from service.language.speech import _, ngettext
from service.meetings.commands import instant_of
from service.meetings.door import Scene, scene
from service.meetings.files import calendar_body
from service.meetings.outside import commands
from service.meetings.outside.tables import ExternalRow
from service.problems import Problem
from service.text import HttpsUrl, Line, Text, Zone
from service.versions import Expected

router = new_router("external events")
_LONGEST = timedelta(days=62)
_BACK, _AHEAD = timedelta(days=90), timedelta(days=300)


class ExternalIn(In):
    """An event outside of the group: whole days, or with `at` and `ends` hours of the day in `zone`."""

    title: Line
    day: Day
    last: Day | None = None
    at: ClockTime | None = None
    ends: ClockTime | None = None
    zone: Zone | None = None
    place: Line | None = None
    url: HttpsUrl | None = None
    about: Text = ""


class ExternalOut(Out):
    """An external event, `[start, end)`; days of an all-day event are midnights in UTC."""

    id: str
    title: str
    start: datetime
    end: datetime
    all_day: bool
    zone: str
    place: str
    url: str | None
    about: str
    withdrawn: bool
    version: int


class ExternalsOut(Out):
    events: list[ExternalOut]


class ImportedOut(Out):
    """What a calendar file brought."""

    found: int
    new: int
    changed: int
    left_out: int = Field(description="Events that lie more than 90 days back or 300 ahead.")


@router.get("/external-events", response_model=ExternalsOut, openapi_extra=ANYBODY)
def externals(group: str, request: Request) -> Response:
    """Forums and dialogues outside of the group, in order of time."""

    def do(session: Session, caller: Caller | None) -> Answer:
        scene(session, group, caller)
        return answer(ExternalsOut(events=[_out(row) for row in commands.external_events(session, group)]))

    return glance(request, group, do)


@router.post("/external-events", status_code=201, response_model=ExternalOut)
def add(group: str, body: ExternalIn, request: Request, key: Key = None) -> Response:
    """Keep an external event; it stands in the public feed."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = _chairs(session, group, caller)
        row = commands.add(session, group, actor=caller.name, **_values(at, body))
        return answer(_out(row), row.version, 201, Location=f"/api/v1/groups/{group}/external-events")

    return create(request, group, body, do, key=key, if_match=None)


@router.post("/external-events/{event}/edit", response_model=ExternalOut)
def edit(group: str, event: str, body: ExternalIn, request: Request, if_match: IfMatch = None) -> Response:
    """Say anew, whole, what an external event is."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = _chairs(session, group, caller)
        row = commands.external_row(session, group, event)
        expected.meet(row.version)
        commands.edit(session, row, actor=caller.name, withdrawn=False, **_values(at, body))
        return answer(_out(row), row.version)

    return change(request, group, do, if_match=if_match)


@router.post("/external-events/{event}/withdraw", response_model=ExternalOut)
def withdraw(group: str, event: str, request: Request, if_match: IfMatch = None) -> Response:
    """Take an external event out; calendars show it as cancelled until its day has passed."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        _chairs(session, group, caller)
        row = commands.external_row(session, group, event)
        expected.meet(row.version)
        commands.edit(session, row, actor=caller.name, withdrawn=True)
        return answer(_out(row), row.version)

    return change(request, group, do, if_match=if_match)


@router.post(
    "/external-events/import",
    response_model=ImportedOut,
    openapi_extra={"requestBody": {"required": True, "content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
def take(group: str, request: Request, body: Annotated[bytes, Depends(calendar_body)]) -> Response:
    """Take the events of a calendar file, 90 days back to 300 ahead; a second import brings them up to date."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = _chairs(session, group, caller)
        zone = at.charter.group.timezone
        now = clock.now()
        found = read_calendar(body, since=now - _BACK, until=now + _AHEAD, zone=zone)
        taken = [_taken(one, zone) for one in found.events]
        new, changed = commands.take(session, group, taken, actor=caller.name)
        return answer(ImportedOut(found=len(taken), new=new, changed=changed, left_out=found.left_out))

    return change(request, group, do, if_match=None, required=False)


def _chairs(session: Session, group: str, caller: Caller) -> Scene:
    at = scene(session, group, caller, lock=True)
    at.need("external.keep")
    return at


def _values(at: Scene, body: ExternalIn) -> dict[str, Any]:
    """The columns of an event that was given as days and hours."""
    last, zone = body.last or body.day, body.zone or at.charter.group.timezone
    said = {"title": body.title, "place": body.place or "", "url": body.url, "about": body.about, "zone": zone}
    if body.at is None:
        if body.ends is not None:
            raise Problem(422, "invalid-period", _("ends is given without at; give both, or none for whole days."))
        start, end = _midnight(body.day), _midnight(last + timedelta(days=1))
    else:
        start = instant_of(body.day, body.at, zone)
        end = instant_of(last, body.ends, zone) if body.ends is not None else start + timedelta(hours=1)
    if not timedelta() < end - start <= _LONGEST:
        raise Problem(
            422,
            "invalid-period",
            ngettext(
                "The end is not after the start, or more than {n} day after it.",
                "The end is not after the start, or more than {n} days after it.",
                _LONGEST.days,
            ),
        )
    return said | {"start": start, "end": end, "all_day": body.at is None}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _taken(found: FoundEvent, zone: str) -> dict[str, Any]:
    """The columns of an event from a file."""
    whole = not isinstance(found.start, datetime)
    start, end = (_midnight(found.start), _midnight(found.end)) if whole else (found.start, found.end)
    return {
        "uid": f"{found.uid}/{found.recurrence}"[:300] if found.recurrence else found.uid[:300],
        "title": found.summary or "External event",
        "start": start,
        "end": max(end, start + timedelta(minutes=15)),
        "all_day": whole,
        "zone": str(ZoneInfo(zone)),
        "place": found.location,
        "url": found.url,
        "about": found.description,
        "withdrawn": found.status == "CANCELLED",
    }


def _out(row: ExternalRow) -> ExternalOut:
    return ExternalOut(**row.model_dump(exclude={"group_id", "uid", "changed_at"}))
