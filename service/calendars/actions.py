"""Actions as entries of feeds: a task, and its due day as an event, written in the transaction of each change."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from service import clock, zones
from service.calendars.commands import group_url, published_anew
from service.calendars.items import group_name, uid_of
from service.calendars.rules import Item
from service.calendars.tables import LedgerRow
from service.calendars.todos import Todo, TodoStatus, schedule_hash, significant_hash, todo_bytes
from service.calendars.writer import event_bytes
from service.followups.actions.queries import action_row
from service.followups.actions.rules import CHAIR, NO_DAY
from service.followups.actions.tables import ActionRow
from service.groups import queries as groups
from service.groups.charter import Charter
from service.meetings.queries import meeting_row

STATUS: dict[str, TodoStatus] = {
    "open": "NEEDS-ACTION",
    "in-progress": "IN-PROCESS",
    "done": "COMPLETED",
    "dropped": "CANCELLED",
}
# What is finished stays in sight for so long.
SHOWN = timedelta(days=30)


def keep_action(session: Session, group_id: str, id_: str) -> None:
    """Bring the entry of an action up to date; where nobody sees a change, nothing is written."""
    charter = groups.charter(session, group_id)
    row = action_row(session, group_id, id_)
    now = clock.now().replace(microsecond=0)
    todo = todo_of(session, charter, row, now)
    seen = f"{significant_hash(todo)[:63]}{'p' if row.visibility == 'public' else 'm'}"
    of = [row.owner, *row.helpers]
    entry = session.get(LedgerRow, (group_id, f"action-{row.number}")) if row.version > 1 else None
    if entry is not None and entry.content_hash == seen and entry.of == of:
        return
    if entry is None:
        entry = LedgerRow(group_id=group_id, key=f"action-{row.number}", uid=todo.uid, kind="action")  # type: ignore[call-arg]
    elif entry.schedule_hash != schedule_hash(todo):
        entry.sequence += 1
    todo = replace(todo, sequence=entry.sequence)
    entry.modified, entry.content_hash, entry.schedule_hash = now, seen, schedule_hash(todo)
    entry.start_day = row.due or zones.day_in(row.opened_at, charter.group.timezone)
    entry.end_day = _until(row, charter.group.timezone)
    entry.cancelled, entry.of, entry.public = row.state == "dropped", of, row.visibility == "public"
    entry.inner = todo_bytes(todo)
    entry.body = event_bytes(event_of(charter, todo, todo.due)) if todo.due is not None else b""
    session.add(entry)
    published_anew(session, group_id)


def _until(row: ActionRow, zone: str) -> date:
    """The day from which the entry is not shown any more."""
    return zones.day_in(row.closed_at + SHOWN, zone) if row.closed_at is not None else NO_DAY


def todo_of(session: Session, charter: Charter, row: ActionRow, now: datetime) -> Todo:
    """An action as a task; related to the meeting before which it is due."""
    owner = "the chair" if row.owner == CHAIR else charter.short(row.owner)
    lines = [f"Owner: {owner}"]
    if row.helpers:
        lines.append(f"Helping: {', '.join(charter.short(id_) for id_ in row.helpers)}")
    if row.reason is not None:
        lines.append(f"Dropped: {row.reason}")
    return Todo(
        uid=uid_of(charter, row.id),
        summary=f"{group_name(charter)}: {row.title}",
        description="\n".join([*([row.text, ""] if row.text else []), *lines]),
        status=STATUS[row.state],
        due=row.due,
        related=meeting_row(session, row.group_id, row.meeting).uid if row.meeting else None,
        url=group_url(row.group_id),
        created=row.opened_at,
        completed=row.closed_at if row.state == "done" else None,
        sequence=0,
        modified=now,
    )


def event_of(charter: Charter, todo: Todo, due: date) -> Item:
    """The due day of a task, for programs that show none; an entry of its own, with a UID of its own."""
    done = "Done: " if todo.status == "COMPLETED" else ""
    return Item(
        uid=uid_of(charter, f"{todo.uid}/due"),
        kind="action",
        start=due,
        end=due + timedelta(days=1),
        summary=f"{done}{todo.summary}",
        status="CANCELLED" if todo.status == "CANCELLED" else "CONFIRMED",
        sequence=todo.sequence,
        modified=todo.modified,
        description=todo.description,
        url=todo.url,
    )
