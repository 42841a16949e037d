"""Recurring events one by one, for a closed set of rules (RFC 5545 3.8.5).

Only whole days, weeks, months and years recur here, without hours, minutes or positions of their own: what a
person's or a forum's calendar has. Anything else is refused by its name instead of being tried.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Event

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"}
OCCURRENCES = 400
# What a rule may be asked for before the window begins: a daily event of thirty years.
_BEFORE = 12_000


class Fault(ValueError):
    """A file that cannot be taken, and what to do about it."""


def occurrences(
    component: Event, others: list[Event], start: date | datetime, since: datetime, until: datetime, zone: str
) -> Iterator[date | datetime]:
    """When an event takes place between two instants; an event that does not recur, once.

    Days that a component of the same UID replaces (RECURRENCE-ID) are left to it.
    """
    if component.get("RRULE") is None and component.get("RDATE") is None:
        yield start
        return
    there = start.tzinfo if isinstance(start, datetime) and start.tzinfo is not None else ZoneInfo(zone)
    gone = {_shown(moment, there) for moment in _moments(component.get("EXDATE"))}
    for other in others:
        if other is not component and other.get("UID") == component.get("UID") and other.get("RECURRENCE-ID"):
            gone.add(_shown(other.decoded("RECURRENCE-ID"), there))
    first, last = (moment.astimezone(there).replace(tzinfo=None) for moment in (since, until))
    found = set(_by_rule(component, start, first - timedelta(days=1), last + timedelta(days=1)))
    found |= {_shown(moment, there) for moment in _moments(component.get("RDATE"))}
    found -= gone
    if len(found) > OCCURRENCES:
        raise Fault(f"recurs more than {OCCURRENCES} times in the time that is read; make its rule shorter.")
    for moment in sorted(found):
        yield moment.replace(tzinfo=there) if isinstance(start, datetime) else moment.date()


def _by_rule(component: Event, start: date | datetime, first: datetime, last: datetime) -> Iterable[datetime]:
    """The local times of a rule in a window; `start` is the first of them."""
    rules = component.get("RRULE")
    begin = _naive(start)
    yield begin
    if rules is None:
        return
    if isinstance(rules, list):
        raise Fault("has more than one RRULE; write one.")
    text = _checked(rules)
    rule = rrulestr(text, dtstart=begin)
    before = 0
    for moment in islice(iter(rule), _BEFORE + OCCURRENCES + 2):
        if moment > last:
            return
        if moment >= first:
            yield moment
        before += 1
    if before > _BEFORE:
        raise Fault("recurs too often; make its rule shorter.")


def _checked(rule: Any) -> str:
    """The rule as text for the library, once it is known to be of the closed set and to come to an end of itself."""
    parts = {str(name).upper(): value if isinstance(value, list) else [value] for name, value in rule.items()}
    strange = sorted(set(parts) - _PARTS)
    if strange:
        raise Fault(f"recurs by {strange[0]}, which is not read here; give it a plainer rule.")
    frequency = str(parts.get("FREQ", [""])[0]).upper()
    if frequency not in _FREQUENCIES:
        raise Fault("recurs by the hour or faster, or by nothing; give it a rule by days, weeks, months or years.")
    if (
        len(parts.get("BYMONTHDAY", [])) * max(1, len(parts.get("BYMONTH", []))) * max(1, len(parts.get("BYDAY", [])))
        > 60
    ):
        raise Fault("has a rule with too many parts; make it shorter.")
    if not _may_happen(parts):
        raise Fault("recurs on a day that no month has; correct its rule.")
    said = [f"FREQ={frequency}"]
    for name in ("INTERVAL", "COUNT"):
        if name in parts:
            said.append(f"{name}={max(1, min(int(parts[name][0]), 10_000))}")
    if "UNTIL" in parts:
        said.append(f"UNTIL={_naive(parts['UNTIL'][0]):%Y%m%dT%H%M%S}")
    for name in ("BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"):
        if name in parts:
            said.append(f"{name}={','.join(str(value) for value in parts[name])}")
    return ";".join(said)


def _may_happen(parts: dict[str, list[Any]]) -> bool:
    """Whether any of the months named has any of the days named: the library would look for them for ever."""
    days = [int(day) for day in parts.get("BYMONTHDAY", [])]
    months = [int(month) for month in parts.get("BYMONTH", [])] or list(range(1, 13))
    longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
    return not days or any(abs(day) <= longest.get(month, 31) and day for day in days for month in months)


def _moments(value: Any) -> list[date | datetime]:
    """The moments of EXDATE or RDATE, which may stand on several lines."""
    lines = [] if value is None else (value if isinstance(value, list) else [value])
    found = []
    for line in lines:
        for one in getattr(line, "dts", []):
            if not isinstance(one.dt, date):
                raise Fault("has a period among its dates, which is not read here.")
            found.append(one.dt)
            if len(found) > 2 * OCCURRENCES:
                raise Fault("has too many dates of its own; make them fewer.")
    return found


def _shown(moment: date | datetime, there: tzinfo) -> datetime:
    """What the clocks `there` show at a moment; one without a zone is theirs already."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        moment = moment.astimezone(there)
    return _naive(moment)


def _naive(moment: date | datetime) -> datetime:
    """What the clocks there show; a day begins at midnight."""
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return datetime.combine(moment, time())
