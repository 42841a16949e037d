"""Reminders of a coming handover: owed by the charter's leads, at each recipient's own hour.

What became due while nobody looked is owed once, as the nearest.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from sqlmodel import col, update

from service import zones
from service.notifications.handovers.acknowledging import UNACKNOWLEDGED
from service.notifications.handovers.inviting import about_term, sequence_of
from service.notifications.handovers.posting import post_about, seen_link
from service.notifications.handovers.rules import Due, Told, audience, not_after, seat_audience
from service.notifications.handovers.saying import reminder
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.outbox.tables import WAITING, DeliveryRow
from service.notifications.wording.message import Message, Reader
from service.rotation.people import chairs_people

REMINDER = "handover.reminder"


def owed(look: Look, row: BoundaryRow) -> Iterator[tuple[Told, list[Due]]]:
    """Each person whom a boundary concerns, with the reminders still to come when it became known."""
    for told in _audience(look, row):
        all_dues = look.dues(told.organization, row.day, look.charter.reminders.leads)
        yield told, [due for due in all_dues if due.at > row.learned_at]


def _audience(look: Look, row: BoundaryRow) -> list[Told]:
    day = min(look.today, row.day)
    if row.member:
        return seat_audience(look.charter, row.member, row.outgoing, row.incoming, day)
    incoming = list(incoming_people(look, row))
    others = audience(look.charter, row.outgoing, row.incoming, day)
    first = {told.person.email for told in incoming}
    return incoming + [told for told in others if told.person.email not in first]


def incoming_people(look: Look, row: BoundaryRow) -> Iterator[Told]:
    """The incoming chair's people are those of the seat that will hold its place on the day."""
    for person, organization in chairs_people(look.charter, row.incoming, row.day):
        yield Told(person, "incoming", organization)


def remind(look: Look, row: BoundaryRow) -> None:
    """Put what is due about a boundary into the outbox, and withdraw what it makes stale."""
    reminded = list(_due(look, row))
    if not reminded:
        return
    _supersede(look, row, {look.person(told) for told, *_ in reminded})
    day, sequence = row.day.isoformat(), sequence_of(look, row)
    for told, due, key, last in reminded:
        occurrence = f"{row.day}:{row.revision}:{due.lead}"
        event = look.event(REMINDER, row.key, occurrence, due.at, lead=due.lead, day=day, sequence=sequence)
        on = zones.day_in(due.at, look.zone)
        post_about(look, event, row, told, key, last, partial(_say, look, row, told, on), about_term(look, row, told))


def _due(look: Look, row: BoundaryRow) -> Iterator[tuple[Told, Due, str, datetime]]:
    """Who is to be reminded now, of what, by which key in the outbox, and until when that has a point."""
    known = set(look.known(row.key))
    boundary = zones.midnight(row.day, look.zone)
    for told, all_dues in owed(look, row):
        past = [due for due in all_dues if due.at <= look.now]
        if not past:
            continue
        due = past[-1]
        last = not_after(boundary, due.at)
        key = f"{REMINDER}:{look.group_id}:{row.key}:{row.revision}:{due.lead}:{look.person(told)}:mail"
        if key not in known and look.now <= last:
            known.add(key)
            yield told, due, key, last


def _say(look: Look, row: BoundaryRow, told: Told, on: date, reader: Reader) -> Message:
    return reminder(look.charter, told, look.handover(row), on, seen_link(look, row, told, reader))


def _supersede(look: Look, row: BoundaryRow, people: set[str]) -> None:
    """What has not gone out to these people about this handover is stale now.

    A question to them is not, nor that nobody has acknowledged.
    """
    look.session.exec(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.group_id) == look.group_id,
            col(DeliveryRow.subject) == row.key,
            col(DeliveryRow.person_id).in_(people),
            col(DeliveryRow.state).in_(WAITING),
            col(DeliveryRow.dedupe_key).startswith("handover."),
            ~col(DeliveryRow.dedupe_key).startswith(f"{UNACKNOWLEDGED}:"),
        )
        .values(state="superseded")
    )
