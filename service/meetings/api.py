"""The HTTP door of meetings: what is coming, and the verbs of the chair."""

from collections.abc import Callable
from datetime import time
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import Field
from sqlmodel import Session

from service import clock, zones
from service.access.bodies import In, Preview, answer, given, new_router
from service.access.door import ANYBODY, Answer, IfMatch, Key, change, create, glance, look, rehearse
from service.access.rules import Caller
from service.groups.cadence import Level, Minutes, Quorum
from service.groups.parts import ClockTime, Day
from service.language.speech import _
from service.meetings import commands, holding
from service.meetings.attendance.bodies import PresentIn
from service.meetings.door import Scene, scene
from service.meetings.inviting.queries import owed_by
from service.meetings.outline import (
    EventOut,
    HistoryOut,
    MeetingOut,
    MeetingsOut,
    VerbOut,
    meeting_out,
    verb_out,
)
from service.meetings.queries import MOST, happened, meetings, next_meeting
from service.meetings.tables import MeetingRow
from service.problems import Problem, not_found
from service.text import HttpsUrl, Id, Line, Zone
from service.versions import Expected

router = new_router("meetings")


class MeetingIn(In):
    """A meeting that no cadence asks for. `at` is the time of day in `zone` (default: the group's)."""

    title: Line
    level: Level = "focal-points"
    day: Day
    at: ClockTime
    zone: Zone | None = None
    minutes: Minutes = 120
    place: Line | None = Field(None, description="Default: the duty station of the chair of that day.")
    link: HttpsUrl | None = None
    members: list[Id] | None = Field(None, min_length=1, max_length=500, description="Default: every member.")
    quorum: Quorum = "majority"
    freeze: int = Field(7, ge=0, le=90)


class MoveIn(In):
    """Where a meeting goes: whatever is left out stays."""

    day: Day | None = None
    at: ClockTime | None = None
    zone: Zone | None = None
    minutes: Minutes | None = None
    place: Line | None = None


class EditIn(In):
    """What may be corrected without asking anybody again; `link: null` takes the way in away."""

    title: Line | None = None
    link: HttpsUrl | None = None
    quorum: Quorum | None = None
    freeze: int | None = Field(None, ge=0, le=90)


class ReasonIn(In):
    """Why."""

    reason: Line


class HoldIn(In):
    """That a meeting took place; who presided, and who was there."""

    presided_by: Line | None = None
    present: list[PresentIn] = Field([], max_length=500)


@router.get("/meetings", response_model=MeetingsOut, openapi_extra=ANYBODY)
def list_meetings(
    group: str,
    request: Request,
    from_: Annotated[Day | None, Query(alias="from", description="Default: today.")] = None,
    until: Annotated[Day | None, Query(description="The day after the last.")] = None,
    level: Annotated[Level | None, Query()] = None,
) -> Response:
    """The meetings from a day on, in order of time."""

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        zone = at.charter.group.timezone
        found = meetings(
            session,
            group,
            since=zones.midnight(from_ or at.today, zone),
            until=zones.midnight(until, zone) if until else None,
            level=level,
            most=MOST + 1,
        )
        out = [meeting_out(at.charter, row, inside=at.inside) for row in found[:MOST]]
        return answer(MeetingsOut(meetings=out, more=len(found) > MOST))

    return glance(request, group, do)


@router.get("/meetings/next", response_model=MeetingOut, openapi_extra=ANYBODY)
def coming(group: str, request: Request, level: Annotated[Level | None, Query()] = None) -> Response:
    """The meeting that comes next or is on: a stable address."""

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        row = next_meeting(session, group, level)
        if row is None:
            raise not_found(_("A coming meeting is not here; check the address."))
        return answer(meeting_out(at.charter, row, inside=at.inside), row.version)

    return glance(request, group, do)


@router.get("/meetings/{meeting}", response_model=MeetingOut, openapi_extra=ANYBODY)
def one_meeting(group: str, meeting: str, request: Request) -> Response:
    """One meeting."""

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        row = at.meeting(meeting)
        return answer(meeting_out(at.charter, row, inside=at.inside), row.version)

    return glance(request, group, do)


@router.get("/meetings/{meeting}/history", response_model=HistoryOut)
def history(group: str, meeting: str, request: Request) -> Response:
    """Everything that happened to a meeting, with who did it."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("meeting.details")
        row = at.meeting(meeting)
        found = happened(session, row)
        out = [EventOut(at=one.effective_at, what=one.kind, by=one.actor, data=one.data) for one in found]
        return answer(HistoryOut(events=out))

    return look(request, group, do)


@router.post("/meetings", status_code=201, response_model=VerbOut)
def propose(
    group: str, body: MeetingIn, request: Request, preview: Preview = False, key: Key = None, if_match: IfMatch = None
) -> Response:
    """Propose a meeting that no cadence asks for. Nobody is told before it is called."""

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("meeting.propose")
        _members(at, body.members)
        zone = body.zone or at.charter.group.timezone
        row = commands.create(
            session,
            at.charter,
            start=commands.instant_of(body.day, body.at, zone),
            zone=zone,
            actor=caller.name,
            **body.model_dump(exclude={"day", "at", "zone"}),
        )
        out = verb_out(at.charter, row, [], saved=not preview)
        return answer(out, row.version, 201, Location=f"/api/v1/groups/{group}/meetings/{row.id}")

    if preview:
        return rehearse(request, group, do, if_match=if_match)
    return create(request, group, body, do, key=key, if_match=if_match)


@router.post("/meetings/{meeting}/call", response_model=VerbOut)
def call(group: str, meeting: str, request: Request, preview: Preview = False, if_match: IfMatch = None) -> Response:
    """Call a meeting: everybody is invited within a minute or two."""

    def do(at: Scene, row: MeetingRow) -> None:
        commands.call(at.session, row, actor=at.actor)

    return _verb(request, group, meeting, "call", preview, if_match, do)


@router.post("/meetings/{meeting}/move", response_model=VerbOut)
def move(
    group: str, meeting: str, body: MoveIn, request: Request, preview: Preview = False, if_match: IfMatch = None
) -> Response:
    """Put a meeting at another time or place. Who was invited is asked again."""

    def do(at: Scene, row: MeetingRow) -> None:
        values = given(body)
        if any(value is None for value in values.values()):
            raise Problem(422, "empty-field", _("A field is null; leave out what stays."))
        if {"day", "at", "zone"} & values.keys():
            zone = values.get("zone", row.zone)
            shown = row.start.astimezone(zones.zone(row.zone))
            day, hour = values.pop("day", shown.date()), values.pop("at", time(shown.hour, shown.minute))
            values |= {"start": commands.instant_of(day, hour, zone), "zone": zone}
        commands.move(at.session, at.charter, row, actor=at.actor, **values)

    return _verb(request, group, meeting, "move", preview, if_match, do)


@router.post("/meetings/{meeting}/edit", response_model=VerbOut)
def edit(
    group: str, meeting: str, body: EditIn, request: Request, preview: Preview = False, if_match: IfMatch = None
) -> Response:
    """Correct title, way in, quorum or the settling of the agenda. A new way in is told; nobody is asked again."""

    def do(at: Scene, row: MeetingRow) -> None:
        values: dict[str, Any] = given(body)
        if any(value is None for name, value in values.items() if name != "link"):
            raise Problem(422, "empty-field", _("A field is null; leave out what stays."))
        commands.edit(at.session, row, actor=at.actor, **values)

    return _verb(request, group, meeting, "edit", preview, if_match, do)


@router.post("/meetings/{meeting}/cancel", response_model=VerbOut)
def cancel(
    group: str, meeting: str, body: ReasonIn, request: Request, preview: Preview = False, if_match: IfMatch = None
) -> Response:
    """Cancel a meeting for good. Who was told is told at once."""

    def do(at: Scene, row: MeetingRow) -> None:
        commands.cancel(at.session, row, reason=body.reason, actor=at.actor)

    return _verb(request, group, meeting, "cancel", preview, if_match, do)


@router.post("/meetings/{meeting}/hold", response_model=VerbOut)
def hold(
    group: str, meeting: str, body: HoldIn, request: Request, preview: Preview = False, if_match: IfMatch = None
) -> Response:
    """Put on record that a meeting was held. What its agenda left open goes on to the next one."""

    def do(at: Scene, row: MeetingRow) -> None:
        present = [holding.Present(**one.model_dump()) for one in body.present]
        holding.hold(at.session, at.charter, row, presided_by=body.presided_by, present=present, actor=at.actor)

    return _verb(request, group, meeting, "hold", preview, if_match, do)


def _verb(
    request: Request,
    group: str,
    meeting: str,
    verb: str,
    preview: bool,
    if_match: str | None,
    do: Callable[[Scene, MeetingRow], None],
) -> Response:
    """Do something to a meeting as its chair, for the version that the caller has seen; and say who is mailed."""

    def write(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        row = at.meeting(meeting, lock=True)
        at.need(f"meeting.{verb}")
        expected.meet(row.version)
        do(at, row)
        session.flush()
        mails = owed_by(session, at.charter, row, at.today) if row.start > clock.now() else []
        return answer(verb_out(at.charter, row, mails, saved=not preview), row.version)

    if preview:
        return rehearse(request, group, write, if_match=if_match)
    return change(request, group, write, if_match=if_match)


def _members(at: Scene, members: list[str] | None) -> None:
    unknown = [one for one in members or [] if at.charter.member(one) is None]
    if unknown or len(set(members or [])) != len(members or []):
        raise Problem(422, "no-such-member", _("members names one that is not known here, or one twice."))
