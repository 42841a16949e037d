"""The chair's people: who acts for the organization, or for the seat, that holds the chair. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from service.groups.charter import Charter, Person
from service.rotation.rules import inner_seats

CHAIR_ROLES = ("head", "focal-point", "alternate", "chair-office")


def chairs_people(charter: Charter, chair: Sequence[str], day: date) -> Iterator[tuple[Person, str]]:
    """The people of a chair on `day`, each with the organization they act for."""
    for id_ in chair:
        yield from people_of(charter, id_, CHAIR_ROLES, day, day)


def people_of(
    charter: Charter, member: str, roles: Sequence[str], day: date, today: date
) -> Iterator[tuple[Person, str]]:
    """Who has one of `roles` for a member on `today`, each with the organization they act for.

    Where a member is held by seats and one of them holds its place on `day`, its people are those of the seat.
    """
    held = charter.member(member)
    seats = inner_seats(charter, day) if held is not None and held.rotation else {}
    organization = seats[member].seat if member in seats else member
    found = list(serving(charter, organization, roles, today))
    if not found and organization != member:
        found, organization = list(serving(charter, member, roles, today)), member
    yield from ((person, organization) for person in found)


def serving(charter: Charter, organization: str, roles: Sequence[str], day: date) -> Iterator[Person]:
    """Everybody with one of `roles` for an organization on `day`, in the order of the charter."""
    for person in charter.people:
        if any(a.organization == organization and a.role in roles and a.covers(day) for a in person.appointments):
            yield person


def secretaries(charter: Charter, day: date) -> list[Person]:
    """Who serves the group itself on `day`, in the order of the charter."""
    return [
        person
        for person in charter.people
        if any(role.role == "secretariat" and role.covers(day) for role in person.appointments)
    ]
