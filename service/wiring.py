"""Which rooms keep step with what changes; every way into the service wires them first."""

from service import events
from service.calendars.commands import keep_ledger
from service.calendars.entries import keep_external, keep_meeting
from service.meetings.proposing import keep_proposals
from service.notifications.boundaries import keep_boundaries
from service.notifications.meetings.withdrawing import withdraw


def wire() -> None:
    """Let proposals, feeds and reminders follow every change of terms, meetings and external events."""
    events.follow("terms", keep_ledger, keep_boundaries, keep_proposals)
    events.follow("meeting", keep_meeting, withdraw)
    events.follow("external", keep_external)
