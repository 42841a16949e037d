"""When a poll is open, and what comes of it. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Answer = Literal["yes", "if-need-be", "no"]
SLOTS = 30
LONGEST = timedelta(days=92)


class Tally(NamedTuple):
    """How many members say what to one slot, by its place in the poll."""

    slot: int
    yes: int
    if_need_be: int
    no: int


def is_open(deadline: datetime, closed_at: datetime | None, now: datetime) -> bool:
    """Whether ballots are taken. Nothing has to run at the deadline."""
    return closed_at is None and now < deadline


def ranked(slots: int, ballots: Sequence[Sequence[str]]) -> list[Tally]:
    """The slots from best to worst: whom it suits not at all counts first, then whom it suits well, then the order."""
    tallies = [
        Tally(at, *(sum(ballot[at] == said for ballot in ballots) for said in ("yes", "if-need-be", "no")))
        for at in range(slots)
    ]
    return sorted(tallies, key=lambda tally: (tally.no, -tally.yes, tally.slot))
