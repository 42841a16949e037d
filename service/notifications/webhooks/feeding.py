"""Turns what has happened into deliveries for endpoints: each event once, in order, a bounded number at a time."""

from datetime import datetime, timedelta

from sqlmodel import col, select, update

from service.access.cloud_events import is_private
from service.events import Event
from service.notifications.look import Look
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.webhooks.commands import disable, key, planned
from service.notifications.webhooks.queries import last_position, webhooks
from service.notifications.webhooks.rules import wants
from service.notifications.webhooks.tables import WebhookRow

BATCH = 200
_SOON = timedelta(seconds=1)


def feed(look: Look) -> None:
    """Plan what the enabled endpoints of a group are owed; what is beyond a batch, at the next look."""
    for row in webhooks(look.session, look.group_id):
        if row.disabled_at is None and not _is_here(look, row):
            disable(look.session, row, "the member is no longer in the group")
        if row.disabled_at is None and row.position < last_position(look.session, look.group_id):
            _feed(look, row)


def coming(look: Look) -> list[datetime | None]:
    """When endpoints are owed more: at once, while one of them is behind."""
    last = last_position(look.session, look.group_id)
    behind = any(row.disabled_at is None and row.position < last for row in webhooks(look.session, look.group_id))
    return [look.now + _SOON] if behind else []


def _feed(look: Look, row: WebhookRow) -> None:
    asked = select(Event).where(Event.group_id == look.group_id, col(Event.position) > row.position)
    found = look.session.exec(asked.order_by(col(Event.position)).limit(BATCH)).all()
    if not found:
        return
    wanted = [event for event in found if _is_for(row, event)]
    keys = [key(row, event.id) for event in wanted]
    # After a replay some are in the outbox already, and sent from there.
    known = set(
        look.session.exec(select(DeliveryRow.dedupe_key).where(col(DeliveryRow.dedupe_key).in_(keys))) if keys else ()
    )
    look.session.add_all(planned(row, event) for event in wanted if key(row, event.id) not in known)
    # How far it has come is no change that anybody made, so it is none for the audit.
    look.session.exec(update(WebhookRow).where(col(WebhookRow.id) == row.id).values(position=found[-1].position))


def _is_for(row: WebhookRow, event: Event) -> bool:
    """Whether an endpoint gets an event: what its owner sees of the events, and never what happens to itself."""
    if is_private(event.kind) and row.member:
        return False
    return event.subject != row.id and wants(row.kinds, event.kind)


def _is_here(look: Look, row: WebhookRow) -> bool:
    if not row.member:
        return True
    member = look.charter.member(row.member)
    return member.stands(look.today) if member else look.charter.organization(row.member) is not None
