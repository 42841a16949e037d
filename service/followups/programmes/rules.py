"""What a programme is today, and whose it is. Pure.

The programme belongs to a term. While it runs, whoever chairs today sets it; the chair of the term that comes
next may draft it beforehand, and the draft is the programme from the second of the handover on. Who serves a
coming chair follows from the charter: the people of its members, or of the seats that hold their places on
the first day of that term. It is closed by the chair of the day: by its own chair before the term ends, and
by the one after it where that was left open.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from service.rotation.values import Term

State = Literal["draft", "running", "over", "closed"]
ACTIVITIES = 200


class Place(NamedTuple):
    """A term of the group, and the one after it."""

    term: Term
    following: Term | None


def place(laid: Sequence[Term], turn: str) -> Place | None:
    """The term with that key; None where no such term is laid."""
    at = next((at for at, term in enumerate(laid) if term.key == turn), None)
    if at is None:
        return None
    return Place(laid[at], laid[at + 1] if at + 1 < len(laid) else None)


def running(laid: Sequence[Term], today: date) -> Term | None:
    """The term of today."""
    return next((term for term in laid if term.start <= today < term.end), None)


def coming(laid: Sequence[Term], today: date) -> Term | None:
    """The term that begins next."""
    return next((term for term in laid if term.start > today), None)


def state(start: date, end: date, closed: bool, today: date) -> State:
    """What the programme of the term `[start, end)` is today."""
    if closed:
        return "closed"
    if today < start:
        return "draft"
    return "running" if today < end else "over"


def unfinished(states: Iterable[tuple[str, str]]) -> list[str]:
    """Which activities are not completed and not discontinued, from (id, state)."""
    return [id_ for id_, found in states if found not in ("completed", "discontinued")]
