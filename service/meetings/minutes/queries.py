"""Minutes as the rows stand."""

from sqlmodel import Session, col, select

from service import clock
from service.meetings.minutes import rules
from service.meetings.minutes.tables import MinutesRow, ObjectionRow, OutcomeRow
from service.meetings.tables import MeetingRow
from service.problems import not_found


def minutes_row(session: Session, meeting: MeetingRow) -> MinutesRow | None:
    """The minutes of a meeting, if anybody has begun them."""
    return session.get(MinutesRow, (meeting.group_id, meeting.id), with_for_update=True)


def existing(session: Session, meeting: MeetingRow) -> MinutesRow:
    """The minutes of a meeting.

    Raises:
        Problem: 404, there are none yet.
    """
    row = minutes_row(session, meeting)
    if row is None:
        raise not_found("The minutes of this meeting")
    return row


def outcomes(session: Session, meeting: MeetingRow) -> list[OutcomeRow]:
    """The outcomes of a meeting in order of their numbers."""
    asked = select(OutcomeRow).where(OutcomeRow.group_id == meeting.group_id, OutcomeRow.meeting == meeting.id)
    return list(session.exec(asked.order_by(col(OutcomeRow.number))))


def objections(session: Session, meeting: MeetingRow, version: int) -> list[ObjectionRow]:
    """What members object to in one version."""
    asked = select(ObjectionRow).where(
        ObjectionRow.group_id == meeting.group_id, ObjectionRow.meeting == meeting.id, ObjectionRow.version == version
    )
    return list(session.exec(asked.order_by(col(ObjectionRow.at))))


def state_of(session: Session, meeting: MeetingRow, row: MinutesRow) -> rules.State:
    """Where the minutes stand now."""
    found = objections(session, meeting, row.version)
    return rules.state(row.circulated_at, row.until, len(found), clock.now())
