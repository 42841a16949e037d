"""Reads endpoints and what was sent to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from service.events import DueRow, Event
from service.language.speech import _
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.webhooks.tables import WebhookRow
from service.problems import not_found


def webhooks(session: Session, group_id: str, members: Sequence[str] | None = None) -> list[WebhookRow]:
    """The endpoints of these members, or of everybody and the secretariat; oldest first."""
    asked = select(WebhookRow).where(WebhookRow.group_id == group_id)
    if members is not None:
        asked = asked.where(col(WebhookRow.member).in_(members), WebhookRow.member != "")
    return list(session.exec(asked.order_by(col(WebhookRow.created_at), col(WebhookRow.id))))


def webhook_row(session: Session, group_id: str, webhook_id: str, *, lock: bool = False) -> WebhookRow:
    """An endpoint.

    Raises:
        Problem: 404, there is none.
    """
    row = session.get(WebhookRow, webhook_id, with_for_update=True if lock else None)
    if row is None or row.group_id != group_id:
        raise not_found(_("This webhook is not here; check the address."))
    return row


def deliveries(
    session: Session, webhook_id: str, before: tuple[datetime, str] | None, limit: int
) -> Sequence[tuple[DeliveryRow, Event]]:
    """What was planned for an endpoint with its events, newest first; `before` is the key of the last one seen."""
    asked = select(DeliveryRow, Event).join(Event, col(Event.id) == col(DeliveryRow.event_id))
    asked = asked.where(DeliveryRow.contact_id == webhook_id)
    made, id_ = col(DeliveryRow.created_at), col(DeliveryRow.id)
    if before is not None:
        asked = asked.where((made < before[0]) | ((made == before[0]) & (id_ < before[1])))
    return session.exec(asked.order_by(made.desc(), id_.desc()).limit(limit)).all()


def last_position(session: Session, group_id: str) -> int:
    """The position of the group's last event."""
    row: Any = session.get(DueRow, group_id)
    return row.events if row is not None else 0
