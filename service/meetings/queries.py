"""Reads of meetings as the rows stand."""

import re
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from service import clock
from service.meetings.rules import MINUTES
from service.meetings.tables import MeetingRow
from service.problems import not_found

MOST = 200
_ID = re.compile(r"[a-z0-9-]{1,80}")


def meeting_row(session: Session, group_id: str, id_: str, *, lock: bool = False) -> MeetingRow:
    """One meeting; with `lock`, nobody else changes it until this transaction ends.

    Raises:
        Problem: 404, there is no such meeting.
    """
    asked = select(MeetingRow).where(MeetingRow.group_id == group_id, MeetingRow.id == id_)
    known = _ID.fullmatch(id_) is not None
    row = session.exec(asked.with_for_update() if lock else asked).first() if known else None
    if row is None:
        raise not_found("This meeting")
    return row


def meetings(
    session: Session,
    group_id: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    level: str | None = None,
    states: tuple[str, ...] = (),
    cadence: str | None = None,
    newest_first: bool = False,
    most: int = MOST,
) -> list[MeetingRow]:
    """Meetings that begin in `[since, until)`, in order of time."""
    asked = select(MeetingRow).where(MeetingRow.group_id == group_id)
    if since is not None:
        asked = asked.where(col(MeetingRow.start) >= since)
    if until is not None:
        asked = asked.where(col(MeetingRow.start) < until)
    if level is not None:
        asked = asked.where(MeetingRow.level == level)
    if states:
        asked = asked.where(col(MeetingRow.state).in_(states))
    if cadence is not None:
        asked = asked.where(MeetingRow.cadence == cadence)
    order = col(MeetingRow.start).desc() if newest_first else col(MeetingRow.start)
    return list(session.exec(asked.order_by(order, col(MeetingRow.id)).limit(most)))


def next_meeting(session: Session, group_id: str, level: str | None = None) -> MeetingRow | None:
    """The meeting that comes next or is on: the first that is not cancelled and has not ended."""
    near = meetings(session, group_id, level=level, states=("proposed", "called", "held"), since=_longest_ago())
    return next((row for row in near if end_of(row) > clock.now()), None)


def following(session: Session, row: MeetingRow) -> MeetingRow | None:
    """The next meeting of the same kind after this one: of its cadence, else of its level."""
    same = {"cadence": row.cadence} if row.cadence else {"level": row.level}
    coming = meetings(session, row.group_id, since=row.start, states=("proposed", "called"), **same)  # type: ignore[arg-type]
    return next((found for found in coming if found.id != row.id), None)


def end_of(row: MeetingRow) -> datetime:
    return row.start + timedelta(minutes=row.minutes)


def _longest_ago() -> datetime:
    """Who begins before this instant has ended by now."""
    return clock.now() - timedelta(minutes=MINUTES[1])
