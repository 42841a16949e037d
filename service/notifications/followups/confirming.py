"""Asks the sides of a handover that has come to confirm it, every week, until both have or it has moved."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlmodel import Session, col, update

from service import clock, zones
from service.followups.handovers import queries
from service.followups.handovers.queries import Handover
from service.followups.handovers.rules import ASKS, Boundary, Side, asks, side_people
from service.groups import queries as groups
from service.groups.charter import Charter, Person
from service.groups.stations import station
from service.notifications.followups import handover_words as words
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.outbox.tables import WAITING, DeliveryRow
from service.notifications.posting import About, Recipient, post

UNCONFIRMED = "handover.unconfirmed"
# The beginning of the key of a request to confirm.
_ASK = "unconfirmed"
_WEEK = timedelta(days=7)


class Asked(NamedTuple):
    """Somebody whose side has not confirmed, and when they are to be asked."""

    person: Person
    organization: str
    side: Side
    times: list[datetime]


def asked_since(look: Look) -> date:
    """The day after which a handover has to lie: the last request about one before it is long past."""
    return look.today - (ASKS + 2) * _WEEK


def ask(look: Look, row: BoundaryRow, boundary: Boundary) -> None:
    """Ask each of those whose side has not confirmed, for the newest time that has come."""
    known = look.known(row.key)
    for asked in waiting(look, row, boundary):
        past = [at for at in asked.times if at <= look.now]
        last = past[-1] + _WEEK if past else look.now
        number = len(past)
        key = f"{_ASK}:{look.group_id}:{row.key}:{row.revision}:{number}:{look.people[asked.person.email]}:mail"
        if look.now >= last or key in known:
            continue
        event = look.event(UNCONFIRMED, row.key, f"{row.day}:{row.revision}:{number}", past[-1], number=number)
        _supersede(look, row.key, asked.person.email)
        to = Recipient(asked.person.name, asked.person.email, asked.organization)
        link = f"{look.url}/handovers/{row.key}"
        say = partial(words.unconfirmed, look.charter, boundary, asked.side, _done(look, row.key), link)
        post(look, event, "chair", to, key, last, About(row.key, row.revision), say)


def waiting(look: Look, row: BoundaryRow, boundary: Boundary) -> list[Asked]:
    """Whoever acts for a side that has not confirmed, each once, with their times."""
    kept = queries.handover_row(look.session, look.group_id, row.key)
    found: dict[str, Asked] = {}
    for side in Handover(row.key, boundary, kept).waiting:
        for person, organization in side_people(look.charter, boundary, side, look.today):
            zone, holidays = station(look.charter, organization)
            times = [at for at in asks(row.day, look.charter.reminders.at, zone, holidays) if at > row.learned_at]
            found.setdefault(person.email, Asked(person, organization, side, times))
    return list(found.values())


def withdraw_requests(session: Session, group_id: str, turn: str) -> None:
    """Supersede the requests that have not gone out, to whoever need not confirm any more."""
    charter = groups.charter(session, group_id)
    today = zones.day_in(clock.now(), charter.group.timezone)
    found = queries.handover(session, charter, today, turn)
    session.exec(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.group_id) == group_id,
            col(DeliveryRow.subject) == turn,
            col(DeliveryRow.dedupe_key).startswith(f"{_ASK}:"),
            col(DeliveryRow.state).in_(WAITING),
            col(DeliveryRow.recipient).not_in(set(_addresses(charter, found, today))),
        )
        .values(state="superseded")
    )


def _addresses(charter: Charter, found: Handover, today: date) -> Iterator[str]:
    if found.boundary is not None:
        for side in found.waiting:
            for person, _ in side_people(charter, found.boundary, side, today):
                yield person.email


def _done(look: Look, turn: str) -> list[str]:
    """The headings of the checklist that are done."""
    return [key for key, one in queries.answers(look.session, look.group_id, turn).items() if one.done]


def _supersede(look: Look, turn: str, address: str) -> None:
    """An older request that has not gone out would say the same twice."""
    look.session.exec(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.group_id) == look.group_id,
            col(DeliveryRow.subject) == turn,
            col(DeliveryRow.recipient) == address,
            col(DeliveryRow.dedupe_key).startswith(f"{_ASK}:"),
            col(DeliveryRow.state).in_(WAITING),
        )
        .values(state="superseded")
    )
