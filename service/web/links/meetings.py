"""Where somebody answers by the link in a mail: whether a member comes to a meeting, and when it suits it.

GET only shows the form, however often a scanner of mails follows the link; POST answers. The link carries
its own authority: it is signed, for one person and one question, and good while the question is open.
"""

from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from service import clock
from service.access.links import MeetingLink, read_poll, read_rsvp
from service.access.queries import person_caller
from service.database import reading, writing
from service.language.dates import hour, weekday
from service.language.speech import _
from service.meetings.attendance.commands import respond
from service.meetings.attendance.queries import attendance_rows, standing
from service.meetings.attendance.rules import stands
from service.meetings.door import Scene, scene
from service.meetings.inviting.queries import said_of
from service.meetings.polls.commands import ballots, poll_row, vote
from service.meetings.polls.rules import is_open
from service.meetings.tables import MeetingRow
from service.notifications.meetings.saying import there, when
from service.notifications.wording.common import seated
from service.problems import Problem
from service.text import Line
from service.web.frame.forms import in_words
from service.web.frame.page import page
from service.web.frame.reader import at_station
from service.web.links.reader import speaking_for
from service.web.links.words import COMES, COMING, RANKS, SLOTS

router = APIRouter(include_in_schema=False)
RSVP, POLL = "/groups/{group}/rsvp/{link}", "/groups/{group}/poll/{link}"


@router.get(RSVP)
def show(group: str, link: str, request: Request) -> Response:
    """The invitation and the answers to it; nothing happens yet."""
    with reading(request.app.state.engine) as session:
        asked = read_rsvp(link, group)
        with speaking_for(request, session, asked):
            return _Invitation(session, asked).page()


@router.post(RSVP)
def answer(
    group: str,
    link: str,
    request: Request,
    choice: Annotated[Literal["accepted", "tentative", "declined"] | None, Form()] = None,
    sequence: Annotated[int, Form(ge=0, le=10_000)] = 0,
    representative: Annotated[str, Form(max_length=1000)] = "",
    rank: Annotated[Literal["", "principal", "alternate", "focal-point"], Form()] = "",
) -> Response:
    """Take the answer. It is for the meeting as the form showed it; one that has moved since is asked again."""
    given = _Given(choice, sequence, representative, rank)
    with writing(request.app.state.engine) as session:
        asked = read_rsvp(link, group)
        with speaking_for(request, session, asked):
            return _take_answer(session, asked, given)


class _Given(NamedTuple):
    """What the form has sent; `sequence` is that of the meeting as it showed it."""

    choice: Literal["accepted", "tentative", "declined"] | None
    sequence: int
    representative: str
    rank: Literal["", "principal", "alternate", "focal-point"]


def _take_answer(session: Session, link: MeetingLink, given: _Given) -> Response:
    asked = _Invitation(session, link, lock=True)
    typed: dict[str, Any] = {"choice": given.choice, "representative": given.representative, "rank": given.rank}
    if not asked.open:
        return asked.page()
    if given.sequence != asked.meeting.sequence:
        said = _("The meeting has changed since this page was opened; please look at it again.")
        return asked.page(said, 409, **typed)
    if given.choice is None:
        return asked.page(_("Choose one of the answers."), 422, **typed)
    try:
        name = TypeAdapter(Line).validate_python(given.representative) if given.representative.strip() else None
    except ValidationError as error:
        return asked.page(in_words(error)[1], 422, **typed)
    respond(
        session, asked.meeting, link.member, given.choice, sequence=given.sequence, by=asked.person, via="page",
        representative=name, rank=given.rank or None,
    )  # fmt: skip
    session.flush()
    return _Invitation(session, link).page(said=True)


@router.get(POLL)
def show_poll(group: str, link: str, request: Request) -> Response:
    """The slots to choose from; nothing happens yet."""
    with reading(request.app.state.engine) as session:
        asked = read_poll(link, group)
        with speaking_for(request, session, asked):
            return _Poll(session, asked).page()


@router.post(POLL)
async def answer_poll(group: str, link: str, request: Request) -> Response:
    """Take a member's ballot; a second one replaces the first."""
    form = await request.form(max_files=0, max_fields=100)
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_take_ballot, request, group, link, typed)


def _take_ballot(request: Request, group: str, link: str, typed: dict[str, str]) -> Response:
    with writing(request.app.state.engine) as session:
        asked = read_poll(link, group)
        with speaking_for(request, session, asked):
            return _vote(session, asked, typed)


def _vote(session: Session, link: MeetingLink, typed: dict[str, str]) -> Response:
    asked = _Poll(session, link, lock=True)
    if not asked.open:
        return asked.page()
    answers = [typed.get(f"slot-{at}", "") for at in range(len(asked.poll.slots))]
    if any(said not in SLOTS for said in answers):
        return asked.page(_("Answer each of the slots."), 422, answers=answers)
    vote(session, asked.poll, link.member, answers, actor=asked.person)
    session.flush()
    return _Poll(session, link).page(said=True)


class _Question:
    """Who is asked, about which meeting, and whether they still answer for their member."""

    def __init__(self, session: Session, link: MeetingLink, meeting: str, *, lock: bool) -> None:
        self.link = link
        self.session = session
        self.at: Scene = scene(session, link.group_id, None, lock=lock)
        self.meeting: MeetingRow = self.at.meeting(meeting, lock=lock)
        caller = person_caller(session, link.group_id, link.person_id)
        asked = Scene(session, self.at.charter, caller)
        if caller is None or not asked.may("meeting.respond", link.member, day=self.at.day_of(self.meeting)):
            raise Problem(410, "link-is-gone", _("This link was for somebody who no longer answers for this member."))
        self.person = caller.name
        organization = next((role.organization for role in caller.appointments if role.organization), link.member)
        self.reader = at_station(self.at.charter, self.person, organization)

    def values(self) -> dict[str, Any]:
        said = said_of(self.meeting)
        return {
            "group": self.at.charter.group,
            "meeting": self.meeting,
            "person": self.person,
            "member": self.at.charter.short(self.link.member),
            "when": when(said),
            "there": there(said, self.reader),
            "chair": seated(self.at.charter, self.meeting.chair),
            "title": self.meeting.title,
            "at": self.at,
        }


class _Invitation(_Question):
    """An invitation as it stands: open, or no longer to be answered."""

    def __init__(self, session: Session, link: MeetingLink, *, lock: bool = False) -> None:
        super().__init__(session, link, link.subject, lock=lock)

    @property
    def open(self) -> bool:
        return self.meeting.state == "called" and clock.now() < self.meeting.start

    def page(self, fault: str = "", status: int = 200, *, said: bool = False, **typed: Any) -> Response:
        known = attendance_rows(self.session, self.meeting).get(self.link.member)
        member = self.at.charter.short(self.link.member)
        holds = known is not None and stands(standing(known), self.meeting.schedules)
        kept = {
            "choice": known.answer if known and holds else None,
            "representative": (known.representative if known else None) or "",
            "rank": (known.rank if known else None) or "",
        }
        return page(
            "links/rsvp.html", status, **self.values(), open=self.open, fault=fault, said=said,
            answered=_(COMES[known.answer], member=member) if known and known.answer else "", holds=holds,
            choices=[(key, _(text, member=member)) for key, text in COMING.items()],
            ranks=[(key, _(text) if key else text) for key, text in RANKS.items()], typed=kept | typed,
        )  # fmt: skip


class _Poll(_Question):
    """A poll as it stands: open or closed."""

    def __init__(self, session: Session, link: MeetingLink, *, lock: bool = False) -> None:
        self.poll = poll_row(session, link.group_id, link.subject)
        super().__init__(session, link, self.poll.meeting, lock=lock)

    @property
    def open(self) -> bool:
        return is_open(self.poll.deadline, self.poll.closed_at, clock.now())

    def page(
        self, fault: str = "", status: int = 200, *, said: bool = False, answers: list[str] | None = None
    ) -> Response:
        meeting = said_of(self.meeting)
        slots = [
            (when(meeting | {"start": slot}), there(meeting | {"start": slot}, self.reader)) for slot in self.poll.slots
        ]
        known = ballots(self.session, self.poll).get(self.link.member)
        closes = self.poll.deadline.astimezone(ZoneInfo(self.meeting.zone))
        return page(
            "links/poll.html", status, **self.values(),
            slots=slots, open=self.open, fault=fault, said=said,
            choices=[(key, _(text)) for key, text in SLOTS.items()],
            closes=_("{day}, {hour} ({zone})", day=weekday(closes.date()), hour=hour(closes), zone=self.meeting.zone),
            answers=answers or (known.answers if known else [""] * len(slots)),
        )  # fmt: skip
