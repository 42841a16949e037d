"""The page of a handover, for whoever is signed in: where it stands, what to fill in and confirm, and the dossier."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from service.access.scene import Scene
from service.calendars.items import group_name
from service.followups.handovers import queries
from service.followups.handovers.acting import confirm, fill_in
from service.followups.handovers.bodies import ConfirmIn, FillIn
from service.followups.handovers.compiling import moment, named
from service.followups.handovers.outline import handover_out
from service.followups.handovers.queries import Handover
from service.followups.handovers.rules import CHECKLIST, SIDES, is_deserted
from service.notifications.followups.dossiers_api import as_file, found_dossier
from service.problems import Problem, not_found
from service.versions import Expected
from service.web.pages import page
from service.web.sign_in import private
from service.web.visitor import changing, looking

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/handovers/{turn}"
_FIELDS = 2 * len(CHECKLIST) + 1
_WORDS = {
    "ahead": "It opens 30 days before its day.",
    "open": "It is open: both sides check, fill in and confirm.",
    "overdue": "Its day has passed, and not both sides have confirmed yet.",
    "confirmed": "Both sides have confirmed.",
    "withdrawn": "The terms have changed; the chair does not pass here any more.",
}
Do = Callable[[Scene], None]


@router.get(ADDRESS)
def show(group: str, turn: str, request: Request) -> Response:
    """The handover with its dossier; whoever is not signed in is led to the sign-in."""
    try:
        return _page(request, group, turn)
    except Problem as problem:
        if problem.status == 401 and "text/html" in request.headers.get("accept", ""):
            return private(RedirectResponse(f"/groups/{quote(group)}/sign-in?next={quote(request.url.path)}", 303))
        raise


@router.get(ADDRESS + "/dossier.{form}")
def dossier_file(group: str, turn: str, form: Literal["md", "pdf"], request: Request) -> Response:
    """The dossier as a file, frozen or as it stands."""
    with looking(request, group) as at:
        at.need("dossier.look")
        found = found_dossier(at, turn)
        if found is None:
            raise not_found("A dossier of this handover")
        return as_file(at, turn, found, "markdown" if form == "md" else "pdf")


@router.post(ADDRESS + "/fill")
async def fill(group: str, turn: str, request: Request) -> Response:
    """Fill in the checklist, as the form holds it."""
    form = await request.form(max_files=0, max_fields=_FIELDS)
    typed = {name: value for name, value in form.items() if isinstance(value, str)}

    def do(at: Scene) -> None:
        answers = [
            {"heading": one.key, "text": typed[f"text-{one.key}"], "done": f"done-{one.key}" in typed}
            for one in CHECKLIST
            if f"text-{one.key}" in typed
        ]
        fill_in(at, turn, FillIn.model_validate({"answers": answers}), _seen(typed.get("version", "")))

    return await run_in_threadpool(_attempt, request, group, turn, do, typed)


@router.post(ADDRESS + "/confirm")
def confirm_side(
    group: str,
    turn: str,
    request: Request,
    side: Annotated[str, Form(max_length=20)] = "",
    member: Annotated[str, Form(max_length=100)] = "",
    reservations: Annotated[str, Form(max_length=20_000)] = "",
    version: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Confirm for one side."""
    said = {"side": side or None, "member": member or None, "reservations": reservations}

    def do(at: Scene) -> None:
        confirm(at, turn, ConfirmIn.model_validate(said), _seen(version))

    return _attempt(request, group, turn, do, {"reservations": reservations})


def _seen(version: str) -> Expected:
    """The version that the form was made for."""
    return Expected(f'"{version if version.isdecimal() and version.isascii() else 0}"', required=True)


def _attempt(request: Request, group: str, turn: str, do: Do, typed: dict[str, str]) -> Response:
    """Do it and show the page anew, or say on it why not, with what was typed."""
    try:
        with changing(request, group) as at:
            do(at)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return _page(request, group, turn, f"{first['msg'].removeprefix('Value error, ').capitalize()}.", 422, typed)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        fault = "It has changed since this page was opened; look again." if problem.status == 412 else problem.detail
        return _page(request, group, turn, fault, problem.status, typed)
    return private(RedirectResponse(f"/groups/{quote(group)}/handovers/{quote(turn)}", 303))


def _page(
    request: Request, group: str, turn: str, fault: str = "", status: int = 200, typed: dict[str, str] | None = None
) -> Response:
    with looking(request, group) as at:
        at.need("handover.look")
        found = queries.handover(at.session, at.charter, at.today, turn)
        values = _values(at, found)
    return private(page("handover.html", status, fault=fault, typed=typed or {}, **values))


def _values(at: Scene, found: Handover) -> dict[str, Any]:
    zone = at.charter.group.timezone
    out = handover_out(at, found)
    shown = found_dossier(at, found.turn) if found.boundary or out.dossiers else None
    chairs = {side: named(at.charter, getattr(out, side).members) for side in SIDES}
    return {
        "title": f"{group_name(at.charter)}: handover of {out.day}",
        "group": at.charter.group,
        "handover": out,
        "chairs": chairs,
        "sides": [(side, chairs[side], getattr(out, side)) for side in SIDES],
        "state": _WORDS[out.state],
        "fills": _fills(at, found) and out.state not in ("confirmed", "withdrawn"),
        "confirms": _confirms(at, found) if out.state in ("open", "overdue") else [],
        "shown": shown,
        "made": moment(shown.at, zone) if shown else "",
        "moment": lambda instant: moment(instant, zone),
    }


def _fills(at: Scene, found: Handover) -> bool:
    """Whether who looks may fill in: for either side, or as the secretariat."""
    boundary = found.boundary
    return boundary is not None and any(
        at.may("handover.fill", *boundary.chair(side), day=boundary.day_of(side, at.today)) is not None
        for side in SIDES
    )


def _confirms(at: Scene, found: Handover) -> list[tuple[str, str, str]]:
    """For whom who looks may confirm, as (side, member, what people call it); no member where a side is vacant."""
    offered: list[tuple[str, str, str]] = []
    boundary = found.boundary
    if boundary is None:
        return offered
    for side in found.waiting:
        day = boundary.day_of(side, at.today)
        if is_deserted(at.charter, boundary, side, at.today):
            if at.may("handover.stand-in") is not None:
                offered.append((side, "", "the vacant side"))
            continue
        offered += [
            (side, member, at.charter.short(member))
            for member in boundary.chair(side)
            if at.may("handover.confirm", member, day=day) is not None
        ]
    return offered
