"""What the service says about a meeting: one shape for all, a lead, facts, changes, and what to do."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from service.calendars.items import group_name, named
from service.groups.charter import Charter
from service.notifications.wording import Wording, worded
from service.rotation.reasons import spoken


class Part(NamedTuple):
    """What differs from message to message."""

    lead: str
    facts: Sequence[tuple[str, str]] = ()
    changes: Sequence[tuple[str, str, str]] = ()
    heading: str = ""
    listed: Sequence[str] = ()
    text: str = ""
    action: tuple[str, str] | None = None
    because: str = ""


class Reader(NamedTuple):
    """Who reads: their name, and the city and zone of their duty station."""

    name: str
    city: str
    zone: str


def message(charter: Charter, reader: Reader, subject: str, part: Part, url: str) -> Wording:
    """A message about a meeting."""
    return worded(subject, "meeting", part._asdict() | {"name": reader.name, "group": charter.group.name, "url": url})


def when(said: Mapping[str, Any]) -> str:
    """Day with weekday and year, and hours with their zone: Tuesday, 10 June 2008, 15:00 to 17:00 (Europe/Zurich)."""
    return f"{_span(said, said['zone'])} ({said['zone']})"


def short_when(said: Mapping[str, Any]) -> str:
    """For a subject line: Tuesday 10 June 2008, 15:00."""
    start = _start(said).astimezone(ZoneInfo(said["zone"]))
    return f"{start:%A} {spoken(start.date())}, {start:%H:%M}"


def there(said: Mapping[str, Any], reader: Reader) -> str | None:
    """The same in the reader's zone, where its clocks show another time then."""
    start = _start(said)
    if start.astimezone(ZoneInfo(reader.zone)).utcoffset() == start.astimezone(ZoneInfo(said["zone"])).utcoffset():
        return None
    return f"{_span(said, reader.zone)} ({reader.city or reader.zone})"


def _start(said: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(said["start"])


def _span(said: Mapping[str, Any], zone: str) -> str:
    start = _start(said).astimezone(ZoneInfo(zone))
    end = (_start(said) + timedelta(minutes=said["minutes"])).astimezone(ZoneInfo(zone))
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%A}, {spoken(end.date())}, {end:%H:%M}"
    return f"{start:%A}, {spoken(start.date())}, {start:%H:%M} to {until}"


def facts(charter: Charter, said: Mapping[str, Any], reader: Reader) -> list[tuple[str, str]]:
    """When, where and under whom, as rows of a table."""
    found = [("When", when(said))]
    local = there(said, reader)
    if local is not None:
        found.append(("For you", local))
    if said["place"]:
        found.append(("Where", said["place"]))
    if said["link"] and said["state"] != "cancelled":
        found.append(("Join", said["link"]))
    found.append(("Chair", named(charter, said["chair"])))
    return found


def changes(charter: Charter, was: Mapping[str, Any], said: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What differs from what the reader was told before, old and new."""
    shown = {
        "When": (when(was), when(said)),
        "Where": (was["place"] or "–", said["place"] or "–"),
        "Join": (was["link"] or "–", said["link"] or "–"),
        "Chair": (named(charter, was["chair"]), named(charter, said["chair"])),
    }
    return [(name, old, new) for name, (old, new) in shown.items() if old != new]


def title(charter: Charter, said: Mapping[str, Any]) -> str:
    return f"{group_name(charter)}: {said['title']}"
