"""Whom the follow-ups of the group are told to: the focal points of every member. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from service.groups.charter import Charter, Person
from service.rotation.people import CHAIR_ROLES, serving
from service.rotation.rules import inner_seats


class Addressed(NamedTuple):
    """Somebody who is told something for a member, with their own organization (the member or its seat).

    `answers` says whether they speak for the member on that day: people of a seat do while it holds the place.
    """

    person: Person
    member: str
    organization: str
    answers: bool


def focal_points(charter: Charter, day: date) -> Iterator[Addressed]:
    """The focal points of the members that stand on `day`, each once for a member; those who answer come first.

    A member must not be left out because its post is empty: without a focal point its other people are told.
    """
    holding = inner_seats(charter, day)
    for member in charter.members:
        if not member.stands(day):
            continue
        speaking = [*([holding[member.id].seat] if member.id in holding else []), member.id]
        others = [seat.id for seat in member.seats if seat.stands(day) and seat.id not in speaking]
        seen: set[str] = set()
        for organization in [*speaking, *others]:
            for person in serving(charter, organization, ("focal-point",), day):
                if person.email not in seen:
                    seen.add(person.email)
                    yield Addressed(person, member.id, organization, organization in speaking)
            if organization == member.id and not seen:
                for serves in speaking:
                    for person in serving(charter, serves, CHAIR_ROLES, day):
                        if person.email not in seen:
                            seen.add(person.email)
                            yield Addressed(person, member.id, serves, True)
