"""Items into bytes: one VEVENT each, joined to a feed (RFC 5545, RFC 7986).

Pure, and the same bytes for the same items in every process: no clock, no random UID, no set is
walked, and PRODID holds no version. A feed has no METHOD, so DTSTAMP is the last revision
(RFC 5545 3.8.7.2) and an unchanged feed keeps its ETag. Keep the bytes of each event; joining is
cheap, serialising is not.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Event
from icalendar.prop import vCategory, vDuration, vText, vUri

from service.calendars.lines import clean, content_line, escape
from service.calendars.rules import Item
from service.calendars.zones import vtimezone_bytes

PRODID = "-//gmg//chair//EN"


class _Text(vText):
    r"""TEXT (RFC 5545 3.3.11) that keeps `\N` in "C:\New", which the library reads as a new line."""

    def to_ical(self) -> bytes:
        return escape(self).encode()


def event_bytes(item: Item) -> bytes:
    """One VEVENT (RFC 5545 3.6.1) in UTF-8, lines of at most 75 octets that end CRLF.

    Raises:
        ValueError: the end is not after the start, one is a day and the other an instant, an
            instant or `modified` is naive, the zone is unknown, the alarm is not before the start,
            the UID is empty, or the URL has a line break.
    """
    return bytes(event_of(item).to_ical(sorted=False))


def event_of(item: Item) -> Event:
    """The component itself, for who has more to add to it.

    Raises:
        ValueError: as `event_bytes`.
    """
    start, end = _span(item)
    modified = _utc(item.modified)
    if not clean(item.uid):
        raise ValueError("an entry needs a UID")
    event = Event()
    event.add("UID", _Text(item.uid))
    event.add("SEQUENCE", item.sequence)
    event.add("DTSTAMP", modified)
    event.add("LAST-MODIFIED", modified)
    event.add("DTSTART", start)
    event.add("DTEND", end)
    event.add("SUMMARY", _Text(item.summary))
    if item.description:
        event.add("DESCRIPTION", _Text(item.description))
    if item.place:
        event.add("LOCATION", _Text(item.place))
    event.add("STATUS", item.status)
    event.add("TRANSP", "TRANSPARENT" if item.transparent else "OPAQUE")
    if item.url:
        if clean(item.url) != item.url:
            raise ValueError(f"the URL {item.url!r} has control characters")
        event.add("URL", vUri(item.url))
    if item.conference:
        if clean(item.conference) != item.conference:
            raise ValueError(f"the address {item.conference!r} has control characters")
        event.add("CONFERENCE", vUri(item.conference), {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Join"})
    if item.categories:
        # The library's list of categories makes plain TEXT of what it is given, hence the detour.
        categories = vCategory([])
        categories.cats = [_Text(category) for category in item.categories]
        event.add("CATEGORIES", categories)
    if item.alarm:
        event.add_component(_alarm(item.uid, item.alarm.before, item.alarm.text))
    return event


def feed_bytes(
    *,
    name: str,
    description: str,
    zones: Iterable[str],
    events: Iterable[bytes],
    refresh: timedelta,
    color: str = "steelblue",
) -> bytes:
    """A whole feed: header, one VTIMEZONE for each of `zones` in order of name, then `events`.

    `zones` are IANA names and must hold the zone of every event; give the group's own always, so
    that a feed without events is still a calendar (RFC 5545 3.6). `refresh` tells clients how often
    to ask again (RFC 7986 5.7 and, for Outlook, X-PUBLISHED-TTL). `color` is a CSS3 name (5.9).

    Raises:
        ValueError: no zone is given, one is unknown, `refresh` is not positive, `color` is no name.
    """
    tzids = sorted(set(zones))
    if not tzids:
        raise ValueError("a feed needs the zone of its group")
    if refresh < timedelta(seconds=1):
        raise ValueError("a feed needs a positive refresh interval")
    if not re.fullmatch("[a-z]+", color):
        raise ValueError(f"{color!r} is no colour; write a CSS3 name such as steelblue")
    every = vDuration(refresh).to_ical().decode()  # type: ignore[no-untyped-call]
    texts = [("NAME", name), ("X-WR-CALNAME", name)]
    if description:
        texts += [("DESCRIPTION", description), ("X-WR-CALDESC", description)]
    about = [f"{field}:{escape(text)}" for field, text in texts]
    about += [f"COLOR:{color}", f"REFRESH-INTERVAL;VALUE=DURATION:{every}", f"X-PUBLISHED-TTL:{every}"]
    return calendar_bytes(about, tzids, events)


def single_bytes(item: Item) -> bytes:
    """A calendar of one event and its zone, to attach to a mail; no METHOD, so it invites nobody.

    Raises:
        ValueError: as `event_bytes`.
    """
    start = _span(item)[0]
    shown = isinstance(start, datetime) and start.tzinfo is not UTC
    return calendar_bytes([], [item.zone] if shown and item.zone else [], [event_bytes(item)])


def calendar_bytes(about: list[str], tzids: list[str], events: Iterable[bytes]) -> bytes:
    """A calendar of `events` (bytes) with the header lines `about` and the VTIMEZONEs of `tzids`."""
    header = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN", *about]
    lines = [content_line(line) for line in header]
    return b"".join((*lines, *map(vtimezone_bytes, tzids), *events, content_line("END:VCALENDAR")))


def _span(item: Item) -> tuple[date, date] | tuple[datetime, datetime]:
    """Start and end as they are written: days, UTC, or local times that only one instant can mean."""
    start, end = item.start, item.end
    if isinstance(start, datetime) and isinstance(end, datetime):
        first, last = _utc(start), _utc(end)
        if last <= first:
            raise ValueError(f"{item.uid}: the end {end} is not after the start {start}")
        if item.zone is None or item.zone == "UTC":
            return first, last
        vtimezone_bytes(item.zone)  # refuses a zone that does not exist
        zone = ZoneInfo(item.zone)
        local = first.astimezone(zone), last.astimezone(zone)
        # A repeated hour without more is read as its first pass (RFC 5545 3.3.5): the second needs UTC.
        return (first, last) if any(time.fold for time in local) else local
    if isinstance(start, datetime) or isinstance(end, datetime):
        raise ValueError(f"{item.uid}: start and end must both be days or both be instants")
    if end <= start:
        raise ValueError(f"{item.uid}: the end {end} is not after the start {start}; ends are exclusive")
    return start, end


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no zone; an instant must be aware")
    return instant.astimezone(UTC).replace(microsecond=0)


def _alarm(uid: str, before: timedelta, text: str) -> Alarm:
    """A VALARM that shows `text` (RFC 5545 3.6.6), its UID derived from the entry's (RFC 9074 4)."""
    if before <= timedelta():
        raise ValueError(f"{uid}: an alarm must ring before the start")
    alarm = Alarm()
    alarm.add("UID", _Text(f"alarm-{uid}"))
    alarm.add("ACTION", "DISPLAY")
    alarm.add("TRIGGER", -before)
    alarm.add("DESCRIPTION", _Text(text))
    return alarm
