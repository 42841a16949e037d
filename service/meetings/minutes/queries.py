"""Minutes as the rows stand."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from service import clock
from service.language.speech import _
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
        raise not_found(_("The minutes of this meeting are not here; check the address."))
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


def in_circulation(session: Session, group_id: str, since: datetime, most: int) -> list[MinutesRow]:
    """Minutes that were circulated since an instant, or that members may object to still; newest first."""
    now = clock.now()
    asked = select(MinutesRow).where(
        MinutesRow.group_id == group_id,
        # No silence ends before it began: of all that are older nothing has to be read.
        col(MinutesRow.until) > min(since, now),
        or_(col(MinutesRow.circulated_at) >= since, col(MinutesRow.until) > now),
    )
    return list(session.exec(asked.order_by(col(MinutesRow.circulated_at).desc()).limit(most)))


def state_of(session: Session, meeting: MeetingRow, row: MinutesRow) -> rules.State:
    """Where the minutes stand now."""
    found = objections(session, meeting, row.version)
    return rules.state(row.circulated_at, row.until, len(found), clock.now())


def standing_of(session: Session, group_id: str, ids: Sequence[str]) -> dict[str, tuple[rules.State, datetime | None]]:
    """Where the minutes of several meetings stand now, and until when members may object; left out where none are."""
    written = select(MinutesRow).where(MinutesRow.group_id == group_id, col(MinutesRow.meeting).in_(ids))
    objected = select(ObjectionRow.meeting, ObjectionRow.version).where(
        ObjectionRow.group_id == group_id, col(ObjectionRow.meeting).in_(ids)
    )
    against, now = set(session.exec(objected.distinct())), clock.now()
    return {
        row.meeting: (rules.state(row.circulated_at, row.until, (row.meeting, row.version) in against, now), row.until)
        for row in session.exec(written)
    }
