"""How many actions were opened, done, open and overdue, period by period, as their logs tell it. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import Any, NamedTuple

from service.followups.actions.rules import PENDING

# The verbs that change whether an action is open, or when it is due.
TURNS = ("finish", "drop", "reopen", "reschedule", "follow")


class Step(NamedTuple):
    """How an action stood in `[since, until)`: its state, and the day by which it was due; None goes on."""

    since: datetime
    until: datetime | None
    state: str
    due: date | None


class Change(NamedTuple):
    """An entry of a log: when, and the fields that it changed as they were and as they are."""

    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]


class Edge(NamedTuple):
    """The end of a period, the first instant after it; `seen` is the day from which it is seen, today at most."""

    until: datetime
    seen: date


class Count(NamedTuple):
    """What was opened, and what was done or dropped and still so at the end; what was open and overdue at the end."""

    opened: int
    done: int
    dropped: int
    open: int
    overdue: int


def course(opened: datetime, due: date | None, changes: Sequence[Change]) -> list[Step]:
    """The steps of an action, oldest first; `due` is the day by which it is due now."""
    first = next((one.before.get("due") for one in changes if "due" in one.after), due)
    steps, since, state, day = [], opened, "open", _day(first)
    for one in changes:
        steps.append(Step(since, one.at, state, day))
        since, state = one.at, str(one.after.get("state", state))
        day = _day(one.after["due"]) if "due" in one.after else day
    return [*steps, Step(since, None, state, day)]


def counted(courses: Iterable[Sequence[Step]], start: datetime, edges: Sequence[Edge]) -> list[Count]:
    """A count for each period: the first begins at `start`, every other where the one before ends."""
    ends, days, last = [edge.until for edge in edges], [edge.seen for edge in edges], len(edges)
    opened, done, dropped = [0] * last, [0] * last, [0] * last
    # By how much more, or less, holds at the end of one period than at the end of that before.
    more_open, more_overdue = [0] * (last + 1), [0] * (last + 1)
    for steps in courses:
        first = bisect_right(ends, steps[0].since)
        if start <= steps[0].since and first < last:
            opened[first] += 1
        for step in steps:
            # The ends of periods at which it stood so: from the first one after it began.
            seen = bisect_right(ends, step.since)
            beyond = bisect_right(ends, step.until) if step.until is not None else last
            if seen == beyond:
                continue
            if step.state not in PENDING:
                if step.since >= start:
                    (done if step.state == "done" else dropped)[seen] += 1
                continue
            more_open[seen] += 1
            more_open[beyond] -= 1
            late = max(seen, bisect_right(days, step.due)) if step.due is not None else beyond
            if late < beyond:
                more_overdue[late] += 1
                more_overdue[beyond] -= 1
    columns = zip(opened, done, dropped, accumulate(more_open), accumulate(more_overdue), strict=False)
    return [Count(*column) for column in columns]


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
