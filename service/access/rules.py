"""What a caller may do. Pure: who, what, and the day in; yes or no out."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from service.groups.charter import Appointment, Charter
from service.groups.decision import Proposal
from service.rotation.people import CHAIR_ROLES
from service.rotation.rules import inner_seats

OWN_TURN = ("accept", "pass")


class Caller(NamedTuple):
    """Who asks: a person of the group with the roles of the day, or the secretariat itself.

    `id` is the same for every token of a person, so that a creation repeated with another token is
    known again; `name` stands in the record of what was done.
    """

    id: str
    name: str
    group_id: str
    appointments: tuple[Appointment, ...]
    secretariat: bool
    writes: bool

    def serves(self, organizations: set[str], day: date) -> bool:
        """Whether the caller is one of the chair's people of any of `organizations` on `day`."""
        return any(
            role.organization in organizations and role.role in CHAIR_ROLES and role.covers(day)
            for role in self.appointments
        )


def may_decide(caller: Caller, proposal: Proposal, charter: Charter, today: date) -> bool:
    """The secretariat takes every decision on the chair; a member accepts or passes its own turn.

    Where seats hold a member's place, the people of the member and those of the seat that holds it
    on the term's first day answer for it.
    """
    if caller.secretariat:
        return True
    if proposal.verb not in OWN_TURN or proposal.term is None:
        return False
    seats = inner_seats(charter, proposal.term)
    (member,) = proposal.names
    organizations = {member} | ({seats[member].seat} if member in seats else set())
    return caller.serves(organizations, today)


def chairs(caller: Caller, charter: Charter, chair: Sequence[str], today: date) -> bool:
    """Whether the caller may do what the chair may on `today`; where nobody chairs, the secretariat steers."""
    if caller.secretariat:
        return True
    seats = inner_seats(charter, today)
    return any(caller.serves({seats[id_].seat if id_ in seats else id_, id_}, today) for id_ in chair)


def answers_for(caller: Caller, charter: Charter, member: str, day: date, today: date) -> bool:
    """Whether the caller may speak for a member on `today` about something that happens on `day`.

    Where seats hold a member's place, the people of the member and those of the seat of that day speak for it.
    """
    if caller.secretariat:
        return True
    seats = inner_seats(charter, day)
    return caller.serves({member} | ({seats[member].seat} if member in seats else set()), today)


def is_inside(caller: Caller | None) -> bool:
    """Whether the caller belongs to the group: an observer is no member, and sees what the public sees."""
    return caller is not None and (caller.secretariat or any(role.role != "observer" for role in caller.appointments))
