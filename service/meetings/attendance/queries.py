"""Answers, presence and observers, as the rows stand."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from service.language.speech import _
from service.meetings.attendance.rules import Standing
from service.meetings.attendance.tables import AttendanceRow, ObserverRow
from service.meetings.tables import MeetingRow
from service.problems import not_found


def attendance_rows(session: Session, row: MeetingRow) -> dict[str, AttendanceRow]:
    """What each member has answered, and whether it was there."""
    asked = select(AttendanceRow).where(AttendanceRow.group_id == row.group_id, AttendanceRow.meeting == row.id)
    return {found.member: found for found in session.exec(asked)}


def rows_of(session: Session, group_id: str, ids: Sequence[str]) -> dict[tuple[str, str], AttendanceRow]:
    """The same for several meetings, by meeting and member."""
    asked = select(AttendanceRow).where(AttendanceRow.group_id == group_id, col(AttendanceRow.meeting).in_(ids))
    return {(found.meeting, found.member): found for found in session.exec(asked)}


def standing(row: AttendanceRow) -> Standing:
    return Standing(row.answer, row.answered_sequence, row.answered_at, row.presence)


def observers(session: Session, row: MeetingRow) -> list[ObserverRow]:
    """The observers of a meeting in the order in which they were invited, those withdrawn included."""
    asked = (
        select(ObserverRow)
        .where(ObserverRow.group_id == row.group_id, ObserverRow.meeting == row.id)
        .order_by(col(ObserverRow.invited_at), col(ObserverRow.id))
    )
    return list(session.exec(asked))


def observer_row(session: Session, row: MeetingRow, id_: str) -> ObserverRow:
    """One observer of a meeting.

    Raises:
        Problem: 404, there is no such observer.
    """
    found = next((one for one in observers(session, row) if one.id == id_), None)
    if found is None:
        raise not_found(_("This observer is not here; check the address."))
    return found
