"""The handover from one chair to the next: which there are, what is checked, where each stands, who is asked. Pure.

A handover is the boundary between two terms with different chairs. It is known by the key of the term that
begins, so it keeps its name, and what was filled in, when its day or its chairs change.
"""

from collections.abc import Collection, Iterator, Sequence, Set
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from service.groups.charter import Charter, Person
from service.groups.stations import works
from service.language.speech import N_
from service.rotation.people import CHAIR_ROLES, people_of, secretaries
from service.rotation.values import Term
from service.zones import instant_at

Side = Literal["outgoing", "incoming"]
State = Literal["ahead", "open", "overdue", "confirmed", "withdrawn"]
Key = Literal["files", "contacts", "open-follow-ups", "next-meeting", "staff-and-budget", "draft-programme"]
SIDES: tuple[Side, ...] = ("outgoing", "incoming")
# A handover may be confirmed from so many days ahead on.
OPENS = timedelta(days=30)
# Whoever has not confirmed is asked every week, at most so often.
_EVERY, ASKS = timedelta(days=7), 8
_DAY = timedelta(days=1)


class Heading(NamedTuple):
    """One heading of the checklist, and what both chairs look at under it."""

    key: Key
    title: str
    text: str


CHECKLIST = (
    Heading(
        "files",
        N_("Files"),
        N_("working files, documents and links are in one place that the incoming chair can open"),
    ),
    Heading("contacts", N_("Contacts"), N_("focal points, partners and observers, each with a name that answers")),
    Heading(
        "open-follow-ups",
        N_("Open follow-ups"),
        N_("what was agreed and is not done yet, each with its owner and date"),
    ),
    Heading("next-meeting", N_("Next meeting"), N_("date, host, and what stands on its agenda already")),
    Heading("staff-and-budget", N_("Staff and budget"), N_("who works for the chair, and what it will cost")),
    Heading("draft-programme", N_("Draft programme"), N_("what the coming term is to achieve")),
)


class Boundary(NamedTuple):
    """The day on which the chair passes, from a chair that sat in `[since, day)` to one that sits in `[day, until)`.

    `before` is the stretch of the outgoing chair as one term, also where several terms on record make it up.
    """

    key: str
    before: Term
    after: Term

    @property
    def day(self) -> date:
        return self.after.start

    @property
    def since(self) -> date:
        return self.before.start

    @property
    def until(self) -> date:
        return self.after.end

    def chair(self, side: Side) -> tuple[str, ...]:
        """The members on a side; empty where the chair was or will be vacant."""
        return self.before.chair if side == "outgoing" else self.after.chair

    def day_of(self, side: Side, today: date) -> date:
        """The day whose seats speak for a side: its last in the chair, its first, or today within its term."""
        return min(today, self.day - _DAY) if side == "outgoing" else max(today, self.day)


def boundaries(laid: Sequence[Term]) -> Iterator[Boundary]:
    """The handovers between terms, in order of days; none between two terms of one chair."""
    since = laid[0].start if laid else None
    for before, after in pairwise(laid):
        if before.chair != after.chair:
            yield Boundary(after.key, before._replace(start=since or before.start), after)
            since = after.start


def near(found: Sequence[Boundary], today: date, each_way: int = 2) -> list[Boundary]:
    """The last handovers that have come by `today`, and the next ones."""
    past = [one for one in found if one.day <= today]
    return [*past[-each_way:], *[one for one in found if one.day > today][:each_way]]


def state(day: date, today: date, *, confirmed: bool) -> State:
    """Where a handover of `day` stands: it has that whole day to be confirmed, and is overdue from the next on."""
    if confirmed:
        return "confirmed"
    if today > day:
        return "overdue"
    return "open" if today >= day - OPENS else "ahead"


def asks(day: date, at: time, zone: str, holidays: Set[date]) -> list[datetime]:
    """When a side that has not confirmed is asked: from `day` on every week, each on a working day of its station."""
    days: list[date] = []
    for week in range(ASKS):
        asked = day + week * _EVERY
        while not works(asked, holidays):
            asked += _DAY
        if asked not in days:
            days.append(asked)
    return [instant_at(asked, at, zone) for asked in days]


def side_people(charter: Charter, boundary: Boundary, side: Side, today: date) -> list[tuple[Person, str]]:
    """Who acts for a side, each with the organization; the secretariat, where nobody does.

    Before its day the incoming side's people are those of that day.
    """
    day = boundary.day_of(side, today)
    found = [
        one
        for member in boundary.chair(side)
        for one in people_of(charter, member, CHAIR_ROLES, day, max(today, day) if side == "incoming" else today)
    ]
    return found or [(person, "") for person in secretaries(charter, today)]


def is_deserted(charter: Charter, boundary: Boundary, side: Side, today: date) -> bool:
    """Whether nobody acts for a side: it is vacant, or its member has no people any more."""
    return all(not organization for _, organization in side_people(charter, boundary, side, today))


def side_of(boundary: Boundary, member: str, wanted: Side | None) -> Side | None:
    """The side that a member is on; None where it is on neither, or on both and none was named."""
    sides: Collection[Side] = [side for side in SIDES if member in boundary.chair(side)]
    if wanted is not None:
        return wanted if wanted in sides else None
    return next(iter(sides)) if len(sides) == 1 else None
