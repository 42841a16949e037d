"""Meetings and external events as entries of feeds, written in the transaction of each change.

One entry changes, one is serialised: for the public with title and time alone, and for the group's own
people with place, way in, chair and agenda. SEQUENCE is the meeting's own.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import Session, col, select

from service import clock, zones
from service.calendars.commands import group_url, published_anew
from service.calendars.items import group_name, named
from service.calendars.rules import Item, schedule_hash, significant_hash
from service.calendars.tables import LedgerRow
from service.calendars.writer import event_bytes
from service.groups import queries as groups
from service.groups.charter import Charter
from service.meetings.agenda.queries import items
from service.meetings.outside.tables import ExternalRow
from service.meetings.queries import end_of, meeting_row
from service.meetings.rules import STATUS
from service.meetings.tables import MeetingRow

_ON_AGENDA = ("accepted", "concluded")


def keep_meeting(session: Session, group_id: str, id_: str) -> None:
    """Bring the entry of a meeting up to date."""
    charter = groups.charter(session, group_id)
    row = meeting_row(session, group_id, id_)
    public = meeting_item(charter, row)
    agenda = [item.title for item in items(session, group_id, id_) if item.state in _ON_AGENDA]
    _keep(session, charter, f"meeting-{id_}", public, inside_item(charter, row, agenda))


def keep_external(session: Session, group_id: str, id_: str) -> None:
    """Bring the entry of an external event up to date."""
    charter = groups.charter(session, group_id)
    row = session.exec(select(ExternalRow).where(ExternalRow.group_id == group_id, col(ExternalRow.id) == id_)).one()
    _keep(session, charter, f"external-{id_}", external_item(charter, row), None)


def meeting_item(charter: Charter, row: MeetingRow) -> Item:
    """A meeting as the public sees it: title, date and status."""
    return Item(
        uid=row.uid,
        kind="meeting",
        start=row.start,
        end=end_of(row),
        summary=f"{group_name(charter)}: {row.title}",
        status=STATUS[row.state],
        sequence=row.sequence,
        modified=row.changed_at,
        zone=row.zone,
        transparent=row.state == "cancelled",
        url=group_url(charter.group.id),
        of=tuple(row.members or ()),
    )


def inside_item(charter: Charter, row: MeetingRow, agenda: list[str]) -> Item:
    """A meeting as the group's own people see it."""
    lines = [f"Chair: {named(charter, row.chair)}"]
    if row.reason and row.state == "cancelled":
        lines.append(f"Cancelled: {row.reason}")
    elif row.link:
        lines.append(f"Join: {row.link}")
    if row.state == "proposed":
        lines.append("Proposed by the rhythm of meetings; not called yet.")
    if agenda and row.state != "cancelled":
        lines += ["", "Agenda:", *(f"{number}. {title}" for number, title in enumerate(agenda, 1))]
    link = None if row.state == "cancelled" else row.link
    return replace(meeting_item(charter, row), place=row.place, description="\n".join(lines), conference=link)


def external_item(charter: Charter, row: ExternalRow) -> Item:
    """An external event; it takes nobody's time by itself."""
    whole = row.all_day
    return Item(
        uid=str(uuid5(NAMESPACE_URL, f"{charter.group.id}/{charter.group.founded}/external/{row.uid}")),
        kind="external",
        start=row.start.astimezone(UTC).date() if whole else row.start,
        end=row.end.astimezone(UTC).date() if whole else row.end,
        summary=row.title,
        status="CANCELLED" if row.withdrawn else "CONFIRMED",
        sequence=row.version - 1,
        modified=row.changed_at,
        zone=None if whole else row.zone,
        place=row.place,
        description=row.about,
        url=row.url,
    )


def _keep(session: Session, charter: Charter, key: str, public: Item, inner: Item | None) -> None:
    """Write an entry where what somebody sees has changed; LAST-MODIFIED moves with the bytes that they see."""
    now = clock.now().replace(microsecond=0)
    row = session.get(LedgerRow, (charter.group.id, key))
    content = significant_hash(inner or public)
    seen = f"{content[:32]}{significant_hash(public)[:32]}"
    if row is not None and row.content_hash == seen and row.sequence == public.sequence:
        return
    public = replace(public, modified=now)
    if row is None:
        row = LedgerRow(group_id=charter.group.id, key=key, uid=public.uid)  # type: ignore[call-arg]
    row.sequence, row.modified = public.sequence, now
    row.content_hash, row.schedule_hash = seen, schedule_hash(inner or public)
    row.start_day, row.end_day = _days(charter, public)
    row.cancelled = public.status == "CANCELLED"
    row.kind, row.of, row.zone = public.kind, list(public.of), public.zone
    row.body = event_bytes(public)
    row.inner = event_bytes(replace(inner, modified=now)) if inner is not None else None
    session.add(row)
    published_anew(session, charter.group.id)


def _days(charter: Charter, item: Item) -> tuple[date, date]:
    """The days that an entry touches in the group's zone, `[first, after the last)`."""
    if not isinstance(item.start, datetime) or not isinstance(item.end, datetime):
        return item.start, item.end
    zone = charter.group.timezone
    last = zones.day_in(item.end - timedelta(seconds=1), zone)
    return zones.day_in(item.start, zone), last + timedelta(days=1)
