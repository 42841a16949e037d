"""What the readers of a group have chosen, read once for one look."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from service.groups import queries as groups
from service.groups.tables import PersonRow
from service.language.catalogues import known
from service.notifications.choices.rules import THROTTLE, Absence, Choice
from service.notifications.choices.tables import AbsenceRow, ChoiceRow, ContactRow, ReaderRow
from service.notifications.mailing.tables import MailboxRow
from service.notifications.outbox.tables import DeliveryRow

_NOT_SENT = ("gathered", "declined", "superseded")


class Chosen(NamedTuple):
    """Choices by person's id; those of a kind by (person, kind). `paused` are mailboxes that give mail back."""

    readers: dict[str, ReaderRow]
    choices: dict[tuple[str, str], Choice]
    absences: dict[str, list[Absence]]
    contacts: dict[str, ContactRow]
    paused: frozenset[str]
    sent: dict[str, list[datetime]]


def chosen(session: Session, group_id: str, today: date, now: datetime) -> Chosen:
    """All that a message of this group has to heed."""
    readers = session.exec(select(ReaderRow).where(ReaderRow.group_id == group_id))
    choices = session.exec(select(ChoiceRow).where(ChoiceRow.group_id == group_id))
    # A duty station may be a day ahead of the group's zone, or behind it.
    away = select(AbsenceRow).where(AbsenceRow.group_id == group_id, col(AbsenceRow.until_day) >= today)
    absences: dict[str, list[Absence]] = {}
    for row in session.exec(away.order_by(col(AbsenceRow.from_day), col(AbsenceRow.id))):
        absences.setdefault(row.person_id, []).append(Absence(row.from_day, row.until_day, row.alternate))
    contacts = session.exec(
        select(ContactRow).where(ContactRow.group_id == group_id, col(ContactRow.ended_at).is_(None))
    )
    paused = select(MailboxRow.address).where(
        MailboxRow.group_id == group_id, col(MailboxRow.paused_at).is_not(None)
    )  # fmt: skip
    return Chosen(
        {row.person_id: row for row in readers},
        {(row.person_id, row.kind): Choice(row.form, row.contact_id) for row in choices},  # type: ignore[arg-type]
        absences,
        {row.id: row for row in contacts},
        frozenset(session.exec(paused)),
        _sent(session, group_id, now),
    )


def _sent(session: Session, group_id: str, now: datetime) -> dict[str, list[datetime]]:
    """When each mailbox was written to lately."""
    longest: timedelta = max(span for span, _ in THROTTLE)
    asked = select(DeliveryRow.address, DeliveryRow.created_at).where(
        DeliveryRow.group_id == group_id,
        DeliveryRow.channel == "mail",
        col(DeliveryRow.created_at) > now - longest,
        col(DeliveryRow.state).not_in(_NOT_SENT),
    )
    found: dict[str, list[datetime]] = {}
    for address, at in session.exec(asked):
        found.setdefault(address, []).append(at)
    return found


def spoken_by(reader: ReaderRow | None, person: str | None, group: list[str]) -> str:
    """What somebody reads: their own choice, else what the charter says of them, else the group's.

    English is the group's wherever it is among its languages, since that is the text that holds.
    """
    own = known(reader.language if reader else None) or known(person)
    if own is not None:
        return own
    spoken = [code for name in group if (code := known(name)) is not None]
    return "en" if "en" in spoken or not spoken else spoken[0]


def own_language(session: Session, person_id: str) -> str | None:
    """What somebody has chosen to read, or the charter says of them; None where nobody has said so."""
    reader, person = session.get(ReaderRow, person_id), session.get(PersonRow, person_id)
    return known(reader.language if reader else None) or known(person.language if person else None)


def language_of_person(session: Session, group_id: str, person_id: str) -> str:
    """What somebody reads, as `spoken_by`; the group's language for one who is here no more."""
    languages = groups.charter(session, group_id).group.languages
    return own_language(session, person_id) or spoken_by(None, None, languages)
