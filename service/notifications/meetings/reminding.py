"""Reminders of meetings: owed by the table of rules, at each recipient's own hour, for what is missing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import col, select

from service import zones
from service.groups.stations import station
from service.meetings.agenda.queries import items
from service.meetings.agenda.rules import settles_on
from service.meetings.inviting.queries import said_of
from service.meetings.people import invitees
from service.meetings.queries import end_of
from service.meetings.tables import MeetingRow
from service.notifications.handovers.rules import dues
from service.notifications.look import About, Look, Recipient
from service.notifications.meetings.facts import facts_of
from service.notifications.meetings.inviting import host_told, reader_of
from service.notifications.meetings.rules import FIRST, LAST, RULES, Facts, Rule, is_fresh, key
from service.notifications.meetings.saying import Part, facts, message, short_when, title
from service.notifications.wording import Wording
from service.rotation.people import chairs_people
from service.rotation.reasons import spoken

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
    found = facts_of(look.session, row)
    day = zones.day_in(row.start, look.zone)
    at = look.charter.reminders.at
    for rule in RULES:
        if found.state not in rule.states:
            continue
        for name, address, member, organization in _audience(look, row, rule):
            if rule.owed(found, member):
                zone, holidays = station(look.charter, organization)
                (due,) = dues(day, [rule.lead], at, zone, holidays)
                if is_fresh(due.at, row.settled_at):
                    yield Owed(rule, name, address, member, organization, due.at)


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
        for person in look.charter.people:
            if any(role.role == "secretariat" and role.covers(look.today) for role in person.appointments):
                yield person.name, person.email, "", ""


def _who_acts(look: Look, row: MeetingRow, one: Owed) -> str:
    """For a reader who hosts the meeting and does not chair yet: whose it is to act until then."""
    if one.member in look.chair or not look.chair:
        return ""
    now = " and ".join(look.charter.short(id_) for id_ in look.chair)
    return f" Until the chair passes this is for {now} to do; tell them what suits you."


def remind(look: Look, row: MeetingRow) -> None:
    """Put the reminders that are due into the outbox, each once for a SEQUENCE; none for what is over."""
    known: set[str] | None = None
    for one in owed(look, row):
        last = _not_after(row, one.rule)
        if one.at > look.now or look.now >= last:
            continue
        known = look.known(f"meeting-{row.id}") if known is None else known
        key_ = key(look.group_id, row.id, one.rule.kind, row.sequence, one.address)
        if key_ in known:
            continue
        event = look.event(REMINDER, row.id, f"{row.sequence}:{one.rule.kind}", one.at, sequence=row.sequence)
        about = About(f"meeting-{row.id}", row.sequence)
        look.post(event, Recipient(one.name, one.address), _wording(look, row, one), key_, last, about)
        known.add(key_)
        if row.state == "proposed" and one.member in row.chair:
            host_told(look, row, one.name, one.address, one.organization)


def _not_after(row: MeetingRow, rule: Rule) -> datetime:
    """A reminder has no point once its meeting has begun; one that follows a meeting, after a month."""
    return row.start if rule.lead > 0 else end_of(row) + timedelta(days=30 - rule.lead)


def _wording(look: Look, row: MeetingRow, one: Owed) -> Wording:
    said, reader = said_of(row), reader_of(look, one.name, one.organization)
    name, day = title(look.charter, said), zones.day_in(row.start, look.zone)
    settles = spoken(settles_on(day, row.freeze))
    subject, lead, heading, listed = _SAYS[one.rule.kind](look, row, one, settles)
    part = Part(
        lead.format(name=name),
        facts(look.charter, said, reader),
        heading=heading,
        listed=listed,
        because=_because(look, one),
    )
    return message(look.charter, reader, f"{name}, {short_when(said)}: {subject}", part, look.url)


def _because(look: Look, one: Owed) -> str:
    whom = look.charter.short(one.organization) if one.organization else "as its secretariat"
    return f"You get this because you serve {whom} in {look.charter.group.name}."


Said = tuple[str, str, str, list[str]]


def _uncalled(look: Look, row: MeetingRow, one: Owed, settles: str) -> Said:
    names = " and ".join(look.charter.short(id_) for id_ in row.chair)
    hosts = "you host it" if one.member in row.chair else f"{names or 'nobody'} hosts it"
    lead = (
        f"{{name}} is proposed and not called yet. By the rotation {hosts}: it is to be called, moved or cancelled, "
        "so that the others know." + _who_acts(look, row, one)
    )
    return "to be called", lead, "", []


def _agenda_call(look: Look, row: MeetingRow, one: Owed, settles: str) -> Said:
    lead = "What should {name} deal with? Items for its agenda are taken until " + settles + "."
    return "call for agenda items", lead, "On the agenda so far", _agenda(look, row)


def _no_agenda(look: Look, row: MeetingRow, one: Owed, settles: str) -> Said:
    lead = (
        "{name} has no agenda yet. It is to be settled on "
        + settles
        + "; accept what was proposed, or propose items."
        + _who_acts(look, row, one)
    )
    waiting = [item.title for item in items(look.session, row.group_id, row.id) if item.state == "proposed"]
    return "no agenda yet", lead, "Proposed and not taken yet", waiting


def _missing(look: Look, row: MeetingRow, one: Owed, settles: str) -> Said:
    found: Facts = facts_of(look.session, row)
    lacks = []
    if one.member not in found.answered:
        lacks.append(f"an answer whether {look.charter.short(one.member)} comes, and who for it")
    if one.member not in found.news:
        lacks.append("its news for the information exchange")
    return (
        "what we still need from you",
        "{name} is near.",
        f"Still missing from {look.charter.short(one.member)}",
        lacks,
    )


def _documents(look: Look, row: MeetingRow, one: Owed, settles: str) -> Said:
    found = [
        f"{item.title}: {link['title']} {link['url']}"
        for item in items(look.session, row.group_id, row.id)
        if item.state == "accepted"
        for link in item.links
    ]
    return (
        "documents",
        "{name} is in a week; please read what it will deal with.",
        "Documents",
        found or ["none so far"],
    )


def _tomorrow(look: Look, row: MeetingRow, one: Owed, settles: str) -> Said:
    return "soon", "{name} is on the next working day.", "On the agenda", _agenda(look, row)


def _no_minutes(look: Look, row: MeetingRow, one: Owed, settles: str) -> Said:
    lead = "The minutes of {name} are not circulated yet. Write what was agreed, and give members time to object."
    return "minutes are missing", lead, "", []


def _agenda(look: Look, row: MeetingRow) -> list[str]:
    return [item.title for item in items(look.session, row.group_id, row.id) if item.state == "accepted"]


_SAYS = {
    "uncalled": _uncalled,
    "agenda-call": _agenda_call,
    "no-agenda": _no_agenda,
    "missing": _missing,
    "documents": _documents,
    "tomorrow": _tomorrow,
    "no-minutes": _no_minutes,
}
