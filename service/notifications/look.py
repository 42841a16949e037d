"""One look at one group inside one transaction: what is near, and what every message about it needs."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import uuid4

import structlog
from sqlmodel import Session, col, select

from service import clock, events, zones
from service.calendars.commands import group_url
from service.calendars.items import group_name
from service.calendars.tables import LedgerRow
from service.calendars.writer import feed_bytes
from service.events import Event
from service.groups import queries as groups
from service.notifications.handovers.rules import Told
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.mailing.mail import Envelope, UnsafeMail, mail_bytes, message_id
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.wording import Handover, Wording
from service.rotation.engine import inner_terms, terms
from service.rotation.people import chairs_people
from service.rotation.reasons import explain
from service.rotation.values import Term
from service.settings import current

# A weekend and a holiday move a reminder by no more than this.
_OVER = timedelta(days=8)
log = structlog.get_logger()


class Recipient(NamedTuple):
    """Whom a mail goes to."""

    name: str
    address: str


class About(NamedTuple):
    """What a mail is about, and in which state; a file to attach, or an iTIP method with its message."""

    subject: str
    revision: int
    attachment: tuple[str, bytes] | None = None
    invitation: tuple[str, bytes] | None = None


class Look:
    """The group as it stands at `now`, and the way to put a message about it into the outbox."""

    def __init__(self, session: Session, group_id: str) -> None:
        self.session = session
        self.group_id = group_id
        self.charter = groups.charter(session, group_id)
        self.now = clock.now()
        self.zone = self.charter.group.timezone
        self.today = zones.day_in(self.now, self.zone)
        self.url = group_url(group_id)
        self._laid: dict[str, list[Term]] = {}

    @cached_property
    def people(self) -> dict[str, str]:
        """The id of each person by their address."""
        return {row.email: row.id for row in groups.people_rows(self.session, self.group_id)}

    def person(self, told: Told) -> str:
        return self.people[told.person.email]

    def near(self) -> list[BoundaryRow]:
        """Boundaries that are not far past and within the longest lead, a weekend and a holiday included."""
        reminders = self.charter.reminders
        furthest = max([*reminders.leads, reminders.ask or 0])
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

    def term(self, row: BoundaryRow) -> Term | None:
        """The term that begins at a boundary."""
        return next((term for term in self._terms(row.member, row.day) if term.start == row.day), None)

    def handover(self, row: BoundaryRow) -> Handover:
        """What is to be said about a boundary as it stands."""
        term = self.term(row)
        return Handover(
            tuple(row.outgoing),
            tuple(row.incoming),
            row.member,
            row.day,
            row.until_day,
            tuple(explain(term, self.charter.short)) if term else (),
            bool(term and term.status == "projected"),
        )

    def _terms(self, member_id: str, day: date) -> Sequence[Term]:
        """The terms of the chair, or of a member's seats, until past `day`; laid once for the look."""
        laid = self._laid.get(member_id)
        if laid is None or laid[-1].end <= day:
            far = day + timedelta(days=1)
            member = self.charter.member(member_id)
            laid = inner_terms(member, far) if member else terms(self.charter, far)
            self._laid[member_id] = laid
        return laid

    def event(self, kind: str, subject: str, occurrence: str, at: datetime, **data: Any) -> Event:
        """The event of this occurrence, recorded now unless it was before."""
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

    def deliver(self, event: Event, row: BoundaryRow, told: Told, wording: Wording, key: str, last: datetime) -> None:
        """Put a mail about a boundary into the outbox, with the term attached."""
        about = About(row.key, row.revision, self._attachment(row))
        self.post(event, Recipient(told.person.name, told.person.email), wording, key, last, about)

    def post(self, event: Event, to: Recipient, wording: Wording, key: str, last: datetime, about: About) -> None:
        """Put a mail into the outbox: its bytes are frozen now, and it is not sent after `last`.

        A mail that turns out unsafe is kept as failed, so that the others go on.
        """
        id_, sender = str(uuid4()), current().sender
        envelope = Envelope(
            group_name(self.charter),
            sender,
            to.name,
            to.address,
            self._chairs_mailbox,
            f"{self.group_id}.{sender.partition('@')[2]}",
        )
        try:
            body, fault = mail_bytes(envelope, wording, id_, self.now, about.attachment, about.invitation), None
        except (UnsafeMail, ValueError) as error:
            body, fault = b"", str(error)[:300]
            log.error("mail is unsafe", delivery=id_)
        self.session.add(
            DeliveryRow(
                id=id_,
                dedupe_key=key,
                group_id=self.group_id,
                event_id=event.id,
                subject=about.subject,
                revision=about.revision,
                person_id=self.people.get(to.address, ""),
                recipient=to.address,
                address=to.address,
                channel="mail",
                message_id=message_id(id_, sender),
                body=body,
                body_hash=sha256(body).hexdigest(),
                state="failed" if fault else "pending",
                answer=fault,
                created_at=self.now,
                next_attempt_at=self.now,
                not_after=last,
            )
        )

    def known(self, subject: str) -> set[str]:
        """What is in the outbox about a subject already."""
        asked = select(DeliveryRow.dedupe_key).where(
            DeliveryRow.group_id == self.group_id, DeliveryRow.subject == subject
        )
        return set(self.session.exec(asked))

    @cached_property
    def chair(self) -> tuple[str, ...]:
        """Who chairs today."""
        return next((t.chair for t in self._terms("", self.today) if t.start <= self.today < t.end), ())

    @cached_property
    def begun(self) -> date | None:
        """The first day of the present term."""
        return next((t.start for t in self._terms("", self.today) if t.start <= self.today < t.end), None)

    @cached_property
    def _chairs_mailbox(self) -> tuple[str, str] | None:
        found = next(chairs_people(self.charter, self.chair, self.today), None)
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
