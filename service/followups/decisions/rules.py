"""Where a decision of the group stands. Pure; nothing has to run at a deadline, the state is read from the clock.

    open -> adopted                  the deadline has passed in silence
    open <-> contested               a member objects; it may take that back until the deadline
    open, contested -> open          the chair revises: a new text and deadline, everybody is asked anew
    open, contested -> withdrawn     the chair gives it up
    adopted -> superseded            another decision, made to replace it, is adopted

What a member has said while it belonged to the group counts, also when it has left since; so no later change
of the charter can change how a decision ended.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, TypeVar

from service.language.speech import N_

Operative = Literal["adopted", "endorsed", "approved", "requested", "took-note", "designated"]
Choice = Literal["endorse", "change", "dissociate", "object"]
State = Literal["open", "contested", "adopted", "withdrawn", "superseded"]
Outcome = Literal["open", "contested", "adopted", "withdrawn"]

# How each state is said of one, as a whole sentence.
STANDS: dict[str, str] = {
    "open": N_("This decision is open."),
    "contested": N_("This decision is contested."),
    "adopted": N_("This decision is adopted."),
    "withdrawn": N_("This decision was withdrawn."),
    "superseded": N_("This decision is superseded by another."),
}
# How long members have to answer: days.
SILENCE = (2, 90)
# A decision that was revised so often is another one by now.
ROUNDS = 20
NEEDS_REASON = ("change", "dissociate", "object")


class Said(Protocol):
    """An answer as it was given; `number` counts those of a decision in the order in which they came."""

    @property
    def number(self) -> int: ...

    @property
    def round(self) -> int: ...

    @property
    def member(self) -> str: ...

    @property
    def answer(self) -> str: ...


Answer = TypeVar("Answer", bound=Said)


class Course(NamedTuple):
    """How far a decision has come. Without `until` it was taken by consensus at a meeting.

    `objections` counts the members whose answer that stands in the present round is to object.
    """

    until: datetime | None
    objections: int
    withdrawn: bool


def standing(answers: Iterable[Answer], round_: int) -> dict[str, Answer]:
    """The answer of each member that stands in a round: its last one."""
    found: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda one: one.number):
        if answer.round == round_:
            found[answer.member] = answer
    return found


def objecting(answers: Iterable[Said], round_: int) -> int:
    """How many members object in a round."""
    return sum(one.answer == "object" for one in standing(answers, round_).values())


def outcome(course: Course, now: datetime) -> Outcome:
    """How a decision stands by itself, whatever has replaced it since."""
    if course.withdrawn:
        return "withdrawn"
    if course.objections:
        return "contested"
    return "adopted" if course.until is None or now >= course.until else "open"


def state(course: Course, now: datetime, successors: Iterable[Course] = ()) -> State:
    """Where a decision stands at `now`; `successors` are those that were made to replace it."""
    found = outcome(course, now)
    if found == "adopted" and any(outcome(one, now) == "adopted" for one in successors):
        return "superseded"
    return found


def takes_answers(course: Course, now: datetime) -> bool:
    """Whether members may still answer: until the last second before the deadline, contested or not."""
    return not course.withdrawn and course.until is not None and now < course.until


def is_running(course: Course, now: datetime) -> bool:
    """Whether the chair may still revise or withdraw it: while it is open, and for as long as it is contested."""
    return outcome(course, now) in ("open", "contested")
