"""The chair's board: every state with its one next step. For who steers today; read-only for the coming chair."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from service import clock
from service.access.scene import Scene
from service.followups.handovers.queries import chair_actions
from service.language.speech import N_, _
from service.meetings import api
from service.rotation.succession import accepted
from service.web.followups.decisions.words import SAID
from service.web.frame.forms import Fault, Form, attempt
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking
from service.web.meetings.words import LOOKS, STATES
from service.web.term import board_meetings, board_term, board_work, turns
from service.web.term.board_term import Board
from service.web.term.served import ahead, zone_of
from service.zones import midnight

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/board"
# What the board says after something was done from it.
DONE = {"call": N_("The meeting is called; the invitations go out within a minute or two.")}
_STATES = STATES | {"overdue": N_("over, not on record as held")}
# Each side of a handover: that it has not confirmed, and that it has.
SIDES = {
    "outgoing": (N_("The outgoing side has not confirmed yet."), N_("The outgoing side has confirmed.")),
    "incoming": (N_("The incoming side has not confirmed yet."), N_("The incoming side has confirmed.")),
}
# A handover that was not confirmed stays on the board so long after its day.
_OPEN_FOR = timedelta(days=60)
_CHAIRS = 10


@router.get(ADDRESS)
def show(group: str, request: Request, done: str = "") -> Response:
    """The board of the running term, or of the coming one for those who will chair in it."""
    return _board(request, group, done=done)


@router.post(ADDRESS + "/call")
def call(group: str, request: Request, typed: Form) -> Response:
    """Call a meeting that is proposed."""
    meeting = typed.get("meeting")

    def do() -> str:
        api.call(group, meeting, by_browser(request), preview=False, if_match=typed.if_match)
        return f"/groups/{group}/board?done=call"

    return attempt(do, lambda fault: _board(request, group, fault=fault), typed, form=f"call-{meeting}")


def _board(request: Request, group: str, *, done: str = "", fault: Fault | None = None) -> Response:
    with looking(request, group) as at:
        laid = turns.laid(at)
        board = board_term.board_of(at, laid)
        return page(
            "term/board.html",
            fault.status if fault else 200,
            at=at,
            wide=True,
            done=DONE.get(done),
            fault=fault,
            **_values(at, board),
        )


def _values(at: Scene, board: Board) -> dict[str, Any]:
    term, running = board.term, board.running
    now = clock.now()
    begins = now if running or term is None else midnight(term.start, at.charter.group.timezone)
    ends = midnight(term.end, at.charter.group.timezone) if term is not None else None
    coming = board_meetings.coming(at, begins, ends)
    past = board_meetings.past(at) if running else []
    programme = board_term.programme(at, term)
    lines, total = board_work.by_agency(at)
    return {
        "title": _("Chair's board"),
        "board": board,
        "term": term,
        "accepted": term is not None and accepted(term),
        "programme": programme,
        "works": board_term.works(at, programme) if running or programme else [],
        "coming": board_meetings.standings(at, coming),
        "past": board_meetings.standings(at, past),
        "missing": board_meetings.missing(at, [*past, *coming]) if running else [],
        "waiting": board_meetings.waiting(at, coming) if running else [],
        "silences": board_work.silences(at) if running else [],
        "minutes": board_work.circulated(at) if running else [],
        "lines": lines,
        "total": total,
        "passing": board_term.passings(at, at.today - _OPEN_FOR if running else at.today),
        "inherited": [] if running else chair_actions(at.session, at.group_id, now)[:_CHAIRS],
        "failed": board_work.failed(at),
        "troubles": board_work.TROUBLES,
        "states": _STATES,
        "looks": LOOKS,
        "said": SAID,
        "kinds": board_term.ACTIVITIES,
        "sides": SIDES,
        "ahead": ahead,
        "zone": zone_of(at).key,
    }
