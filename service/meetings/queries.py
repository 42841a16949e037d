"""Reads of meetings as the rows stand."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from service import clock
from service.events import Event, lately
from service.language.speech import _
from service.meetings.rules import MINUTES
from service.meetings.tables import MeetingRow
from service.problems import not_found

MOST = 200
# Changes of a meeting that whoever takes part wants to know.
TOLD_CHANGES = ("meeting.called", "meeting.moved", "meeting.hosted", "meeting.cancelled", "meeting.withdrawn")
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
        raise not_found(_("This meeting is not here; check the address."))
    return row


def meetings_by_id(session: Session, group_id: str, ids: Iterable[str]) -> dict[str, MeetingRow]:
    """Several meetings at once, by their ids."""
    asked = select(MeetingRow).where(MeetingRow.group_id == group_id, col(MeetingRow.id).in_(set(ids)))
    return {row.id: row for row in session.exec(asked)}


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
    after: tuple[datetime, str] | None = None,
    most: int = MOST,
) -> list[MeetingRow]:
    """Meetings that begin in `[since, until)`, in order of time; those after one that is known by (start, id)."""
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
    start, id_ = col(MeetingRow.start), col(MeetingRow.id)
    if after is not None:
        beyond = start < after[0] if newest_first else start > after[0]
        asked = asked.where(beyond | ((start == after[0]) & (id_ > after[1])))
    return list(session.exec(asked.order_by(start.desc() if newest_first else start, id_).limit(most)))


def next_meeting(session: Session, group_id: str, level: str | None = None) -> MeetingRow | None:
    """The meeting that comes next or is on: the first that is not cancelled and has not ended."""
    near = meetings(session, group_id, level=level, states=("proposed", "called", "held"), since=_longest_ago())
    return next((row for row in near if end_of(row) > clock.now()), None)


def following(session: Session, row: MeetingRow) -> MeetingRow | None:
    """The next meeting of the same kind after this one: of its cadence, else of its level."""
    same = {"cadence": row.cadence} if row.cadence else {"level": row.level}
    coming = meetings(session, row.group_id, since=row.start, states=("proposed", "called"), **same)  # type: ignore[arg-type]
    return next((found for found in coming if found.id != row.id), None)


def happened(session: Session, row: MeetingRow) -> list[Event]:
    """Everything that happened to a meeting, oldest first; not the mails that told of it."""
    asked = select(Event).where(
        Event.group_id == row.group_id,
        Event.subject == row.id,
        col(Event.kind).not_in(("meeting.told", "meeting.reminder")),
    )
    return list(session.exec(asked.order_by(col(Event.recorded_at), col(Event.id))))


def recent_changes(session: Session, group_id: str, since: datetime, most: int) -> list[Event]:
    """The last meetings that were called, moved, hosted by another or cancelled since an instant, newest first."""
    return lately(session, group_id, TOLD_CHANGES, since)[: -most - 1 : -1]


def end_of(row: MeetingRow) -> datetime:
    return row.start + timedelta(minutes=row.minutes)


def _longest_ago() -> datetime:
    """Who begins before this instant has ended by now."""
    return clock.now() - timedelta(minutes=MINUTES[1])
