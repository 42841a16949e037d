"""Who would get a message at once if something were done now: it is done, planned, looked at, and taken back."""

from collections.abc import Callable
from typing import NamedTuple

from sqlmodel import Session, col, select

from service import clock
from service.notifications.outbox.showing import title
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.planner import plan_group

# The headers of a mail are shorter than this.
_HEAD = 4000


class Foreseen(NamedTuple):
    """A message that would be written: whose mailbox it is for, and what stands in its subject line."""

    recipient: str
    title: str


def foreseen(session: Session, group_id: str, do: Callable[[], object]) -> list[Foreseen]:
    """The messages to people that `do` would bring about at once, beyond those that are due anyway.

    `do` and the planning are written into `session`: the caller rolls it back. Reminders that come later because of
    it are not among them, nor what its reader has chosen not to get.
    """
    since = clock.now()
    plan_group(session, group_id)
    asked = select(DeliveryRow).where(DeliveryRow.group_id == group_id, col(DeliveryRow.created_at) >= since)
    before = {row.id for row in session.exec(asked)}
    do()
    session.flush()
    plan_group(session, group_id)
    made = (row for row in session.exec(asked.order_by(col(DeliveryRow.recipient), col(DeliveryRow.id))))
    told = (row for row in made if row.id not in before and row.channel != "webhook" and row.state != "declined")
    return [Foreseen(row.recipient, title(row.body[:_HEAD])) for row in told]
