"""Withdraws reminders that a change of their action has made pointless, in the transaction of the change."""

from sqlmodel import Session, col, select

from service import clock
from service.access.rules import Now
from service.events import Event
from service.followups.actions.queries import action_row
from service.followups.actions.tables import ActionRow
from service.groups import queries as groups
from service.groups.tables import PersonRow
from service.notifications.followups.steps import STEPS, audience
from service.notifications.outbox.tables import WAITING, DeliveryRow

OVERVIEW = "actions-overview"


def withdraw_action(session: Session, group_id: str, id_: str) -> None:
    """Supersede what has not gone out about an action that is finished, due on another day, or somebody else's."""
    row = action_row(session, group_id, id_)
    if row.version == 1:
        return
    asked = select(DeliveryRow).where(
        DeliveryRow.group_id == group_id,
        col(DeliveryRow.subject).in_((id_, OVERVIEW)),
        col(DeliveryRow.state).in_(WAITING),
    )
    waiting = session.exec(asked).all()
    if not waiting:
        return
    named = f"{id_}:{row.dues}"
    for delivery in waiting:
        if delivery.subject == OVERVIEW:
            listed = [one for one in _listed(session, delivery) if one.partition(":")[0] == id_]
            stale = bool(listed) and (not row.pending or listed != [named])
        else:
            stale = not row.pending or delivery.revision != row.dues or not _concerns(session, row, delivery)
        if stale:
            delivery.state = "superseded"
            session.add(delivery)


def _listed(session: Session, delivery: DeliveryRow) -> list[str]:
    """The actions that an overview lists, as id:dues."""
    event = session.get(Event, delivery.event_id)
    return list(event.data["actions"]) if event is not None else []


def _concerns(session: Session, row: ActionRow, delivery: DeliveryRow) -> bool:
    """Whether a reminder still goes to somebody whom its step concerns."""
    now = Now(groups.charter(session, row.group_id), clock.now())
    person = session.get(PersonRow, row.assignee) if row.assignee is not None else None
    doer = next((one for one in now.charter.people if person is not None and one.email == person.email), None)
    kind = delivery.dedupe_key.partition(":")[0].removeprefix("action.")
    return any(
        found.email == delivery.recipient
        for step in STEPS
        if step.kind == kind
        for found, _ in audience(now.charter, now.chair, row.owner, doer, step, now.today)
    )
