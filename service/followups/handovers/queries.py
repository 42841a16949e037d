"""Handovers as the terms and the rows stand."""

from datetime import date, datetime
from typing import NamedTuple
from zlib import crc32

from sqlmodel import Session, col, select

from service.followups.actions.queries import pending_of
from service.followups.actions.tables import ActionRow
from service.followups.handovers import rules
from service.followups.handovers.rules import SIDES, Boundary, Side, State
from service.followups.handovers.tables import DossierRow, HandoverAnswerRow, HandoverRow
from service.groups.charter import Charter
from service.language.speech import _
from service.problems import Problem, not_found
from service.rotation.engine import terms
from service.rotation.rules import horizon


class Handover(NamedTuple):
    """A handover as it stands: by the terms, by what was filled in, or by both. Without a boundary it is withdrawn."""

    turn: str
    boundary: Boundary | None
    row: HandoverRow | None

    @property
    def stands(self) -> bool:
        """Whether what was confirmed was about this day and these chairs."""
        row, found = self.row, self.boundary
        said = (row.day, tuple(row.outgoing), tuple(row.incoming)) if row is not None else None
        return found is not None and said == (found.day, found.before.chair, found.after.chair)

    def confirmed(self, side: Side) -> bool:
        """Whether a side has confirmed this handover, as the terms have it now."""
        return self.stands and getattr(self.row, f"{side}_at") is not None

    @property
    def waiting(self) -> list[Side]:
        """The sides that have not confirmed."""
        return [side for side in SIDES if not self.confirmed(side)]

    def state(self, today: date) -> State:
        if self.boundary is None:
            return "withdrawn"
        return rules.state(self.boundary.day, today, confirmed=not self.waiting)

    @property
    def mark(self) -> int:
        """Differs whenever what was filled in, the day or the chairs differ."""
        found = self.boundary
        seen = (self.row.version if self.row else 0, found and (found.day, found.before.chair, found.after.chair))
        return crc32(repr(seen).encode())


def all_boundaries(charter: Charter, today: date) -> list[Boundary]:
    """Every handover, past and as far ahead as terms are shown."""
    return list(rules.boundaries(terms(charter, horizon(charter, today))))


def handover(session: Session, charter: Charter, today: date, turn: str) -> Handover:
    """One handover.

    Raises:
        Problem: 404, no term of this key takes over from another chair, and nobody has filled anything in.
    """
    row = handover_row(session, charter.group.id, turn)
    found = next((one for one in all_boundaries(charter, today) if one.key == turn), None)
    if row is None and found is None:
        raise not_found(_("This handover is not here; check the address."))
    return Handover(turn, found, row)


def coming(session: Session, charter: Charter, today: date, turn: str) -> tuple[Handover, Boundary]:
    """One handover that is to come, or has come.

    Raises:
        Problem: 404, as `handover`; 409, it has been withdrawn.
    """
    found = handover(session, charter, today, turn)
    if found.boundary is None:
        detail = _("The terms have changed and the chair does not pass here any more; look at the handovers near.")
        raise Problem(409, "handover-is-withdrawn", detail)
    return found, found.boundary


def handover_row(session: Session, group_id: str, turn: str) -> HandoverRow | None:
    """What was filled in about a handover, if anything."""
    return session.get(HandoverRow, (group_id, turn)) if "\0" not in turn else None


def answers(session: Session, group_id: str, turn: str) -> dict[str, HandoverAnswerRow]:
    """What stands under each heading of the checklist."""
    if "\0" in turn:
        return {}
    asked = select(HandoverAnswerRow).where(HandoverAnswerRow.group_id == group_id, HandoverAnswerRow.turn == turn)
    return {row.heading: row for row in session.exec(asked)}


def dossiers(session: Session, group_id: str, turn: str) -> list[DossierRow]:
    """The dossiers frozen of a handover, in order of their numbers."""
    asked = select(DossierRow).where(DossierRow.group_id == group_id, DossierRow.turn == turn)
    return list(session.exec(asked.order_by(col(DossierRow.number))))


def chair_actions(session: Session, group_id: str, at: datetime) -> list[ActionRow]:
    """The actions of the chair, whoever that is, that were opened by an instant and not closed by then."""
    since = select(ActionRow).where(
        ActionRow.group_id == group_id, ActionRow.owner == "chair", col(ActionRow.closed_at) > at
    )
    found = [*pending_of(session, group_id, "chair"), *session.exec(since)]
    return sorted((row for row in found if row.opened_at <= at), key=lambda row: (row.place, row.number))
