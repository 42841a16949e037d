"""What the page of a meeting shows to the group's people: who comes, the agenda, polls, news, what happened."""

from datetime import datetime
from typing import Any, NamedTuple

from service import clock
from service.meetings.agenda.api import agenda_out
from service.meetings.agenda.queries import news
from service.meetings.attendance.api import AttendanceOut, attendance_out
from service.meetings.door import Scene
from service.meetings.inviting.queries import said_of
from service.meetings.outline import meeting_out
from service.meetings.people import taking_part
from service.meetings.polls.api import PollOut, poll_out
from service.meetings.polls.commands import polls_of
from service.meetings.queries import end_of, happened
from service.meetings.tables import MeetingRow
from service.notifications.meetings.saying import slots
from service.web.frame.reader import reader
from service.web.meetings import words
from service.web.meetings.scene import answers_for

_HAPPENED = 40


class Place(NamedTuple):
    """One member at a meeting: its name, and what it has answered, if anything."""

    id: str
    name: str
    said: AttendanceOut | None


class Question(NamedTuple):
    """A poll with its slots in words, and its best ones first."""

    poll: PollOut
    said: list[str]
    ranked: list[tuple[str, int, int, int]]
    mine: dict[str, list[str]]


def inner(at: Scene, row: MeetingRow) -> dict[str, Any]:
    """Everything on the page that is for the group alone."""
    attendance = attendance_out(at, row)
    known = {one.member: one for one in attendance.attendance}
    places = [Place(id_, at.charter.short(id_), known.get(id_)) for id_ in _members(at, row)]
    agenda = agenda_out(at, row)
    events = happened(at.session, row)
    told = news(at.session, row)
    return {
        "details": meeting_out(at.charter, row, inside=True).details,
        "attendance": attendance,
        "places": places,
        "answered": [place for place in places if _says(row, place.said)],
        "silent": [place.name for place in places if not _says(row, place.said)],
        "items": [item for item in agenda.items if item.state in ("accepted", "concluded")],
        "settled": agenda.settled,
        "questions": [_question(at, row, poll_out(at, poll)) for poll in polls_of(at.session, row)],
        "votes": answers_for(at, row, "poll.vote"),
        "news": told,
        "told": {one.member: one for one in told},
        "happened": events[: -_HAPPENED - 1 : -1],
        "earlier": max(0, len(events) - _HAPPENED),
        "words": words,
    }


def doing(at: Scene, row: MeetingRow) -> dict[str, Any]:
    """What whoever looks may do here now, each with the members for whom."""
    open_, begun = row.state in ("proposed", "called"), row.start <= clock.now()
    everybody = [(id_, at.charter.short(id_)) for id_ in _members(at, row)]
    own = answers_for(at, row, "meeting.respond")
    keeps = at.may("meeting.hold") is not None
    return {
        "responds": own if row.state == "called" and not begun else [],
        # The secretariat notes what it was told, for any member.
        "notes": everybody if row.state == "called" and not begun and not own and _records(at, row) else [],
        "tells": (own or (everybody if _records(at, row) else [])) if open_ and end_of(row) > clock.now() else [],
        "proposes": open_ and (bool(answers_for(at, row, "agenda.propose")) or at.may("agenda.set") is not None),
        "calls": row.state == "proposed" and not begun and at.may("meeting.call") is not None,
        "changes": at.may("meeting.edit") is not None and row.state != "cancelled",
        "polls": open_ and not begun and at.may("poll.open") is not None,
        "ranks": open_ and not begun and at.may("slots.rank") is not None,
        "closes": at.may("poll.close") is not None,
        "invites": open_ and at.may("observer.invite") is not None,
        "holds": keeps and row.state == "called" and begun,
        "corrects": keeps and row.state == "held",
        "chairs": at.may("agenda.set") is not None,
    }


def _says(row: MeetingRow, said: AttendanceOut | None) -> bool:
    """Whether something is known of a member: once a meeting is held, whether it was there."""
    return said is not None and bool(said.presence if row.state == "held" else said.answer)


def _members(at: Scene, row: MeetingRow) -> list[str]:
    return [member.id for member in taking_part(at.charter, row.members, at.day_of(row))]


def _records(at: Scene, row: MeetingRow) -> bool:
    """Whether whoever looks keeps the record, and so notes the answers of others."""
    return at.may("meeting.respond", *_members(at, row)[:1], day=at.day_of(row)) == "secretariat"


def _question(at: Scene, row: MeetingRow, poll: PollOut) -> Question:
    said = dict(zip(poll.slots, _in_words(at, row, poll.slots), strict=True))
    return Question(
        poll,
        [said[slot] for slot in poll.slots],
        [(said[one.start], one.yes, one.if_need_be, one.no) for one in poll.ranking],
        {ballot.member: ballot.answers for ballot in poll.ballots},
    )


def _in_words(at: Scene, row: MeetingRow, starts: list[datetime]) -> list[str]:
    return slots(said_of(row), [start.isoformat() for start in starts], reader(at))
