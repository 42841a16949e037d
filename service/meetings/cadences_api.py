"""The HTTP door of cadences: what the charter has, and its change by the secretariat."""

from datetime import date, datetime
from itertools import islice

from fastapi import Request, Response
from pydantic import Field
from sqlmodel import Session

from service import clock, events, zones
from service.access.bodies import In, Out, Preview, answer, new_router
from service.access.door import ANYBODY, Answer, IfMatch, Key, change, create, glance, rehearse
from service.access.rules import Caller
from service.groups import commands as groups
from service.groups import queries
from service.groups.cadence import Cadence
from service.groups.charter import Charter
from service.groups.parts import Day
from service.language.speech import _
from service.meetings.cadences import occurrences
from service.meetings.door import Scene, scene
from service.meetings.proposing import horizon
from service.problems import Problem, not_found
from service.rotation.check import verify
from service.rotation.engine import add_months, terms
from service.rotation.values import RotationProblem
from service.versions import Expected

router = new_router("meetings")
_SHOWN = 5


class NextOut(Out):
    """A day on which a cadence would meet."""

    start: datetime
    zone: str
    place: str
    chair: list[str]


class CadenceOut(Out):
    """A cadence with the next days on which it meets."""

    cadence: Cadence
    next: list[NextOut]


class CadencesOut(Out):
    """The cadences of a group."""

    cadences: list[CadenceOut]


class CadenceChangeOut(CadenceOut):
    """A cadence as it would be, or is now."""

    saved: bool


class EndIn(In):
    """The first day on which a cadence no longer asks for a meeting."""

    until: Day = Field(description="Meetings that are proposed for this day or later are withdrawn.")


@router.get("/cadences", response_model=CadencesOut, openapi_extra=ANYBODY)
def cadences(group: str, request: Request) -> Response:
    """The kinds of meetings that come back, with the next days of each."""

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        out = [_out(at.charter, cadence, at.today) for cadence in at.charter.cadences]
        return answer(CadencesOut(cadences=out), queries.group_row(session, group).version)

    return glance(request, group, do)


@router.post("/cadences", status_code=201, response_model=CadenceChangeOut)
def open_cadence(
    group: str, body: Cadence, request: Request, preview: Preview = False, key: Key = None, if_match: IfMatch = None
) -> Response:
    """Add a kind of meeting to the charter; its meetings are proposed at once. `preview=true` shows the next days."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = _secretariat(session, group, caller)
        expected.meet(queries.group_row(session, group).version)
        if any(cadence.id == body.id for cadence in at.charter.cadences):
            raise Problem(
                409, "cadence-exists", _("A cadence with this id is there already; amend it, or choose another id.")
            )
        return _save(at, [*at.charter.cadences, body], body, "cadence.opened", saved=not preview, status=201)

    if preview:
        return rehearse(request, group, do, if_match=if_match)
    return create(request, group, body, do, key=key, if_match=if_match)


@router.post("/cadences/{cadence}/amend", response_model=CadenceChangeOut)
def amend(
    group: str, cadence: str, body: Cadence, request: Request, preview: Preview = False, if_match: IfMatch = None
) -> Response:
    """Change a cadence. Meetings that nobody has called follow it; those called stay where they are."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = _secretariat(session, group, caller)
        expected.meet(queries.group_row(session, group).version)
        _one(at.charter, cadence)
        if body.id != cadence:
            raise Problem(422, "other-cadence", _("The id in the body is another; a cadence keeps its id."))
        changed = [body if one.id == cadence else one for one in at.charter.cadences]
        return _save(at, changed, body, "cadence.amended", saved=not preview)

    if preview:
        return rehearse(request, group, do, if_match=if_match)
    return change(request, group, do, if_match=if_match)


@router.post("/cadences/{cadence}/end", response_model=CadenceChangeOut)
def end(
    group: str, cadence: str, body: EndIn, request: Request, preview: Preview = False, if_match: IfMatch = None
) -> Response:
    """End a cadence on a day."""

    def do(session: Session, caller: Caller, expected: Expected) -> Answer:
        at = _secretariat(session, group, caller)
        expected.meet(queries.group_row(session, group).version)
        known = _one(at.charter, cadence)
        if body.until <= known.from_:
            raise Problem(
                422, "invalid-period", _("until is not after from ({start}); write a later day.", start=known.from_)
            )
        ended = known.model_copy(update={"until": body.until})
        changed = [ended if one.id == cadence else one for one in at.charter.cadences]
        return _save(at, changed, ended, "cadence.ended", saved=not preview)

    if preview:
        return rehearse(request, group, do, if_match=if_match)
    return change(request, group, do, if_match=if_match)


def _secretariat(session: Session, group: str, caller: Caller) -> Scene:
    at = scene(session, group, caller, lock=True)
    at.need("cadence.open")
    return at


def _one(charter: Charter, id_: str) -> Cadence:
    found = next((cadence for cadence in charter.cadences if cadence.id == id_), None)
    if found is None:
        raise not_found(_("This cadence is not here; check the address."))
    return found


def _save(at: Scene, cadences: list[Cadence], one: Cadence, kind: str, *, saved: bool, status: int = 200) -> Answer:
    """Store the charter with these cadences, like any other change of it."""
    charter = at.charter.model_copy(update={"cadences": cadences})
    try:
        verify(charter)
    except RotationProblem as problem:
        raise Problem(422, "invalid-cadence", "; ".join(text for _path, text in problem.faults)) from None
    row = groups.store(at.session, charter)
    events.record(at.session, row.id, kind, one.id, str(row.version), actor=at.actor, when=one.when)
    events.terms_changed(at.session, row.id)
    found = _out(charter, one, at.today)
    out = CadenceChangeOut(saved=saved, cadence=found.cadence, next=found.next)
    return answer(
        out, row.version, status, **({"Location": f"/api/v1/groups/{row.id}/cadences"} if status == 201 else {})
    )


def _out(charter: Charter, cadence: Cadence, today: date) -> CadenceOut:
    far = add_months(horizon(today), 12)
    laid = terms(charter, add_months(far, 24))
    coming = (found for found in occurrences(charter, cadence, laid, today, far) if found.start > clock.now())
    shown = [
        NextOut(
            start=found.start.astimezone(zones.zone(found.zone)),
            zone=found.zone,
            place=found.place,
            chair=list(found.chair),
        )
        for found in islice(coming, _SHOWN)
    ]
    return CadenceOut(cadence=cadence, next=shown)
