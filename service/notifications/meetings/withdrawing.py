"""Withdraws reminders that a change of their meeting has made pointless, in the transaction of the change."""

from sqlmodel import Session, col, select

from service.meetings.queries import meeting_row
from service.notifications.meetings.facts import facts_of
from service.notifications.meetings.rules import BY_KIND, kind_of
from service.notifications.tables import DeliveryRow


def withdraw(session: Session, group_id: str, id_: str) -> None:
    """Supersede what has not gone out about a meeting that has moved, is cancelled, or needs no word any more."""
    open_ = select(DeliveryRow).where(
        DeliveryRow.group_id == group_id,
        DeliveryRow.subject == f"meeting-{id_}",
        col(DeliveryRow.state).in_(("pending", "held")),
    )
    waiting = [row for row in session.exec(open_) if kind_of(row.dedupe_key)]
    if not waiting:
        return
    meeting = meeting_row(session, group_id, id_)
    facts = facts_of(session, meeting)
    for row in waiting:
        rule = BY_KIND.get(kind_of(row.dedupe_key) or "")
        if rule is None or row.revision != meeting.sequence or not rule.owed(facts, ""):
            row.state = "superseded"
            session.add(row)
