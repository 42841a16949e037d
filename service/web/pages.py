"""The public pages. Every task works without JavaScript; nothing comes from another host."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import segno
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.staticfiles import StaticFiles

from service import clock
from service.calendars.items import group_name, named
from service.database import reading
from service.groups import queries as groups
from service.language.dates import spoken
from service.meetings.queries import meetings
from service.notifications.meetings.saying import when
from service.problems import Problem
from service.rotation import queries
from service.rotation.fairness import shares
from service.rotation.outline import chair_out, members_out
from service.rotation.queries import Standing
from service.rotation.reasons import BY_RULE, explain
from service.rotation.values import Term
from service.settings import current
from service.web.timeline import WORDS, timeline_svg

router = APIRouter(include_in_schema=False)

_HERE = Path(__file__).parent
_SHOWN_YEARS = 8
_MEETINGS = 6


def _long(day: date | None) -> str:
    return f"{day:%A}, {spoken(day)}" if day is not None else "–"


templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
templates.filters |= {"long": _long, "spoken": lambda day: spoken(day) if day else "–"}


def mount(app: FastAPI) -> None:
    """Serve the style sheet, from here alone."""
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")


@router.get("/")
def home(request: Request) -> Response:
    """The group's page where there is one group, else a list."""
    with reading(request.app.state.engine) as session:
        ids = groups.group_ids(session)
    if len(ids) == 1:
        return RedirectResponse(f"/groups/{ids[0]}", 303)
    return page("groups.html", ids=ids, title="Groups")


@router.get("/groups/{group}")
def group_page(group: str, request: Request) -> Response:
    """Who chairs, until when and why; the terms before and after; how to subscribe."""
    with reading(request.app.state.engine) as session:
        found = queries.standing(session, group)
        coming = meetings(session, group, since=clock.now(), states=("proposed", "called", "cancelled"), most=_MEETINGS)
    charter = found.charter
    chair = chair_out(charter, clock.now(), found.now)
    terms = _near(found)
    return page(
        "group.html",
        title=charter.group.name,
        group=charter.group,
        chair=chair,
        now=found.now,
        name=lambda ids: named(charter, ids),
        label=charter.short,
        why=lambda term: [sentence for sentence in explain(term, charter.short) if sentence != BY_RULE],
        words=WORDS,
        meetings=[
            (row, when({"start": row.start.isoformat(), "minutes": row.minutes, "zone": row.zone})) for row in coming
        ],
        terms=terms,
        hidden=len(found.laid) - len(terms),
        timeline=Markup(timeline_svg(charter, terms, found.today)),  # noqa: S704 - escapes every text itself
        today=found.today,
        shares=shares(found.laid, charter.members, found.today),
        members=members_out(charter, found.today),
        purposes=charter.purposes,
        feed=_subscription(group, group_name(charter)),
    )


def _near(found: Standing) -> Sequence[Term]:
    """All that is on record, and what comes: the coming turn of every member where that is not too far."""
    first, last = found.today.year - _SHOWN_YEARS, found.today.year + _SHOWN_YEARS
    return [term for term in found.laid if term.end.year >= first and term.start.year <= last]


def _subscription(group: str, name: str) -> dict[str, Any]:
    https = f"{current().public_url}/calendars/{group}.ics"
    webcal = "webcal://" + https.partition("://")[2]
    picture = segno.make(https, error="m").svg_inline(scale=4, omitsize=True, svgclass="qr", lineclass=None)
    return {
        "https": https,
        "webcal": webcal,
        "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        "outlook": f"https://outlook.office.com/calendar/0/addfromweb?url={quote(https, safe='')}&name={quote(name)}",
        "qr": Markup(picture),  # noqa: S704 - drawn from our own address
    }


@router.get("/docs")
def docs(request: Request) -> Response:
    """The API in words, from the same description that machines read."""
    description = request.app.openapi()
    routes = [
        {"path": path, "method": method.upper(), **operation}
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        if method != "head"
    ]
    models = description.get("components", {}).get("schemas", {})
    return page("docs.html", title="API", routes=routes, models=models, base=current().public_url)


def problem_page(request: Request, problem: Problem) -> Response:
    """A problem for somebody who came with a browser."""
    told = page("problem.html", problem.status, title=problem.body()["title"], detail=problem.detail)
    told.headers.update(problem.headers)
    return told


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from a template."""
    return HTMLResponse(templates.get_template(template).render(values), status)
