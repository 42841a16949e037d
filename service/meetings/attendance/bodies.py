"""What is said of a member's presence, in the doors that take it."""

from service.access.bodies import In
from service.meetings.attendance.rules import Presence, Rank
from service.text import Id, Line


class PresentIn(In):
    """Whether a member was there, and by whom."""

    member: Id
    presence: Presence
    representative: Line | None = None
    rank: Rank | None = None
