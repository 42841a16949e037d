"""External events kept by hand or taken from a calendar file, inside the transaction of the caller."""

import re
import secrets
from typing import Any

from sqlmodel import Session, col, func, select

from service import clock, events
from service.language.speech import _, ngettext
from service.meetings.outside.tables import ExternalRow
from service.problems import Problem, not_found

_MOST = 2000


def external_row(session: Session, group_id: str, id_: str) -> ExternalRow:
    """One external event.

    Raises:
        Problem: 404, there is no such event.
    """
    asked = select(ExternalRow).where(ExternalRow.group_id == group_id, ExternalRow.id == id_).with_for_update()
    row = session.exec(asked).first() if re.fullmatch("[a-z0-9]{1,20}", id_) else None
    if row is None:
        raise not_found(_("This external event is not here; check the address."))
    return row


def external_events(session: Session, group_id: str) -> list[ExternalRow]:
    """Every external event in order of time."""
    asked = select(ExternalRow).where(ExternalRow.group_id == group_id)
    return list(session.exec(asked.order_by(col(ExternalRow.start), col(ExternalRow.id))))


def add(session: Session, group_id: str, *, uid: str | None = None, actor: str, **values: Any) -> ExternalRow:
    """Keep an external event.

    Raises:
        Problem: 409, the group keeps too many.
    """
    count = session.scalar(select(func.count()).select_from(ExternalRow).where(ExternalRow.group_id == group_id))
    if (count or 0) >= _MOST:
        raise Problem(
            409,
            "too-many-events",
            ngettext("A group keeps at most {n} external event.", "A group keeps at most {n} external events.", _MOST),
        )
    id_ = f"e{secrets.token_hex(6)}"
    row = ExternalRow(id=id_, group_id=group_id, uid=uid or id_, changed_at=clock.now(), **values)
    session.add(row)
    _done(session, row, "external.kept", actor)
    return row


def edit(session: Session, row: ExternalRow, *, actor: str, **values: Any) -> bool:
    """Change an external event; False where nothing changes by it."""
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.changed_at = clock.now()
    session.add(row)
    _done(session, row, "external.withdrawn" if row.withdrawn else "external.changed", actor)
    return True


def take(session: Session, group_id: str, found: list[dict[str, Any]], *, actor: str) -> tuple[int, int]:
    """Take events from a calendar file, known by their UID; how many are new and how many have changed."""
    known = {row.uid: row for row in external_events(session, group_id)}
    new = changed = 0
    for values in found:
        row = known.get(values["uid"])
        if row is None:
            known[values["uid"]] = add(session, group_id, actor=actor, **values)
            new += 1
        else:
            changed += edit(session, row, actor=actor, **values)
    return new, changed


def _done(session: Session, row: ExternalRow, kind: str, actor: str) -> None:
    events.record(session, row.group_id, kind, row.id, str(row.version), actor=actor, title=row.title)
    events.changed(session, "external", row.group_id, row.id)
