"""Where somebody answers by the link in a mail: whether a member comes to a meeting, and when it suits it.

GET only shows the form, however often a scanner of mails follows the link; POST answers. The link carries
its own authority: it is signed, for one person and one question, and good while the question is open.
"""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from service import clock
from service.access.links import MeetingLink, read_poll, read_rsvp
from service.access.queries import person_caller
from service.calendars.items import group_name, named
from service.database import reading, writing
from service.groups.stations import station
from service.meetings.attendance.commands import respond
from service.meetings.attendance.queries import attendance_rows, standing
from service.meetings.attendance.rules import stands
from service.meetings.door import Scene, scene
from service.meetings.inviting.queries import said_of
from service.meetings.polls.commands import ballots, poll_row, vote
from service.meetings.polls.rules import is_open
from service.meetings.tables import MeetingRow
from service.notifications.meetings.saying import there, when
from service.notifications.wording.message import Reader
from service.problems import Problem
from service.text import Line
from service.web.pages import page

router = APIRouter(include_in_schema=False)
RSVP, POLL = "/groups/{group}/rsvp/{link}", "/groups/{group}/poll/{link}"


@router.get(RSVP)
def show(group: str, link: str, request: Request) -> Response:
    """The invitation and the answers to it; nothing happens yet."""
    with reading(request.app.state.engine) as session:
        return _Invitation(session, read_rsvp(link, group)).page()


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
    typed: dict[str, Any] = {"choice": choice, "representative": representative, "rank": rank}
    with writing(request.app.state.engine) as session:
        asked = _Invitation(session, read_rsvp(link, group), lock=True)
        if not asked.open:
            return asked.page()
        if sequence != asked.meeting.sequence:
            return asked.page(
                "The meeting has changed since this page was opened; please look at it again.", 409, **typed
            )
        if choice is None:
            return asked.page("Choose one of the answers.", 422, **typed)
        try:
            name = TypeAdapter(Line).validate_python(representative) if representative.strip() else None
        except ValidationError as error:
            fault = error.errors()[0]["msg"].removeprefix("Value error, ")
            return asked.page(f"The name {fault}.", 422, **typed)
        respond(
            session, asked.meeting, asked.link.member, choice, sequence=sequence, by=asked.person, via="page",
            representative=name, rank=rank or None,
        )  # fmt: skip
        session.flush()
        return _Invitation(session, asked.link).page(said=True)


@router.get(POLL)
def show_poll(group: str, link: str, request: Request) -> Response:
    """The slots to choose from; nothing happens yet."""
    with reading(request.app.state.engine) as session:
        return _Poll(session, read_poll(link, group)).page()


@router.post(POLL)
async def answer_poll(group: str, link: str, request: Request) -> Response:
    """Take a member's ballot; a second one replaces the first."""
    form = await request.form(max_files=0, max_fields=100)
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_take_ballot, request, group, link, typed)


def _take_ballot(request: Request, group: str, link: str, typed: dict[str, str]) -> Response:
    with writing(request.app.state.engine) as session:
        asked = _Poll(session, read_poll(link, group), lock=True)
        if not asked.open:
            return asked.page()
        answers = [typed.get(f"slot-{at}", "") for at in range(len(asked.poll.slots))]
        if any(said not in ("yes", "if-need-be", "no") for said in answers):
            return asked.page("Answer each of the slots.", 422, answers=answers)
        vote(session, asked.poll, asked.link.member, answers, actor=asked.person)
        session.flush()
        return _Poll(session, asked.link).page(said=True)


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
            raise Problem(410, "link-is-gone", "This link was for somebody who no longer answers for this member.")
        self.person = caller.name
        organization = next((role.organization for role in caller.appointments if role.organization), link.member)
        zone, _ = station(self.at.charter, organization)
        found = self.at.charter.organization(organization)
        self.reader = Reader(self.person, "", organization, (found.city if found else None) or "", zone)

    def values(self) -> dict[str, Any]:
        said = said_of(self.meeting)
        return {
            "group": self.at.charter.group,
            "meeting": self.meeting,
            "person": self.person,
            "member": self.at.charter.short(self.link.member),
            "when": when(said),
            "there": there(said, self.reader),
            "chair": named(self.at.charter, self.meeting.chair),
            "title": f"{group_name(self.at.charter)}: {self.meeting.title}",
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
        holds = known is not None and stands(standing(known), self.meeting.schedules)
        kept = {
            "choice": known.answer if known and holds else None,
            "representative": (known.representative if known else None) or "",
            "rank": (known.rank if known else None) or "",
        }
        return page(
            "rsvp.html", status, **self.values(), open=self.open, fault=fault, said=said,
            answered=known.answer if known else "", holds=holds, typed=kept | typed,
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
            "poll.html", status, **self.values(), slots=slots, open=self.open, fault=fault, said=said, closes=closes,
            answers=answers or (known.answers if known else [""] * len(slots)),
        )  # fmt: skip
