"""Which rooms keep step with a change of a group's terms; every way into the service wires them first."""

from service import events
from service.calendars.commands import keep_ledger
from service.notifications.boundaries import keep_boundaries


def wire() -> None:
    """Let the ledger of the feeds and the boundaries of the reminders follow every change."""
    events.follow_changes(keep_ledger, keep_boundaries)
