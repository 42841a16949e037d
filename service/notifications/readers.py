"""Who reads: a person of the group with the language, the duty station and the hours that suit them."""

from typing import NamedTuple

from service.groups.charter import Person
from service.groups.stations import station
from service.notifications.choices.queries import spoken_by
from service.notifications.choices.rules import Habits
from service.notifications.look import Look
from service.notifications.wording.common import because, invited
from service.notifications.wording.message import Reader
from service.rotation.people import secretaries


class Recipient(NamedTuple):
    """Whom a message is for, and whom they serve: a member, a seat, or nobody for the group itself."""

    name: str
    address: str
    organization: str = ""


def language_of(look: Look, person: Recipient) -> str:
    """What a person reads."""
    chosen = look.chosen.readers.get(look.people.get(person.address, ""))
    return spoken_by(chosen, look.languages.get(person.address), look.charter.group.languages)


def reader_of(look: Look, person: Recipient) -> Reader:
    """Who reads, with the city and zone of their duty station."""
    zone, _ = station(look.charter, person.organization)
    found = look.charter.organization(person.organization)
    return Reader(person.name, person.address, person.organization, (found.city if found else None) or "", zone)


def habits_of(look: Look, person: Recipient) -> Habits:
    """When it suits a person to be told."""
    zone, holidays = station(look.charter, person.organization)
    chosen = look.chosen.readers.get(look.people.get(person.address, ""))
    quiet = (chosen.quiet_from, chosen.quiet_until) if chosen else (None, None)
    return Habits(zone, holidays, look.charter.reminders.at, *quiet)


def why(look: Look, address: str, organization: str) -> str:
    """Why somebody gets what is about themselves: whom they serve, or that they were invited."""
    if organization or any(one.email == address for one in secretaries(look.charter, look.today)):
        return because(look.charter, organization)
    return invited(look.charter)


def person_with(look: Look, id_: str) -> Person | None:
    """The person with an id; None for one who is no longer in the charter."""
    address = next((address for address, one in look.people.items() if one == id_), None)
    return next((one for one in look.charter.people if one.email == address), None)


def serves_today(look: Look, person: Person) -> str:
    """Whom a person serves today, the first where they serve several; nobody for the group itself."""
    return next((one.organization or "" for one in person.appointments if one.covers(look.today)), "")
