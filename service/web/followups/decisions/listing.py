"""The decisions of the group: those that wait for answers first, then all of them, newest first."""

from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from service import clock
from service.access.scene import Scene
from service.followups.decisions.outline import DecisionShort, shorts
from service.followups.decisions.queries import Wanted, answers, page, running, silent
from service.followups.decisions.rules import standing
from service.followups.decisions.tables import GroupDecisionRow
from service.keyset import cursor, read_cursor
from service.language.speech import _
from service.web.followups.asking import one_of, tick, whole
from service.web.followups.decisions import words
from service.web.frame import page as frame
from service.web.frame.speaking import asked
from service.web.frame.visitor import seeing

router = APIRouter(include_in_schema=False)
_SHOWN = 30
_RUNNING = 20


class Waiting(NamedTuple):
    """A decision whose end is open: when silence ends, how many have answered, and who of one's own has not."""

    decision: DecisionShort
    deadline: words.Deadline
    over: bool
    answered: int
    asked: int
    missing: list[str]


@router.get("/groups/{group}/decisions")
def listed(
    group: str,
    request: Request,
    state: str = "",
    operative: str = "",
    year: str = "",
    purpose: str = "",
    meeting: str = "",
    position: str = "",
    after: str | None = None,
) -> Response:
    """The decisions that whoever looks may see."""
    wanted = Wanted(
        whole(year, 1900, 2199), one_of(state, words.STATES), one_of(operative, words.OPERATIVE),
        whole(purpose, 1, 1000), meeting or None, tick(position),
    )  # fmt: skip
    with seeing(request, group) as at:
        of = f"page/decisions/{group}/{at.inside}/{wanted}"
        begin = read_cursor(of, after)
        key = (int(begin[0]), int(begin[1])) if begin else None
        found = page(at.session, group, wanted, inside=at.inside, after=key, limit=_SHOWN + 1)
        last = found[_SHOWN - 1] if len(found) > _SHOWN else None
        older = asked().with_(after=cursor(of, [last.year, last.number])) if last else None
        first = wanted == Wanted() and after is None and at.inside
        waiting = _waiting(at) if first else []
        apart = {one.decision.id for one in waiting}
        return frame.page(
            "followups/decisions.html",
            at=at,
            title=_("Decisions"),
            waiting=waiting,
            decisions=[one for one in shorts(at.session, found[:_SHOWN]) if one.id not in apart],
            older=older,
            wanted=wanted,
            states=words.STATES,
            chosen_states=_states(at),
            operative=words.OPERATIVE,
            day_of=words.days_of(at),
            makes=any(at.may(verb) is not None for verb in ("decision.open", "decision.record")),
        )


def _states(at: Scene) -> list[tuple[str, str]]:
    """The states that can be asked for: the public sees no other than these two."""
    shown = words.STATES if at.inside else ("adopted", "superseded")
    return [(key, _(words.STATES[key][1])) for key in shown]


def _waiting(at: Scene) -> list[Waiting]:
    """What runs, what ends first before the others; then what was contested until its end and waits for the chair."""
    group = at.group_id
    stuck = page(at.session, group, Wanted(state="contested"), inside=True, limit=_RUNNING)
    runs = sorted(running(at.session, group)[:_RUNNING], key=lambda row: (row.until or row.opened_at, row.number))
    known = {row.id for row in runs}
    rows = [*runs, *(row for row in stuck if row.id not in known)]
    own = [one.id for one in at.charter.members if one.stands(at.today) and at.may("decision.answer", one.id)]
    return [_one(at, row, short, own) for row, short in zip(rows, shorts(at.session, rows), strict=True)]


def _one(at: Scene, row: GroupDecisionRow, short: DecisionShort, own: list[str]) -> Waiting:
    until = row.until or row.opened_at
    said = standing(answers(at.session, row), row.round)
    quiet = silent(at.charter, row, said)
    over = until <= clock.now()
    missing = [] if over else [member for member in own if member in quiet]
    return Waiting(short, words.deadline(at, until), over, len(said), len(said) + len(quiet), missing)
