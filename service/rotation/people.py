"""The chair's people: who acts for the organization, or for the seat, that holds the chair. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from service.groups.charter import Charter, Person
from service.rotation.rules import inner_seats

CHAIR_ROLES = ("head", "focal-point", "alternate", "chair-office")


def chairs_people(charter: Charter, chair: Sequence[str], day: date) -> Iterator[tuple[Person, str]]:
    """The people of a chair on `day`, each with the organization they act for.

    Where a member is held by seats and one of them holds its place, its people are those of the seat.
    """
    seats = inner_seats(charter, day)
    for id_ in chair:
        organization = seats[id_].seat if id_ in seats else id_
        found = list(serving(charter, organization, CHAIR_ROLES, day))
        if not found and organization != id_:
            found, organization = list(serving(charter, id_, CHAIR_ROLES, day)), id_
        yield from ((person, organization) for person in found)


def serving(charter: Charter, organization: str, roles: Sequence[str], day: date) -> Iterator[Person]:
    """Everybody with one of `roles` for an organization on `day`, in the order of the charter."""
    for person in charter.people:
        if any(a.organization == organization and a.role in roles and a.covers(day) for a in person.appointments):
            yield person
