"""What the public pages say in the same words: a term with its kind, standing and reasons; when a meeting is."""

from collections.abc import Mapping
from typing import Any

from service.access.scene import Scene
from service.groups.charter import Charter
from service.meetings.tables import MeetingRow
from service.notifications.meetings.saying import when
from service.rotation.reasons import KINDS, STATUSES, because
from service.web.frame.reader import for_reader


def words(charter: Charter) -> Mapping[str, Any]:
    """What templates take to tell a term (see templates/public/terms.html)."""
    return {"kinds": KINDS, "statuses": STATUSES, "because": lambda term: because(term, charter.short)}


def met_when(at: Scene, row: MeetingRow) -> dict[str, str | None]:
    """When a meeting is, in its own zone; and in that of whoever looks, where their clocks show another time."""
    said = {"start": row.start.isoformat(), "minutes": row.minutes, "zone": row.zone}
    return {"when": when(said), "there": for_reader(at, said)}
