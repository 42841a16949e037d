"""Tells the secretariat that an agency has changed its own people; where there is none, the event stands."""

from datetime import timedelta

from sqlmodel import col, select

from service.calendars.items import group_name
from service.events import Event
from service.groups.tables import PersonRow
from service.notifications.look import About, Look, Recipient
from service.notifications.meetings.rules import who
from service.notifications.meetings.saying import Part, Reader, message
from service.rotation.reasons import spoken
from service.zones import read_day

APPOINTED, ENDED = "people.appointed", "people.ended"
_NEWS_FOR = timedelta(days=30)
_WORDS = {
    "head": "head", "focal-point": "focal point", "alternate": "alternate", "chair-office": "chair's office",
    "secretariat": "secretariat", "observer": "observer",
}  # fmt: skip


def tell(look: Look) -> None:
    """Put what has happened and was told to nobody into the outbox."""
    asked = select(Event).where(
        Event.group_id == look.group_id,
        col(Event.kind).in_((APPOINTED, ENDED)),
        col(Event.recorded_at) > look.now - _NEWS_FOR,
    )
    for event in look.session.exec(asked.order_by(col(Event.position))).all():
        if event.data["authority"] == "own":
            _post(look, event)


def _post(look: Look, event: Event) -> None:
    about = About(f"person-{event.subject}", 0)
    known = look.known(about.subject)
    for person in look.charter.people:
        key = f"{event.kind}:{event.id}:{who(person.email)}"
        if key not in known and any(r.role == "secretariat" and r.covers(look.today) for r in person.appointments):
            reader = Reader(person.name, "", look.zone)
            wording = message(look.charter, reader, _subject(look, event), _part(look, event), look.url)
            look.post(event, Recipient(person.name, person.email), wording, key, look.now + _NEWS_FOR, about)


def _role(look: Look, event: Event) -> str:
    organization = event.data["organization"]
    return f"{_WORDS[event.data['role']]} of {look.charter.short(organization) if organization else 'the group'}"


def _subject(look: Look, event: Event) -> str:
    verb = "is" if event.kind == APPOINTED else "ends as"
    return f"{group_name(look.charter)}: {event.data['name']} {verb} {_role(look, event)}"


def _part(look: Look, event: Event) -> Part:
    said = event.data
    first, until = said["from"], said["until"]
    person = look.session.get(PersonRow, event.subject)
    facts = [("Name", said["name"]), ("Role", _role(look, event)), ("From", spoken(read_day(first)))]
    if person is not None:
        facts.insert(1, ("Address", person.email))
    if until is not None:
        facts.append(("Until", f"{spoken(read_day(until))} (the day after the last)"))
    verb = "has appointed" if event.kind == APPOINTED else "has ended the appointment of"
    lead = f"{event.actor} {verb} {said['name']}. Nothing is to be done, unless it is wrong."
    because = f"You get this because you are the secretariat of {look.charter.group.name}."
    return Part(lead, facts, because=because)
