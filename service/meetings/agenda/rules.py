"""What an agenda item may go through, and when each begins. Pure.

    proposed -> accepted -> concluded
    proposed, accepted -> deferred | referred | withdrawn | dropped

Whoever proposes does so until the agenda is settled; what comes later is late, and the chair's to take.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from service.language.speech import N_

Kind = Literal["decide", "discuss", "inform", "exchange"]
OPEN = ("proposed", "accepted")
ITEMS, BACKLOG = 100, 500
# How each state is said of an item, as a whole sentence.
STANDS = {
    "proposed": N_("This item is proposed."),
    "accepted": N_("This item is accepted."),
    "concluded": N_("This item is concluded."),
    "deferred": N_("This item went on to another meeting."),
    "referred": N_("This item was referred to the other level."),
    "withdrawn": N_("This item was withdrawn."),
    "dropped": N_("This item was dropped."),
}
STARTS = {
    "accept": ("proposed",),
    "edit": OPEN,
    "place": OPEN,
    "conclude": ("accepted",),
    "defer": OPEN,
    "refer": OPEN,
    "withdraw": OPEN,
    "drop": OPEN,
}
OTHER_LEVEL = {"principals": "focal-points", "focal-points": "principals"}


class Timed(NamedTuple):
    """An item's place on the agenda: when it begins and ends, if every item takes its minutes."""

    id: str
    start: datetime
    end: datetime


def timed(start: datetime, items: Iterable[tuple[str, int]]) -> Iterator[Timed]:
    """When each item (id, minutes) begins and ends, in the order given."""
    for id_, minutes in items:
        end = start + timedelta(minutes=minutes)
        yield Timed(id_, start, end)
        start = end


def settles_on(day: date, freeze: int) -> date:
    """The day on which the agenda of a meeting on `day` is settled."""
    return day - timedelta(days=freeze)
