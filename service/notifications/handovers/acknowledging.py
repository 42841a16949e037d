"""Whether somebody of the incoming chair has said that they have seen that the turn is theirs, and taking that word.

Three ways lead to it: the link in the reminder or the API, the answer to the term in a calendar, and the turn accepted
on record. The word holds for one revision of the handover; it decides nothing about the turn itself.
"""

from sqlmodel import Session, col, select, update

from service import clock, events, zones
from service.followups.handovers.queries import handover_row
from service.groups.charter import Person
from service.language.speech import _
from service.notifications.handovers.escalation_rules import acknowledgers
from service.notifications.handovers.rules import GRACE
from service.notifications.handovers.tables import AcknowledgementRow, BoundaryRow
from service.notifications.look import Look
from service.notifications.outbox.tables import WAITING, DeliveryRow
from service.notifications.posting import Recipient, reads
from service.notifications.readers import person_with
from service.problems import Problem
from service.rotation.succession import accepted

ACKNOWLEDGED, UNACKNOWLEDGED = "handover.acknowledged", "handover.unacknowledged"


def acknowledgements(session: Session, row: BoundaryRow) -> list[AcknowledgementRow]:
    """Who has acknowledged a handover as it is now, in order of time."""
    asked = select(AcknowledgementRow).where(
        AcknowledgementRow.group_id == row.group_id,
        AcknowledgementRow.key == row.key,
        AcknowledgementRow.revision == row.revision,
    )
    return list(session.exec(asked.order_by(col(AcknowledgementRow.at), col(AcknowledgementRow.person_id))))


def is_acknowledged(look: Look, row: BoundaryRow) -> bool:
    """Whether anybody of the incoming chair has seen it: has said so, accepted the turn, or confirmed the handover."""
    return is_answered(look, row) or _is_confirmed(look, row) or bool(acknowledgements(look.session, row))


def is_answered(look: Look, row: BoundaryRow) -> bool:
    """Whether the turn was accepted on record; read from the term, so that a decision taken back counts no more."""
    term = look.term(row)
    return term is not None and accepted(term)


def _is_confirmed(look: Look, row: BoundaryRow) -> bool:
    said = handover_row(look.session, row.group_id, row.key)
    return said is not None and said.incoming_at is not None and (said.day, said.incoming) == (row.day, row.incoming)


def is_over(row: BoundaryRow, zone: str) -> bool:
    """Whether a handover lies so far back that nobody is told of it any more; `zone` is the group's."""
    return clock.now() >= zones.midnight(row.day, zone) + GRACE


def speaks_for(look: Look, row: BoundaryRow, person: str) -> str | None:
    """For which incoming organization a person (by id) can acknowledge; None for everybody else.

    Whoever stands in for somebody who is away speaks for the same organization.
    """
    for told in acknowledgers(look.charter, row.incoming, row.day, look.today):
        mine = Recipient(told.person.name, told.person.email, told.organization)
        if person in (look.person(told), look.people.get(reads(look, "chair", mine).address)):
            return told.organization
    return None


def acknowledge(look: Look, row: BoundaryRow, person: str, way: str) -> bool:
    """Take the word of a person (by id) for the handover as it is now; False where it was known already.

    The group's row is to be locked. What was to be told on because nobody had answered is taken back.

    Raises:
        Problem: 403, they do not speak for the incoming chair; 409, the handover is withdrawn or over.
    """
    if row.gone:
        detail = _("The terms have changed and the chair does not pass here any more; there is nothing to acknowledge.")
        raise Problem(409, "handover-is-withdrawn", detail)
    if is_over(row, look.zone):
        raise Problem(409, "handover-is-over", _("This handover is over; there is nothing to acknowledge any more."))
    organization, found = speaks_for(look, row, person), person_with(look, person)
    if organization is None or found is None:
        raise Problem(403, "not-yours", _("Only the incoming chair's own people acknowledge that the turn is theirs."))
    return _keep(look, row, person, found, organization, way)


def _keep(look: Look, row: BoundaryRow, id_: str, person: Person, organization: str, way: str) -> bool:
    if look.session.get(AcknowledgementRow, (row.group_id, row.key, row.revision, id_)) is not None:
        return False
    look.session.add(
        AcknowledgementRow(
            group_id=row.group_id,
            key=row.key,
            revision=row.revision,
            person_id=id_,
            organization=organization,
            way=way,
            at=look.now,
        )
    )
    events.record(
        look.session, row.group_id, ACKNOWLEDGED, row.key, f"{row.day}:{row.revision}:{id_}", actor=person.name,
        revision=row.revision, organization=organization, way=way,
    )  # fmt: skip
    take_back(look.session, row)
    return True


def take_back(session: Session, row: BoundaryRow) -> None:
    """What has not gone out says that nobody has acknowledged, and that is no longer so."""
    session.exec(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.group_id) == row.group_id,
            col(DeliveryRow.subject) == row.key,
            col(DeliveryRow.state).in_(WAITING),
            col(DeliveryRow.dedupe_key).startswith(f"{UNACKNOWLEDGED}:"),
        )
        .values(state="superseded")
    )
