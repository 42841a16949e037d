"""Tells of common activities: proposed and agreed ones, milestones that come or are missed, and those gone silent."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlmodel import col, select

from service import zones
from service.events import Event
from service.followups.activities.queries import activity_row
from service.followups.activities.tables import ActivityRow, MilestoneRow
from service.groups.charter import Person
from service.groups.stations import station
from service.notifications.followups.milestones import AHEAD, BACK, ENDED, STEPS, Step, key, silent_key, silent_since
from service.notifications.followups.steps import at
from service.notifications.look import About, Look, Recipient
from service.notifications.meetings.inviting import reader_of
from service.notifications.meetings.rules import who
from service.notifications.meetings.saying import Part, message
from service.rotation.people import CHAIR_ROLES, chairs_people, people_of
from service.rotation.reasons import spoken

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
    asked = select(Event).where(
        Event.group_id == look.group_id,
        col(Event.kind).in_((PROPOSED, AGREED)),
        col(Event.recorded_at) > look.now - _NEWS_FOR,
    )
    for event in look.session.exec(asked.order_by(col(Event.position))).all():
        row = activity_row(look.session, look.group_id, event.subject)
        if event.kind == PROPOSED and row.state == "proposed":
            lead = "This is proposed. Put it to the group, and put on record what it has agreed, or turn it down."
            _post(look, event, row, _steering(look), "proposed", lead)
        elif event.kind == AGREED and row.state in ALIVE:
            lead = "The group has agreed this. Begin, and report how far it has come; the first report starts it."
            _post(look, event, row, _taking_part(look, row), "agreed", lead)


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
    day = spoken(milestone.due)
    if step.days < 0:
        subject = f"milestone due {day}: {milestone.title}"
        lead = f"A milestone of {row.title} is due by the end of {day}."
    else:
        subject = f"milestone overdue since {day}: {milestone.title}"
        lead = f"A milestone of {row.title} was due by {day}. Say that it is reached, or move it with the reason."
    occurrence = f"{milestone.number}:{milestone.moves}"
    event = look.event(
        f"milestone.{step.kind}", row.id, occurrence, one.at, milestone=milestone.number, due=milestone.due.isoformat()
    )
    facts = [("Milestone", f"{milestone.number}: {milestone.title}"), ("Due", day), *_facts(look, row)]
    last = one.at + timedelta(days=step.lasts)
    _send(look, event, one.to, About(row.id, milestone.moves), subject, Part(lead, facts), key_, last)


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
    lead = (
        f"{row.title} was to end by {_last(row.until_day)}, and nothing was reported for three months. "
        "Report what came of it; the chair then completes it. If it goes on, give it another end."
    )
    subject = f"how did it end? {row.title}"
    _send(look, event, to, About(row.id, 0), subject, Part(lead, _facts(look, row)), key_, due + _NEWS_FOR)


def _post(look: Look, event: Event, row: ActivityRow, audience: Iterable[To], what: str, lead: str) -> None:
    """One message to each of the audience, unless it is in the outbox already."""
    known = look.known(row.id)
    for to in audience:
        key_ = f"{event.kind}:{event.id}:{who(to[0].email)}"
        if key_ not in known:
            part = Part(lead, _facts(look, row), text=row.objective)
            _send(look, event, to, About(row.id, 0), f"{what}: {row.title}", part, key_, look.now + _NEWS_FOR)
            known.add(key_)


def _send(look: Look, event: Event, to: To, about: About, subject: str, part: Part, key_: str, last: datetime) -> None:
    person, organization = to
    served = look.charter.short(organization) if organization else "the secretariat"
    said = part._replace(because=f"You get this because you serve {served} in {look.charter.group.name}.")
    reader = reader_of(look, person.name, organization)
    wording = message(look.charter, reader, f"{look.charter.group.label}: {subject}", said, look.url)
    look.post(event, Recipient(person.name, person.email), wording, key_, last, about)


def _facts(look: Look, row: ActivityRow) -> list[tuple[str, str]]:
    found = [("Activity", f"{row.id}: {row.title} ({row.kind})"), ("Lead", look.charter.short(row.lead))]
    if row.partners:
        found.append(("Partners", ", ".join(look.charter.short(id_) for id_ in row.partners)))
    found.append(("Period", f"{spoken(row.from_day)} to {_last(row.until_day)}"))
    found += [("Decision", row.decision)] if row.decision else []
    return found


def _last(until: date) -> str:
    return spoken(until - timedelta(days=1))


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
    for person in look.charter.people:
        if any(role.role == "secretariat" and role.covers(look.today) for role in person.appointments):
            yield person, ""
