"""What an entry of a feed is, and what counts as a change of it.

Pure: values in, values out. The ledger of what was published keeps the two digests made here; a
new `significant_hash` moves LAST-MODIFIED, a new `schedule_hash` raises SEQUENCE as well.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Kind = Literal["term", "handover", "meeting", "external", "action"]
Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A reminder shown `before` the start (a positive duration) with `text` (RFC 5545 3.6.6)."""

    before: timedelta
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed: `[start, end)`, either two days or two aware instants.

    `zone` is the IANA name of the zone in which instants are shown; None shows them in UTC. Days
    have no zone. `modified` is when anything but `sequence` last changed (aware); it is written in
    UTC and whole seconds. `transparent` entries take nobody's time (RFC 5545 3.8.2.7).
    `conference` is where one joins (RFC 7986 5.11); `of` names the members whose entry it is.
    """

    uid: str
    kind: Kind
    start: date | datetime
    end: date | datetime
    summary: str
    status: Status
    sequence: int
    modified: datetime
    zone: str | None = None
    description: str = ""
    place: str = ""
    transparent: bool = True
    url: str | None = None
    categories: tuple[str, ...] = ()
    alarm: Alarm | None = None
    conference: str | None = None
    of: tuple[str, ...] = ()


def significant_hash(item: Item) -> str:
    """SHA-256 in hex over everything a reader sees, so all but `sequence` and `modified`.

    Instants count as instants: the same moment given in another zone is no change, another `zone`
    to show it in is one.
    """
    alarm = item.alarm and [item.alarm.before.total_seconds(), item.alarm.text]
    return _digest(
        [
            *_schedule(item),
            item.uid,
            item.kind,
            item.summary,
            item.description,
            item.transparent,
            item.url,
            item.categories,
            alarm,
            *([item.conference] if item.conference else []),
        ]
    )


def schedule_hash(item: Item) -> str:
    """SHA-256 in hex over time, place and status: what raises SEQUENCE (RFC 5546 2.1.4)."""
    return _digest(_schedule(item))


def _schedule(item: Item) -> list[str | None]:
    return [_moment(item.start), _moment(item.end), item.zone, item.place, item.status]


def _moment(value: date | datetime) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no zone; an instant must be aware")
    return value.astimezone(UTC).isoformat()


def _digest(fields: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(fields).encode("ascii")).hexdigest()
