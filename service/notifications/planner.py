"""Turns what has fallen due and what has changed into deliveries. Safe to run in any number of processes.

Reminders are owed by the charter's leads, at each recipient's own hour; what became due while
nobody looked is owed once, as the nearest. A change of a boundary is told to those who were told
of it before, and to those whose own turn has moved; nobody else is bothered.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, select, update

from service import clock, events, zones
from service.calendars.commands import group_url
from service.calendars.items import group_name
from service.calendars.tables import LedgerRow
from service.calendars.writer import feed_bytes
from service.events import Event
from service.groups import queries as groups
from service.notifications.mail import Envelope, mail_bytes, message_id
from service.notifications.rules import (
    Due,
    Told,
    audience,
    chairs_people,
    dues,
    not_after,
    seat_audience,
    station,
)
from service.notifications.tables import BoundaryRow, DeliveryRow
from service.notifications.wording import Handover, Wording, handover_changed, handover_reminder
from service.rotation.engine import inner_terms, terms
from service.rotation.reasons import explain
from service.rotation.values import Term
from service.settings import current

_OVER = timedelta(days=8)
REMINDER, CHANGED, HANDOVER = "handover.reminder", "handover.changed", "chair.handover"


class Plan:
    """One look at one group inside one transaction, seen from `now`."""

    def __init__(self, session: Session, group_id: str) -> None:
        self.session = session
        self.charter = groups.charter(session, group_id)
        self.group_id = group_id
        self.now = clock.now()
        self.zone = self.charter.group.timezone
        self.today = zones.day_in(self.now, self.zone)
        self.people = {row.email: row.id for row in groups.people_rows(session, group_id)}
        self._laid: dict[str, list[Term]] = {}

    def run(self) -> None:
        """Record handovers that have passed, tell of changes, and remind of what comes."""
        for row in self._near():
            self._pass(row)
        for event in self._untold_changes():
            self._tell_change(event)
        for row in self._near():
            self._remind(row)

    def next_due(self) -> datetime | None:
        """The next instant at which this group owes something; None when nothing is in sight."""
        coming = []
        for row in self._near():
            if not row.passed:
                coming.append(zones.midnight(row.day, self.zone))
            for _, owed in self._owed(row):
                coming += [due.at for due in owed]
        return min((at for at in coming if at > self.now), default=None)

    # -- what is near

    def _near(self) -> list[BoundaryRow]:
        """Boundaries that are not far past and within the longest lead, a weekend and a holiday included."""
        furthest = max(self.charter.reminders.leads, default=0)
        return list(
            self.session.exec(
                select(BoundaryRow)
                .where(BoundaryRow.group_id == self.group_id, ~col(BoundaryRow.gone))
                .where(
                    (col(BoundaryRow.day) > self.today - _OVER) | ~col(BoundaryRow.passed),
                    col(BoundaryRow.day) <= self.today + timedelta(days=furthest) + _OVER,
                )
                .order_by(col(BoundaryRow.day), col(BoundaryRow.key))
            )
        )

    def _pass(self, row: BoundaryRow) -> None:
        """One event for each handover, with the instant from which it holds, however late it is seen."""
        if row.passed or row.day > self.today:
            return
        row.passed = True
        self.session.add(row)
        self._event(
            HANDOVER if not row.member else "seat.handover",
            row.key,
            f"{row.day}:{row.revision}",
            zones.midnight(row.day, self.zone),
            outgoing=row.outgoing,
            incoming=row.incoming,
        )

    # -- reminders

    def _owed(self, row: BoundaryRow) -> Iterator[tuple[Told, list[Due]]]:
        """Each person whom a boundary concerns, with the reminders still to come when it became known."""
        for told in self._audience(row):
            zone, holidays = station(self.charter, told.organization)
            all_dues = dues(row.day, self.charter.reminders.leads, self.charter.reminders.at, zone, holidays)
            yield told, [due for due in all_dues if due.at > row.learned_at]

    def _audience(self, row: BoundaryRow) -> list[Told]:
        day = min(self.today, row.day)
        if row.member:
            return seat_audience(self.charter, row.member, row.outgoing, row.incoming, day)
        incoming = list(self._incoming(row))
        others = audience(self.charter, row.outgoing, row.incoming, day)
        first = {told.person.email for told in incoming}
        return incoming + [told for told in others if told.person.email not in first]

    def _incoming(self, row: BoundaryRow) -> Iterator[Told]:
        """The incoming chair's people are those of the seat that will hold its place on the day."""
        for person, organization in chairs_people(self.charter, row.incoming, row.day):
            yield Told(person, "incoming", organization)

    def _remind(self, row: BoundaryRow) -> None:
        known = set(
            self.session.exec(
                select(DeliveryRow.dedupe_key).where(
                    DeliveryRow.group_id == self.group_id, DeliveryRow.boundary == row.key
                )
            )
        )
        boundary = zones.midnight(row.day, self.zone)
        for told, owed in self._owed(row):
            past = [due for due in owed if due.at <= self.now]
            if not past:
                continue
            due = past[-1]
            last = not_after(boundary, due.at)
            key = f"{REMINDER}:{self.group_id}:{row.key}:{row.revision}:{due.lead}:{self._person(told)}:mail"
            if key in known or self.now > last:
                continue
            event = self._event(
                REMINDER,
                row.key,
                f"{row.day}:{row.revision}:{due.lead}",
                due.at,
                lead=due.lead,
                day=row.day.isoformat(),
            )
            wording = handover_reminder(
                self.charter,
                told,
                self._handover(row),
                zones.day_in(due.at, self.zone),
                group_url(self.group_id),
            )
            self._supersede(row.key, told)
            self._deliver(event, row, told, wording, key, last)

    def _supersede(self, boundary: str, told: Told) -> None:
        """What has not gone out to this person about this boundary is stale now."""
        self.session.exec(
            update(DeliveryRow)
            .where(
                col(DeliveryRow.group_id) == self.group_id,
                col(DeliveryRow.boundary) == boundary,
                col(DeliveryRow.person_id) == self._person(told),
                col(DeliveryRow.state) == "pending",
            )
            .values(state="superseded")
        )

    # -- changes

    def _untold_changes(self) -> list[Event]:
        """Changes for which nobody has been looked up yet, oldest first."""
        seen = select(Event.subject, Event.occurrence).where(
            Event.group_id == self.group_id, Event.kind == f"{CHANGED}.told"
        )
        told = set(self.session.exec(seen).all())
        found = self.session.exec(
            select(Event)
            .where(Event.group_id == self.group_id, Event.kind == CHANGED)
            .order_by(col(Event.recorded_at), col(Event.id))
        )
        return [event for event in found if (event.subject, event.occurrence) not in told]

    def _tell_change(self, event: Event) -> None:
        self._event(f"{CHANGED}.told", event.subject, event.occurrence, self.now)
        row = self.session.get(BoundaryRow, (self.group_id, event.subject))
        if row is None or not event.occurrence.endswith(f":{row.revision}"):
            return
        was = self._was(row, event)
        now = None if row.gone else self._handover(row)
        for told in self._concerned(row, was):
            wording = handover_changed(self.charter, told, was, now, group_url(self.group_id))
            key = f"{CHANGED}:{self.group_id}:{row.key}:{row.revision}:{self._person(told)}:mail"
            last = max(zones.midnight(max(row.day, was.day), self.zone), self.now) + timedelta(hours=24)
            self._deliver(event, row, told, wording, key, last)

    def _concerned(self, row: BoundaryRow, was: Handover) -> list[Told]:
        """Who was told of this boundary before; and, while their turn is near, those whose own it is."""
        already = set(
            self.session.exec(
                select(DeliveryRow.recipient).where(
                    DeliveryRow.group_id == self.group_id,
                    DeliveryRow.boundary == row.key,
                    col(DeliveryRow.state).in_(("accepted", "sending")),
                )
            )
        )
        found: dict[str, Told] = {}
        for chair, relation in ((row.incoming, "incoming"), (list(was.incoming), "incoming")):
            if self._own_next_turn(row, was):
                for person, organization in chairs_people(self.charter, chair, min(row.day, was.day)):
                    found.setdefault(person.email, Told(person, relation, organization))  # type: ignore[arg-type]
        for person in self.charter.people:
            if person.email in already:
                organization = next((a.organization for a in person.appointments if a.organization), "")
                found.setdefault(person.email, Told(person, "member", organization or ""))
        return list(found.values())

    def _own_next_turn(self, row: BoundaryRow, was: Handover) -> bool:
        """Whether this is the next turn of the chair in question, before or after the change."""
        day = min(row.day, was.day)
        earlier = self.session.exec(
            select(BoundaryRow.incoming).where(
                BoundaryRow.group_id == self.group_id,
                BoundaryRow.member == row.member,
                col(BoundaryRow.day) > self.today,
                col(BoundaryRow.day) < day,
                ~col(BoundaryRow.gone),
            )
        )
        seen = {id_ for incoming in earlier for id_ in incoming}
        return not seen.issuperset(set(row.incoming) | set(was.incoming))

    def _was(self, row: BoundaryRow, event: Event) -> Handover:
        was = event.data["was"]
        return Handover(
            tuple(was["outgoing"]),
            tuple(was["incoming"]),
            row.member,
            date.fromisoformat(was["day"]),
            row.until_day,
            (),
            False,
        )

    # -- what every delivery needs

    def _handover(self, row: BoundaryRow) -> Handover:
        term = next((term for term in self._terms(row) if term.start == row.day), None)
        return Handover(
            tuple(row.outgoing),
            tuple(row.incoming),
            row.member,
            row.day,
            row.until_day,
            tuple(explain(term, self.charter.short)) if term else (),
            bool(term and term.status == "projected"),
        )

    def _terms(self, row: BoundaryRow) -> Sequence[Term]:
        """The terms of the chair, or of the seat, until this boundary's own; laid once for the look."""
        if row.member not in self._laid or self._laid[row.member][-1].end <= row.day:
            far = row.day + timedelta(days=1)
            member = self.charter.member(row.member)
            self._laid[row.member] = inner_terms(member, far) if member else terms(self.charter, far)
        return self._laid[row.member]

    def _person(self, told: Told) -> str:
        return self.people[told.person.email]

    def _event(self, kind: str, subject: str, occurrence: str, at: datetime, **data: Any) -> Event:
        found = events.record(self.session, self.group_id, kind, subject, occurrence, effective_at=at, **data)
        if found is None:
            found = self.session.exec(
                select(Event).where(
                    Event.group_id == self.group_id,
                    Event.kind == kind,
                    Event.subject == subject,
                    Event.occurrence == occurrence,
                )
            ).one()
        return found

    def _deliver(self, event: Event, row: BoundaryRow, told: Told, wording: Wording, key: str, last: datetime) -> None:
        id_, sender = str(uuid4()), current().sender
        envelope = Envelope(
            group_name(self.charter),
            sender,
            told.person.name,
            told.person.email,
            self._chairs_mailbox(),
            f"{self.group_id}.{sender.partition('@')[2]}",
        )
        body = mail_bytes(envelope, wording, id_, self.now, self._attachment(row))
        self.session.add(
            DeliveryRow(
                id=id_,
                dedupe_key=key,
                group_id=self.group_id,
                event_id=event.id,
                boundary=row.key,
                revision=row.revision,
                person_id=self._person(told),
                recipient=told.person.email,
                channel="mail",
                message_id=message_id(id_, sender),
                body=body,
                body_hash=sha256(body).hexdigest(),
                created_at=self.now,
                next_attempt_at=self.now,
                not_after=last,
            )
        )

    def _chairs_mailbox(self) -> tuple[str, str] | None:
        sitting = next((term for term in reversed(terms(self.charter, self.today + timedelta(days=1)))), None)
        chair = sitting.chair if sitting and sitting.start <= self.today < sitting.end else ()
        found = next(chairs_people(self.charter, chair, self.today), None)
        return (found[0].name, found[0].email) if found else None

    def _attachment(self, row: BoundaryRow) -> tuple[str, bytes] | None:
        """The term as an entry for a calendar; for a seat, the handover itself."""
        key = row.key if not row.member else f"{row.key}-handover"
        entry = self.session.get(LedgerRow, (self.group_id, key))
        if entry is None:
            return None
        name = group_name(self.charter)
        body = feed_bytes(name=name, description="", zones=[self.zone], events=[entry.body], refresh=timedelta(hours=1))
        return f"{self.group_id}-{row.key}.ics", body
