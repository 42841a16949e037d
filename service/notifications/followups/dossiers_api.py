"""The HTTP door of dossiers: as values, as Markdown, on paper; and corrections by the secretariat."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from sqlmodel import Session

from service import clock, zones
from service.access.bodies import CONFLICT, In, Out, answer, new_router
from service.access.door import Answer, Key, create, look
from service.access.queries import caller as asking
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.database import reading
from service.followups.handovers import queries
from service.followups.handovers.contents import Dossier
from service.followups.handovers.pdf import NoPdf
from service.language.speech import _
from service.notifications.followups.dossiers import Shown, freeze, frozen, shown
from service.problems import Problem, not_found
from service.text import Text
from service.versions import Expected

router = new_router("dossiers")

Number = Annotated[int | None, Query(ge=1, le=1000, description="Which of them; default: the newest.")]


class CorrectIn(In):
    """Why the dossier that is frozen does not tell what was."""

    reason: Text


class DossierOut(Out):
    """A dossier: frozen, a draft (its day has come, nobody has frozen it yet), or a preview (its day is to come).

    `at` is when it was frozen or put together, `sha256` that of the PDF.
    """

    turn: str
    state: Literal["frozen", "draft", "preview"]
    number: int | None
    at: datetime
    reason: str | None
    sha256: str | None
    dossier: Dossier


class FrozenOut(Out):
    """One frozen dossier; `by` is empty for the one that the day itself has brought."""

    number: int
    frozen_at: datetime
    by: str | None
    reason: str | None
    sha256: str


class FrozensOut(Out):
    dossiers: list[FrozenOut]


@router.get(
    "/handovers/{turn}/dossier",
    response_model=DossierOut,
    responses=CONFLICT | {200: {"content": {"text/markdown": {}, "application/pdf": {}}}},
)
def dossier(
    group: str,
    turn: str,
    request: Request,
    form: Annotated[Literal["json", "markdown", "pdf"], Query(alias="format")] = "json",
    number: Number = None,
) -> Response:
    """The dossier of a handover. One that is not frozen is put together as things stand, and says so."""
    if form == "json":

        def do(session: Session, caller: Caller) -> Answer:
            at = scene(session, group, caller)
            return answer(_out(turn, _shown(at, turn, number)))

        return look(request, group, do)
    with reading(request.app.state.engine) as session:
        at = scene(session, group, asking(session, request.headers.get("authorization"), group, writes=False))
        return as_file(at, turn, _shown(at, turn, number), form)


@router.get("/handovers/{turn}/dossiers", response_model=FrozensOut)
def dossiers(group: str, turn: str, request: Request) -> Response:
    """The dossiers of a handover that are frozen: the first, and its corrections."""

    def do(session: Session, caller: Caller) -> Answer:
        at = scene(session, group, caller)
        at.need("dossier.look")
        queries.handover(session, at.charter, at.today, turn)
        rows = queries.dossiers(session, group, turn)
        return answer(FrozensOut(dossiers=[FrozenOut(**row.model_dump(include=_FROZEN)) for row in rows]))

    return look(request, group, do)


@router.post("/handovers/{turn}/dossiers", status_code=201, response_model=DossierOut)
def correct(group: str, turn: str, body: CorrectIn, request: Request, key: Key = None) -> Response:
    """Freeze another dossier beside those that are, with the reason; it is sent to both sides as well."""

    def do(session: Session, caller: Caller, _expected: Expected) -> Answer:
        at = scene(session, group, caller, lock=True)
        at.need("dossier.correct")
        if not body.reason:
            raise Problem(422, "empty-field", _("The reason is empty; say what the frozen dossier does not tell."))
        boundary = queries.coming(session, at.charter, at.today, turn)[1]
        if clock.now() < zones.midnight(boundary.day, at.charter.group.timezone):
            raise Problem(409, "handover-is-ahead", _("A dossier is frozen when the day of the handover has come."))
        try:
            row = freeze(session, at.charter, boundary, reason=body.reason, actor=caller.name)
        except NoPdf:
            raise _no_pdf() from None
        where = f"/api/v1/groups/{group}/handovers/{turn}/dossier?number={row.number}"
        return answer(_out(turn, frozen(row)), status=201, Location=where)

    return create(request, group, body, do, key=key, if_match=None)


_FROZEN = {"number", "frozen_at", "by", "reason", "sha256"}


def _shown(at: Scene, turn: str, number: int | None) -> Shown:
    at.need("dossier.look")
    found = found_dossier(at, turn, number)
    if found is None:
        raise not_found(_("A dossier of this number is not here; check the address."))
    return found


def found_dossier(at: Scene, turn: str, number: int | None = None) -> Shown | None:
    """The dossier of a handover; of a withdrawn one only what was frozen.

    Raises:
        Problem: 404, there is no such handover; 409, it was withdrawn before its day.
    """
    handover = queries.handover(at.session, at.charter, at.today, turn)
    kept = queries.dossiers(at.session, at.group_id, turn)
    if handover.boundary is None and kept:
        row = next((one for one in kept[::-1] if number is None or one.number == number), None)
        return frozen(row) if row is not None else None
    handover, boundary = queries.coming(at.session, at.charter, at.today, turn)
    return shown(at.session, at.charter, handover, boundary, number)


def as_file(at: Scene, turn: str, found: Shown, form: Literal["markdown", "pdf"]) -> Response:
    """A dossier as a file to read or to keep.

    Raises:
        Problem: 503, no PDF could be made of one that is not frozen.
    """
    name = f"{at.group_id}-{turn}-dossier{f'-{found.number}' if found.number else ''}"
    headers = {"Cache-Control": "no-store"}
    if form == "markdown":
        headers["Content-Disposition"] = f'inline; filename="{name}.md"'
        return Response(found.markdown, headers=headers, media_type="text/markdown; charset=utf-8")
    try:
        body = found.pdf(at.charter)
    except NoPdf:
        raise _no_pdf() from None
    headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return Response(body, headers=headers, media_type="application/pdf")


def _no_pdf() -> Problem:
    return Problem(503, "no-pdf", _("No PDF could be made of this; take it as Markdown, and tell the secretariat."))


def _out(turn: str, found: Shown) -> DossierOut:
    return DossierOut(
        turn=turn,
        state=found.state,
        number=found.number,
        at=found.at,
        reason=found.reason,
        sha256=found.row.sha256 if found.row else None,
        dossier=found.dossier,
    )
