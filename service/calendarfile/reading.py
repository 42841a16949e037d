"""Calendar bytes into plain values (RFC 5545), for the child. Pure: bytes and a window in, values out."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from service.calendarfile.recurring import Fault, occurrences
from service.text import clean

__all__ = ["Fault", "read"]

EVENTS, IN_ALL = 1000, 5000
_LINE, _TEXT = 300, 4000
_NEVER = date(1900, 1, 1)


def read(body: bytes, since: datetime, until: datetime, zone: str) -> dict[str, Any]:
    """What the file holds, ready for JSON.

    Raises:
        Fault: it is no calendar, or asks for too much.
    """
    calendar = _calendar(body)
    method = str(calendar.get("METHOD", "")).upper() or None
    components = [part for part in calendar.subcomponents if isinstance(part, Event)]
    if len(components) > EVENTS:
        raise Fault(f"The file has more than {EVENTS} events; send fewer.")
    found: list[dict[str, Any]] = []
    left_out = 0
    for number, component in enumerate(components, 1):
        try:
            if method == "REPLY" and component.get("DTSTART") is None:
                # A REPLY need not say when the meeting is (RFC 5546 3.2.3); who reads one looks at the answer.
                found.append(_event(component, _NEVER, _NEVER))
            elif method is not None:
                found.append(_event(component, *_span(component, zone)))
            else:
                within = list(_within(component, components, since, until, zone))
                found.extend(within)
                left_out += not within
        except Fault as fault:
            raise Fault(f"Event {number} {fault}") from None
        except (ValueError, TypeError, AttributeError, OverflowError, KeyError):
            raise Fault(f"Event {number} cannot be read; check it with a calendar program.") from None
        if len(found) > IN_ALL:
            raise Fault(f"The file has more than {IN_ALL} occurrences in the time that is read; send fewer.")
    return {"method": method, "events": found, "left_out": left_out}


def _calendar(body: bytes) -> Calendar:
    try:
        text = body.decode("utf-8-sig")
        found = Calendar.from_ical(text)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, OverflowError):
        raise Fault("The file is no calendar in UTF-8 that can be read; export it again as .ics.") from None
    if not isinstance(found, Calendar):
        raise Fault("The file is no calendar: it does not begin with BEGIN:VCALENDAR.")
    return found


def _within(
    component: Event, others: list[Event], since: datetime, until: datetime, zone: str
) -> Iterator[dict[str, Any]]:
    start, end = _span(component, zone)
    length = _instant(end, zone) - _instant(start, zone)
    for day in occurrences(component, others, start, since - length, until, zone):
        last = day + length if isinstance(day, datetime) else day + timedelta(days=length.days)
        if _instant(last, zone) >= since and _instant(day, zone) < until:
            yield _event(component, day, last)


def _span(component: Event, zone: str) -> tuple[date | datetime, date | datetime]:
    """Start and end; without an end a day lasts a day, and an instant no time (RFC 5545 3.6.1)."""
    if component.get("DTSTART") is None:
        raise Fault("has no DTSTART; give it a start.")
    start = _aware(component.decoded("DTSTART"), zone)
    if component.get("DTEND") is not None:
        end = _aware(component.decoded("DTEND"), zone)
    elif component.get("DURATION") is not None:
        end = start + component.decoded("DURATION")
    else:
        end = start if isinstance(start, datetime) else start + timedelta(days=1)
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise Fault("mixes a day and a time in its start and end.")
    if end < start:
        raise Fault("ends before it begins.")
    if not isinstance(start, datetime) and end == start:
        end = start + timedelta(days=1)
    if not 1900 <= start.year < 2200 or not 1900 <= end.year < 2200:
        raise Fault("lies outside the years 1900 to 2199.")
    return start, end


def _aware(value: Any, zone: str) -> date | datetime:
    """A time without a zone, or with one that nobody knows, is a time in `zone`."""
    if not isinstance(value, datetime):
        if not isinstance(value, date):
            raise Fault("has a start or end that is no day and no time.")
        return value
    if value.tzinfo is None or value.utcoffset() is None:
        return value.replace(tzinfo=ZoneInfo(zone))
    return value


def _instant(moment: date | datetime, zone: str) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), ZoneInfo(zone)).astimezone(UTC)


def _event(component: Event, start: date | datetime, end: date | datetime) -> dict[str, Any]:
    return {
        "uid": _line(component, "UID")[:255] or _line(component, "SUMMARY") or "event",
        "start": _said(start),
        "end": _said(end),
        "summary": _line(component, "SUMMARY"),
        "location": _line(component, "LOCATION"),
        "description": _plain(str(component.get("DESCRIPTION", "")), "\n\t")[:_TEXT],
        "url": _https(component),
        "status": _line(component, "STATUS").upper()[:20],
        "transparent": _line(component, "TRANSP").upper() == "TRANSPARENT",
        "sequence": max(0, min(int(component.get("SEQUENCE", 0)), 10**9)),
        "stamp": _stamp(component),
        "attendees": [_attendee(one) for one in _listed(component.get("ATTENDEE"))],
        "recurrence": _said(start) if component.get("RRULE") or component.get("RECURRENCE-ID") else None,
    }


def _said(moment: date | datetime) -> str:
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def _stamp(component: Event) -> str | None:
    value = component.decoded("DTSTAMP") if component.get("DTSTAMP") is not None else None
    if not isinstance(value, datetime):
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _listed(value: Any) -> list[Any]:
    return [] if value is None else (value if isinstance(value, list) else [value])


def _attendee(value: Any) -> dict[str, Any]:
    params = getattr(value, "params", {})
    return {
        "address": _address(value) or "",
        "name": _plain(str(params.get("CN", "")))[:_LINE],
        "partstat": _plain(str(params.get("PARTSTAT", ""))).upper()[:20],
        "delegated_to": _first(params.get("DELEGATED-TO")),
        "delegated_from": _first(params.get("DELEGATED-FROM")),
    }


def _first(value: Any) -> str | None:
    listed = _listed(value)
    return _address(listed[0]) if listed else None


def _address(value: Any) -> str | None:
    address = _plain(str(value)).strip('"').casefold().removeprefix("mailto:")[:254]
    return address or None


def _https(component: Event) -> str | None:
    address = _line(component, "URL")
    return address if address.startswith("https://") and not any(sign in address for sign in " <>\"'") else None


def _line(component: Event, name: str) -> str:
    return _plain(str(component.get(name, "")).replace("\n", " "))[:_LINE]


def _plain(text: str, keep: str = "") -> str:
    """`text` without what no text here may hold; a file that has it is taken all the same."""
    kept = "".join(letter for letter in text if letter in keep or _may(letter))
    try:
        return clean(kept, keep=keep)
    except ValueError:
        return clean("".join(letter for letter in kept if not unicodedata.combining(letter)), keep=keep)


def _may(letter: str) -> bool:
    try:
        clean(f"a{letter}")
    except ValueError:
        return False
    return True
