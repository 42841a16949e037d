"""What people have been told of each handover, kept in step with every change of the terms.

A change of a boundary's day or chairs is a new revision of it: messages of older revisions that
have not gone out are superseded, and whoever was told already is owed a correction.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from sqlmodel import Session, col, select, update

from service import clock, events, zones
from service.groups import queries as groups
from service.groups.charter import Charter
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.outbox.tables import WAITING, DeliveryRow
from service.rotation.engine import add_months, inner_terms, terms
from service.rotation.rules import horizon
from service.rotation.values import Term

_BEYOND_MONTHS = 120


def boundaries(charter: Charter, today: date) -> Iterator[tuple[str, str, Term, Term]]:
    """Each boundary as (key, member whose seats rotate or '', the term before, the term after)."""
    far = add_months(horizon(charter, today), _BEYOND_MONTHS)
    for before, after in pairwise(terms(charter, far)):
        if before.chair != after.chair:
            yield after.key, "", before, after
    for member in charter.members:
        for before, after in pairwise(inner_terms(member, far)):
            if before.chair != after.chair:
                yield f"seat-{member.id}-{after.key}", member.id, before, after


def keep_boundaries(session: Session, group_id: str, _: str = "") -> None:
    """Bring the boundaries up to date in the transaction of the change, and note which have moved."""
    charter = groups.charter(session, group_id)
    now = clock.now()
    today = zones.day_in(now, charter.group.timezone)
    kept = {row.key: row for row in session.exec(select(BoundaryRow).where(BoundaryRow.group_id == group_id))}
    found = {}
    for key, member, before, after in boundaries(charter, today):
        found[key] = BoundaryRow(
            group_id=group_id,
            key=key,
            member=member,
            day=after.start,
            until_day=after.end,
            outgoing=list(before.chair),
            incoming=list(after.chair),
            learned_at=now,
            passed=after.start <= today,
        )
    for key, new in found.items():
        row = kept.get(key)
        if row is None:
            session.add(new)
        elif _announced(row) != _announced(new):
            _moved(session, row, new)
        elif row.until_day != new.until_day:
            row.until_day = new.until_day
            session.add(row)
    for key, row in kept.items():
        if key not in found and not row.gone and row.day > today:
            _moved(session, row, None)
    session.flush()


def _announced(row: BoundaryRow) -> object:
    return row.day, row.outgoing, row.incoming, row.gone


def _moved(session: Session, row: BoundaryRow, new: BoundaryRow | None) -> None:
    """Count the revision on, and record what was and what is; the planner tells whom it concerns."""
    was = {"day": row.day.isoformat(), "outgoing": row.outgoing, "incoming": row.incoming, "gone": row.gone}
    if new is not None:
        row.day, row.until_day, row.outgoing, row.incoming = (
            new.day,
            new.until_day,
            new.outgoing,
            new.incoming,
        )
        row.passed = new.passed
    row.gone = new is None
    row.revision += 1
    row.learned_at = clock.now()
    session.add(row)
    session.exec(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.group_id) == row.group_id,
            col(DeliveryRow.subject) == row.key,
            col(DeliveryRow.state).in_(WAITING),
        )
        .values(state="superseded")
    )
    events.record(session, row.group_id, "handover.changed", row.key, f"{row.day}:{row.revision}", was=was)
