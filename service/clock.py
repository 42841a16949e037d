"""The only "now" of the service, and the arithmetic of days that belong to a zone.

Every instant is UTC and aware. Simulation and tests put another clock in place with `use`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def _system() -> datetime:
    return datetime.now(UTC)


_current: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _current()


@contextmanager
def use(source: Callable[[], datetime]) -> Iterator[None]:
    """Let `source` tell the time for the whole process until the block ends."""
    global _current
    before, _current = _current, source
    try:
        yield
    finally:
        _current = before


def day_in(instant: datetime, zone: str) -> date:
    """The day that `instant` falls on in the IANA zone `zone`."""
    return instant.astimezone(ZoneInfo(zone)).date()


def instant_at(day: date, at: time, zone: str) -> datetime:
    """The UTC instant at which clocks in `zone` show `day` and `at`.

    A local time that occurs twice gives its first occurrence; one that is skipped when
    clocks go forward gives the next instant that exists (promise P10).
    """
    local = datetime.combine(day, at, ZoneInfo(zone))
    instant = local.astimezone(UTC)
    shown = instant.astimezone(local.tzinfo).replace(tzinfo=None)
    if shown == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(instant, ZoneInfo(zone))


def _end_of_gap(near: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the offset of `zone` changes, looked for around `near`."""
    low, high = near - timedelta(hours=3), near + timedelta(hours=3)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def midnight(day: date, zone: str) -> datetime:
    """The UTC instant at which `day` begins in `zone`."""
    return instant_at(day, time(), zone)
