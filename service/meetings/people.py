"""Whom a meeting concerns: which members take part, and who answers for each. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from service.groups.charter import Charter, Member, Person
from service.rotation.people import serving
from service.rotation.rules import inner_seats

ROLES = {
    "principals": ("head", "focal-point", "chair-office"),
    "focal-points": ("focal-point", "alternate"),
}


class Invitee(NamedTuple):
    """Somebody who is asked to a meeting for a member, with their own organization (the member or its seat)."""

    person: Person
    member: str
    organization: str


def taking_part(charter: Charter, members: Sequence[str] | None, day: date) -> list[Member]:
    """The members that a meeting on `day` is for: all who are members then, or those that it names."""
    return [member for member in charter.members if member.stands(day) and (members is None or member.id in members)]


def bodies(charter: Charter, level: str, members: Sequence[str] | None, day: date) -> Iterator[tuple[str, str]]:
    """Who sits at a meeting on `day`, as (member, organization): the members themselves.

    Where a member is held by seats, its principal is the head of the seat that holds it on that day; at the
    working level the people of all its seats take part, and speak for the one member.
    """
    holding = inner_seats(charter, day)
    for member in taking_part(charter, members, day):
        standing = [seat.id for seat in member.seats if seat.stands(day)]
        if level == "principals":
            standing = [holding[member.id].seat] if member.id in holding else []
        yield from ((member.id, organization) for organization in standing or [member.id])


def invitees(charter: Charter, level: str, members: Sequence[str] | None, day: date, today: date) -> Iterator[Invitee]:
    """Who is asked to a meeting on `day`, as of `today`, each person once; people of the member itself as well."""
    seen: set[str] = set()
    for member, organization in bodies(charter, level, members, day):
        for serves in (organization, member):
            for person in serving(charter, serves, ROLES[level], today):
                if person.email not in seen:
                    seen.add(person.email)
                    yield Invitee(person, member, serves)
