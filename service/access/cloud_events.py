"""An event as other systems get it: in the form of CloudEvents 1.0 (JSON format), the same by every way out.

Its `sequence` is its position in the group. So it grows from event to event of a subject too, and whoever keeps of
each subject the one with the highest ends at the newest state, in whatever order they come (promise P15).
"""

from datetime import datetime
from typing import Any

from pydantic import Field

from service.access.bodies import Out
from service.events import Event
from service.settings import current

# People's own means of access, and what reaches them by which way, are no business of the other members.
_PRIVATE = (
    "token.", "people.", "sign-in.", "session.", "identity.", "webhook.", "contact.", "mailbox.", "choices.",
    "absence.", "delivery.", "mail.", "digest.",
)  # fmt: skip


class CloudEvent(Out):
    """An event in the form of CloudEvents 1.0 (JSON format)."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime = Field(description="When it was recorded.")
    sequence: str = Field(description="Its position among the events of the group; counts without a gap.")
    datacontenttype: str = "application/json"
    data: dict[str, Any]


def is_private(kind: str) -> bool:
    """Whether events of this kind are for the secretariat alone."""
    return kind.startswith(_PRIVATE)


def cloud_event(row: Event) -> CloudEvent:
    """An event as other systems get it."""
    said = {"effective_at": row.effective_at.isoformat(), "actor": row.actor, "occurrence": row.occurrence}
    return CloudEvent(
        id=row.id,
        source=f"{current().public_url}/groups/{row.group_id}",
        type=row.kind,
        subject=row.subject,
        time=row.recorded_at,
        sequence=f"{row.position:010}",
        data=said | row.data,
    )
