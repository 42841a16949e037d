"""The invitation in a mail, as its reader gets it: read back by a parser of mail and one of calendars."""

from email.message import EmailMessage
from typing import Any

import icalendar


def invitation(mail: EmailMessage) -> tuple[str, Any]:
    """The method in the MIME type, and the event; both must say the same (RFC 6047 2.4)."""
    alternatives = next(part for part in mail.walk() if part.get_content_type() == "multipart/alternative")
    last = list(alternatives.iter_parts())[-1]
    assert last.get_content_type() == "text/calendar"
    method = last.get_param("method")
    calendar = icalendar.Calendar.from_ical(last.get_content())
    assert calendar["METHOD"] == method
    attached = next(part for part in mail.iter_attachments() if part.get_content_type() == "application/ics")
    assert attached.get_content() == last.get_content().encode()
    (event,) = calendar.walk("VEVENT")
    assert not [error for part in calendar.walk() for error in part.errors]
    return str(method), event
