"""Who reads a page, and on which clocks: those of the duty station of the organization that they serve today."""

from collections.abc import Mapping
from typing import Any

from service.access.scene import Scene
from service.groups.charter import Charter
from service.groups.stations import station
from service.notifications.meetings.saying import there
from service.notifications.wording.message import Reader


def reader(at: Scene) -> Reader | None:
    """Whoever is signed in; None for anybody else, who is told hours on the clocks of the meeting alone."""
    if at.caller is None:
        return None
    roles = [role for role in at.caller.appointments if role.organization]
    own = next((role.organization for role in roles if role.covers(at.today)), None)
    return at_station(at.charter, at.caller.name, own or "")


def at_station(charter: Charter, name: str, organization: str) -> Reader:
    """Somebody who serves an organization, with its city and zone; the group's where they serve none."""
    zone, _holidays = station(charter, organization)
    found = charter.organization(organization)
    return Reader(name, "", organization, (found.city if found else None) or "", zone)


def for_reader(at: Scene, said: Mapping[str, Any]) -> str | None:
    """When a meeting is on the clocks of whoever looks, where these show another time than its own."""
    who = reader(at)
    return there(said, who) if who is not None else None
