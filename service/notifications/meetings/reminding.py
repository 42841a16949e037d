"""Reminders of meetings: owed by the table of rules, at each recipient's own hour, for what is missing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlmodel import col, select

from service import zones
from service.meetings.agenda.queries import items
from service.meetings.agenda.rules import settles_on
from service.meetings.inviting.queries import said_of
from service.meetings.people import invitees
from service.meetings.queries import end_of
from service.meetings.tables import MeetingRow
from service.notifications.look import Look
from service.notifications.meetings.inviting import host_told
from service.notifications.meetings.reminder_words import Coming, reminder
from service.notifications.meetings.rules import FIRST, LAST, RULES, Rule, is_fresh, key
from service.notifications.posting import About, Recipient, post
from service.notifications.wording.message import Message, Reader
from service.rotation.people import chairs_people, secretaries

REMINDER = "meeting.reminder"
# A weekend and a holiday move a reminder by no more than this.
_OVER = timedelta(days=8)


class Owed(NamedTuple):
    """A reminder that somebody is owed at an instant; `member` is whom they are asked for."""

    rule: Rule
    name: str
    address: str
    member: str
    organization: str
    at: datetime


def near(look: Look) -> list[MeetingRow]:
    """The meetings that may owe a reminder now or soon."""
    since, until = look.now - timedelta(days=LAST) - _OVER, look.now + timedelta(days=FIRST) + _OVER
    asked = select(MeetingRow).where(
        MeetingRow.group_id == look.group_id,
        col(MeetingRow.start) >= since,
        col(MeetingRow.start) < until,
        col(MeetingRow.state).in_(("proposed", "called", "held")),
    )
    return list(look.session.exec(asked.order_by(col(MeetingRow.start), col(MeetingRow.id))))


def owed(look: Look, row: MeetingRow) -> Iterator[Owed]:
    """Every reminder of a meeting that somebody is owed as it stands, due or still to come."""
    found = look.facts(row)
    day = zones.day_in(row.start, look.zone)
    for rule in RULES:
        if found.state not in rule.states:
            continue
        for name, address, member, organization in _audience(look, row, rule):
            if rule.owed(found, member):
                at = look.due_at(organization, day, rule.lead)
                if is_fresh(at, row.settled_at):
                    yield Owed(rule, name, address, member, organization, at)


def _audience(look: Look, row: MeetingRow, rule: Rule) -> Iterator[tuple[str, str, str, str]]:
    """Name, address, member and organization of each whom a rule concerns."""
    day = zones.day_in(row.start, look.zone)
    if rule.to == "chair":
        yield from _steering(look, row)
        return
    for found in invitees(look.charter, row.level, row.members, day, look.today):
        yield found.person.name, found.person.email, found.member, found.organization


def _steering(look: Look, row: MeetingRow) -> Iterator[tuple[str, str, str, str]]:
    """Who may do what is missing: the people of today's chair. Whom the rotation makes its host is told as well."""
    seen = set()
    for id_ in dict.fromkeys((*look.chair, *(row.chair if row.start > look.now else ()))):
        for person, organization in chairs_people(look.charter, [id_], look.today):
            if person.email not in seen:
                seen.add(person.email)
                yield person.name, person.email, id_, organization
    if not look.chair:
        for person in secretaries(look.charter, look.today):
            yield person.name, person.email, "", ""


def remind(look: Look, row: MeetingRow) -> None:
    """Put the reminders that are due into the outbox, each once for a SEQUENCE; none for what is over."""
    for one in owed(look, row):
        last = _not_after(row, one.rule)
        if one.at > look.now or look.now >= last:
            continue
        key_ = key(look.group_id, row.id, one.rule.kind, row.sequence, one.address)
        if key_ in look.known(f"meeting-{row.id}"):
            continue
        event = look.event(REMINDER, row.id, f"{row.sequence}:{one.rule.kind}", one.at, sequence=row.sequence)
        to, about = Recipient(one.name, one.address, one.organization), About(f"meeting-{row.id}", row.sequence)
        kind = "chair" if one.rule.to == "chair" else "meetings"
        post(look, event, kind, to, key_, last, about, partial(_say, look, row, one))
        if row.state == "proposed" and one.member in row.chair:
            host_told(look, row, one.name, one.address, one.organization)


def _not_after(row: MeetingRow, rule: Rule) -> datetime:
    """A reminder has no point once its meeting has begun; one that follows a meeting, after a month."""
    return row.start if rule.lead > 0 else end_of(row) + timedelta(days=30 - rule.lead)


def _say(look: Look, row: MeetingRow, one: Owed, reader: Reader) -> Message:
    on = items(look.session, row.group_id, row.id)
    accepted = [item for item in on if item.state == "accepted"]
    coming = Coming(
        said_of(row),
        look.facts(row),
        settles_on(zones.day_in(row.start, look.zone), row.freeze),
        look.chair,
        one.member,
        [item.title for item in accepted],
        [item.title for item in on if item.state == "proposed"],
        [f"{item.title}: {link['title']} {link['url']}" for item in accepted for link in item.links],
    )
    return reminder(look.charter, one.rule.kind, coming, reader)
