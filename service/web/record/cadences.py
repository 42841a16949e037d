"""The rhythm of meetings: which kinds of meetings come back, and when next; opened, amended and ended."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from service.groups import queries as groups
from service.groups.cadence import Cadence
from service.language.speech import N_, _
from service.meetings import cadences_api
from service.problems import not_found
from service.web.frame.forms import Fault, Form, Typed, answered, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/record/cadences"
LEVELS = (("focal-points", N_("focal points")), ("principals", N_("principals")))
QUORUMS = (("majority", N_("a majority of the members")), ("two-thirds", N_("two thirds of the members")),
           ("all", N_("every member")))  # fmt: skip


@router.get(ADDRESS)
def listed(group: str, request: Request) -> Response:
    """The cadences of the charter with their next days, and the form of another one."""
    return _list(request, group)


@router.post(ADDRESS)
def add(group: str, request: Request, typed: Form) -> Response:
    """Add a kind of meeting to the charter."""

    def do() -> str:
        cadences_api.open_cadence(
            group, body(Cadence, _said(typed)), by_browser(request), preview=False, key=typed.once, if_match=None
        )
        return f"/groups/{quote(group)}/record/cadences"

    return attempt(do, lambda fault: _list(request, group, fault), typed, "new")


@router.get(ADDRESS + "/{cadence}")
def one(group: str, cadence: str, request: Request) -> Response:
    """One cadence, to be amended or ended."""
    return _one(request, group, cadence)


@router.post(ADDRESS + "/{cadence}")
def amend(group: str, cadence: str, request: Request, typed: Form) -> Response:
    """Change a cadence; what its form does not ask for stays as it is."""

    def do() -> str:
        with looking(request, group) as at:
            known = _known(at.charter.cadences, cadence)
        kept = known.model_dump(by_alias=True, mode="json", include={"members", "source", "freeze"})
        said = kept | _said(typed) | {"id": cadence}
        cadences_api.amend(
            group, cadence, body(Cadence, said), by_browser(request), preview=False, if_match=typed.if_match
        )
        return f"/groups/{quote(group)}/record/cadences"

    return attempt(do, lambda fault: _one(request, group, cadence, fault), typed, "amend")


@router.post(ADDRESS + "/{cadence}/end")
def end(group: str, cadence: str, request: Request, typed: Form) -> Response:
    """End a cadence on a day."""

    def do() -> str:
        said = body(cadences_api.EndIn, {"until": typed.text("until")})
        cadences_api.end(group, cadence, said, by_browser(request), preview=False, if_match=typed.if_match)
        return f"/groups/{quote(group)}/record/cadences"

    return attempt(do, lambda fault: _one(request, group, cadence, fault), typed, "end")


def _said(typed: Typed) -> dict[str, Any]:
    names = ("id", "title", "level", "when", "at", "zone", "place", "link", "from", "until")
    quorum = typed.whole("quorum")
    return {name: typed.text(name) for name in names} | {"minutes": typed.whole("minutes"), "quorum": quorum}


def _known(cadences: list[Cadence], id_: str) -> Cadence:
    found = next((one for one in cadences if one.id == id_), None)
    if found is None:
        raise not_found(_("This rhythm is not here; look at the list of rhythms."))
    return found


def _list(request: Request, group: str, fault: Fault | None = None) -> Response:
    with looking(request, group) as at:
        at.need("cadence.open")
        found = answered(cadences_api.cadences(group, by_browser(request)))["cadences"]
        return page(
            "record/cadences.html",
            fault.status if fault else 200,
            at=at,
            title=_("Rhythm of meetings"),
            cadences=found,
            blank=dict.fromkeys(Cadence.model_json_schema()["properties"]),
            fault=fault,
            once=new_key(),
            **_choices(),
        )


def _one(request: Request, group: str, cadence: str, fault: Fault | None = None) -> Response:
    with looking(request, group) as at:
        at.need("cadence.open")
        known = _known(at.charter.cadences, cadence)
        return page(
            "record/cadence.html",
            fault.status if fault else 200,
            at=at,
            title=known.title,
            cadence=known.model_dump(by_alias=True, mode="json"),
            version=groups.group_row(at.session, group).version,
            fault=fault,
            **_choices(),
        )


def _choices() -> dict[str, Any]:
    return {
        "levels": [(value, _(word)) for value, word in LEVELS],
        "quorums": [(value, _(word)) for value, word in QUORUMS],
    }
