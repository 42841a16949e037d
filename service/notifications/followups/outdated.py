"""Withdraws mails that a change of what they tell of has made stale, in the transaction of the change."""

from sqlmodel import Session, col, select

from service.followups.decisions.queries import answers, decision_row
from service.followups.decisions.rules import standing
from service.notifications.outbox.tables import WAITING, DeliveryRow


def withdraw_decision(session: Session, group_id: str, id_: str) -> None:
    """Supersede what has not gone out about a round that is over, to who has answered, or of objections taken back."""
    waiting = _waiting(session, group_id, f"decision-{id_}")
    if not waiting:
        return
    row = decision_row(session, group_id, id_)
    heard = standing(answers(session, row), row.round)
    for delivery in waiting:
        kind, *rest = delivery.dedupe_key.split(":")
        # The key of a reminder ends with the member and the mailbox.
        reminds = kind == "decision.reminder" and (bool(row.objections) or rest[-2] in heard)
        settled = kind == "decision.contested" and not row.objections
        if delivery.revision != row.round or row.withdrawn_at is not None or reminds or settled:
            delivery.state = "superseded"
            session.add(delivery)


def withdraw_notice(session: Session, group_id: str, id_: str) -> None:
    """Supersede the digests that have not gone out: the planner writes them again without what was taken back."""
    for delivery in _waiting(session, group_id, "notices"):
        delivery.state = "superseded"
        session.add(delivery)


def _waiting(session: Session, group_id: str, subject: str) -> list[DeliveryRow]:
    asked = select(DeliveryRow).where(
        DeliveryRow.group_id == group_id,
        DeliveryRow.subject == subject,
        col(DeliveryRow.state).in_(WAITING),
    )
    return list(session.exec(asked))
