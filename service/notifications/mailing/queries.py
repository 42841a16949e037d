"""Mailboxes that gave mail back, as they stand."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from service.notifications.mailing.bounces import PAUSED
from service.notifications.mailing.tables import MailboxRow
from service.notifications.outbox.tables import DeliveryRow


def mailboxes(
    session: Session, group_id: str, among: Sequence[str] | None, after: str | None, most: int
) -> list[MailboxRow]:
    """Mailboxes that gave mail back, by address; `among` leaves out all others."""
    asked = select(MailboxRow).where(MailboxRow.group_id == group_id)
    if among is not None:
        asked = asked.where(col(MailboxRow.address).in_(among))
    if after is not None:
        asked = asked.where(col(MailboxRow.address) > after)
    return list(session.exec(asked.order_by(col(MailboxRow.address)).limit(most)))


def held_counts(session: Session, group_id: str, addresses: Sequence[str]) -> dict[str, int]:
    """How many mails wait for each of these mailboxes because it is paused."""
    asked = select(DeliveryRow.address, func.count()).where(
        DeliveryRow.group_id == group_id,
        col(DeliveryRow.address).in_(addresses),
        DeliveryRow.state == "held",
        DeliveryRow.answer == PAUSED,
    )
    return dict(session.exec(asked.group_by(col(DeliveryRow.address))).all())
