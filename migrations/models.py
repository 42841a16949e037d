"""Every table of the service, so that a migration sees them all."""

from sqlmodel import SQLModel

import service.access.tables
import service.calendars.tables
import service.events
import service.groups.tables
import service.notifications.tables
import service.repeats  # noqa: F401

METADATA = SQLModel.metadata
