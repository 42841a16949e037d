"""The coming term as an invitation (RFC 5546) to the incoming chair's people: who answers it has seen it.

A REQUEST as long as nobody has acknowledged it; a CANCEL to who was asked before and whose turn it is no more. For
everybody else, and for who reads in a chat channel, the term is a plain file.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from service.calendars.items import chair_items, chair_summary, uid_of
from service.calendars.itip import Party, itip_bytes
from service.calendars.rules import Item
from service.notifications.handovers.acknowledging import is_acknowledged
from service.notifications.handovers.escalation_rules import acknowledgers
from service.notifications.handovers.rules import Told
from service.notifications.handovers.saying import ENCLOSED, Handover
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.posting import About, Recipient, reads, reads_mail
from service.settings import current

# Whoever declines may think that they have given up the turn. Entries of calendars speak English.
_MEANS = "Your answer says that you have seen this. It decides nothing about the turn."


def sequence_of(look: Look, row: BoundaryRow) -> int:
    """The SEQUENCE of the term as it was last published."""
    entry = look.entry(row.key)
    return entry.sequence if entry is not None else 0


def about_term(look: Look, row: BoundaryRow, told: Told) -> About:
    """What goes with a message about a handover: the term to answer for who is to acknowledge it, else to keep."""
    request = None
    if told.relation == "incoming" and not row.member and not is_acknowledged(look, row):
        request = _request(look, row, told)
    return About(row.key, row.revision, look.attachment(row) if request is None else None, request, ENCLOSED)


def about_change(look: Look, row: BoundaryRow, told: Told, was: Handover) -> About:
    """The same with a change of what was announced: whose turn it was and is no more takes the entry out again."""
    theirs = () if row.gone else row.incoming
    if any(one.person.email == told.person.email for one in _people(look, theirs, row)):
        return about_term(look, row, told._replace(relation="incoming"))
    if row.member or not _was_asked(look, row, told, was):
        return about_term(look, row, told._replace(relation="member"))
    return About(row.key, row.revision, None, _cancel(look, row, told, was))


def _people(look: Look, incoming: Sequence[str], row: BoundaryRow) -> list[Told]:
    return acknowledgers(look.charter, incoming, row.day, look.today)


def _was_asked(look: Look, row: BoundaryRow, told: Told, was: Handover) -> bool:
    """Whether somebody of the chair that was to come has got the term to answer."""
    if all(one.person.email != told.person.email for one in _people(look, was.incoming, row)):
        return False
    asked = select(DeliveryRow.id).where(
        DeliveryRow.group_id == look.group_id,
        DeliveryRow.subject == row.key,
        DeliveryRow.recipient == told.person.email,
        DeliveryRow.channel == "mail",
        col(DeliveryRow.state).in_(("accepted", "sending")),
        col(DeliveryRow.dedupe_key).startswith("handover."),
    )
    return look.session.exec(asked.limit(1)).first() is not None


def _request(look: Look, row: BoundaryRow, told: Told) -> tuple[str, bytes] | None:
    reader, term = _reader(look, told), look.term(row)
    if term is None or reader is None:
        return None
    item = chair_items(look.charter, [term], look.url)[term.key]
    item = replace(
        item, sequence=sequence_of(look, row), modified=look.now, description=f"{_MEANS}\n{item.description}"
    )
    return "REQUEST", itip_bytes("REQUEST", item, _organizer(look), [Party(reader.name, reader.address, answers=True)])


def _cancel(look: Look, row: BoundaryRow, told: Told, was: Handover) -> tuple[str, bytes] | None:
    reader = _reader(look, told)
    if reader is None:
        return None
    item = Item(
        uid=uid_of(look.charter, row.key),
        kind="term",
        start=was.day,
        end=max(was.until, was.day + timedelta(days=1)),
        summary=chair_summary(look.charter, was.incoming),
        status="CANCELLED",
        sequence=sequence_of(look, row),
        modified=look.now,
        url=look.url,
    )
    return "CANCEL", itip_bytes("CANCEL", item, _organizer(look), [Party(reader.name, reader.address)])


def _organizer(look: Look) -> Party:
    return Party(look.charter.group.label, current().sender)


def _reader(look: Look, told: Told) -> Recipient | None:
    """Who gets the mail, whose answer their calendar then gives; None for who reads in a chat channel."""
    reader = reads(look, "chair", Recipient(told.person.name, told.person.email, told.organization))
    return reader if reads_mail(look, "chair", reader) else None
