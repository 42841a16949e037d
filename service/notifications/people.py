"""Tells the secretariat that an agency has changed its own people; where there is none, the event stands."""

from datetime import timedelta
from functools import partial

from service.calendars.items import group_name
from service.events import Event, lately
from service.groups.tables import PersonRow
from service.language.dates import spoken
from service.language.speech import N_, _, filled
from service.notifications.look import Look
from service.notifications.meetings.rules import who
from service.notifications.posting import About, Recipient, post
from service.notifications.wording.common import because
from service.notifications.wording.message import Message, Reader
from service.rotation.people import secretaries
from service.zones import read_day

APPOINTED, ENDED = "people.appointed", "people.ended"
_NEWS_FOR = timedelta(days=30)
OF_MEMBER = {
    "head": N_("head of {organization}"),
    "focal-point": N_("focal point of {organization}"),
    "alternate": N_("alternate of {organization}"),
    "chair-office": N_("chair's office of {organization}"),
    "secretariat": N_("secretariat at {organization}"),
    "observer": N_("observer of {organization}"),
}


def tell(look: Look) -> None:
    """Put what has happened and was told to nobody into the outbox."""
    for event in lately(look.session, look.group_id, (APPOINTED, ENDED), look.now - _NEWS_FOR):
        if event.data["authority"] == "own":
            _post(look, event)


def _post(look: Look, event: Event) -> None:
    about = About(f"person-{event.subject}", 0)
    known = look.known(about.subject)
    for person in secretaries(look.charter, look.today):
        key = f"{event.kind}:{event.id}:{who(person.email)}"
        if key not in known:
            to = Recipient(person.name, person.email)
            post(look, event, "people", to, key, look.now + _NEWS_FOR, about, partial(_say, look, event))


def _role(look: Look, event: Event) -> str:
    organization = event.data["organization"]
    if not organization and event.data["role"] == "secretariat":
        return _("secretariat of the group")
    said = OF_MEMBER[event.data["role"]]
    return _(
        said,
        organization=look.charter.short(organization) if organization else look.charter.group.label,
    )


def _say(look: Look, event: Event, reader: Reader) -> Message:
    said, role, group = event.data, _role(look, event), group_name(look.charter)
    person = look.session.get(PersonRow, event.subject)
    facts = [(_("Name"), said["name"])]
    if person is not None:
        facts.append((_("Address"), person.email))
    facts += [(_("Role"), role), (_("From"), spoken(read_day(said["from"])))]
    if said["until"] is not None:
        facts.append((_("Until"), _("{day} (the day after the last)", day=spoken(read_day(said["until"])))))
    if event.kind == APPOINTED:
        subject = _("{group}: {name} is {role}", group=group, name=said["name"], role=role)
        lead = _("{actor} has appointed {name}. Nothing is to be done, unless it is wrong.")
    else:
        subject = _("{group}: {name} ends as {role}", group=group, name=said["name"], role=role)
        lead = _("{actor} has ended the appointment of {name}. Nothing is to be done, unless it is wrong.")
    return Message(
        subject=subject,
        lead=filled(lead, actor=event.actor, name=said["name"]),
        facts=tuple(facts),
        because=because(look.charter, ""),
    )
