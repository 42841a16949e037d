"""Whom a handover concerns and when each is reminded. Pure: days, zones and the charter in, answers out."""

from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

from service.groups.charter import Appointment, Charter, Person
from service.groups.stations import works
from service.rotation.people import CHAIR_ROLES, chairs_people, serving
from service.zones import instant_at

Relation = Literal["incoming", "outgoing", "member"]

GRACE = timedelta(hours=24)


class Told(NamedTuple):
    """Somebody whom a handover concerns, and the organization that makes it so."""

    person: Person
    relation: Relation
    organization: str


class Due(NamedTuple):
    """A reminder that one recipient is owed: `lead` days ahead, at an instant of their own."""

    lead: int
    at: datetime


def reminder_day(boundary: date, lead: int, holidays: Set[date]) -> date:
    """The day of a reminder: a lead goes on the working day before, the day itself on the first on or after."""
    day, step = boundary - timedelta(days=lead), timedelta(days=-1 if lead else 1)
    while not works(day, holidays):
        day += step
    return day


def dues(boundary: date, leads: Iterable[int], at: time, zone: str, holidays: Set[date]) -> list[Due]:
    """Every reminder of a boundary for one duty station, in order of time; of two on one day the nearer stays."""
    nearest: dict[date, int] = {}
    for lead in sorted(leads, reverse=True):
        nearest[reminder_day(boundary, lead, holidays)] = lead
    return [Due(lead, instant_at(day, at, zone)) for day, lead in sorted(nearest.items())]


def audience(charter: Charter, outgoing: Sequence[str], incoming: Sequence[str], day: date) -> list[Told]:
    """Whom a handover of the chair concerns, seen from `day`: both chairs' people, then all focal points.

    Each person is told once, as the nearest of incoming, outgoing and member.
    """
    told: dict[str, Told] = {}
    for relation, chair in (("incoming", incoming), ("outgoing", outgoing)):
        for person, organization in chairs_people(charter, chair, day):
            told.setdefault(person.email, Told(person, relation, organization))  # type: ignore[arg-type]
    for person in charter.people:
        for appointment in person.appointments:
            if _focal_point(charter, appointment, day):
                told.setdefault(person.email, Told(person, "member", appointment.organization or ""))
    return list(told.values())


def _focal_point(charter: Charter, appointment: Appointment, day: date) -> bool:
    if appointment.role != "focal-point" or not appointment.covers(day) or appointment.organization is None:
        return False
    return any(
        member.stands(day)
        and (member.id == appointment.organization or any(seat.id == appointment.organization for seat in member.seats))
        for member in charter.members
    )


def seat_audience(
    charter: Charter, member: str, outgoing: Sequence[str], incoming: Sequence[str], day: date
) -> list[Told]:
    """Whom the change of a member's seat concerns: the people of both seats, then those of the member and its seats."""
    told: dict[str, Told] = {}
    found = charter.member(member)
    others = [member, *(seat.id for seat in found.seats)] if found else []
    for relation, organizations in (("incoming", incoming), ("outgoing", outgoing), ("member", others)):
        for organization in organizations:
            for person in serving(charter, organization, CHAIR_ROLES, day):
                told.setdefault(person.email, Told(person, relation, organization))  # type: ignore[arg-type]
    return list(told.values())


def not_after(boundary: datetime, due: datetime) -> datetime:
    """When a reminder has no point any more: a day after the handover, or after it was due on a later working day."""
    return max(boundary, due) + GRACE
