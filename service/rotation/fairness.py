"""How evenly the turns fall: what each member served, was due, and when it is next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from service.groups.charter import Organization
from service.rotation.values import Term

_DAYS_A_MONTH = 365.2425 / 12


@dataclass(frozen=True)
class Share:
    """What one member served until a day; months are mean months of 30.4 days."""

    member: str
    turns: int
    months: float
    expected_months: float
    last: date | None
    next: date | None


def shares(terms: Sequence[Term], members: Sequence[Organization], today: date) -> list[Share]:
    """The share of each member, in the order of `members`, over what was chaired before `today`.

    A co-chair serves an equal part of the term. The expected share of a member is, for each chaired
    day, one part in as many as were members on that day. `last` and `next` are the first days of
    the member's latest begun and next coming term.
    """
    turns = {member.id: set[str]() for member in members}
    served = {member.id: 0.0 for member in members}
    last: dict[str, date] = {}
    coming: dict[str, date] = {}
    for term in terms:
        for id_ in term.chair:
            if id_ not in served:
                continue
            if term.start >= today:
                coming.setdefault(id_, term.start)
                continue
            last[id_] = term.start
            served[id_] += (min(term.end, today) - term.start).days / len(term.chair)
            if term.turn:
                turns[id_].add(f"{term.turn}")
    expected = _expected(terms, members, today)
    return [
        Share(
            member.id,
            len(turns[member.id]),
            round(served[member.id] / _DAYS_A_MONTH, 1),
            round(expected[member.id] / _DAYS_A_MONTH, 1),
            last.get(member.id),
            coming.get(member.id),
        )
        for member in members
    ]


def _expected(terms: Sequence[Term], members: Sequence[Organization], today: date) -> dict[str, float]:
    expected = {member.id: 0.0 for member in members}
    changes = {member.joined for member in members} | {member.left for member in members if member.left}
    for term in terms:
        end = min(term.end, today)
        if not term.chair or term.start >= end:
            continue
        edges = sorted({term.start, end, *(day for day in changes if term.start < day < end)})
        for first, until in pairwise(edges):
            standing = [member.id for member in members if member.stands(first)]
            for id_ in standing:
                expected[id_] += (until - first).days / len(standing)
    return expected
