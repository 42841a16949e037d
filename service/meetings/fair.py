"""The fair slot of a group whose members share no office hour: who bears what, now and over time. Pure.

What a meeting asks of a member is counted in points: the minutes it takes, each times the weight of the
local hour. 60 points are an hour just outside of office hours. Points are whole, so ties are ties.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from heapq import nsmallest
from itertools import accumulate
from typing import NamedTuple

from service import zones
from service.language.speech import _, ngettext

# Until this local time of day (hours), a minute costs so many points. Office hours are 09:00 to 17:30. Each
# step away from them doubles the weight, since an hour at night asks more than two in the early evening.
# All edges lie on quarter hours.
WEIGHTS = ((6, 8), (7, 4), (8, 2), (9, 1), (17.5, 0), (19, 1), (21, 2), (22, 4), (24, 8))
NIGHT = 8
# On top, for a minute on a Saturday, a Sunday or a holiday of the duty station: as much as at night.
REST = 8
# On top, for a minute in which the people of the duty station are taken: twice as much as at night.
BUSY = 16

# A member's burden counts with this power (see `rank`). Squares leave most of it to a lone far station, since
# five members in New York outweigh one in Bangkok; from about the eighth on, everybody in Europe is called at
# night now and then so that one member is spared an evening.
POWER = 6
# Bounds of a window, and of the minutes that a meeting takes.
LONGEST = timedelta(days=62)
MINUTES = (15, 720)

_MINUTE, _QUARTER = timedelta(minutes=1), timedelta(minutes=15)
_BY_QUARTER = tuple(next(weight for until, weight in WEIGHTS if quarter < until * 4) for quarter in range(96))


class Station(NamedTuple):
    """Where a member sits: its IANA zone, and when its people rest or are taken.

    `rests` are the holidays there, as local days; `busy` are half-open periods of aware instants.
    """

    member: str
    zone: str
    rests: frozenset[date] = frozenset()
    busy: tuple[tuple[datetime, datetime], ...] = ()


class Slot(NamedTuple):
    """A start (UTC) and the points it asks of each member, of all, and of who bears most of it.

    `score` is what slots are ranked by: the lower, the fairer. It compares slots of one ranking only.
    """

    start: datetime
    costs: dict[str, int]
    total: int
    score: int
    worst: int


def local(station: Station, start: datetime, minutes: int) -> tuple[datetime, datetime]:
    """When a meeting begins and ends on the clocks of a station (aware, in its zone).

    Raises:
        ValueError: `start` has no zone.
    """
    begin, zone = _aware(start), zones.zone(station.zone)
    return begin.astimezone(zone), (begin + minutes * _MINUTE).astimezone(zone)


def cost(station: Station, start: datetime, minutes: int) -> int:
    """The points that one meeting asks of a member; it begins with the minute in which `start` lies.

    Raises:
        ValueError: `start` has no zone.
    """
    return sum(_points(station, _aware(start).replace(second=0, microsecond=0), minutes))


def heaviest(station: Station, start: datetime, minutes: int) -> int:
    """The weight of the oddest minute of a meeting: 0 where all of it lies in office hours, `NIGHT` and more at night.

    Raises:
        ValueError: `start` has no zone.
    """
    return max(_points(station, _aware(start).replace(second=0, microsecond=0), minutes))


def rank(
    stations: Sequence[Station],
    start: datetime,
    until: datetime,
    minutes: int,
    carried: Mapping[str, int],
    *,
    step: int = 15,
    limit: int = 10,
) -> list[Slot]:
    """The fairest slots of a window, fairest first; all of `[start, until)` is looked at.

    A slot begins at the first quarter hour (UTC) at or after `start`, or any number of `step` minutes
    later, and ends by `until`. What counts is how the group stands after the meeting: the sum over the
    members of their burden to the sixth power, where a burden is what a member carried before (0 where
    `carried` says nothing) and what this slot asks of it. Among equals the lower total comes first, then
    the earlier start.

    Raises:
        ValueError: a limit is passed; the text says which and what to do.
    """
    begin, end = _aware(start), _aware(until)
    _check(stations, begin, end, minutes, step)
    first = _quarter_up(begin)
    span = (end - first) // _MINUTE
    starts = range(0, span - minutes + 1, step)
    # Members at one place with the same holidays and busy times share their points.
    sums: dict[Station, list[int]] = {}
    places = [station._replace(member="") for station in stations]
    for place in places:
        if place not in sums:
            sums[place] = list(accumulate(_points(place, first, span), initial=0))
    members = [(carried.get(one.member, 0), sums[place]) for one, place in zip(stations, places, strict=True)]

    def standing(at: int) -> tuple[int, int, int]:
        costs = [points[at + minutes] - points[at] for _, points in members]
        score = sum((before + asked) ** POWER for (before, _), asked in zip(members, costs, strict=True))
        return score, sum(costs), at

    found = []
    for score, total, at in nsmallest(limit, map(standing, starts)):
        costs = {
            one.member: sums[place][at + minutes] - sums[place][at] for one, place in zip(stations, places, strict=True)
        }
        found.append(Slot(first + at * _MINUTE, costs, total, score, max(costs.values())))
    return found


def because(
    first: Slot, second: Slot | None, stations: Sequence[Station], minutes: int, carried: Mapping[str, int]
) -> list[str]:
    """Why the first slot is first, in plain sentences; members stand under their ids."""
    odd = [member for member, points in first.costs.items() if points]
    inside = len(first.costs) - len(odd)
    found = [f"{inside} of {len(first.costs)} meet within their office hours; {first.total} points in all."]
    if odd:
        most = max(odd, key=lambda member: first.costs[member])
        there, _ = local(next(one for one in stations if one.member == most), first.start, minutes)
        before = carried.get(most, 0)
        found.append(f"{most} bears most of it, {first.costs[most]} points from {there:%A %H:%M}; {before} before.")
    heaviest = max((one.member for one in stations), key=lambda member: carried.get(member, 0))
    if carried.get(heaviest) and not first.costs[heaviest]:
        found.append(f"{heaviest}, which bore most so far ({carried[heaviest]} points), bears none of it.")
    if second is not None and second.total > first.total:
        found.append(f"The next best costs {second.total - first.total} points more.")
    elif second is not None and second.score > first.score:
        found.append("The next best asks more of those who have borne more before.")
    return found


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} has no zone; an instant must be aware.")
    return instant.astimezone(UTC)


def _quarter_up(instant: datetime) -> datetime:
    day = instant.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - (day - instant) // _QUARTER * _QUARTER


def _check(stations: Sequence[Station], start: datetime, until: datetime, minutes: int, step: int) -> None:
    if not stations:
        raise ValueError(_("Nobody takes part; name at least one member."))
    if len({station.member for station in stations}) != len(stations):
        raise ValueError(_("A member is named twice; each stands once."))
    if until <= start:
        raise ValueError(_("The window ends before it begins; choose a later end."))
    if until - start > LONGEST:
        raise ValueError(
            ngettext(
                "The window is longer than {n} day; choose fewer.",
                "The window is longer than {n} days; choose fewer.",
                LONGEST.days,
            )
        )
    if not MINUTES[0] <= minutes <= MINUTES[1]:
        raise ValueError(
            _(
                "A meeting of {minutes} minutes cannot be placed; choose {least} to {most}.",
                minutes=minutes,
                least=MINUTES[0],
                most=MINUTES[1],
            )
        )
    if step < 15 or step % 15:
        raise ValueError(
            _("A step of {step} minutes is no number of quarter hours; choose 15, 30, 45 and so on.", step=step)
        )


def _points(station: Station, start: datetime, minutes: int) -> list[int]:
    """What each of `minutes` minutes from `start` on costs; `start` is a whole minute in UTC.

    A quarter hour has one weight: since 1990 all offsets are whole quarter hours, and where clocks changed
    within one (St. John's did at 00:01), it was night before and after.
    """
    zone = zones.zone(station.zone)
    skipped = start.minute % 15
    quarter = start - skipped * _MINUTE
    found: list[int] = []
    for n in range(-(-(skipped + minutes) // 15)):
        found += [_weight((quarter + n * _QUARTER).astimezone(zone), station.rests)] * 15
    found = found[skipped : skipped + minutes]
    for at in _taken(station, start, minutes):
        found[at] += BUSY
    return found


def _weight(here: datetime, rests: frozenset[date]) -> int:
    rest = here.weekday() >= 5 or here.date() in rests
    return _BY_QUARTER[here.hour * 4 + here.minute // 15] + (REST if rest else 0)


def _taken(station: Station, start: datetime, minutes: int) -> set[int]:
    """Which minutes from `start` on lie in a busy period, wholly or in part."""
    found: set[int] = set()
    for begin, end in station.busy:
        if begin < end:
            found.update(range(max(0, (begin - start) // _MINUTE), min(minutes, -((start - end) // _MINUTE))))
    return found
