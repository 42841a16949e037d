"""Duty stations: the zone of an organization, and the days on which it works. Pure."""

from collections.abc import Set
from datetime import date

from service.groups.charter import Charter


def works(day: date, holidays: Set[date]) -> bool:
    """Whether a duty station works on `day`: Monday to Friday and no holiday of its own."""
    return day.weekday() < 5 and day not in holidays


def station(charter: Charter, organization: str) -> tuple[str, frozenset[date]]:
    """The zone of an organization's duty station and the days on which it rests."""
    found = charter.organization(organization)
    zone = (found.timezone if found else None) or charter.group.timezone
    return zone, holidays_at(charter, found.city if found else None)


def holidays_at(charter: Charter, city: str | None) -> frozenset[date]:
    """The holidays of a city; none where the charter knows none."""
    return frozenset(holiday.day for holiday in charter.holidays.get(city or "", []))
