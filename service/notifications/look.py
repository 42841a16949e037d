"""One look at one group inside one transaction: what is near, and what every message about it needs."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlmodel import Session, col, select

from service import clock, events, zones
from service.calendars.commands import group_url
from service.calendars.items import group_name
from service.calendars.tables import LedgerRow
from service.calendars.writer import feed_bytes
from service.events import Event
from service.groups import queries as groups
from service.groups.stations import station
from service.meetings.tables import MeetingRow
from service.notifications.choices.queries import Chosen, chosen
from service.notifications.handovers.rules import Due, Told, dues
from service.notifications.handovers.saying import Handover
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.meetings.facts import facts_of
from service.notifications.meetings.rules import Facts
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.engine import inner_terms, terms
from service.rotation.people import chairs_people
from service.rotation.reasons import explain
from service.rotation.values import Term

# A weekend and a holiday move a reminder by no more than this.
_OVER = timedelta(days=8)


class Look:
    """The group as it stands at `now`."""

    def __init__(self, session: Session, group_id: str) -> None:
        self.session = session
        self.group_id = group_id
        self.charter = groups.charter(session, group_id)
        self.now = clock.now()
        self.zone = self.charter.group.timezone
        self.today = zones.day_in(self.now, self.zone)
        self.url = group_url(group_id)
        self._laid: dict[str, list[Term]] = {}
        self._attachments: dict[str, bytes | None] = {}
        self._dues: dict[tuple[str, date, tuple[int, ...]], list[Due]] = {}
        self._known: dict[str, set[str]] = {}
        self._facts: dict[str, Facts] = {}
        self._events: dict[tuple[str, str, str], Event] = {}
        self._entries: dict[str, LedgerRow | None] = {}

    @cached_property
    def people(self) -> dict[str, str]:
        """The id of each person by their address."""
        return {row.email: row.id for row in groups.people_rows(self.session, self.group_id)}

    @cached_property
    def languages(self) -> dict[str, str | None]:
        """What the charter says of each person's language, by their address."""
        return {person.email: person.language for person in self.charter.people}

    @cached_property
    def chosen(self) -> Chosen:
        """What the readers of this group have chosen."""
        return chosen(self.session, self.group_id, self.today, self.now)

    def person(self, told: Told) -> str:
        return self.people[told.person.email]

    def dues(self, organization: str, day: date, leads: Sequence[int]) -> list[Due]:
        """The reminders of a day that people at a duty station are owed, at the hour of the charter there.

        Reckoned once for the look: everybody at one place has the same.
        """
        key = (organization, day, tuple(leads))
        if key not in self._dues:
            zone, holidays = station(self.charter, organization)
            self._dues[key] = dues(day, leads, self.charter.reminders.at, zone, holidays)
        return self._dues[key]

    def due_at(self, organization: str, day: date, lead: int) -> datetime:
        """When people at a duty station are owed the one reminder `lead` days ahead of a day."""
        return self.dues(organization, day, (lead,))[0].at

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
        """What is to be said about a boundary as it stands, in the language spoken now."""
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
        """The event of this occurrence, recorded now unless it was before; asked for once in the look."""
        key = (kind, subject, occurrence)
        if key not in self._events:
            self._events[key] = self._recorded(*key, at, data)
        return self._events[key]

    def _recorded(self, kind: str, subject: str, occurrence: str, at: datetime, data: dict[str, Any]) -> Event:
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

    def facts(self, meeting: MeetingRow) -> Facts:
        """What has been done about a meeting; asked once for the look, when what has run out is settled."""
        if meeting.id not in self._facts:
            self._facts[meeting.id] = facts_of(self.session, meeting)
        return self._facts[meeting.id]

    def known(self, subject: str) -> set[str]:
        """What is in the outbox about a subject already; asked once for the look, and kept by `post`."""
        if subject not in self._known:
            asked = select(DeliveryRow.dedupe_key).where(
                DeliveryRow.group_id == self.group_id, DeliveryRow.subject == subject
            )
            self._known[subject] = set(self.session.exec(asked))
        return self._known[subject]

    @cached_property
    def chair(self) -> tuple[str, ...]:
        """Who chairs today."""
        return next((t.chair for t in self._terms("", self.today) if t.start <= self.today < t.end), ())

    @cached_property
    def begun(self) -> date | None:
        """The first day of the present term."""
        return next((t.start for t in self._terms("", self.today) if t.start <= self.today < t.end), None)

    @cached_property
    def chairs_mailbox(self) -> tuple[str, str] | None:
        found = next(chairs_people(self.charter, self.chair, self.today), None)
        return (found[0].name, found[0].email) if found else None

    def entry(self, key: str) -> LedgerRow | None:
        """What was last published under a key; asked for once in the look."""
        if key not in self._entries:
            self._entries[key] = self.session.get(LedgerRow, (self.group_id, key))
        return self._entries[key]

    def attachment(self, row: BoundaryRow) -> tuple[str, bytes] | None:
        """The term as an entry for a calendar; for a seat, the handover itself. Made once for the look."""
        key = row.key if not row.member else f"{row.key}-handover"
        if key not in self._attachments:
            entry = self.entry(key)
            self._attachments[key] = self._calendar(entry.body) if entry is not None else None
        body = self._attachments[key]
        return (f"{self.group_id}-{row.key}.ics", body) if body is not None else None

    def _calendar(self, entry: bytes) -> bytes:
        return feed_bytes(
            name=group_name(self.charter),
            description="",
            zones=[self.zone],
            events=[entry],
            refresh=timedelta(hours=1),
        )
