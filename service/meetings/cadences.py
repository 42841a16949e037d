"""The days that a cadence asks for, and where each falls in the end. Pure.

A slot keeps one key through every change of the terms: its own day for weeks and months, the turn for
what is counted from a term. So the meeting "in month 3 of each term" moves with its term.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from service import zones
from service.groups.cadence import Cadence, When, read_when
from service.groups.charter import Charter
from service.groups.stations import holidays_at, works
from service.rotation.engine import add_months
from service.rotation.values import Term

# Beyond this a meeting is not moved any further from its day, whatever rests there.
_FURTHEST = 60
_WEEK = timedelta(days=7)


class Slot(NamedTuple):
    """A day that a cadence asks for; `step` is the direction in which it gives way."""

    key: str
    day: date
    step: int = 1


class Occurrence(NamedTuple):
    """A meeting as a cadence proposes it: when, where, and under which chair."""

    slot: str
    day: date
    start: datetime
    zone: str
    place: str
    chair: tuple[str, ...]


def occurrences(
    charter: Charter, cadence: Cadence, laid: Sequence[Term], first: date, until: date
) -> Iterator[Occurrence]:
    """The meetings of a cadence whose day lies in `[first, until)`, in order of slots.

    Weekends, holidays of the hosting duty station and blackouts are given way to: onto the next working
    day, or before a handover onto the last one.
    """
    zone = cadence.zone or charter.group.timezone
    for slot in slots(cadence, laid, first - _WEEK * 9, until):
        day = _working_day(charter, laid, slot)
        if not first <= day < until or not cadence.covers(slot.day):
            continue
        chair = chair_on(laid, day)
        place = cadence.place or city_of(charter, chair)
        yield Occurrence(slot.key, day, zones.instant_at(day, cadence.at, zone), zone, place, chair)


def slots(cadence: Cadence, laid: Sequence[Term], first: date, until: date) -> Iterator[Slot]:
    """The days that a cadence asks for in `[first, until)`, before anything gives way."""
    when = read_when(cadence.when)
    found = _SLOTS[when.form](when, cadence, laid, until)
    return (slot for slot in found if first <= slot.day < until)


def _weeks(when: When, cadence: Cadence, laid: Sequence[Term], until: date) -> Iterator[Slot]:
    day = _on_or_after(cadence.from_, when.weekday or 0)
    while day < until:
        yield Slot(day.isoformat(), day)
        day += _WEEK * when.number


def _months(when: When, cadence: Cadence, laid: Sequence[Term], until: date) -> Iterator[Slot]:
    month = cadence.from_.replace(day=1)
    while month < until:
        yield Slot(f"{month:%Y-%m}", _nth(month, when))
        month = add_months(month, when.number)


def _terms(when: When, cadence: Cadence, laid: Sequence[Term], until: date) -> Iterator[Slot]:
    for term in _whole(laid):
        month = add_months(term.start.replace(day=1), when.number - 1)
        day = _nth(month, when)
        if term.start <= day < term.end:
            yield Slot(term.key, day)


def _handovers(when: When, cadence: Cadence, laid: Sequence[Term], until: date) -> Iterator[Slot]:
    for at, term in enumerate(laid):
        if term.chair and at + 1 < len(laid) and laid[at + 1].chair != term.chair:
            day = term.end - _WEEK * when.number
            if when.weekday is not None:
                day -= timedelta(days=(day.weekday() - when.weekday) % 7)
            if day >= term.start:
                yield Slot(f"{term.key}-end", day, -1)


_SLOTS: dict[str, Callable[[When, Cadence, Sequence[Term], date], Iterator[Slot]]] = {
    "weeks": _weeks,
    "months": _months,
    "term": _terms,
    "handover": _handovers,
}


def _whole(laid: Sequence[Term]) -> Iterator[Term]:
    """Terms under a chair; what is left of a turn after an interruption is no new term."""
    return (term for term in laid if term.chair and term.piece <= 1)


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _nth(month: date, when: When) -> date:
    """The nth such weekday of a month, or its last."""
    weekday, nth = when.weekday or 0, when.nth or 1
    if nth > 0:
        return _on_or_after(month, weekday) + _WEEK * (nth - 1)
    last = month.replace(day=monthrange(month.year, month.month)[1])
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def _working_day(charter: Charter, laid: Sequence[Term], slot: Slot) -> date:
    """The day itself, or the nearest in the direction of `step` on which its host works and nothing is blacked out."""
    day = slot.day
    for _ in range(_FURTHEST):
        if is_free(charter, chair_on(laid, day), day):
            return day
        day += timedelta(days=slot.step)
    return slot.day


def is_free(charter: Charter, chair: Sequence[str], day: date) -> bool:
    """Whether a chair's duty station works on a day that is not blacked out."""
    if any(blackout.covers(day) for blackout in charter.blackouts):
        return False
    return works(day, holidays_at(charter, city_of(charter, chair)))


def chair_on(laid: Sequence[Term], day: date) -> tuple[str, ...]:
    """Who chairs on a day; nobody where the chair is vacant or no term is laid."""
    return next((term.chair for term in laid if term.start <= day < term.end), ())


def city_of(charter: Charter, chair: Sequence[str]) -> str:
    """The duty station of a chair; of co-chairs, that of the first."""
    found = charter.organization(chair[0]) if chair else None
    return (found.city if found else None) or ""
