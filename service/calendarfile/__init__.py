"""Calendar files that others send: read in a child process, which may cost two seconds and no more.

A file is hostile until it is read: it may be huge, nested, or ask for a rule that never ends (threats T16 to
T20). So the parent bounds its size, the child its own time and memory, and what comes back is plain values.
"""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from service.language.speech import _
from service.problems import Problem

MAX_BYTES = 256 * 1024
_LONGEST = timedelta(days=500)
_WAIT = 10


class FoundAttendee(NamedTuple):
    """Somebody on an event, as a REPLY names them (RFC 5545 3.8.4.1); addresses without `mailto:`, in lower case."""

    address: str
    name: str
    partstat: str
    delegated_to: str | None
    delegated_from: str | None


class FoundEvent(NamedTuple):
    """One event, `[start, end)`: two instants in UTC, or two days. Text is clean; `url` is https or None."""

    uid: str
    start: date | datetime
    end: date | datetime
    summary: str
    location: str
    description: str
    url: str | None
    status: str
    transparent: bool
    sequence: int
    stamp: datetime | None
    attendees: list[FoundAttendee]
    recurrence: str | None


class CalendarFile(NamedTuple):
    """What a file holds: its iTIP method, where it has one, and its events."""

    method: str | None
    events: list[FoundEvent]
    left_out: int = 0


def read_calendar(body: bytes, *, since: datetime, until: datetime, zone: str) -> CalendarFile:
    """The events of a file that touch `[since, until)`; those that recur one by one.

    A message (with a METHOD) is read as it stands: nothing left out, nothing expanded. Times without a zone
    are times in `zone`, as are days.

    Raises:
        Problem: 413, it is larger than 256 KiB; 422, it is no calendar, or asks for too much.
        ValueError: more than 500 days were asked for.
    """
    if not timedelta() < until - since <= _LONGEST:
        raise ValueError("read at most 500 days of a file")
    if len(body) > MAX_BYTES:
        raise Problem(
            413,
            "calendar-too-large",
            _("The file is larger than {size} KiB; send fewer events.", size=MAX_BYTES // 1024),
        )
    asked = {"since": since.isoformat(), "until": until.isoformat(), "zone": zone}
    try:
        child = subprocess.run(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", "service.calendarfile.child", json.dumps(asked)],
            input=body,
            capture_output=True,
            timeout=_WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _costly() from None
    if child.returncode == 0:
        found = json.loads(child.stdout)
        if "fault" in found:
            raise Problem(422, "invalid-calendar", found["fault"])
        return CalendarFile(found["method"], [_event(one) for one in found["events"]], found["left_out"])
    raise _costly()


def _costly() -> Problem:
    return Problem(
        422,
        "invalid-calendar",
        _("Reading this file takes too long; a recurring event that repeats too often is the likely cause."),
    )


def _event(one: dict[str, Any]) -> FoundEvent:
    attendees = [FoundAttendee(**attendee) for attendee in one.pop("attendees")]
    stamp = datetime.fromisoformat(one.pop("stamp")) if one["stamp"] else one.pop("stamp")
    start, end = _moment(one.pop("start")), _moment(one.pop("end"))
    return FoundEvent(start=start, end=end, stamp=stamp, attendees=attendees, **one)


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text).astimezone(UTC) if "T" in text else date.fromisoformat(text)
