"""Withdraws mails about an activity that a change of it has made pointless, in the transaction of the change."""

from sqlmodel import Session, col, select

from service.followups.activities.queries import activity_row, milestones
from service.followups.activities.tables import ActivityRow, MilestoneRow
from service.notifications.followups.milestones import silent_key
from service.notifications.outbox.tables import WAITING, DeliveryRow


def withdraw_activity(session: Session, group_id: str, id_: str) -> None:
    """Supersede what has not gone out about milestones reached or moved, and about an activity that was heard of."""
    asked = select(DeliveryRow).where(
        DeliveryRow.group_id == group_id,
        DeliveryRow.subject == id_,
        col(DeliveryRow.state).in_(WAITING),
    )
    waiting = session.exec(asked).all()
    if not waiting:
        return
    row = activity_row(session, group_id, id_)
    steps = {str(one.number): one for one in milestones(session, row)}
    for delivery in waiting:
        if _stale(row, steps, delivery):
            delivery.state = "superseded"
            session.add(delivery)


def _stale(row: ActivityRow, steps: dict[str, MilestoneRow], delivery: DeliveryRow) -> bool:
    kind, *rest = delivery.dedupe_key.split(":")
    if kind.startswith("milestone."):
        step = steps[rest[2]]
        return row.closed_at is not None or step.reached is not None or str(step.moves) != rest[3]
    if kind == "activity.silent":
        heard = row.reported_at is not None and row.reported_at > delivery.created_at
        moved = delivery.dedupe_key != silent_key(row.group_id, row.id, row.until_day, delivery.recipient)
        return row.closed_at is not None or heard or moved
    return kind == "activity.proposed" and row.state != "proposed"
