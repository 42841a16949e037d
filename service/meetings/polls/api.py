"""The HTTP door of polls: when does it suit the members?"""

from datetime import datetime

from fastapi import Request, Response
from pydantic import Field
from sqlmodel import Session

from service import clock
from service.access.bodies import In, Out, answer, new_router
from service.access.door import Answer, Key, change, create, look
from service.access.rules import Caller
from service.groups.parts import Moment
from service.language.speech import _
from service.meetings.door import Scene, scene
from service.meetings.polls import commands
from service.meetings.polls.rules import SLOTS, is_open, ranked
from service.meetings.polls.rules import Answer as Said
from service.meetings.polls.tables import PollRow
from service.meetings.rules import REACH
from service.problems import Problem
from service.text import Id
from service.versions import Expected

router = new_router("polls")


class PollIn(In):
    """When a meeting might begin, and until when members may say so."""

    slots: list[Moment] = Field(min_length=2, max_length=SLOTS)
    deadline: Moment


class VoteIn(In):
    """A member's answer to each slot, in the order of the poll."""

    member: Id
    answers: list[Said] = Field(min_length=1, max_length=SLOTS)


class BallotOut(Out):
    member: str
    answers: list[str]
    by: str
    at: datetime


class TallyOut(Out):
    """How many members say what to a slot."""

    start: datetime
    yes: int
    if_need_be: int
    no: int


class PollOut(Out):
    """A poll; `ranking` goes from best to worst: whom a slot suits not at all counts first."""

    id: str
    meeting: str
    open: bool
    deadline: datetime
    closed_at: datetime | None
    slots: list[datetime]
    ballots: list[BallotOut]
    ranking: list[TallyOut]


class PollsOut(Out):
    polls: list[PollOut]


@router.post("/meetings/{meeting}/polls", status_code=201, response_model=PollOut)
def open_poll(group: str, meeting: str, body: PollIn, request: Request, key: Key = None) -> Response:
    """Ask the members when to meet. The poll closes by itself at its deadline."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("poll.open")
        row = at.meeting(meeting, lock=True)
        now = clock.now()
        if any(not now < slot < now + REACH for slot in body.slots):
            raise Problem(422, "invalid-slot", _("A slot lies in the past, or too far ahead."))
        poll = commands.open_poll(session, row, body.slots, body.deadline, actor=caller.name)
        return answer(poll_out(at, poll), status=201, Location=f"/api/v1/groups/{group}/polls/{poll.id}")

    return create(request, group, body, do, key=key, if_match=None)


@router.get("/meetings/{meeting}/polls", response_model=PollsOut)
def polls(group: str, meeting: str, request: Request) -> Response:
    """The polls on a meeting, oldest first."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("poll.look")
        found = commands.polls_of(session, at.meeting(meeting))
        return answer(PollsOut(polls=[poll_out(at, poll) for poll in found]))

    return look(request, group, do)


@router.get("/polls/{poll}", response_model=PollOut)
def one_poll(group: str, poll: str, request: Request) -> Response:
    """A poll as it stands."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("poll.look")
        return answer(poll_out(at, commands.poll_row(session, group, poll)))

    return look(request, group, do)


@router.post("/polls/{poll}/vote", response_model=PollOut)
def vote(group: str, poll: str, body: VoteIn, request: Request) -> Response:
    """Answer a poll for a member; a second answer replaces the first."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        row = commands.poll_row(session, group, poll)
        at.need_part("poll.vote", at.meeting(row.meeting), body.member)
        commands.vote(session, row, body.member, body.answers, actor=caller.name)
        return answer(poll_out(at, row))

    return change(request, group, do, if_match=None, required=False)


@router.post("/polls/{poll}/close", response_model=PollOut)
def close(group: str, poll: str, request: Request) -> Response:
    """Close a poll before its deadline."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("poll.close")
        row = commands.poll_row(session, group, poll)
        commands.close_poll(session, row, actor=caller.name)
        return answer(poll_out(at, row))

    return change(request, group, do, if_match=None, required=False)


def poll_out(at: Scene, poll: PollRow) -> PollOut:
    known = commands.ballots(at.session, poll)
    slots = [datetime.fromisoformat(slot) for slot in poll.slots]
    tallies = ranked(len(slots), [row.answers for row in known.values()])
    return PollOut(
        id=poll.id,
        meeting=poll.meeting,
        open=is_open(poll.deadline, poll.closed_at, clock.now()),
        deadline=poll.deadline,
        closed_at=poll.closed_at,
        slots=slots,
        ballots=[BallotOut(member=row.member, answers=row.answers, by=row.by, at=row.at) for row in known.values()],
        ranking=[TallyOut(start=slots[one.slot], yes=one.yes, if_need_be=one.if_need_be, no=one.no) for one in tallies],
    )
