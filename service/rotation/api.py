"""The HTTP door of the rotation: who chairs, the terms, the members, and how evenly turns fall."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service import clock, zones
from service.database import reading
from service.groups.parts import FIRST_DAY, LAST_DAY, Day
from service.language.speech import _
from service.problems import Problem
from service.rotation import queries
from service.rotation.engine import terms
from service.rotation.fairness import shares
from service.rotation.outline import (
    ChairOut,
    MemberOut,
    ShareOut,
    TermOut,
    chair_out,
    members_out,
    shares_out,
    term_out,
)
from service.rotation.rules import overlapping, sitting
from service.strict import StrictRoute

router = APIRouter(prefix="/api/v1/groups/{group}", tags=["rotation"], route_class=StrictRoute)


@router.get("/chair")
def chair(
    group: str,
    request: Request,
    response: Response,
    at: Annotated[str | None, Query(max_length=40, description="An instant with its zone, or a day.")] = None,
) -> ChairOut:
    """Who chairs at an instant (default: now), until when and why, and who is next."""
    with reading(request.app.state.engine) as session:
        found = queries.standing(session, group)
    zone = found.charter.group.timezone
    try:
        instant = zones.read_when(at, zone) if at is not None else clock.now()
    except ValueError as error:
        raise Problem(422, "invalid-when", _("What at names cannot be used: it {fault}.", fault=error)) from None
    response.headers["ETag"] = f'"{found.version}"'
    return chair_out(found.charter, instant, sitting(found.charter, zones.day_in(instant, zone)))


@router.get("/terms")
def terms_between(
    group: str,
    request: Request,
    response: Response,
    from_: Annotated[Day | None, Query(alias="from", description="First day; default: the first term.")] = None,
    until: Annotated[Day | None, Query(description="Day after the last; default: as far as terms are shown.")] = None,
) -> list[TermOut]:
    """The terms that overlap `[from, until)`, in order of days."""
    with reading(request.app.state.engine) as session:
        found = queries.standing(session, group)
    response.headers["ETag"] = f'"{found.version}"'
    if until is not None and from_ is not None and until <= from_:
        raise Problem(422, "invalid-period", _("until is not after from; until is the day after the last."))
    laid = found.laid if until is None else terms(found.charter, until)
    chosen = overlapping(laid, from_ or FIRST_DAY, until or LAST_DAY)
    return [term_out(found.charter, term) for term in chosen]


@router.get("/members")
def members(group: str, request: Request) -> list[MemberOut]:
    """The members in the order of the charter, with their seats and heads of today."""
    with reading(request.app.state.engine) as session:
        found = queries.standing(session, group)
    return members_out(found.charter, found.today)


@router.get("/fairness")
def fairness(group: str, request: Request) -> list[ShareOut]:
    """Turns and months served by each member until today, its expected share, its last and next turn."""
    with reading(request.app.state.engine) as session:
        found = queries.standing(session, group)
    return shares_out(shares(found.laid, found.charter.members, found.today))
