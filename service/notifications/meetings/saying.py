"""What every message about a meeting says in the same words: when, where, under whom, and what has changed. Pure.

A meeting comes as `service.meetings.inviting.queries.said_of` tells it. All of it is in the language spoken now.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.calendars.items import group_name, named
from service.groups.charter import Charter
from service.language.dates import brief, hour, weekday
from service.language.speech import _
from service.notifications.wording.common import pair
from service.notifications.wording.message import Reader

Said = Mapping[str, Any]
_NOTHING = "–"


def title(charter: Charter, said: Said) -> str:
    """What a meeting is called, with its group: both are names that somebody gave."""
    return pair(group_name(charter), said["title"])


def when(said: Said) -> str:
    """Day with weekday and year, and hours with their zone: Tuesday, 10 June 2008, 15:00 to 17:00 (Europe/Zurich)."""
    return _span(said, said["zone"], said["zone"])


def short_when(said: Said) -> str:
    """For a subject line: Tuesday 10 June 2008, 15:00."""
    start = _start(said, said["zone"])
    return _("{day}, {hour}", day=brief(start.date()), hour=hour(start))


def there(said: Said, reader: Reader) -> str | None:
    """The same as `when` in the reader's zone, where its clocks show another time then."""
    if _start(said, reader.zone).utcoffset() == _start(said, said["zone"]).utcoffset():
        return None
    return _span(said, reader.zone, reader.city or reader.zone)


def slots(said: Said, starts: Sequence[str], reader: Reader | None = None) -> list[str]:
    """Times to choose from in the meeting's zone; for a reader whose clocks show another time, in theirs as well."""
    return [_slot(dict(said) | {"start": start}, reader) for start in starts]


def facts(charter: Charter, said: Said, reader: Reader) -> tuple[tuple[str, str], ...]:
    """When, where and under whom, as rows of a table."""
    found = [(_("When"), when(said))]
    local = there(said, reader)
    if local is not None:
        found.append((_("For you"), local))
    if said["place"]:
        found.append((_("Where"), said["place"]))
    if said["link"] and said["state"] != "cancelled":
        found.append((_("Join"), said["link"]))
    found.append((_("Chair"), named(charter, said["chair"])))
    return tuple(found)


def changes(charter: Charter, was: Said, said: Said) -> tuple[tuple[str, str, str], ...]:
    """What differs from what the reader was told before, old and new."""
    shown = (
        (_("When"), when(was), when(said)),
        (_("Where"), was["place"] or _NOTHING, said["place"] or _NOTHING),
        (_("Join"), was["link"] or _NOTHING, said["link"] or _NOTHING),
        (_("Chair"), named(charter, was["chair"]), named(charter, said["chair"])),
    )
    return tuple((name, old, new) for name, old, new in shown if old != new)


def _start(said: Said, zone: str) -> datetime:
    return datetime.fromisoformat(said["start"]).astimezone(ZoneInfo(zone))


def _span(said: Said, zone: str, place: str) -> str:
    """From when until when on the clocks of `zone`, which readers know by the name of `place`."""
    start = _start(said, zone)
    end = (start.astimezone(UTC) + timedelta(minutes=said["minutes"])).astimezone(ZoneInfo(zone))
    day, first, last = weekday(start.date()), hour(start), hour(end)
    if end.date() == start.date():
        return _("{day}, {start} to {end} ({zone})", day=day, start=first, end=last, zone=place)
    return _(
        "{day}, {start} to {last_day}, {end} ({zone})",
        day=day, start=first, last_day=weekday(end.date()), end=last, zone=place,
    )  # fmt: skip


def _slot(said: Said, reader: Reader | None) -> str:
    local = there(said, reader) if reader is not None else None
    if local is None:
        return when(said)
    return _("{when}; for you {local}", when=when(said), local=local)
