"""The HTTP door of minutes: written, circulated, objected to, adopted by silence."""

from datetime import datetime

from fastapi import Request, Response
from pydantic import Field
from sqlmodel import Session

from service.access.bodies import In, Out, answer, new_router
from service.access.door import Answer, IfMatch, change, look
from service.access.rules import Caller
from service.groups.parts import Day
from service.language.dates import spoken
from service.language.speech import _
from service.meetings.agenda.queries import items
from service.meetings.attendance.queries import attendance_rows, observers
from service.meetings.attendance.rules import PRESENT
from service.meetings.door import Scene, scene
from service.meetings.minutes import commands
from service.meetings.minutes.queries import existing, minutes_row, objections, outcomes, state_of
from service.meetings.minutes.rules import OUTCOMES, State, markdown, represented
from service.meetings.tables import MeetingRow
from service.problems import Problem
from service.text import Id, LongText, Text
from service.versions import Expected

router = new_router("minutes")


class OutcomeIn(In):
    """One outcome, numbered by its place; `item` is the agenda item that it came from."""

    text: Text
    item: Id | None = None


class MinutesIn(In):
    """The minutes as Markdown, and their outcomes in order."""

    text: LongText
    outcomes: list[OutcomeIn] = Field([], max_length=OUTCOMES)


class CirculateIn(In):
    """The last day on which members may object, in the group's zone."""

    until: Day


class ObjectIn(In):
    """What a member objects to, and what should stand there instead."""

    member: Id
    text: Text


class OutcomeOut(Out):
    number: int
    text: str
    item: str | None


class ObjectionOut(Out):
    member: str
    text: str
    by: str
    at: datetime


class MinutesOut(Out):
    """The minutes of a meeting. `markdown` is all of them as one text, outcomes included."""

    meeting: str
    state: State
    text: str
    outcomes: list[OutcomeOut]
    by: str
    changed_at: datetime
    circulated_at: datetime | None
    until: datetime | None
    objections: list[ObjectionOut]
    version: int
    markdown: str


@router.get("/meetings/{meeting}/minutes", response_model=MinutesOut)
def minutes(group: str, meeting: str, request: Request) -> Response:
    """The minutes of a meeting. A draft is for the chair alone."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("minutes.look")
        row = at.meeting(meeting)
        out = minutes_out(at, row)
        if out.state == "draft":
            at.need("minutes.look-draft")
        return answer(out, out.version)

    return look(request, group, do)


@router.post("/meetings/{meeting}/minutes", response_model=MinutesOut)
def write(group: str, meeting: str, body: MinutesIn, request: Request, if_match: IfMatch = None) -> Response:
    """Write the minutes, or a new version of them (then with If-Match). They are a draft until circulated."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at, row = _chairs(session, group, meeting, caller, "minutes.write")
        known = minutes_row(session, row)
        if known is not None:
            Expected(if_match, required=True).meet(known.version)
        said = [(outcome.text, outcome.item) for outcome in body.outcomes]
        on = {item.id for item in items(session, group, row.id)}
        if any(item is not None and item not in on for _, item in said):
            raise Problem(422, "no-such-item", _("An outcome names an item that is not on the agenda of this meeting."))
        if any(not text for text, _ in said):
            raise Problem(422, "empty-field", _("An outcome is empty; write it, or take it out."))
        commands.write(session, row, body.text, said, actor=caller.name)
        out = minutes_out(at, row)
        return answer(out, out.version)

    return change(request, group, do, if_match=if_match, required=False)


@router.post("/meetings/{meeting}/minutes/circulate", response_model=MinutesOut)
def circulate(group: str, meeting: str, body: CirculateIn, request: Request, if_match: IfMatch = None) -> Response:
    """Circulate the minutes to everybody; they are adopted when the day ends and nobody has objected."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at, row = _chairs(session, group, meeting, caller, "minutes.circulate")
        expected.meet(existing(session, row).version)
        commands.circulate(session, at.charter, row, body.until, actor=caller.name)
        out = minutes_out(at, row)
        return answer(out, out.version)

    return change(request, group, do, if_match=if_match)


@router.post("/meetings/{meeting}/minutes/object", response_model=MinutesOut)
def object_to(group: str, meeting: str, body: ObjectIn, request: Request, if_match: IfMatch = None) -> Response:
    """Object to the minutes in circulation; with If-Match, to that very version."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        row = at.meeting(meeting, lock=True)
        at.need_part("minutes.object", row, body.member)
        expected.meet(existing(session, row).version)
        if not body.text:
            raise Problem(422, "empty-field", _("The text is empty; say what should stand there instead."))
        commands.object_to(session, row, body.member, body.text, actor=caller.name)
        out = minutes_out(at, row)
        return answer(out, out.version)

    return change(request, group, do, if_match=if_match)


def _chairs(session: Session, group: str, meeting: str, caller: Caller, verb: str) -> tuple[Scene, MeetingRow]:
    at = scene(session, group, caller, lock=True)
    at.need(verb)
    return at, at.meeting(meeting, lock=True)


def minutes_out(at: Scene, meeting: MeetingRow) -> MinutesOut:
    row = existing(at.session, meeting)
    numbered = outcomes(at.session, meeting)
    found = objections(at.session, meeting, row.version)
    return MinutesOut(
        meeting=meeting.id,
        state=state_of(at.session, meeting, row),
        text=row.text,
        outcomes=[OutcomeOut(number=one.number, text=one.text, item=one.item) for one in numbered],
        by=row.by,
        changed_at=row.changed_at,
        circulated_at=row.circulated_at,
        until=row.until,
        objections=[ObjectionOut(member=one.member, text=one.text, by=one.by, at=one.at) for one in found],
        version=row.version,
        markdown=_markdown(at, meeting, row.text, [(one.number, one.text) for one in numbered]),
    )


def _markdown(at: Scene, meeting: MeetingRow, text: str, numbered: list[tuple[int, str]]) -> str:
    there = [
        represented(at.charter.short(member), one.representative, one.rank)
        for member, one in attendance_rows(at.session, meeting).items()
        if one.presence in PRESENT
    ]
    guests = [one.name for one in observers(at.session, meeting) if one.withdrawn_at is None]
    chair = " and ".join(at.charter.short(id_) for id_ in meeting.chair) or "vacant"
    lines = [
        f"Held on {spoken(at.day_of(meeting))}{f', {meeting.place}' if meeting.place else ''}",
        f"Chair: {chair}{f', {meeting.presided_by} presiding' if meeting.presided_by else ''}",
        *([f"Present: {'; '.join(there)}"] if there else []),
        *([f"Observers invited: {'; '.join(guests)}"] if guests else []),
    ]
    return markdown(f"{at.charter.group.label}: {meeting.title}", lines, text, numbered)
