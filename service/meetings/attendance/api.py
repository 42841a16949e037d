"""The HTTP door of attendance: answers, presence, observers."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Request, Response
from pydantic import Field
from sqlmodel import Session

from service.access.bodies import In, Out, answer, new_router
from service.access.door import Answer, IfMatch, Key, change, create, look
from service.access.rules import Caller
from service.language.speech import _
from service.meetings.agenda.queries import items
from service.meetings.attendance import commands
from service.meetings.attendance.bodies import PresentIn
from service.meetings.attendance.queries import attendance_rows, observers, standing
from service.meetings.attendance.replies import Taken, take_reply
from service.meetings.attendance.rules import Rank, Reply, counted, stands
from service.meetings.attendance.tables import ObserverRow
from service.meetings.door import Scene, scene
from service.meetings.files import calendar_body
from service.meetings.holding import Present, attend
from service.meetings.people import taking_part
from service.meetings.tables import MeetingRow
from service.problems import Problem
from service.text import Id, Line, Mailbox
from service.versions import Expected

router = new_router("attendance")


class RespondIn(In):
    """A member's answer to an invitation, and who comes for it."""

    member: Id
    answer: Reply
    sequence: int = Field(ge=0, le=10_000, description="The SEQUENCE that is answered, as the invitation has it.")
    representative: Line | None = None
    rank: Rank | None = None


class AttendIn(In):
    """Who was there."""

    present: list[PresentIn] = Field(min_length=1, max_length=500)


class ObserverIn(In):
    """A guest at one meeting. They are told title and time; the way in, and agenda items, only as given here."""

    name: Line
    kind: Literal["state", "civil-society", "organization", "expert"]
    email: Mailbox | None = None
    link: bool = False
    items: list[Id] = Field([], max_length=100)


class ObserverOut(Out):
    id: str
    name: str
    kind: str
    email: str | None
    link: bool
    items: list[str]
    withdrawn: bool


class AttendanceOut(Out):
    """One member's answer and presence; `stands` says whether it was given to the meeting as it is."""

    member: str
    answer: str
    stands: bool
    sequence: int | None
    at: datetime | None
    by: str | None
    representative: str | None
    rank: str | None
    presence: str


class QuorumOut(Out):
    """The quorum, counted by organization; `met` by those who were there."""

    members: int
    needed: int
    coming: int
    present: int
    met: bool


class AttendancesOut(Out):
    meeting: str
    sequence: int
    quorum: QuorumOut
    attendance: list[AttendanceOut]
    observers: list[ObserverOut]


class RespondedOut(AttendancesOut):
    """`taken` is false where a newer answer was known already."""

    taken: bool


@router.get("/meetings/{meeting}/attendance", response_model=AttendancesOut)
def attendance(group: str, meeting: str, request: Request) -> Response:
    """Who comes, who was there, and whether that makes a quorum."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("attendance.look")
        row = at.meeting(meeting)
        return answer(attendance_out(at, row), row.version)

    return look(request, group, do)


@router.post("/meetings/{meeting}/respond", response_model=RespondedOut)
def respond(group: str, meeting: str, body: RespondIn, request: Request) -> Response:
    """Answer for a member. The answer names the SEQUENCE it is for; a newer answer replaces an older one."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        row = at.meeting(meeting, lock=True)
        at.need_part("meeting.respond", row, body.member)
        taken = commands.respond(session, row, by=caller.name, via="api", **body.model_dump())
        return answer(RespondedOut(**vars(attendance_out(at, row)), taken=taken))

    return change(request, group, do, if_match=None, required=False)


@router.post(
    "/meetings/replies",
    response_model=Taken,
    openapi_extra={"requestBody": {"required": True, "content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
def reply(group: str, request: Request, body: Annotated[bytes, Depends(calendar_body)]) -> Response:
    """Take the REPLY of a calendar program (RFC 5546 3.2.3), as it came by mail. For the secretariat and the chair."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("meeting.attend")
        return answer(take_reply(session, at.charter, at.today, body))

    return change(request, group, do, if_match=None, required=False)


@router.post("/meetings/{meeting}/attend", response_model=AttendancesOut)
def note(group: str, meeting: str, body: AttendIn, request: Request, if_match: IfMatch = None) -> Response:
    """Note, or correct, who was there."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("meeting.attend")
        row = at.meeting(meeting, lock=True)
        expected.meet(row.version)
        if row.state != "held":
            raise Problem(
                409, f"meeting-is-{row.state}", _("Presence is noted when a meeting is held; use the verb hold first.")
            )
        attend(session, at.charter, row, [Present(**one.model_dump()) for one in body.present], actor=caller.name)
        return answer(attendance_out(at, row), row.version)

    return change(request, group, do, if_match=if_match)


@router.post("/meetings/{meeting}/observers", status_code=201, response_model=ObserverOut)
def invite(group: str, meeting: str, body: ObserverIn, request: Request, key: Key = None) -> Response:
    """Invite an observer to one meeting."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("observer.invite")
        row = at.meeting(meeting, lock=True)
        if not {*body.items} <= {item.id for item in items(session, group, row.id)}:
            raise Problem(422, "no-such-item", _("An item given is not on the agenda of this meeting."))
        made = commands.invite_observer(session, row, actor=caller.name, **body.model_dump())
        return answer(observer_out(made), status=201, Location=f"/api/v1/groups/{group}/meetings/{meeting}/attendance")

    return create(request, group, body, do, key=key, if_match=None)


@router.post("/meetings/{meeting}/observers/{observer}/withdraw", response_model=ObserverOut)
def withdraw(group: str, meeting: str, observer: str, request: Request) -> Response:
    """Take an observer's invitation back; doing it again changes nothing."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("observer.invite")
        row = at.meeting(meeting, lock=True)
        return answer(observer_out(commands.withdraw_observer(session, row, observer, actor=caller.name)))

    return change(request, group, do, if_match=None, required=False)


def observer_out(row: ObserverRow) -> ObserverOut:
    return ObserverOut(
        id=row.id, name=row.name, kind=row.kind, email=row.email, link=row.link, items=row.items,
        withdrawn=row.withdrawn_at is not None,
    )  # fmt: skip


def attendance_out(at: Scene, row: MeetingRow) -> AttendancesOut:
    known = attendance_rows(at.session, row)
    members = [member.id for member in taking_part(at.charter, row.members, at.day_of(row))]
    count = counted(row.quorum, members, {id_: standing(one) for id_, one in known.items()}, row.schedules)
    return AttendancesOut(
        meeting=row.id,
        sequence=row.sequence,
        quorum=QuorumOut(**count._asdict(), met=count.met),
        attendance=[
            AttendanceOut(
                member=one.member,
                answer=one.answer,
                stands=stands(standing(one), row.schedules),
                sequence=one.answered_sequence if one.answered_at else None,
                at=one.answered_at,
                by=one.answered_by,
                representative=one.representative,
                rank=one.rank,
                presence=one.presence,
            )
            for one in (known[id_] for id_ in members if id_ in known)
        ],
        observers=[observer_out(one) for one in observers(at.session, row)],
    )
