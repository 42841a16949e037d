"""Questions to the terms: who chairs on a day, who is next, which terms overlap some days. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from service.groups.charter import Charter, Holder
from service.rotation.engine import add_months, inner_terms, terms
from service.rotation.values import Term

HORIZON_YEARS = 5


class InnerSeat(NamedTuple):
    """Which seat of a member holds its place, and for how long."""

    seat: str
    start: date
    end: date


class Sitting(NamedTuple):
    """Who chairs on a day: the term, the one after it, and what holds inside it."""

    day: date
    term: Term | None
    next: Term | None
    previous: Term | None
    heads: dict[str, tuple[str, Holder | None]]
    seats: dict[str, InnerSeat]


def sitting(charter: Charter, day: date, laid: Sequence[Term] | None = None) -> Sitting:
    """Who chairs on `day`. A day before the first or after the last term has no term.

    Raises:
        RotationProblem: history, rules and decisions do not fit together.
    """
    laid = laid if laid is not None else terms(charter, horizon(charter, day))
    at = next((at for at, term in enumerate(laid) if term.start <= day < term.end), None)
    if at is None:
        coming = next((term for term in laid if term.start > day), None)
        gone = next((term for term in reversed(laid) if term.end <= day), None)
        return Sitting(day, None, coming, gone, {}, {})
    term = laid[at]
    following = laid[at + 1] if at + 1 < len(laid) else None
    return Sitting(
        day,
        term,
        following,
        laid[at - 1] if at else None,
        _heads(charter, term, day),
        inner_seats(charter, day),
    )


def _heads(charter: Charter, term: Term, day: date) -> dict[str, tuple[str, Holder | None]]:
    heads: dict[str, tuple[str, Holder | None]] = {}
    for id_ in term.chair:
        organization = charter.organization(id_)
        if organization is not None and organization.head is not None:
            heads[id_] = (organization.head.title, organization.head.on(day))
    return heads


def inner_seats(charter: Charter, day: date) -> dict[str, InnerSeat]:
    """For each member held by several seats, the seat that holds its place on `day`, where known."""
    found: dict[str, InnerSeat] = {}
    for member in charter.members:
        for term in inner_terms(member, day.replace(year=day.year + 1, day=min(day.day, 28))):
            if term.start <= day < term.end and term.chair:
                found[member.id] = InnerSeat(term.chair[0], term.start, term.end)
    return found


def overlapping(laid: Sequence[Term], start: date, end: date) -> list[Term]:
    """The terms that share a day with `[start, end)`."""
    return [term for term in laid if term.start < end and term.end > start]


def horizon(charter: Charter, today: date) -> date:
    """How far ahead the terms of a charter are shown."""
    members = len(charter.members)
    cycles = [
        (rule.from_, rule.months, members if rule.order == "alphabetical" else len(rule.order))
        for rule in charter.rotation
    ]
    return reach(cycles, today)


def reach(cycles: Sequence[tuple[date, int, int]], today: date) -> date:
    """How far ahead terms are shown: five calendar years, and at least a whole cycle of the order.

    `cycles` holds each rule's first day, its months, and how many stand in its order.
    """
    five = date(today.year + HORIZON_YEARS + 1, 1, 1)
    near = [cycle for cycle in cycles if cycle[0] <= five] or cycles[:1]
    if not near:
        return five
    since, months, size = near[-1]
    return max(five, add_months(max(today, since), months * (size + 1)))
