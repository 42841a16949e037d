"""Reminders of actions: due soon, overdue step by step, and the chair's overview of what has waited longest."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from sqlmodel import col, select

from service import zones
from service.events import Event
from service.followups.actions.rules import CHAIR
from service.followups.actions.tables import ActionRow
from service.groups.charter import Person
from service.groups.stations import station
from service.notifications.followups import action_words as words
from service.notifications.followups import steps
from service.notifications.followups.steps import STEPS, Step
from service.notifications.followups.withdrawing import OVERVIEW
from service.notifications.look import Look
from service.notifications.meetings.rules import who
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.posting import About, Recipient, post
from service.rotation.people import chairs_people

REMINDER, OVERDUE = "action.reminder", "action.overview"
_DAY = timedelta(days=1)
_LAPSED = ("superseded", "expired", "failed")


class Owed(NamedTuple):
    """A reminder that somebody is owed at an instant, for whom they serve; after `last` it has no point."""

    row: ActionRow
    step: Step
    person: Person
    organization: str
    at: datetime
    last: datetime


def _near(look: Look) -> Sequence[ActionRow]:
    """The actions that may owe somebody a word now or soon."""
    first, last = look.today - timedelta(days=steps.BACK), look.today + timedelta(days=steps.AHEAD)
    asked = select(ActionRow).where(
        ActionRow.group_id == look.group_id,
        col(ActionRow.pending),
        col(ActionRow.place) >= first,
        col(ActionRow.place) <= last,
    )
    return look.session.exec(asked.order_by(col(ActionRow.place), col(ActionRow.number))).all()


def _owed(look: Look, row: ActionRow) -> Iterator[Owed]:
    """Every reminder of an action that somebody is owed as it stands, due or still to come."""
    doer = _doer(look, row)
    since = look.begun if row.owner == CHAIR else None
    for step in STEPS:
        for person, organization in steps.audience(look.charter, look.chair, row.owner, doer, step, look.today):
            at = _at(look, row.place, step.days, organization)
            if since is not None:
                # What was said to the chair before this one is said to this one when its term begins.
                at = max(at, _at(look, since, 0, organization))
            last = zones.midnight(row.place + _DAY, look.zone) if step.days < 0 else at + step.lasts * _DAY
            if at > row.due_since:
                yield Owed(row, step, person, organization, at, last)


def _at(look: Look, day: date, days: int, organization: str) -> datetime:
    zone, holidays = station(look.charter, organization)
    return steps.at(day, days, look.charter.reminders.at, zone, holidays)


def _doer(look: Look, row: ActionRow) -> Person | None:
    if row.assignee is None:
        return None
    return next((person for person in look.charter.people if look.people.get(person.email) == row.assignee), None)


def remind(look: Look) -> None:
    """Put what is due about actions into the outbox."""
    near = _near(look)
    for row in near:
        _remind(look, row)
    _overview(look, near)


def coming(look: Look) -> Iterator[datetime]:
    """The instants at which something about an action is owed."""
    for row in _near(look):
        yield from (one.at for one in _owed(look, row))
        yield from (at for _, _, at in _chairs(look, row))


def _remind(look: Look, row: ActionRow) -> None:
    for one in _owed(look, row):
        if not one.at <= look.now < one.last:
            continue
        key = f"action.{one.step.kind}:{look.group_id}:{row.id}:{row.dues}:{who(one.person.email)}"
        if key in look.known(row.id):
            continue
        occurrence = f"{row.dues}:{one.step.name}"
        event = look.event(REMINDER, row.id, occurrence, one.at, step=one.step.name, due=row.place.isoformat())
        to = Recipient(one.person.name, one.person.email, one.organization)
        doer = _doer(look, row)
        say = partial(
            words.reminder, look.charter, row, one.step, look.chair, doer.name if doer else None, look.today
        )  # fmt: skip
        post(look, event, "actions", to, key, one.last, About(row.id, row.dues), say)


def _chairs(look: Look, row: ActionRow) -> Iterator[tuple[Person, str, datetime]]:
    """The chair's people of today, and when each is owed word of an action that nobody has moved.

    What the chair before was told of stands in the dossier of the handover.
    """
    since = look.begun
    for person, organization in chairs_people(look.charter, look.chair, look.today):
        at = _at(look, row.place, steps.OVERVIEW, organization)
        if at > row.due_since and since is not None and at >= zones.midnight(since, look.zone):
            yield person, organization, at


def _overview(look: Look, near: Sequence[ActionRow]) -> None:
    """One mail to each of the chair's people with all that has waited so long and that they were not told of."""
    owed: dict[str, tuple[Person, str, list[ActionRow]]] = {}
    for row in near:
        for person, organization, at in _chairs(look, row):
            if at <= look.now < at + timedelta(days=steps.OVERVIEW_LASTS):
                owed.setdefault(person.email, (person, organization, []))[2].append(row)
    if not owed:
        return
    told = _told(look)
    for person, organization, rows in owed.values():
        new = [row for row in rows if (person.email, _named(row)) not in told]
        if new:
            _post(look, person, organization, new)


def _named(row: ActionRow) -> str:
    return f"{row.id}:{row.dues}"


def _told(look: Look) -> set[tuple[str, str]]:
    """Who was told of which actions in an overview: pairs of address and id:dues."""
    asked = select(DeliveryRow.recipient, Event.data).where(
        DeliveryRow.group_id == look.group_id,
        DeliveryRow.subject == OVERVIEW,
        col(DeliveryRow.created_at) > look.now - timedelta(days=steps.BACK + steps.OVERVIEW_LASTS),
        ~col(DeliveryRow.state).in_(_LAPSED),
        col(Event.id) == col(DeliveryRow.event_id),
    )
    return {(to, named) for to, data in look.session.exec(asked) for named in data["actions"]}


def _post(look: Look, person: Person, organization: str, rows: list[ActionRow]) -> None:
    names = [_named(row) for row in rows]
    digest = sha256(" ".join(names).encode()).hexdigest()[:16]
    event = look.event(OVERDUE, look.group_id, f"{look.today}:{digest}", look.now, actions=names)
    last = look.now + timedelta(days=steps.OVERVIEW_LASTS)
    key = f"{OVERDUE}:{event.id}:{who(person.email)}"
    if key not in look.known(OVERVIEW):
        to = Recipient(person.name, person.email, organization)
        say = partial(words.overview, look.charter, rows, look.chair)
        post(look, event, "chair", to, key, last, About(OVERVIEW, 0), say)
