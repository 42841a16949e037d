"""The one place where a meeting's row changes: sequence, version and record are counted here."""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import Session

from service import clock, events
from service.groups.charter import Charter
from service.language.speech import _
from service.meetings.rules import STATUS, Schedule
from service.meetings.tables import MeetingRow
from service.problems import Problem

# A meeting that was moved so often is another meeting by now; the record of one row stays small.
_MOVES = 200


def uid_of(charter: Charter, id_: str) -> str:
    """The UID of a meeting for life: a UUID without personal data (RFC 7986 5.3)."""
    return str(uuid5(NAMESPACE_URL, f"{charter.group.id}/{charter.group.founded}/meeting/{id_}"))


def schedule_of(row: MeetingRow) -> Schedule:
    """When and where a meeting is."""
    return Schedule(row.start, row.minutes, row.zone, row.place, STATUS[row.state])


def new_meeting(charter: Charter, id_: str, schedule: Schedule, **values: Any) -> MeetingRow:
    """A meeting that is proposed; nothing is written yet."""
    now = clock.now()
    return MeetingRow(
        group_id=charter.group.id,
        id=id_,
        uid=uid_of(charter, id_),
        start=schedule.start,
        minutes=schedule.minutes,
        zone=schedule.zone,
        place=schedule.place,
        schedules=[schedule.kept(0)],
        created_at=now,
        changed_at=now,
        settled_at=now,
        **values,
    )


def change(
    session: Session,
    row: MeetingRow,
    kind: str,
    *,
    actor: str | None = None,
    **values: Any,
) -> bool:
    """Give a meeting other values, and record the event; False where nothing changes by it.

    SEQUENCE rises when time, place or status change; LAST-MODIFIED with anything.
    """
    before, seen = schedule_of(row), _seen(row)
    for name, value in values.items():
        setattr(row, name, value)
    if _seen(row) == seen:
        return False
    after = schedule_of(row)
    now = clock.now()
    if after != before:
        if len(row.schedules) >= _MOVES:
            raise Problem(409, "moved-too-often", _("This meeting was moved too often; cancel it and make a new one."))
        row.sequence += 1
        row.schedules = [*row.schedules, after.kept(row.sequence)]
        row.settled_at = now
    row.version += 1
    row.changed_at = now
    session.add(row)
    data: dict[str, Any] = (
        {"from": before.kept(row.sequence - 1), "to": after.kept(row.sequence)} if after != before else {}
    )
    events.record(session, row.group_id, kind, row.id, str(row.version), actor=actor, sequence=row.sequence, **data)
    events.changed(session, "meeting", row.group_id, row.id)
    return True


def _seen(row: MeetingRow) -> Sequence[Any]:
    values = row.model_dump(exclude={"version", "changed_at", "settled_at", "sequence", "schedules"})
    return list(values.values())
