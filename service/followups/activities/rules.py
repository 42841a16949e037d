"""What a common activity may become, what is overdue, and who sees it. Pure.

    proposed -> agreed -> ongoing -> completed
    proposed, agreed, ongoing -> discontinued

A milestone is overdue once its day has ended; nothing has to run for that.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from service.groups.charter import Charter
from service.language.speech import N_, _

State = Literal["proposed", "agreed", "ongoing", "completed", "discontinued"]
Visibility = Literal["members", "public"]
# How each state is said of one, as a whole sentence.
STANDS: dict[str, str] = {
    "proposed": N_("This activity is proposed."),
    "agreed": N_("This activity is agreed."),
    "ongoing": N_("This activity is ongoing."),
    "completed": N_("This activity is completed."),
    "discontinued": N_("This activity was discontinued."),
}
CLOSED = ("completed", "discontinued")
MILESTONES, EXPECTED, OUTPUTS = 100, 50, 500

# For each verb: the states it may be used in, and what an activity becomes by it (None: what it was).
VERBS: dict[str, tuple[tuple[str, ...], State | None]] = {
    "agree": (("proposed",), "agreed"),
    "start": (("agreed",), "ongoing"),
    "report": (("agreed", "ongoing"), "ongoing"),
    "edit": (("proposed", "agreed", "ongoing"), None),
    "reach": (("agreed", "ongoing"), None),
    "complete": (("ongoing",), "completed"),
    "discontinue": (("proposed", "agreed", "ongoing"), "discontinued"),
}


class Fault(NamedTuple):
    """What does not fit the charter: the type of the problem, and what to do instead."""

    type: str
    detail: str


def becomes(verb: str, state: str) -> str | None:
    """What an activity is after `verb`; None where it may not be used in that state."""
    states, to = VERBS[verb]
    return (to or state) if state in states else None


def overdue(due: date, reached: date | None, today: date) -> bool:
    """Whether a milestone's day has ended without it."""
    return reached is None and due < today


def public_sees(visibility: str, agreed_at: datetime | None) -> bool:
    """Whether the public sees an activity: one that was opened to it, and was agreed once."""
    return visibility == "public" and agreed_at is not None


def state_at(changes: Iterable[tuple[datetime, str | None]], instant: datetime) -> str | None:
    """The state just before `instant`, from what it became when, in order; None where it was not there yet."""
    found = None
    for at, to in changes:
        if at >= instant:
            break
        found = to or found
    return found


def marks(purposes: Iterable[int], areas: Iterable[str], members: Iterable[str]) -> str:
    """What an activity is found by, as one text: a line for each, between two line ends."""
    found = [
        *(mark("purpose", str(purpose)) for purpose in purposes),
        *(mark("area", area) for area in areas),
        *(mark("member", member) for member in members),
    ]
    return "".join(found)


def mark(kind: str, value: str) -> str:
    """One of the marks; texts differ in more than case, so that every database finds the same."""
    return f"\n{kind}:{value.casefold()}\n"


def unknown_words(charter: Charter, kind: str | None, purposes: Sequence[int], areas: Sequence[str]) -> Fault | None:
    """What is wrong with kind, purposes and areas by the group's charter."""
    if kind is not None and kind not in charter.kinds:
        return Fault(
            "no-such-kind", _("The charter knows no such kind of activity. {choose}", choose=_choose(charter.kinds))
        )
    if any(purpose not in charter.purposes for purpose in purposes):
        return Fault(
            "no-such-purpose",
            _("The charter knows no such purpose. {choose}", choose=_choose(map(str, charter.purposes))),
        )
    if charter.purposes and not purposes:
        return Fault(
            "no-purpose",
            _("Name at least one purpose that it serves. {choose}", choose=_choose(map(str, charter.purposes))),
        )
    if any(area not in charter.areas for area in areas):
        return Fault(
            "no-such-area", _("The charter knows no such area of work. {choose}", choose=_choose(charter.areas))
        )
    if len(set(purposes)) != len(purposes) or len(set(areas)) != len(areas):
        return Fault("named-twice", _("A purpose or an area stands twice; name each once."))
    return None


def unfit_members(charter: Charter, lead: str, partners: Sequence[str], day: date) -> Fault | None:
    """What is wrong with lead and partners: each is a member on `day`, and stands once."""
    for id_ in (lead, *partners):
        member = charter.member(id_)
        if member is None or not member.stands(day):
            return Fault("no-such-member", _("An activity is led and joined by members of today; name those."))
    if lead in partners:
        return Fault("named-twice", _("The lead stands among the partners as well; name it once."))
    if len(set(partners)) != len(partners):
        return Fault("named-twice", _("A partner stands twice; name each once."))
    return None


def lost_expected(expected: Sequence[str], answered: Collection[int]) -> bool:
    """Whether an expected output would be gone that a real one already answers, by their numbers from 1."""
    return max(answered, default=0) > len(expected)


def _choose(names: Iterable[str]) -> str:
    known = ", ".join(names)
    if not known:
        return _("The charter lists none; ask the secretariat.")
    return _("Choose from: {known}.", known=known)
