"""What a follow-up action may go through, when it is overdue, and how its log retells it. Pure.

    open -> in-progress -> done | dropped
    done, dropped -> open (reopened)

An action is due by the end of a day in the group's zone. Whether it is overdue is read from the clock and
stands in no row.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from service.language.speech import N_

State = Literal["open", "in-progress", "done", "dropped"]
Status = Literal["open", "in-progress", "done", "dropped", "overdue", "pending"]
Visibility = Literal["members", "public"]

# How each state is said of one, as a whole sentence.
STANDS: dict[str, str] = {
    "open": N_("This action is open."),
    "in-progress": N_("This action is in progress."),
    "done": N_("This action is done."),
    "dropped": N_("This action was dropped."),
}
PENDING: tuple[State, ...] = ("open", "in-progress")
# Which states a verb starts from, and where it leads; None leaves the state as it is.
VERBS: dict[str, tuple[tuple[State, ...], State | None]] = {
    "start": (("open",), "in-progress"),
    "log": (("open", "in-progress", "done", "dropped"), None),
    "finish": (PENDING, "done"),
    "drop": (PENDING, "dropped"),
    "reopen": (("done", "dropped"), "open"),
    "reschedule": (PENDING, None),
    "assign": (PENDING, None),
    "transfer": (PENDING, None),
    "follow": (PENDING, None),
}
CHAIR = "chair"
# What stands in `before` for the next meeting of any kind, or of one level.
NEXT: dict[str, str | None] = {"next": None, "next:principals": "principals", "next:focal-points": "focal-points"}
# Where an action without a due date stands in a list by day: after all others.
NO_DAY = date(9999, 12, 31)
# How far ahead an action may be due.
REACH = timedelta(days=10 * 366)
# Entries in one log: what needs more is several actions.
LOG = 1000
HELPERS = 50
# The fields that a log tells; the rest of a row follows from them.
TOLD = (
    "title", "text", "owner", "helpers", "assignee", "purposes", "documents", "source", "visibility", "state",
    "reason", "due", "before", "meeting",
)  # fmt: skip


def id_of(number: int) -> str:
    return f"action-{number}"


def is_overdue(state: str, due: date | None, today: date) -> bool:
    """Whether an action is not finished and the day by which it was due has ended."""
    return state in PENDING and due is not None and due < today


def owners(owner: str, chair: Sequence[str]) -> tuple[str, ...]:
    """The members that answer for an action while `chair` chairs; none while nobody does."""
    return tuple(chair) if owner == CHAIR else (owner,)


def due_before(day: date) -> date:
    """The day by which an action is due that is to be done before a meeting on `day`: the day before."""
    return day - timedelta(days=1)


def retold(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """An action as its log tells it: what each entry left behind, in order."""
    found: dict[str, Any] = {}
    for after in entries:
        found |= after
    return found


def plain(value: Any) -> Any:
    """A value as a log keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, as they were and as they are."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
