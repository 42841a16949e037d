"""Who acts for the owner of an action. Pure."""

from collections.abc import Sequence
from datetime import date

from service.groups.charter import Charter, Person
from service.rotation.people import CHAIR_ROLES


def serves(charter: Charter, person: Person, members: Sequence[str], day: date) -> str | None:
    """The organization for which a person acts on `day` among `members` and their seats; None where they do not."""
    for id_ in members:
        member = charter.member(id_)
        bodies = {id_, *(seat.id for seat in member.seats)} if member else {id_}
        for role in person.appointments:
            if role.organization in bodies and role.role in CHAIR_ROLES and role.covers(day):
                return role.organization
    return None
