"""One's own page: who one is here, one's feed and tokens, and the people of one's agency."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, cast
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from service import clock
from service.access.keeping import appoint, end, mine
from service.access.own_tokens import make, revoke
from service.access.people_api import AppointIn, EndIn
from service.access.queries import tokens_page
from service.access.scene import Scene
from service.access.tokens_api import feed_address
from service.access.verbs import SCOPES, Scope
from service.groups import queries as groups
from service.problems import Problem
from service.rotation.people import CHAIR_ROLES
from service.web.pages import page
from service.web.sign_in import private
from service.web.visitor import changing, looking

router = APIRouter(include_in_schema=False)
ADDRESS = "/groups/{group}/me"
_TOKENS = 100
# What a role is called on a page, in the order in which they are offered.
ROLES = {
    "focal-point": "focal point", "alternate": "alternate", "head": "head", "chair-office": "chair's office",
    "secretariat": "secretariat", "observer": "observer",
}  # fmt: skip
Typed = Annotated[str, Form(max_length=1000)]
# What a change shows once, under what it is called; nothing where there is nothing to show.
Done = Callable[[Scene], tuple[str, str] | None]


@router.get(ADDRESS)
def show(group: str, request: Request) -> Response:
    """Who is signed in, and what they keep here; whoever is not is led to the sign-in."""
    try:
        return _page(request, group)
    except Problem as problem:
        if problem.status == 401 and "text/html" in request.headers.get("accept", ""):
            return private(RedirectResponse(f"/groups/{group}/sign-in?next={quote(request.url.path)}", 303))
        raise


@router.post(ADDRESS + "/feed")
def make_feed(group: str, request: Request) -> Response:
    """A new address of one's own calendar."""

    def do(at: Scene) -> tuple[str, str]:
        token, _ = make(at, kind="feed", lasts=timedelta(days=1095))
        return "The address of your calendar", feed_address(group, token)

    return _attempt(request, group, do)


@router.post(ADDRESS + "/tokens")
def make_token(
    group: str,
    request: Request,
    name: Typed = "",
    scopes: Annotated[list[str] | None, Form(max_length=len(SCOPES))] = None,
    days: Annotated[int, Form(ge=1, le=1095)] = 365,
) -> Response:
    """A new token for a program that acts for oneself; without scopes it may only look."""

    def do(at: Scene) -> tuple[str, str]:
        unknown = set(scopes or ()) - set(SCOPES)
        if unknown:
            raise Problem(422, "invalid-scope", f"A token may be made for {', '.join(SCOPES)}.")
        chosen = cast(list[Scope], scopes or [])
        token, _ = make(at, kind="api", lasts=timedelta(days=days), name=name.strip()[:300] or None, scopes=chosen)
        return "Your token", token

    return _attempt(request, group, do)


@router.post(ADDRESS + "/tokens/{token}/revoke")
def revoke_token(group: str, token: str, request: Request) -> Response:
    """A token or a feed is good no more."""

    def do(at: Scene) -> None:
        revoke(at, token)

    return _attempt(request, group, do)


@router.post(ADDRESS + "/people")
def appoint_somebody(
    group: str,
    request: Request,
    name: Typed = "",
    email: Typed = "",
    organization: Typed = "",
    role: Typed = "",
    from_: Annotated[str, Form(alias="from", max_length=40)] = "",
    until: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Somebody gets a role."""
    typed = {"name": name, "email": email, "organization": organization, "role": role, "from": from_, "until": until}

    def do(at: Scene) -> None:
        said = AppointIn.model_validate({field: value.strip() or None for field, value in typed.items()})
        appoint(at, said.person(), said.appointment(at.today))

    return _attempt(request, group, do, typed)


@router.post(ADDRESS + "/people/{person}/end")
def end_appointment(
    group: str, person: str, request: Request, organization: Typed = "", role: Typed = "", until: Typed = ""
) -> Response:
    """A role ends."""
    typed = {"organization": organization, "role": role, "until": until}

    def do(at: Scene) -> None:
        said = EndIn.model_validate({field: value.strip() or None for field, value in typed.items()})
        end(at, person, said.organization, said.role, said.until)

    return _attempt(request, group, do)


def _attempt(request: Request, group: str, do: Done, typed: dict[str, str] | None = None) -> Response:
    """Do it, or say on the page why not, with what was typed."""
    try:
        with changing(request, group) as at:
            shown = do(at)
    except ValidationError as error:
        fault, status = _in_words(error), 422
    except Problem as problem:
        if problem.status in (401, 404) and problem.type == "sign-in-required":
            raise
        fault, status = problem.detail, problem.status
    else:
        if shown is None:
            return private(RedirectResponse(f"/groups/{group}/me", 303))
        return _page(request, group, shown=shown)
    return _page(request, group, fault=fault, status=status, typed=typed)


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = str(first["loc"][0]).capitalize() if first["loc"] else "This"
    return f"{where}: {first['msg'].removeprefix('Value error, ')}."


def _page(
    request: Request,
    group: str,
    *,
    shown: tuple[str, str] | None = None,
    fault: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    with looking(request, group) as at:
        values = _values(at)
    blank = dict.fromkeys(("name", "email", "organization", "role", "from", "until"), "")
    return private(page("me.html", status, shown=shown, fault=fault, typed=blank | (typed or {}), **values))


def _values(at: Scene) -> dict[str, Any]:
    caller, charter = at.caller, at.charter
    assert caller is not None
    now = clock.now()
    rows = tokens_page(at.session, at.group_id, caller.person or "", None, _TOKENS)
    own = [part.id for part in charter.organizations()] if caller.secretariat else list(mine(at))
    return {
        "title": f"{caller.name}: {charter.group.label}",
        "group": charter.group,
        "person": caller.name,
        "roles": [(ROLES[role.role], _place(at, role.organization), role.until) for role in caller.appointments],
        "tokens": [row for row in rows if row.revoked_at is None and row.expires_at > now],
        "makes_tokens": at.may("self.token") is not None,
        "looks_after": at.may("delivery.look") is not None,
        "scopes": SCOPES,
        "people": _people(at, own),
        "organizations": [(id_, charter.short(id_)) for id_ in own],
        "offered": [(role, word) for role, word in ROLES.items() if role in CHAIR_ROLES or caller.secretariat],
        "today": at.today,
    }


def _people(at: Scene, own: list[str]) -> list[dict[str, Any]]:
    """The roles of today and to come in one's own organizations; for the secretariat those of everybody."""
    found = []
    everybody = at.may("people.look-all") is not None
    ids = {row.email: row.id for row in groups.people_rows(at.session, at.group_id)}
    for person in at.charter.people:
        for role in person.appointments:
            mine_ = everybody or (role.organization in own and role.role in CHAIR_ROLES)
            if mine_ and (role.until is None or role.until > at.today):
                found.append(
                    {
                        "id": ids[person.email], "name": person.name, "email": person.email, "role": role.role,
                        "word": ROLES[role.role], "organization": role.organization or "",
                        "place": _place(at, role.organization), "from": role.from_, "until": role.until,
                    }
                )  # fmt: skip
    return found


def _place(at: Scene, organization: str | None) -> str:
    return at.charter.short(organization) if organization else at.charter.group.label
