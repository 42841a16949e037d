"""Every table of the service, so that a migration sees them all."""

from sqlmodel import SQLModel

import service.access.tables
import service.audit
import service.calendars.tables
import service.events
import service.followups.actions.tables
import service.followups.activities.tables
import service.followups.decisions.tables
import service.followups.handovers.tables
import service.followups.notices.tables
import service.followups.programmes.tables
import service.groups.tables
import service.meetings.agenda.tables
import service.meetings.attendance.tables
import service.meetings.inviting.tables
import service.meetings.minutes.tables
import service.meetings.outside.tables
import service.meetings.placing.tables
import service.meetings.polls.tables
import service.meetings.tables
import service.notifications.choices.tables
import service.notifications.handovers.tables
import service.notifications.mailing.tables
import service.notifications.outbox.tables
import service.notifications.webhooks.tables
import service.repeats
import service.ticks  # noqa: F401

METADATA = SQLModel.metadata
