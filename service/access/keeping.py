"""Who may appoint whom: an agency keeps its own people, the secretariat everybody's. For the API and the pages."""

from datetime import date

from service.access.scene import Scene
from service.access.verbs import Authority
from service.groups import appointing
from service.groups.charter import Appointment, Person, Role
from service.groups.tables import PersonRow
from service.rotation.people import CHAIR_ROLES


def mine(at: Scene) -> tuple[str, ...]:
    """The members and seats that the caller serves today, and so keeps the people of."""
    roles = at.caller.appointments if at.caller is not None else ()
    return tuple(sorted({role.organization for role in roles if role.organization and role.role in CHAIR_ROLES}))


def appoint(at: Scene, person: Person, role: Appointment) -> PersonRow:
    """Give somebody a role.

    Raises:
        Problem: 403, the caller may not; 404, 409 and 422, see `appointing.appoint`.
    """
    authority = need_keeping(at, "people.appoint", role.organization, role.role)
    return appointing.appoint(at.session, at.charter, person, role, actor=at.actor, authority=authority)


def end(at: Scene, person_id: str, organization: str | None, role: Role, until: date | None) -> PersonRow:
    """End a role of somebody.

    Raises:
        Problem: 403, the caller may not; 404, 409 and 422, see `appointing.end`.
    """
    authority = need_keeping(at, "people.end", organization, role)
    return appointing.end(
        at.session, at.group_id, person_id, organization, role, until, actor=at.actor, authority=authority
    )


def need_keeping(at: Scene, verb: str, organization: str | None, role: Role) -> Authority:
    """By whose authority; a seat that holds a member's place keeps its own people, not those of the member.

    Raises:
        Problem: 403, the caller may not.
    """
    own = (organization,) if organization is not None and role in CHAIR_ROLES and organization in mine(at) else ()
    return at.need(verb, *own)
