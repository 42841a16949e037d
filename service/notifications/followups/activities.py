"""Tells of common activities: proposed and agreed ones, milestones that come or are missed, and those gone silent."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlmodel import col, select

from service import zones
from service.events import Event, lately
from service.followups.activities.queries import activity_row
from service.followups.activities.tables import ActivityRow, MilestoneRow
from service.groups.charter import Charter, Person
from service.groups.stations import station
from service.notifications.followups import activity_words as words
from service.notifications.followups.milestones import AHEAD, BACK, ENDED, STEPS, Step, key, silent_key, silent_since
from service.notifications.followups.steps import at
from service.notifications.look import Look
from service.notifications.meetings.rules import who
from service.notifications.posting import About, Recipient, Say, post
from service.notifications.wording.message import Message, Reader
from service.rotation.people import CHAIR_ROLES, chairs_people, people_of, secretaries

PROPOSED, AGREED, SILENT = "activity.proposed", "activity.agreed", "activity.silent"
ALIVE = ("agreed", "ongoing")
# What was not told for so long is no news any more.
_NEWS_FOR = timedelta(days=30)

To = tuple[Person, str]


class Owed(NamedTuple):
    """A reminder of a milestone that somebody of its lead is owed at an instant."""

    row: ActivityRow
    milestone: MilestoneRow
    step: Step
    to: To
    at: datetime


def tell(look: Look) -> None:
    """Put what was proposed and agreed and was told to nobody into the outbox."""
    for event in lately(look.session, look.group_id, (PROPOSED, AGREED), look.now - _NEWS_FOR):
        row = activity_row(look.session, look.group_id, event.subject)
        if event.kind == PROPOSED and row.state == "proposed":
            _tell(look, event, row, "chair", _steering(look), words.proposed)
        elif event.kind == AGREED and row.state in ALIVE:
            _tell(look, event, row, "activities", _taking_part(look, row), words.agreed)


def remind(look: Look) -> None:
    """Put what is due about milestones, and about activities gone silent, into the outbox, each once."""
    for one in _owed(look):
        if one.at <= look.now < one.at + timedelta(days=one.step.lasts):
            _remind(look, one)
    for row, to, due in _silent(look):
        if due <= look.now < due + _NEWS_FOR:
            _ask(look, row, to, due)


def coming(look: Look) -> Iterator[datetime]:
    """The instants at which something about an activity is owed."""
    yield from (one.at for one in _owed(look))
    yield from (due for _, _, due in _silent(look))


def _owed(look: Look) -> Iterator[Owed]:
    asked = (
        select(MilestoneRow, ActivityRow)
        .join(
            ActivityRow,
            (col(ActivityRow.group_id) == col(MilestoneRow.group_id))
            & (col(ActivityRow.id) == col(MilestoneRow.activity)),
        )
        .where(
            MilestoneRow.group_id == look.group_id,
            col(MilestoneRow.reached).is_(None),
            col(MilestoneRow.due) >= look.today - timedelta(days=BACK),
            col(MilestoneRow.due) <= look.today + timedelta(days=AHEAD),
            col(ActivityRow.state).in_(ALIVE),
        )
    )
    for milestone, row in look.session.exec(asked.order_by(col(MilestoneRow.due), col(ActivityRow.number))).all():
        fresh = max(milestone.set_at, row.agreed_at or milestone.set_at)
        for to in _speaking(look, row.lead):
            zone, holidays = station(look.charter, to[1])
            for step in STEPS:
                due = at(milestone.due, step.days, look.charter.reminders.at, zone, holidays)
                # What was due before the milestone was put on its day is not owed.
                if due > fresh:
                    yield Owed(row, milestone, step, to, due)


def _remind(look: Look, one: Owed) -> None:
    row, milestone, step = one.row, one.milestone, one.step
    key_ = key(step.kind, look.group_id, row.id, milestone.number, milestone.moves, one.to[0].email)
    if key_ in look.known(row.id):
        return
    occurrence = f"{milestone.number}:{milestone.moves}"
    event = look.event(
        f"milestone.{step.kind}", row.id, occurrence, one.at, milestone=milestone.number, due=milestone.due.isoformat()
    )
    last = one.at + timedelta(days=step.lasts)
    say = partial(words.milestone, look.charter, row, milestone, step)
    _post(look, event, "activities", one.to, key_, last, About(row.id, milestone.moves), say)


def _silent(look: Look) -> Iterator[tuple[ActivityRow, To, datetime]]:
    """Activities whose end has passed, and when their leads are to be asked since nothing was reported for long."""
    asked = select(ActivityRow).where(
        ActivityRow.group_id == look.group_id,
        col(ActivityRow.state).in_(ALIVE),
        col(ActivityRow.until_day) <= look.today + timedelta(days=ENDED),
    )
    for row in look.session.exec(asked.order_by(col(ActivityRow.number))).all():
        heard = row.reported_at or row.agreed_at or row.proposed_at
        since = silent_since(row.until_day, zones.day_in(heard, look.zone))
        for to in _speaking(look, row.lead):
            zone, holidays = station(look.charter, to[1])
            yield row, to, at(since, 0, look.charter.reminders.at, zone, holidays)


def _ask(look: Look, row: ActivityRow, to: To, due: datetime) -> None:
    key_ = silent_key(look.group_id, row.id, row.until_day, to[0].email)
    if key_ in look.known(row.id):
        return
    event = look.event(SILENT, row.id, row.until_day.isoformat(), due, until=row.until_day.isoformat())
    say = partial(words.silent, look.charter, row)
    _post(look, event, "activities", to, key_, due + _NEWS_FOR, About(row.id, 0), say)


def _tell(
    look: Look,
    event: Event,
    row: ActivityRow,
    kind: str,
    audience: Iterable[To],
    news: Callable[[Charter, ActivityRow, Reader], Message],
) -> None:
    """One message to each of the audience, unless it is in the outbox already."""
    known = look.known(row.id)
    for to in audience:
        key_ = f"{event.kind}:{event.id}:{who(to[0].email)}"
        if key_ not in known:
            say = partial(news, look.charter, row)
            _post(look, event, kind, to, key_, look.now + _NEWS_FOR, About(row.id, 0), say)


def _post(look: Look, event: Event, kind: str, to: To, key_: str, last: datetime, about: About, say: Say) -> None:
    person, organization = to
    post(look, event, kind, Recipient(person.name, person.email, organization), key_, last, about, say)


def _speaking(look: Look, member: str) -> Iterator[To]:
    """The focal points of a member, or where that post is empty its other people."""
    found = list(people_of(look.charter, member, ("focal-point",), look.today, look.today))
    yield from found or people_of(look.charter, member, CHAIR_ROLES, look.today, look.today)


def _taking_part(look: Look, row: ActivityRow) -> Iterator[To]:
    for member in (row.lead, *row.partners):
        yield from _speaking(look, member)


def _steering(look: Look) -> Iterator[To]:
    """The chair's people; where nobody chairs, the secretariat."""
    if look.chair:
        yield from chairs_people(look.charter, look.chair, look.today)
        return
    yield from ((person, "") for person in secretaries(look.charter, look.today))
