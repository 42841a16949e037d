"""The page of a handover, for whoever is signed in: where it stands, what to fill in and confirm, and the dossier."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from service.access.scene import Scene
from service.calendars.items import named
from service.followups.handovers import api, queries
from service.followups.handovers.bodies import AnswerIn, ConfirmIn, FillIn
from service.followups.handovers.outline import handover_out
from service.followups.handovers.queries import Handover
from service.followups.handovers.rules import CHECKLIST, SIDES, is_deserted
from service.language.speech import N_, _
from service.notifications.followups.dossiers_api import found_dossier
from service.problems import Problem
from service.web.frame.forms import Fault, Form, Typed, attempt, body, in_words
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/handovers/{turn}"
# For each state: how it is marked, its name, and what it means.
_STATES = {
    "ahead": ("waiting", N_("ahead"), N_("It opens 30 days before its day.")),
    "open": ("waiting", N_("open"), N_("It is open: both sides check, fill in and confirm.")),
    "overdue": ("late", N_("overdue"), N_("Its day has passed, and not both sides have confirmed yet.")),
    "confirmed": ("done", N_("confirmed"), N_("Both sides have confirmed.")),
    "withdrawn": ("refused", N_("withdrawn"), N_("The terms have changed; the chair does not pass here any more.")),
}
_SIDES = {"outgoing": N_("outgoing"), "incoming": N_("incoming")}
# So many rows of a table of the dossier are shown on the page; the file has all.
_ROWS = 60


@router.get(ADDRESS)
def show(group: str, turn: str, request: Request) -> Response:
    """The handover with its dossier; whoever is not signed in is led to the sign-in."""
    return _page(request, group, turn)


@router.post(ADDRESS + "/fill")
def fill(group: str, turn: str, request: Request, typed: Form) -> Response:
    """Fill in the checklist, as the form holds it."""

    def do() -> str:
        answers = [_answer(typed, one.key) for one in CHECKLIST if f"text-{one.key}" in typed.fields]
        api.fill(group, turn, FillIn(answers=answers), by_browser(request), if_match=typed.if_match)
        return f"/groups/{group}/handovers/{turn}"

    return attempt(do, lambda fault: _page(request, group, turn, fault), typed, form="fill")


@router.post(ADDRESS + "/confirm")
def confirm_side(group: str, turn: str, request: Request, typed: Form) -> Response:
    """Confirm for one side."""

    def do() -> str:
        said = body(ConfirmIn, {name: typed.text(name) for name in ("side", "member", "reservations")})
        api.confirm(group, turn, said, by_browser(request), if_match=typed.if_match)
        return f"/groups/{group}/handovers/{turn}"

    name = f"confirm-{typed.get('side')}-{typed.get('member')}"
    return attempt(do, lambda fault: _page(request, group, turn, fault), typed, form=name)


def _answer(typed: Typed, key: str) -> AnswerIn:
    """What was typed under a heading.

    Raises:
        Problem: 422, the text cannot be used; with the field that it stands in.
    """
    try:
        values = {"heading": key, "text": typed.get(f"text-{key}").strip(), "done": typed.ticked(f"done-{key}")}
        return body(AnswerIn, values)
    except ValidationError as error:
        raise Problem(422, "invalid-field", in_words(error)[1], field=f"text-{key}") from None


def _page(request: Request, group: str, turn: str, fault: Fault | None = None) -> Response:
    with looking(request, group) as at:
        at.need("handover.look")
        found = queries.handover(at.session, at.charter, at.today, turn)
        status = fault.status if fault else 200
        return page("term/handover.html", status, at=at, fault=fault, **_values(at, found))


def _values(at: Scene, found: Handover) -> dict[str, Any]:
    out = handover_out(at, found)
    chairs = {side: named(at.charter, getattr(out, side).members) for side in SIDES}
    outgoing, incoming = chairs["outgoing"], chairs["incoming"]
    return {
        "title": _("Handover of the chair: {outgoing} to {incoming}", outgoing=outgoing, incoming=incoming),
        "handover": out,
        "chairs": chairs,
        "sides": [(side, chairs[side], getattr(out, side)) for side in SIDES],
        "words": _SIDES,
        "state": _STATES[out.state],
        "done": sum(one.done for one in out.checklist),
        "fills": _fills(at, found) and out.state not in ("confirmed", "withdrawn"),
        "confirms": _confirms(at, found) if out.state in ("open", "overdue") else [],
        "shown": found_dossier(at, found.turn) if found.boundary or out.dossiers else None,
        "zone": at.charter.group.timezone,
        "rows": _ROWS,
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
                offered.append((side, "", _("the vacant side")))
            continue
        offered += [
            (side, member, at.charter.short(member))
            for member in boundary.chair(side)
            if at.may("handover.confirm", member, day=day) is not None
        ]
    return offered
