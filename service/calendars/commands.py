"""Keeps the ledger in step with every change of a group's terms, in the transaction of the change."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, col, func, select

from service import clock, zones
from service.calendars.items import chair_items
from service.calendars.rules import Item, schedule_hash, significant_hash
from service.calendars.tables import LedgerRow
from service.calendars.writer import event_bytes
from service.groups import queries as groups
from service.groups.charter import Charter
from service.rotation.engine import add_months, terms
from service.rotation.rules import horizon, reach
from service.settings import current

# Entries are remembered well past the days that feeds show, so that time alone brings none in unknown.
_BEYOND_MONTHS = 120
KINDS = ("term", "handover")


def group_url(group_id: str) -> str:
    """The address of the group's page, as it stands in feeds and mails."""
    return f"{current().public_url}/groups/{group_id}"


def published(charter: Charter, today: date) -> dict[str, Item]:
    """Every entry that the ledger holds for a charter, by key."""
    far = add_months(horizon(charter, today), _BEYOND_MONTHS)
    return chair_items(charter, terms(charter, far), group_url(charter.group.id))


def is_short(session: Session, group_id: str) -> bool:
    """Whether time has brought the end of the ledger into sight of the feeds, with nothing changed for years."""
    row = groups.group_row(session, group_id)
    mine = select(func.max(LedgerRow.end_day)).where(LedgerRow.group_id == group_id, col(LedgerRow.kind).in_(KINDS))
    last = session.scalar(mine)
    far = reach(groups.cycles(session, group_id), zones.day_in(clock.now(), row.timezone))
    return last is not None and last <= add_months(far, _BEYOND_MONTHS // 2)


def keep_ledger(session: Session, group_id: str, _: str = "") -> None:
    """Write what changed: SEQUENCE rises with time or status, LAST-MODIFIED with anything.

    An entry that is gone stays as CANCELLED until its day has passed (RFC 5546 3.2.5).
    """
    charter = groups.charter(session, group_id)
    now = clock.now().replace(microsecond=0)
    today = zones.day_in(now, charter.group.timezone)
    mine = select(LedgerRow).where(LedgerRow.group_id == group_id, col(LedgerRow.kind).in_(KINDS))
    kept = {row.key: row for row in session.exec(mine)}
    wanted = published(charter, today)
    for key, item in wanted.items():
        row = kept.get(key)
        if row is None:
            session.add(_row(group_id, key, replace(item, modified=now)))
        elif row.content_hash != significant_hash(item):
            raised = row.sequence + (row.schedule_hash != schedule_hash(item))
            _update(row, replace(item, sequence=raised, modified=now))
            session.add(row)
        elif row.of != list(item.of):
            row.of = list(item.of)
            session.add(row)
    last = max((row.end_day for row in kept.values()), default=today)
    for key, row in kept.items():
        if key not in wanted and not row.cancelled and row.start_day <= last:
            _cancel(row, now)
            session.add(row)
    published_anew(session, group_id)
    session.flush()


def published_anew(session: Session, group_id: str) -> None:
    """Count a change of what the group's feeds show."""
    row = groups.group_row(session, group_id)
    row.published += 1
    session.add(row)


def _row(group_id: str, key: str, item: Item) -> LedgerRow:
    row = LedgerRow(group_id=group_id, key=key, uid=item.uid)  # type: ignore[call-arg]
    _update(row, item)
    return row


def _update(row: LedgerRow, item: Item) -> None:
    row.sequence, row.modified = item.sequence, item.modified
    row.content_hash, row.schedule_hash = significant_hash(item), schedule_hash(item)
    row.start_day, row.end_day = _day(item.start), _last_day(item)
    row.cancelled = item.status == "CANCELLED"
    row.kind, row.of, row.zone = item.kind, list(item.of), item.zone
    row.body = event_bytes(item)


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _last_day(item: Item) -> date:
    return _day(item.end) + timedelta(days=1) if isinstance(item.end, datetime) else item.end


def _cancel(row: LedgerRow, now: datetime) -> None:
    """The entry as it was, CANCELLED. Its digests are those of no living entry.

    The four lines are exchanged in the kept bytes; none is long enough to be folded.
    """
    row.sequence, row.modified, row.cancelled = row.sequence + 1, now, True
    row.content_hash = row.schedule_hash = "cancelled"
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = {"SEQUENCE": str(row.sequence), "DTSTAMP": stamp, "LAST-MODIFIED": stamp, "STATUS": "CANCELLED"}
    for name, value in lines.items():
        row.body = re.sub(rf"(?m)^{name}:[^\r]*".encode(), f"{name}:{value}".encode(), row.body, count=1)
