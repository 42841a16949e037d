"""The HTTP door of programmes: what a chair sets out to do in its term, and what became of it."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field
from sqlmodel import Session

from service.access.bodies import In, Out, answer, new_router
from service.access.door import Answer, IfMatch, change, look
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.followups.activities.queries import known_ids
from service.followups.programmes import commands
from service.followups.programmes.queries import existing, programme_row, programmes
from service.followups.programmes.rules import ACTIVITIES, Place, State, coming, place, running, state, unfinished
from service.followups.programmes.tables import ProgrammeRow
from service.language.speech import _
from service.problems import Problem, not_found
from service.rotation.engine import terms
from service.rotation.rules import horizon
from service.rotation.values import Term
from service.text import Id, Line, LongText, Text
from service.versions import Expected

router = new_router("programmes")
Ids = Annotated[list[Id], Field(max_length=ACTIVITIES)]


class ProgrammeIn(In):
    """The theme of a term and its programme, whole: a text, and the activities in the chair's order."""

    theme: Line
    text: LongText = ""
    activities: Ids = Field([])


class CloseIn(In):
    """What came of the programme; `carry` names the unfinished activities that pass to the next one."""

    summary: Text
    carry: Ids = Field([])


class PartOut(Out):
    """An activity of a programme as it stands."""

    id: str
    title: str
    lead: str
    status: str


class ProgrammeOut(Out):
    """The programme of a term. `unfinished` is computed until it is closed, and stands from then on."""

    turn: str
    chair: list[str]
    start: date | None = Field(description="The term, [start, end); null where no such term is laid any more.")
    end: date | None
    state: State
    theme: str
    text: str
    activities: list[PartOut]
    unfinished: list[str]
    carried: list[str]
    summary: str | None
    by: str
    changed_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    version: int


class ProgrammesOut(Out):
    programmes: list[ProgrammeOut]


@router.get("/programmes", response_model=ProgrammesOut)
def list_programmes(group: str, request: Request) -> Response:
    """The programmes of all terms that have one, the latest term first."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("activity.look")
        laid = _laid(at)
        found = [programme_out(at, laid, row) for row in programmes(session, group).values()]
        found.sort(key=lambda one: (one.start is not None, one.start), reverse=True)
        return answer(ProgrammesOut(programmes=found))

    return look(request, group, do)


@router.get("/programmes/{turn}", response_model=ProgrammeOut)
def one_programme(group: str, turn: str, request: Request) -> Response:
    """The programme of a term, by the key of its turn."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("activity.look")
        row = existing(session, group, turn)
        return answer(programme_out(at, _laid(at), row), row.version)

    return look(request, group, do)


@router.post("/programmes/{turn}", response_model=ProgrammeOut)
def set_programme(group: str, turn: str, body: ProgrammeIn, request: Request, if_match: IfMatch = None) -> Response:
    """Set theme and programme of a term, or set them anew (then with If-Match).

    The chair of today sets that of the running term; the chair of the next term may draft its own.
    """

    def do(session: Session, caller: Caller, _: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        laid = _laid(at)
        term = _place(laid, turn).term
        _need_set(at, laid, term)
        known = programme_row(session, group, turn, lock=True)
        if known is not None:
            Expected(if_match, required=True).meet(known.version)
        row = commands.set_programme(session, group, term, body.theme, body.text, body.activities, actor=caller.name)
        return answer(programme_out(at, laid, row), row.version)

    return change(request, group, do, if_match=if_match, required=False)


@router.post("/programmes/{turn}/close", response_model=ProgrammeOut)
def close(group: str, turn: str, body: CloseIn, request: Request, if_match: IfMatch = None) -> Response:
    """Close the programme of a term with what came of it, and carry what is unfinished to the next one."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("programme.close")
        laid = _laid(at)
        found = _place(laid, turn)
        row = existing(session, group, turn, lock=True)
        expected.meet(row.version)
        if found.term.start > at.today:
            raise Problem(409, "term-not-begun", _("This term has not begun; its programme is closed once it has."))
        if not body.summary:
            raise Problem(422, "empty-field", _("The summary is empty; say what came of the programme."))
        now = running(laid, at.today)
        # What was left open at the end of its term is carried into the term that runs.
        following = found.following if found.term.end > at.today or now is None else now
        commands.close(session, row, body.summary, body.carry, following, actor=caller.name)
        return answer(programme_out(at, laid, row), row.version)

    return change(request, group, do, if_match=if_match)


def _need_set(at: Scene, laid: list[Term], term: Term) -> None:
    if term.end <= at.today:
        raise Problem(409, "term-is-over", _("This term is over; its programme can only be closed."))
    if term.start <= at.today:
        at.need("programme.set")
    elif term == coming(laid, at.today):
        at.need("programme.draft", *term.chair, day=term.start)
    else:
        raise Problem(409, "term-is-far-off", _("Only the programmes of the running term and of the next one are set."))


def _laid(at: Scene) -> list[Term]:
    return terms(at.charter, horizon(at.charter, at.today))


def _place(laid: list[Term], turn: str) -> Place:
    found = place(laid, turn)
    if found is None:
        raise not_found(_("A term with this key is not here; check the address."))
    return found


def programme_out(at: Scene, laid: list[Term], row: ProgrammeRow) -> ProgrammeOut:
    """The programme of a term as members see it, among the terms of the group."""
    found = place(laid, row.turn)
    term = found.term if found else None
    known = known_ids(at.session, row.group_id, row.activities)
    parts = [known[id_] for id_ in row.activities]
    closed = row.closed_at is not None
    left = row.unfinished if closed else unfinished((one.id, one.state) for one in parts)
    return ProgrammeOut(
        turn=row.turn,
        chair=list(term.chair) if term else [],
        start=term.start if term else None,
        end=term.end if term else None,
        state=state(term.start, term.end, closed, at.today) if term else "closed" if closed else "over",
        theme=row.theme,
        text=row.text,
        activities=[PartOut(id=one.id, title=one.title, lead=one.lead, status=one.state) for one in parts],
        unfinished=left,
        carried=row.carried,
        summary=row.summary,
        by=row.by,
        changed_at=row.changed_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        version=row.version,
    )
