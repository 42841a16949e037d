"""Opening, answering and closing polls, each inside the transaction of the caller."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from service import clock, events
from service.language.speech import _, ngettext
from service.meetings.polls.rules import LONGEST, is_open
from service.meetings.polls.tables import BallotRow, PollRow
from service.meetings.rules import STANDS
from service.meetings.tables import MeetingRow
from service.problems import Problem, not_found


def poll_row(session: Session, group_id: str, id_: str) -> PollRow:
    """One poll.

    Raises:
        Problem: 404, there is no such poll.
    """
    asked = select(PollRow).where(PollRow.group_id == group_id, PollRow.id == id_).with_for_update()
    row = session.exec(asked).first() if re.fullmatch("[a-z0-9]{1,20}", id_) else None
    if row is None:
        raise not_found(_("This poll is not here; check the address."))
    return row


def polls_of(session: Session, meeting: MeetingRow) -> list[PollRow]:
    """The polls on a meeting, oldest first."""
    asked = select(PollRow).where(PollRow.group_id == meeting.group_id, PollRow.meeting == meeting.id)
    return list(session.exec(asked.order_by(col(PollRow.created_at), col(PollRow.id))))


def open_polls(session: Session, group_id: str) -> list[PollRow]:
    """The polls of a group that take ballots now, those that close first before the others."""
    asked = select(PollRow).where(
        PollRow.group_id == group_id, col(PollRow.closed_at).is_(None), col(PollRow.deadline) > clock.now()
    )
    return list(session.exec(asked.order_by(col(PollRow.deadline), col(PollRow.id))))


def unanswered(session: Session, group_id: str, ids: Sequence[str]) -> dict[str, set[str]]:
    """Those of several meetings on which a poll is open, each with the members that have answered it."""
    asked = select(PollRow).where(
        PollRow.group_id == group_id, col(PollRow.meeting).in_(ids), col(PollRow.closed_at).is_(None)
    )
    now = clock.now()
    open_ = {row.id: row.meeting for row in session.exec(asked) if is_open(row.deadline, row.closed_at, now)}
    found: dict[str, set[str]] = {meeting: set() for meeting in open_.values()}
    for row in session.exec(select(BallotRow).where(col(BallotRow.poll).in_(open_))) if open_ else []:
        found[open_[row.poll]].add(row.member)
    return found


def ballots(session: Session, poll: PollRow) -> dict[str, BallotRow]:
    """The ballots of a poll, by member."""
    return {row.member: row for row in session.exec(select(BallotRow).where(BallotRow.poll == poll.id))}


def open_poll(
    session: Session, meeting: MeetingRow, slots: Sequence[datetime], deadline: datetime, *, actor: str
) -> PollRow:
    """Ask the members when to meet.

    Raises:
        Problem: 409, the meeting is settled, or a poll on it is open; 422, slots or deadline lie wrong.
    """
    now = clock.now()
    if meeting.state not in ("proposed", "called"):
        raise Problem(
            409, f"meeting-is-{meeting.state}", _("{stands} Its time is settled.", stands=_(STANDS[meeting.state]))
        )
    if any(is_open(poll.deadline, poll.closed_at, now) for poll in polls_of(session, meeting)):
        raise Problem(409, "poll-is-open", _("A poll on this meeting is open; close it first."))
    if len(set(slots)) != len(slots):
        raise Problem(422, "repeated-slot", _("A slot stands twice; name each once."))
    if not now < deadline <= now + LONGEST or deadline > min(slots):
        raise Problem(
            422,
            "invalid-deadline",
            ngettext(
                "The deadline lies within {n} day, and before the first slot.",
                "The deadline lies within {n} days, and before the first slot.",
                LONGEST.days,
            ),
        )
    row = PollRow(
        id=f"p{secrets.token_hex(6)}", group_id=meeting.group_id, meeting=meeting.id,
        slots=[slot.isoformat() for slot in slots], deadline=deadline, by=actor, created_at=now,
    )  # fmt: skip
    session.add(row)
    events.record(session, meeting.group_id, "poll.opened", row.id, row.id, actor=actor, meeting=meeting.id)
    return row


def vote(session: Session, poll: PollRow, member: str, answers: Sequence[str], *, actor: str) -> BallotRow:
    """Take a member's ballot; a second one replaces the first.

    Raises:
        Problem: 409, the poll is closed; 422, not one answer for each slot.
    """
    if not is_open(poll.deadline, poll.closed_at, clock.now()):
        raise Problem(409, "poll-is-closed", _("This poll is closed."))
    if len(answers) != len(poll.slots):
        raise Problem(
            422,
            "other-slots",
            ngettext("Answer the {n} slot.", "Answer each of the {n} slots, in their order.", len(poll.slots)),
        )
    row = session.get(BallotRow, (poll.id, member)) or BallotRow(
        poll=poll.id, member=member, answers=list(answers), by=actor, at=clock.now()
    )
    row.answers, row.by, row.at = list(answers), actor, clock.now()
    session.add(row)
    events.record(session, poll.group_id, "poll.answered", poll.id, actor=actor, member=member)
    return row


def close_poll(session: Session, poll: PollRow, *, actor: str) -> None:
    """Close a poll before its deadline.

    Raises:
        Problem: 409, it is closed.
    """
    if not is_open(poll.deadline, poll.closed_at, clock.now()):
        raise Problem(409, "poll-is-closed", _("This poll is closed."))
    poll.closed_at = clock.now()
    poll.version += 1
    session.add(poll)
    events.record(session, poll.group_id, "poll.closed", poll.id, poll.id, actor=actor, meeting=poll.meeting)


def settle_polls(session: Session, meeting: MeetingRow) -> None:
    """Close what is open on a meeting that was held or does not take place; there is nothing left to choose."""
    for poll in polls_of(session, meeting):
        if is_open(poll.deadline, poll.closed_at, clock.now()):
            poll.closed_at = clock.now()
            poll.version += 1
            session.add(poll)
            events.record(session, poll.group_id, "poll.settled", poll.id, poll.id, meeting=meeting.id)
