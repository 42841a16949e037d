"""Handovers as one who watches has to know them: the next, those nobody of the incoming chair was told of, what failed.

Each question is bounded: by an index, by days, and where a charter has to be read by the number of handovers.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from service import zones
from service.groups.tables import GroupRow
from service.notifications.handovers.acknowledging import is_acknowledged
from service.notifications.handovers.reminders import REMINDER, incoming_people
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.outbox.tables import DeliveryRow

SOON = timedelta(hours=24)
RECENT = timedelta(days=7)
# How many handovers of one day are looked at; where there are more, the figure is too small and still not nothing.
MOST = 50
_DAY = timedelta(days=1)


def next_handover(session: Session, now: datetime) -> datetime | None:
    """The instant of the next handover of any group's chair; None where none is known."""
    near = _first(session, now, now.date() - _DAY)
    if near is not None:
        return near
    later = session.exec(_coming(now.date() + 2 * _DAY).limit(1)).first()
    return _first(session, now, later[0].day) if later is not None else None


def _first(session: Session, now: datetime, day: date) -> datetime | None:
    """The first instant after `now` at which a day from `day` on begins, within three: zones lie a day apart."""
    rows = session.exec(_coming(day).where(BoundaryRow.day <= day + 2 * _DAY))
    return min((at for row, zone in rows if (at := zones.midnight(row.day, zone)) > now), default=None)


def _coming(day: date) -> Any:
    return (
        select(BoundaryRow, GroupRow.timezone)
        .join(GroupRow, col(GroupRow.id) == col(BoundaryRow.group_id))
        .where(BoundaryRow.day >= day, ~col(BoundaryRow.gone), BoundaryRow.member == "")
        .order_by(col(BoundaryRow.day), col(BoundaryRow.group_id))
    )


def unreached(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Handovers within a day, by group and key, of which nobody of the incoming chair has got a reminder.

    One that somebody there has acknowledged has reached them; so has one that nobody takes, or of a group that reminds
    nobody.
    """
    day = now.date()
    rows = session.exec(_coming(day - _DAY).where(BoundaryRow.day <= day + 2 * _DAY).limit(MOST)).all()
    near = [(row, zone) for row, zone in rows if timedelta(0) < zones.midnight(row.day, zone) - now <= SOON]
    return [(row.group_id, row.key) for row, _ in near if row.incoming and not _is_reached(session, row)]


def _is_reached(session: Session, row: BoundaryRow) -> bool:
    look = Look(session, row.group_id)
    if not look.charter.reminders.leads:
        return True
    theirs: set[str] = {told.person.email for told in incoming_people(look, row)}
    asked = select(col(DeliveryRow.recipient)).where(
        DeliveryRow.group_id == row.group_id,
        DeliveryRow.subject == row.key,
        DeliveryRow.revision == row.revision,
        DeliveryRow.state == "accepted",
        col(DeliveryRow.dedupe_key).startswith(f"{REMINDER}:"),
    )
    reached: list[str] = list(session.exec(asked))
    return not theirs.isdisjoint(reached) or is_acknowledged(look, row)


def undelivered(session: Session, now: datetime) -> dict[str, int]:
    """How many messages about handovers failed or expired in the last seven days, by outcome."""
    asked = (
        select(DeliveryRow.state, func.count())
        .where(
            col(DeliveryRow.state).in_(("failed", "expired")),
            DeliveryRow.not_after > now - RECENT,
            col(DeliveryRow.dedupe_key).startswith("handover."),
        )
        .group_by(col(DeliveryRow.state))
    )
    return {"failed": 0, "expired": 0} | dict(session.exec(asked).all())
