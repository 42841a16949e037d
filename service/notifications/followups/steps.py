"""Who is reminded of an action, and when: first who does it, then one step further up each time. Pure.

    7 days before    who does it: the assignee, or the owner's focal points
    the day after    who does it
    7 days after     the owner's focal points
    14 days after    the owner's alternates
    21 days after    the chair's people, in one overview of all such actions

Each at the hour of the recipient's duty station, on a working day: before the due day on the one before, after it
on the one that follows. Each person is told once that it is due, and once that it is overdue, for one due date.
"""

from collections.abc import Iterator, Sequence, Set
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

from service.followups.actions.people import serves
from service.followups.actions.rules import owners
from service.groups.charter import Charter, Person
from service.notifications.handovers.rules import dues
from service.rotation.people import people_of

Kind = Literal["due-soon", "overdue"]


class Step(NamedTuple):
    """A reminder: `days` after the due day (before it, where negative), to whom; it has a point for `lasts` days,
    one before the due day until that day ends."""

    name: str
    kind: Kind
    days: int
    to: Literal["doer", "focal-point", "alternate"]
    lasts: int


STEPS = (
    Step("due-soon", "due-soon", -7, "doer", 0),
    Step("assignee", "overdue", 1, "doer", 6),
    Step("focal-point", "overdue", 7, "focal-point", 7),
    Step("alternate", "overdue", 14, "alternate", 7),
)
OVERVIEW = 21
OVERVIEW_LASTS = 14
# A weekend and a holiday move a reminder by no more than this: days.
_OVER = 8
# The due days of actions that may owe somebody a word: so many days back, and ahead.
BACK, AHEAD = OVERVIEW + OVERVIEW_LASTS + _OVER, 7 + _OVER


def at(due: date, days: int, hour: time, zone: str, holidays: Set[date]) -> datetime:
    """The instant of a reminder `days` after the due day, or before it, at a duty station."""
    lead, day = (-days, due) if days < 0 else (0, due + timedelta(days=days))
    return dues(day, [lead], hour, zone, holidays)[0].at


def audience(
    charter: Charter, chair: Sequence[str], owner: str, assignee: Person | None, step: Step, today: date
) -> Iterator[tuple[Person, str]]:
    """Whom a step concerns on `today`, each with the organization that they serve."""
    members = owners(owner, chair)
    if step.to == "doer":
        found = serves(charter, assignee, members, today) if assignee is not None else None
        if assignee is not None and found is not None:
            yield assignee, found
            return
    role = "alternate" if step.to == "alternate" else "focal-point"
    for id_ in members:
        yield from people_of(charter, id_, [role], today, today)
