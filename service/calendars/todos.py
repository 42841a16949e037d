"""Tasks into bytes: one VTODO each (RFC 5545 3.6.2). Pure, and the same bytes for the same task in every process."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from service.calendars.lines import clean, content_line, escape

TodoStatus = Literal["NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"]


@dataclass(frozen=True, slots=True)
class Todo:
    """A task, to be done by the end of the day `due` where it has one.

    `modified` is when anything but `sequence` last changed, `created` when it was made, `completed` when it was
    done (all aware; written in UTC and whole seconds). `related` is the UID of what it is to be done before.
    """

    uid: str
    summary: str
    description: str
    status: TodoStatus
    due: date | None
    related: str | None
    url: str
    created: datetime
    completed: datetime | None
    sequence: int
    modified: datetime


def significant_hash(todo: Todo) -> str:
    """SHA-256 in hex over everything a reader sees, so all but `sequence` and `modified`."""
    seen = [todo.uid, todo.summary, todo.description, todo.url, todo.related, _stamp(todo.created)]
    return _digest([*seen, _stamp(todo.completed) if todo.completed is not None else None, *_schedule(todo)])


def schedule_hash(todo: Todo) -> str:
    """SHA-256 in hex over due date and status: what raises SEQUENCE (RFC 5546 2.1.4)."""
    return _digest(_schedule(todo))


def _schedule(todo: Todo) -> list[str | None]:
    return [todo.due.isoformat() if todo.due else None, todo.status]


def _digest(fields: list[str | None]) -> str:
    return hashlib.sha256(json.dumps(fields).encode("ascii")).hexdigest()


def todo_bytes(todo: Todo) -> bytes:
    """One VTODO in UTF-8, lines of at most 75 octets that end CRLF.

    Raises:
        ValueError: an instant is naive, or UID, related UID or URL have a line break.
    """
    modified = _stamp(todo.modified)
    lines = [
        "BEGIN:VTODO",
        f"UID:{escape(todo.uid)}",
        f"SEQUENCE:{todo.sequence}",
        f"DTSTAMP:{modified}",
        f"CREATED:{_stamp(todo.created)}",
        f"LAST-MODIFIED:{modified}",
        f"SUMMARY:{escape(todo.summary)}",
    ]
    if todo.description:
        lines.append(f"DESCRIPTION:{escape(todo.description)}")
    if todo.due is not None:
        lines.append(f"DUE;VALUE=DATE:{todo.due:%Y%m%d}")
    lines.append(f"STATUS:{todo.status}")
    if todo.completed is not None:
        lines += [f"COMPLETED:{_stamp(todo.completed)}", "PERCENT-COMPLETE:100"]
    if todo.related is not None:
        lines.append(f"RELATED-TO:{escape(todo.related)}")
    if clean(todo.url) != todo.url or "\n" in todo.url:
        raise ValueError(f"the URL {todo.url!r} has control characters")
    lines += [f"URL:{todo.url}", "END:VTODO"]
    return b"".join(content_line(line) for line in lines)


def _stamp(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no zone; an instant must be aware")
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
