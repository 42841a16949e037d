"""What a change of the charter does to the terms: before and after, side by side. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from service.groups.charter import Charter
from service.language.dates import listed
from service.language.speech import _
from service.problems import Problem
from service.rotation.engine import terms
from service.rotation.rules import horizon
from service.rotation.values import Term


class Change(NamedTuple):
    """A day on which a term begins before or after the change, and the terms that begin on it."""

    day: date
    before: Term | None
    after: Term | None

    @property
    def touches_chair(self) -> bool:
        """Whether the days or the chair differ, not just the standing of the term."""
        return _shown(self.before) != _shown(self.after)


def _shown(term: Term | None) -> object:
    return (term.start, term.end, term.chair, term.kind) if term else None


def changes(before: Charter | None, after: Charter, today: date) -> list[Change]:
    """The terms that differ, by first day, as far ahead as terms are shown.

    Raises:
        RotationProblem: `after` cannot be laid.
    """
    far = max(horizon(after, today), horizon(before, today) if before else date.min)
    old = {term.start: term for term in terms(before, far)} if before else {}
    new = {term.start: term for term in terms(after, far)}
    found = []
    for day in sorted(old.keys() | new.keys()):
        change = Change(day, old.get(day), new.get(day))
        if _told(change.before) != _told(change.after):
            found.append(change)
    return found


def _told(term: Term | None) -> object:
    return (*term[:3], term.kind, term.status) if term else None


def rewritten_days(before: Charter, after: Charter, today: date) -> list[tuple[date, Term | None, Term | None]]:
    """Where `after` says of days before `today` something else than `before` did."""
    old, new = _begun(terms(before, today), today), _begun(terms(after, today), today)
    return [(day, old.get(day), new.get(day)) for day in sorted(old.keys() | new.keys()) if not _same(old, new, day)]


def _begun(laid: Sequence[Term], today: date) -> dict[date, Term]:
    return {term.start: term for term in laid if term.start < today}


def _same(old: dict[date, Term], new: dict[date, Term], day: date) -> bool:
    return day in old and day in new and old[day].chair == new[day].chair


def refuse_rewriting(before: Charter, after: Charter, today: date) -> None:
    """Refuse a change that says of days before `today` something else.

    Raises:
        Problem: 409, with the first such day and the chairs before and after.
    """
    rewritten = rewritten_days(before, after, today)
    if rewritten:
        day, old, new = rewritten[0]
        raise Problem(
            409,
            "past-would-change",
            _(
                "Days before today would change: from {day} the chair was {old} and would become {new}. Take a "
                "decision for a coming day, or apply with a reason for the correction (--correct REASON).",
                day=day,
                old=_named(old),
                new=_named(new),
            ),
        )


def _named(term: Term | None) -> str:
    if term is None:
        return _("part of the term before")
    return listed(term.chair) or _("vacant")
