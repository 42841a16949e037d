"""What people have answered to a message that asked them something: read from where the answer is kept."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from sqlmodel import Session, col, select

from service.events import Event
from service.followups.decisions.tables import GroupAnswerRow
from service.followups.handovers.queries import handover_row
from service.groups import queries as groups
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.meetings.attendance.tables import AttendanceRow
from service.meetings.inviting.tables import InvitationRow
from service.meetings.polls.tables import BallotRow
from service.notifications.handovers.tables import AcknowledgementRow, BoundaryRow
from service.notifications.outbox.tables import DeliveryRow
from service.zones import day_in

CHAIR_ASKED, REMINDED = "chair.asked", ("handover.reminder", "handover.changed", "handover.unacknowledged")


class Answer(NamedTuple):
    """One answer: for whom (a member, or empty for the reader alone), what, by whom and when."""

    member: str
    answer: str
    by: str
    at: datetime | None


class Asked(NamedTuple):
    """What a message asked for, and what came; nothing came as long as `answers` is empty."""

    what: str
    answers: tuple[Answer, ...]


class Answers:
    """The answers of one group's people, looked up once for each thing that was asked."""

    def __init__(self, session: Session, charter: Charter) -> None:
        self._session = session
        self._charter = charter
        self._group = charter.group.id
        self._decided = cache(self._all_decided)
        self._serves = cache(self._all_served)

    def to(self, delivery: DeliveryRow, event: Event) -> Asked | None:
        """What somebody was asked by a delivery and has answered; None where it asked nothing."""
        ways: list[tuple[str, bool, Callable[[DeliveryRow, Event], Iterator[Answer]]]] = [
            ("attendance", event.kind == "meeting.told", self._attendance),
            ("vote", event.kind in ("poll.opened", "poll.closing"), self._ballots),
            ("chair", event.kind == CHAIR_ASKED, self._chair),
            ("decision", event.kind in ("decision.opened", "decision.revised", "decision.reminder"), self._decision),
            ("confirmation", event.kind == "handover.unconfirmed", self._confirmations),
            ("acknowledgement", self._is_turn(delivery, event), self._acknowledged),
        ]
        what, look = next(((what, look) for what, asks, look in ways if asks), ("", None))
        return Asked(what, tuple(look(delivery, event))) if look is not None else None

    def _attendance(self, delivery: DeliveryRow, event: Event) -> Iterator[Answer]:
        asked = select(InvitationRow.organization).where(
            InvitationRow.group_id == self._group,
            InvitationRow.meeting == event.subject,
            InvitationRow.address == delivery.recipient,
        )
        for member in self._session.exec(asked):
            row = self._session.get(AttendanceRow, (self._group, event.subject, member))
            if row is not None and row.answer:
                yield Answer(member, row.answer, row.answered_by or "", row.answered_at)

    def _ballots(self, delivery: DeliveryRow, event: Event) -> Iterator[Answer]:
        for member in self._members(delivery):
            row = self._session.get(BallotRow, (event.subject, member))
            if row is not None:
                yield Answer(member, ", ".join(row.answers), row.by, row.at)

    def _chair(self, delivery: DeliveryRow, event: Event) -> Iterator[Answer]:
        """The member's word on its turn: a decision on record that accepts or passes it."""
        member, day = event.data["member"], event.data["day"]
        for one in self._decided():
            said = one.data["decision"]
            verb = next((verb for verb in ("accept", "pass") if said.get(verb) == member), None)
            if verb is not None and said.get("term") == day and one.position > event.position:
                yield Answer(member, {"accept": "accepted", "pass": "passed"}[verb], one.actor or "", one.recorded_at)

    def _all_decided(self) -> list[Event]:
        asked = select(Event).where(Event.group_id == self._group, Event.kind == "chair.decided")
        return list(self._session.exec(asked.order_by(col(Event.position))))

    def _decision(self, delivery: DeliveryRow, event: Event) -> Iterator[Answer]:
        asked = select(GroupAnswerRow).where(
            GroupAnswerRow.group_id == self._group,
            GroupAnswerRow.decision == event.subject,
            GroupAnswerRow.round == delivery.revision,
            col(GroupAnswerRow.member).in_(self._members(delivery)),
        )
        for row in self._session.exec(asked.order_by(col(GroupAnswerRow.number))):
            yield Answer(row.member, row.answer, row.by, row.at)

    def _confirmations(self, delivery: DeliveryRow, event: Event) -> Iterator[Answer]:
        """Each side that has confirmed."""
        row = handover_row(self._session, self._group, event.subject)
        if row is None:
            return
        if row.outgoing_at is not None:
            yield Answer(row.outgoing_member or "", "confirmed", row.outgoing_by or "", row.outgoing_at)
        if row.incoming_at is not None:
            yield Answer(row.incoming_member or "", "confirmed", row.incoming_by or "", row.incoming_at)

    def _is_turn(self, delivery: DeliveryRow, event: Event) -> bool:
        """Whether a message told somebody of a turn of their own; the others are asked for no acknowledgement."""
        if event.kind not in REMINDED or not delivery.person_id:
            return False
        boundary = self._session.get(BoundaryRow, (self._group, delivery.subject or ""))
        if boundary is None or boundary.revision != delivery.revision:
            return False
        return bool(set(boundary.incoming) & set(self._serves(delivery.person_id, boundary.day)))

    def _acknowledged(self, delivery: DeliveryRow, event: Event) -> Iterator[Answer]:
        """Whoever of the incoming chair has said that they have seen it: one is enough."""
        asked = select(AcknowledgementRow).where(
            AcknowledgementRow.group_id == self._group,
            AcknowledgementRow.key == (delivery.subject or ""),
            AcknowledgementRow.revision == delivery.revision,
        )
        for row in self._session.exec(asked.order_by(col(AcknowledgementRow.at))):
            person = self._session.get(PersonRow, row.person_id)
            yield Answer(row.organization, "seen", person.name if person else "", row.at)

    def _members(self, delivery: DeliveryRow) -> tuple[str, ...]:
        """The members that the reader served on the day of the message, as themselves or by a seat."""
        return self._serves(delivery.person_id, day_in(delivery.created_at, self._charter.group.timezone))

    def _all_served(self, person_id: str, day: date) -> tuple[str, ...]:
        if not person_id or self._session.get(PersonRow, person_id) is None:
            return ()
        roles = groups.appointments(self._session, person_id)
        own = {role.organization for role in roles if role.organization and role.covers(day)}
        held = {one.id for one in self._charter.members if own & {seat.id for seat in one.seats}}
        return tuple(sorted(own | held))
