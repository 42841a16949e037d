"""Busy times: what a member's calendar file says, and nothing of what it is about."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from service import clock, events
from service.calendarfile import FoundEvent
from service.meetings.placing.tables import BusyRow


def keep_busy(
    session: Session, group_id: str, member: str, found: Iterable[FoundEvent], zone: str, *, actor: str
) -> BusyRow:
    """Keep the busy times of a member in place of those before; whole days are days in `zone`."""
    periods = sorted({_period(one, zone) for one in found if not one.transparent and one.status != "CANCELLED"})
    row = session.get(BusyRow, (group_id, member)) or BusyRow(
        group_id=group_id, member=member, periods=[], by=actor, at=clock.now()
    )
    row.periods = [[start.isoformat(), end.isoformat()] for start, end in periods if start < end]
    row.by, row.at = actor, clock.now()
    session.add(row)
    events.record(session, group_id, "busy.kept", member, actor=actor, periods=len(row.periods))
    return row


def _period(found: FoundEvent, zone: str) -> tuple[datetime, datetime]:
    if isinstance(found.start, datetime) and isinstance(found.end, datetime):
        return found.start, found.end
    there = ZoneInfo(zone)
    start = datetime.combine(found.start, time(), there).astimezone(UTC)
    end = datetime.combine(found.end, time(), there).astimezone(UTC)
    return start, max(end, start + timedelta(hours=1))
