"""Who says that they have seen that a turn is theirs, and who is told when nobody has. Pure.

    24 hours before the handover    the next contact of each incoming agency
    12 hours before                 the secretariat

What was learned later than that is told on at once.
"""

from collections.abc import Sequence, Set
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from service.groups.charter import Charter, Person
from service.notifications.handovers.rules import Told
from service.rotation.people import CHAIR_ROLES, chairs_people, people_of

StepName = Literal["contact", "secretariat"]
STEPS: tuple[tuple[StepName, timedelta], ...] = (("contact", timedelta(hours=24)), ("secretariat", timedelta(hours=12)))
# Who does the daily work comes first, the head of the agency last.
_ORDER = ("focal-point", "alternate", "chair-office", "head")


class Step(NamedTuple):
    """One step of telling on, at the instant at which it is due."""

    name: StepName
    at: datetime


def steps(boundary: datetime, learned_at: datetime) -> list[Step]:
    """The steps before a handover at `boundary` that became known, as it is now, at `learned_at`."""
    if learned_at >= boundary:
        return []
    return [Step(name, max(boundary - ahead, learned_at)) for name, ahead in STEPS]


def acknowledgers(charter: Charter, incoming: Sequence[str], day: date, today: date) -> list[Told]:
    """Whose word counts: the incoming chair's people of the `day` of the handover, and those of today before it."""
    found: dict[str, Told] = {}
    for on in (day, min(day, today)):
        for person, organization in chairs_people(charter, incoming, on):
            found.setdefault(person.email, Told(person, "incoming", organization))
    return list(found.values())


def next_contacts(
    charter: Charter, incoming: Sequence[str], day: date, told: Set[str], unreachable: Set[str]
) -> list[Told]:
    """The next contact of each agency that takes the chair on `day`; `told` and `unreachable` are mailboxes.

    It is the first in order who was not reminded. Where all were, it is the first besides the focal point; else the
    focal point again. Nobody is chosen whose mailbox gives mail back, while another of the agency can be reached.
    """
    found: dict[str, Told] = {}
    for member in incoming:
        people = list(people_of(charter, member, CHAIR_ROLES, day, day))
        people.sort(key=lambda one: _rank(one, day))
        reached = [one for one in people if one[0].email not in unreachable] or people
        untold = [one for one in reached if one[0].email not in told]
        others = [one for one in reached if _rank(one, day) > 0]
        for person, organization in (untold or others or reached)[:1]:
            found.setdefault(person.email, Told(person, "incoming", organization))
    return list(found.values())


def _rank(contact: tuple[Person, str], day: date) -> int:
    """The place of somebody in the order of contacts of an organization, by the first of the roles that they have."""
    person, organization = contact
    roles = {role.role for role in person.appointments if role.organization == organization and role.covers(day)}
    return next((place for place, role in enumerate(_ORDER) if role in roles), len(_ORDER))
