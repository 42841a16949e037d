"""Answers to invitations, presence, and observers; each inside the transaction of the caller."""

from datetime import datetime
from uuid import uuid4

from sqlmodel import Session

from service import clock, events
from service.language.speech import _, ngettext
from service.meetings.attendance.queries import attendance_rows, observer_row, observers, standing
from service.meetings.attendance.rules import supersedes
from service.meetings.attendance.tables import AttendanceRow, ObserverRow
from service.meetings.rules import STANDS
from service.meetings.tables import MeetingRow
from service.problems import Problem

_OBSERVERS = 100


def respond(
    session: Session,
    meeting: MeetingRow,
    member: str,
    answer: str,
    *,
    sequence: int,
    by: str,
    via: str,
    at: datetime | None = None,
    representative: str | None = None,
    rank: str | None = None,
) -> bool:
    """Take a member's answer to the SEQUENCE it was asked; False where a newer answer is known already.

    An answer to an earlier SEQUENCE is kept, and holds only if the meeting is where it was then. An answer
    that comes after the meeting has begun is refused: the chair's office notes who is there.

    Raises:
        Problem: 409, the meeting is not called, is cancelled, or has begun; 422, there is no such SEQUENCE.
    """
    if meeting.state != "called":
        raise Problem(
            409,
            f"meeting-is-{meeting.state}",
            _("{stands} Only a called one is answered.", stands=_(STANDS[meeting.state])),
        )
    if clock.now() >= meeting.start:
        raise Problem(409, "too-late", _("This meeting has begun; tell the chair's office, which notes who is there."))
    if not 0 <= sequence <= meeting.sequence:
        raise Problem(
            422,
            "unknown-sequence",
            _("sequence is not known here; this meeting is at {sequence}.", sequence=meeting.sequence),
        )
    row = _row(session, meeting, member)
    at = min(at or clock.now(), clock.now())
    if not supersedes(sequence, at, standing(row)):
        return False
    row.answer, row.answered_sequence, row.answered_at = answer, sequence, at
    row.answered_by, row.via = by, via
    row.representative, row.rank = representative, rank
    session.add(row)
    events.record(
        session, meeting.group_id, "meeting.answered", meeting.id, actor=by, member=member, answer=answer,
        sequence=sequence, via=via,
    )  # fmt: skip
    events.changed(session, "meeting", meeting.group_id, meeting.id)
    return True


def note_presence(
    session: Session, meeting: MeetingRow, member: str, presence: str, representative: str | None, rank: str | None
) -> None:
    """Note whether a member was there, and by whom; the verb that notes it records the event."""
    row = _row(session, meeting, member)
    row.presence = presence
    row.representative = representative or row.representative
    row.rank = rank or row.rank
    session.add(row)


def _row(session: Session, meeting: MeetingRow, member: str) -> AttendanceRow:
    known = attendance_rows(session, meeting).get(member)
    return known or AttendanceRow(group_id=meeting.group_id, meeting=meeting.id, member=member)


def invite_observer(
    session: Session, meeting: MeetingRow, *, name: str, kind: str, email: str | None, link: bool, items: list[str],
    actor: str,
) -> ObserverRow:  # fmt: skip
    """Invite a guest to one meeting.

    Raises:
        Problem: 409, the meeting is over or cancelled, has too many observers, or this address already.
    """
    if meeting.state not in ("proposed", "called"):
        raise Problem(
            409,
            f"meeting-is-{meeting.state}",
            _("{stands} Nobody can be invited to it.", stands=_(STANDS[meeting.state])),
        )
    known = [one for one in observers(session, meeting) if one.withdrawn_at is None]
    if len(known) >= _OBSERVERS:
        raise Problem(
            409,
            "too-many-observers",
            ngettext("A meeting has at most {n} observer.", "A meeting has at most {n} observers.", _OBSERVERS),
        )
    if email is not None and any(one.email == email for one in known):
        raise Problem(409, "invited-already", _("This address is invited already; withdraw that invitation first."))
    row = ObserverRow(
        id=str(uuid4()), group_id=meeting.group_id, meeting=meeting.id, name=name, kind=kind, email=email, link=link,
        items=items, invited_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    events.record(session, meeting.group_id, "observer.invited", meeting.id, row.id, actor=actor, observer=row.id)
    return row


def withdraw_observer(session: Session, meeting: MeetingRow, id_: str, *, actor: str) -> ObserverRow:
    """Take an invitation back; doing it again changes nothing."""
    row = observer_row(session, meeting, id_)
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now()
        session.add(row)
        events.record(session, meeting.group_id, "observer.withdrawn", meeting.id, row.id, actor=actor, observer=row.id)
    return row
