"""A handover that nobody of the incoming chair has acknowledged is told on: to the next contact, then the secretariat.

Each step happens once for a revision of the handover, however late it is seen, and not a day after it any more.
"""

from collections.abc import Sequence
from functools import partial

from sqlmodel import Session, col, select

from service import events, zones
from service.notifications.handovers.acknowledging import UNACKNOWLEDGED, is_acknowledged, is_over, take_back
from service.notifications.handovers.escalation_rules import Step, next_contacts, steps
from service.notifications.handovers.inviting import about_term, sequence_of
from service.notifications.handovers.posting import seen_link
from service.notifications.handovers.reminders import REMINDER
from service.notifications.handovers.rules import GRACE, Told
from service.notifications.handovers.saying import escalation
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.outbox.tables import WAITING, DeliveryRow
from service.notifications.posting import Recipient, post
from service.notifications.wording.message import Message, Reader
from service.rotation.people import secretaries

_TOLD = ("accepted", "sending", "pending", "gathered")


def owed(look: Look, row: BoundaryRow) -> Sequence[Step]:
    """The steps of a handover that are due, or will be while nobody acknowledges it.

    None where there is nothing to acknowledge: nobody takes the chair, the group reminds nobody, or it is a member's
    own affair which of its seats has the turn.
    """
    nothing = row.member or row.gone or not row.incoming or not look.charter.reminders.leads
    if nothing or is_over(row, look.zone):
        return ()
    found = steps(zones.midnight(row.day, look.zone), row.learned_at)
    return found if found and not is_acknowledged(look, row) else ()


def escalate(look: Look, row: BoundaryRow) -> None:
    """Take the steps that are due and were not taken before."""
    for step in owed(look, row):
        if step.at <= look.now:
            _take(look, row, step)


def _take(look: Look, row: BoundaryRow, step: Step) -> None:
    occurrence = f"{row.day}:{row.revision}:{step.name}"
    event = events.record(
        look.session, look.group_id, UNACKNOWLEDGED, row.key, occurrence, effective_at=step.at, step=step.name,
        day=row.day.isoformat(), revision=row.revision, sequence=sequence_of(look, row),
    )  # fmt: skip
    if event is None:
        return
    last = zones.midnight(row.day, look.zone) + GRACE
    for told in _whom(look, row, step):
        key = f"{UNACKNOWLEDGED}:{look.group_id}:{row.key}:{row.revision}:{step.name}:{look.person(told)}:mail"
        to = Recipient(told.person.name, told.person.email, told.organization)
        post(look, event, "chair", to, key, last, about_term(look, row, told), partial(_say, look, row, told))


def _whom(look: Look, row: BoundaryRow, step: Step) -> list[Told]:
    if step.name == "secretariat":
        return [Told(person, "member", "") for person in secretaries(look.charter, look.today)]
    return next_contacts(look.charter, row.incoming, row.day, _reminded(look, row), look.chosen.paused)


def _reminded(look: Look, row: BoundaryRow) -> set[str]:
    """Who has got a reminder of this revision, or will."""
    asked = select(DeliveryRow.recipient).where(
        DeliveryRow.group_id == look.group_id,
        DeliveryRow.subject == row.key,
        DeliveryRow.revision == row.revision,
        col(DeliveryRow.dedupe_key).startswith(f"{REMINDER}:"),
        col(DeliveryRow.state).in_(_TOLD),
    )
    return set(look.session.exec(asked))


def _say(look: Look, row: BoundaryRow, told: Told, reader: Reader) -> Message:
    return escalation(look.charter, told, look.handover(row), look.today, seen_link(look, row, told, reader))


def withdraw_escalations(session: Session, group_id: str, _: str = "") -> None:
    """Take back what waits to be told on, in the transaction in which the turn is accepted on record."""
    asked = (
        select(DeliveryRow.subject)
        .where(
            DeliveryRow.group_id == group_id,
            col(DeliveryRow.state).in_(WAITING),
            col(DeliveryRow.dedupe_key).startswith(f"{UNACKNOWLEDGED}:"),
        )
        .distinct()
    )
    waiting = session.exec(asked).all()
    look = Look(session, group_id) if waiting else None
    for key in waiting:
        row = session.get(BoundaryRow, (group_id, key))
        if look is not None and row is not None and is_acknowledged(look, row):
            take_back(session, row)
