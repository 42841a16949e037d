"""When a delivery is tried again, and which way out it depends on. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

# After the first failure, the second …; the last holds from then on, until the message has no point any more.
MAIL_RETRY = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
# Nothing waits longer for its next attempt: what seems to was put off by a clock that ran ahead (promise P9).
LONGEST_WAIT = timedelta(hours=48)
# Twelve hours between two attempts at a mail, and less than a day until quiet hours are over.
LONGEST_MAIL_WAIT = timedelta(hours=24)
# How long nobody tries a way out that did not answer (promise P7).
PAUSE = timedelta(minutes=5)
# The channels of people that are no mail.
CHATS = ("slack", "teams")
# The event of a message that such a channel refused.
FAILED = "delivery.failed"


def retry_at(schedule: Sequence[timedelta], attempts: int, now: datetime, asked: timedelta | None = None) -> datetime:
    """When to try again after `attempts` failures; the other side may ask for up to twice what the schedule says."""
    step = schedule[min(attempts, len(schedule)) - 1]
    return now + min(max(step, asked or step), 2 * step, LONGEST_WAIT)


def relay_of(channel: str, contact_id: str | None) -> str:
    """The name of the way out: one for all mail, one for each chat channel or webhook."""
    return f"{channel}:{contact_id}" if contact_id else channel


def is_shut(open_until: datetime | None, now: datetime) -> bool:
    """Whether a way out is not to be tried yet; a clock that was set back does not keep it shut for longer."""
    return open_until is not None and now < open_until <= now + PAUSE
