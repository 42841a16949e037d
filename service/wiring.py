"""Which rooms keep step with what changes; every way into the service wires them first."""

from service import events
from service.calendars.actions import keep_action
from service.calendars.commands import keep_ledger
from service.calendars.entries import keep_external, keep_meeting
from service.followups.actions.due import follow_meeting
from service.meetings.attendance import replies
from service.meetings.proposing import keep_proposals
from service.notifications.followups.confirming import withdraw_requests
from service.notifications.followups.outdated import withdraw_decision, withdraw_notice
from service.notifications.followups.reached import withdraw_activity
from service.notifications.followups.withdrawing import withdraw_action
from service.notifications.handovers.boundaries import keep_boundaries
from service.notifications.handovers.escalating import withdraw_escalations
from service.notifications.handovers.replying import take_term_reply
from service.notifications.meetings.withdrawing import withdraw


def wire() -> None:
    """Let proposals, feeds and reminders follow every change of terms, meetings and external events."""
    events.follow("terms", keep_ledger, keep_boundaries, keep_proposals, withdraw_escalations)
    events.follow("meeting", keep_meeting, withdraw, follow_meeting)
    events.follow("external", keep_external)
    events.follow("decision", withdraw_decision)
    events.follow("notice", withdraw_notice)
    events.follow("handover", withdraw_requests, withdraw_escalations)
    events.follow("action", keep_action, withdraw_action)
    events.follow("activity", withdraw_activity)
    replies.also(take_term_reply)
