"""The term that a board is of, its programme, and the handover that ends it."""

from datetime import date, datetime
from typing import NamedTuple

from service.access.scene import Scene
from service.followups.activities.queries import activities, milestones_of
from service.followups.activities.rules import overdue
from service.followups.activities.tables import ActivityRow, MilestoneRow
from service.followups.handovers import queries as handovers
from service.followups.handovers.bodies import HandoverOut
from service.followups.handovers.outline import handover_out
from service.followups.handovers.rules import SIDES, Side
from service.followups.programmes.queries import programme_row
from service.followups.programmes.tables import ProgrammeRow
from service.language.speech import N_
from service.rotation.values import Term
from service.zones import midnight

SHOWN = 12
# The one next step of an activity, by its state.
_STEPS = {
    "proposed": N_("Put on record that the group agrees"), "agreed": N_("Say that it has begun"),
    "ongoing": N_("Report on it"),
}  # fmt: skip
ACTIVITIES = {
    "proposed": ("waiting", N_("proposed")), "agreed": ("", N_("agreed")), "ongoing": ("", N_("ongoing")),
    "completed": ("done", N_("completed")), "discontinued": ("refused", N_("discontinued")),
}  # fmt: skip


class Board(NamedTuple):
    """Which term the board is of; `running` says that it is today's, and `steers` that the reader acts in it."""

    term: Term | None
    running: bool
    steers: bool


class Passing(NamedTuple):
    """A handover with how much of its checklist is done, and which sides have confirmed."""

    out: HandoverOut
    at: datetime
    done: int
    confirmed: list[tuple[Side, bool]]


class Work(NamedTuple):
    """An activity with its next step in words; `due` is its next milestone, `late` that its day has ended."""

    row: ActivityRow
    step: str | None
    due: MilestoneRow | None
    late: bool


def board_of(at: Scene, laid: list[Term]) -> Board:
    """The running term for those who steer, the next one for those who will.

    Raises:
        Problem: 403, who asks does neither.
    """
    running = next((term for term in laid if term.start <= at.today < term.end), None)
    coming = next((term for term in laid if term.start > at.today), None)
    if at.may("meeting.call") is None and coming is not None and _will_chair(at, coming):
        return Board(coming, running=False, steers=False)
    at.need("meeting.call")
    return Board(running, running=True, steers=True)


def _will_chair(at: Scene, term: Term) -> bool:
    return bool(term.chair) and at.may("programme.draft", *term.chair, day=term.start) is not None


def passings(at: Scene, since: date) -> list[Passing]:
    """The handover that comes next, and those begun since a day that are not confirmed; the nearest day first."""
    found = []
    for boundary in handovers.all_boundaries(at.charter, at.today):
        ahead = boundary.day > at.today
        if ahead or boundary.day >= since:
            handover = handovers.handover(at.session, at.charter, at.today, boundary.key)
            if ahead or handover.waiting:
                out = handover_out(at, handover)
                told = [(side, getattr(out, side).confirmed_at is not None) for side in SIDES]
                begins = midnight(boundary.day, at.charter.group.timezone)
                found.append(Passing(out, begins, sum(one.done for one in out.checklist), told))
        if ahead:
            break
    return found


def programme(at: Scene, term: Term | None) -> ProgrammeRow | None:
    """The programme of a term, if it has one."""
    return programme_row(at.session, at.group_id, term.key) if term is not None else None


def works(at: Scene, row: ProgrammeRow | None) -> list[Work]:
    """The activities of a programme in the chair's order, then those that wait for the group to agree."""
    ids = row.activities if row is not None else []
    known = {one.id: one for one in activities(at.session, at.group_id, ids=ids, most=len(ids))} if ids else {}
    waiting = activities(at.session, at.group_id, state="proposed", most=SHOWN)
    rows = [*(known[id_] for id_ in ids if id_ in known), *(one for one in waiting if one.id not in known)][:SHOWN]
    steps = milestones_of(at.session, at.group_id, [one.id for one in rows]) if rows else {}
    return [_work(at, one, steps.get(one.id, [])) for one in rows]


def _work(at: Scene, row: ActivityRow, steps: list[MilestoneRow]) -> Work:
    ahead = [one for one in steps if one.reached is None] if row.state in ("agreed", "ongoing") else []
    due = min(ahead, key=lambda one: one.due, default=None)
    late = due is not None and overdue(due.due, due.reached, at.today)
    step = _STEPS.get(row.state)
    if row.state == "ongoing" and row.until_day <= at.today:
        step, late = N_("Say how it ended"), True
    return Work(row, step, due, late)
