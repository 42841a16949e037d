"""Who may stand in for somebody who is away: who serves all that they serve, on each of those days. Pure."""

from collections.abc import Sequence, Set
from datetime import date

from service.groups.charter import Appointment
from service.rotation.people import CHAIR_ROLES

# What the secretariat serves: the group itself.
GROUP = ""


def places(roles: Sequence[Appointment], day: date) -> Set[str]:
    """Whom somebody serves on a day: members and seats by id, and the group where they are of its secretariat."""
    held = {role.organization or GROUP for role in roles if role.role in CHAIR_ROLES and role.covers(day)}
    return held | {GROUP for role in roles if role.role == "secretariat" and role.covers(day)}


def ahead(roles: Sequence[Appointment], today: date) -> Set[str]:
    """Whom somebody serves today or later."""
    days = {today, *(role.from_ for role in roles if role.from_ > today)}
    return {place for day in days for place in places(roles, day)}


def stands_for(
    away: Sequence[Appointment], alternate: Sequence[Appointment], from_day: date, until_day: date
) -> bool:  # fmt: skip
    """Whether somebody with the roles `alternate` serves, on every day, all that who has the roles `away` serves.

    Where the one who is away serves nobody on these days, nobody can stand in.
    """
    turns = {day for role in (*away, *alternate) for day in (role.from_, role.until) if day is not None}
    days = [from_day, *(day for day in turns if from_day < day < until_day)]
    needed = [(places(away, day), places(alternate, day)) for day in days]
    return any(served for served, _ in needed) and all(served <= covered for served, covered in needed)
