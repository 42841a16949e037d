"""Days belong to a zone: between instants (aware, UTC) and what clocks and calendars show there. Pure.

The tables of zones are the newest at hand: those of the machine, or those that came with the service, since a
government may change its clocks within weeks and an old machine would put a meeting at the wrong hour.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, reset_tzpath

import tzdata

from service.language.speech import _


def machines_tables() -> str:
    """The version of the tables that the machine has, such as 2026f; empty where it does not say."""
    for folder in TZPATH:
        listed = Path(folder) / "tzdata.zi"
        if listed.is_file():
            with listed.open() as lines:
                return lines.readline().removeprefix("# version ").strip()
    return ""


if machines_tables() < tzdata.IANA_VERSION:
    reset_tzpath(())
    ZoneInfo.clear_cache()


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name."""
    return ZoneInfo(name)


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


def read_day(text: str) -> date:
    """The day that `text` names, as 2008-07-01: no weeks, no day numbers.

    Raises:
        ValueError: it is no such day.
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is None:
        raise ValueError(_("is no day; write it as 2008-07-01"))
    return date.fromisoformat(text)


def read_when(text: str, zone: str) -> datetime:
    """The instant that `text` names: an aware instant, or a day, which begins at midnight in `zone`.

    Raises:
        ValueError: it is neither, or lies outside the years 1900 to 2199.
    """
    try:
        instant = midnight(read_day(text), zone) if len(text) == 10 else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError(_("is neither a day (2008-07-01) nor an instant (2008-07-01T00:00:00Z)")) from None
    if instant.tzinfo is None:
        raise ValueError(_("has no zone; end it with Z or an offset such as +02:00"))
    if not 1900 <= instant.year < 2200:
        raise ValueError(_("lies outside the years 1900 to 2199"))
    return instant.astimezone(UTC)
