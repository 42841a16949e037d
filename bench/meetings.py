"""Meetings: how evenly odd hours fall over a year, and what one change costs a feed that holds many of them."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from unittest.mock import patch
from zoneinfo import ZoneInfo

from bench.measure import Row, at_most, group
from migrations.upgrade import upgrade
from service import clock
from service.calendars.feeds import build
from service.calendars.writer import event_bytes
from service.database import connect, writing
from service.groups.charter import Charter
from service.groups.stations import station
from service.meetings import commands
from service.meetings.fair import Station, cost, rank
from service.meetings.queries import meeting_row
from service.rotation.check import load
from service.rotation.commands import apply_charter
from service.wiring import wire

MINUTES = 90
_DAY = timedelta(days=1)


def rows() -> Iterator[Row]:
    yield from _burden()
    yield from _one_change()


def _burden() -> Iterator[Row]:
    """A year of the shipped group: the working level every six weeks, the principals once in each half."""
    charter = load((files("service") / "charters" / "gmg.yaml").read_bytes(), "gmg.yaml")
    days = sorted([date(2026, 1, 8) + n * 6 * 7 * _DAY for n in range(9)] + [date(2026, 3, 10), date(2026, 9, 8)])
    zone = ZoneInfo(charter.group.timezone)
    window = {day: datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days}

    def fair(day: date, borne: dict[str, int]) -> datetime:
        return rank(_stations(charter), window[day], window[day] + 2 * _DAY, MINUTES, borne)[0].start

    ours = _year(charter, days, fair)
    # The best that one hour of the day in the group's zone can do: the fewest points over the whole year.
    theirs = min((_year(charter, days, _at(hour, zone)) for hour in range(0, 24 * 60, 15)), key=_all)
    spread = _spread(ours) / _spread(theirs)
    yield at_most(f"spread of burden over {len(days)} meetings, fair slots / the best fixed hour", spread, 0.5)
    yield Row("their burden in all, fair slots / the best fixed hour", f"{_all(ours) / _all(theirs):.3g}")


def _one_change() -> Iterator[Row]:
    """A change to one meeting in a feed of a thousand: how many of them are serialised anew."""
    wire()
    now = datetime(2026, 1, 15, 12, tzinfo=UTC)
    said = {"minutes": 60, "zone": "Europe/Zurich", "level": "focal-points", "members": None, "link": None}
    said |= {"quorum": "majority", "freeze": 7, "title": "Meeting", "actor": "bench"}
    with tempfile.TemporaryDirectory() as folder, clock.use(lambda: now):
        engine = connect(f"sqlite:///{folder}/bench.db")
        upgrade(engine)
        charter = group(3, 6)
        with writing(engine) as session:
            apply_charter(session, charter)
        with writing(engine) as session:
            for number in range(1000):
                start = now + timedelta(hours=1 + number)
                row = commands.create(session, charter, start=start, place="Geneva", **said)  # type: ignore[arg-type]
        with patch("service.calendars.entries.event_bytes", wraps=event_bytes) as spy, writing(engine) as session:
            held = meeting_row(session, charter.group.id, row.id, lock=True)
            commands.move(session, charter, held, start=row.start + timedelta(hours=1), actor="bench")
        size = build(engine, charter.group.id, "meetings").body.count(b"BEGIN:VEVENT")
        written = {call.args[0].uid for call in spy.call_args_list}
        engine.dispose()
    yield at_most(f"entries serialised after a change to one meeting in a feed of {size}", len(written), 1)


def _at(minute: int, zone: ZoneInfo) -> Callable[[date, dict[str, int]], datetime]:
    return lambda day, _: datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)


def _stations(charter: Charter) -> list[Station]:
    """Where everybody sits at the working level: the members, and every seat of the one that is held by seats."""
    return [
        Station(one.id, station(charter, one.id)[0])
        for member in charter.members
        for one in (tuple(member.seats) or (member,))
    ]


def _year(charter: Charter, days: list[date], choose: Callable[[date, dict[str, int]], datetime]) -> dict[str, int]:
    borne: dict[str, int] = defaultdict(int)
    for day in days:
        start = choose(day, borne)
        for one in _stations(charter):
            borne[one.member] += cost(one, start, MINUTES)
    return borne


def _spread(borne: dict[str, int]) -> int:
    return max(borne.values()) - min(borne.values())


def _all(borne: dict[str, int]) -> int:
    return sum(borne.values())
