"""What a meeting may go through, and what counts as a change that asks everybody again. Pure.

    proposed -> called -> held
    proposed, called -> cancelled

A change of time, place or status raises SEQUENCE (RFC 5546 2.1.4), and nothing else does. An answer
stands for a time and a place: it holds as long as the meeting is where it was when it was asked for,
also after a move there and back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from service.language.speech import N_

State = Literal["proposed", "called", "held", "cancelled"]
Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]

STATUS: dict[str, Status] = {
    "proposed": "TENTATIVE",
    "called": "CONFIRMED",
    "held": "CONFIRMED",
    "cancelled": "CANCELLED",
}
# Which states a verb starts from. A meeting that was held is on record: only its text may be corrected.
# How each state is said of one, as a whole sentence.
STANDS: dict[str, str] = {
    "proposed": N_("This meeting is only proposed so far."),
    "called": N_("This meeting is called."),
    "held": N_("This meeting was held."),
    "cancelled": N_("This meeting is cancelled."),
}
STARTS: dict[str, tuple[State, ...]] = {
    "call": ("proposed",),
    "move": ("proposed", "called"),
    "edit": ("proposed", "called", "held"),
    "cancel": ("proposed", "called"),
    "hold": ("called",),
}
MINUTES = (15, 720)
# How far ahead, or back, a meeting may be put.
REACH = timedelta(days=5 * 366)


class Schedule(NamedTuple):
    """When and where a meeting is, and its STATUS: what raises SEQUENCE."""

    start: datetime
    minutes: int
    zone: str
    place: str
    status: Status

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    def kept(self, sequence: int) -> list[Any]:
        """The schedule as it is kept on record."""
        return [sequence, self.start.isoformat(), self.minutes, self.zone, self.place, self.status]


def holds(schedules: Sequence[Sequence[Any]], answered: int) -> bool:
    """Whether an answer to SEQUENCE `answered` holds for the meeting as it is: the same time and place."""
    known = [kept for kept in schedules if kept[0] <= answered]
    return bool(known) and list(known[-1][1:5]) == list(schedules[-1][1:5])


def quorum(rule: str | int, members: int) -> int:
    """How many of `members` have to be there."""
    if isinstance(rule, int):
        return min(rule, members)
    return {"majority": members // 2 + 1, "two-thirds": -(-members * 2 // 3), "all": members}[rule]
