"""When the lead of an activity is reminded of it. Pure.

    14 days before a milestone    that it is due
    7 days after it               that it is overdue
    after the activity's end      that nothing was reported for 90 days

Each at the hour of the recipient's duty station, on a working day. A milestone that was moved is another one.
"""

from datetime import date, timedelta
from typing import Literal, NamedTuple

from service.notifications.meetings.rules import who


class Step(NamedTuple):
    """A reminder `days` after the day of a milestone (before it, where negative); it has a point for `lasts` days."""

    kind: Literal["coming", "overdue"]
    days: int
    lasts: int


STEPS = (Step("coming", -14, 14), Step("overdue", 7, 14))
# A weekend and a holiday move a reminder by no more than this: days.
_OVER = 8
# The days of milestones that may owe somebody a word: so many back, and ahead.
BACK, AHEAD = 7 + 14 + _OVER, 14 + _OVER
# Activities are looked at so many days before they end.
ENDED = 14
_SILENCE = timedelta(days=90)


def silent_since(end: date, heard: date) -> date:
    """The day from which an activity is silent that ends before `end`, and of which was last heard on `heard`."""
    return max(end, heard + _SILENCE)


def key(kind: str, group_id: str, activity: str, number: int, moves: int, address: str) -> str:
    """What makes a reminder of a milestone the same one."""
    return f"milestone.{kind}:{group_id}:{activity}:{number}:{moves}:{who(address)}"


def silent_key(group_id: str, activity: str, end: date, address: str) -> str:
    """What makes the question after an activity's end the same one."""
    return f"activity.silent:{group_id}:{activity}:{end}:{who(address)}"
