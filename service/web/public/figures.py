"""The group in pictures, each with the same numbers as a table beneath: turns, hours, actions, purposes.

Everybody sees the chair and the hours of meetings, which are public. Of actions, activities and decisions the public
sees those that are public, the group's own people all.
"""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from service import clock, zones
from service.access.scene import Scene
from service.followups.actions.course import Edge, counted
from service.followups.actions.queries import courses
from service.followups.reports.queries import purposes_report
from service.followups.reports.values import PurposeLine
from service.language.speech import _
from service.meetings.placing.queries import Hours, hours
from service.rotation import queries
from service.rotation.fairness import Share, shares
from service.rotation.rules import overlapping
from service.rotation.values import Term
from service.web.frame.page import page
from service.web.frame.visitor import seeing
from service.web.pictures.actions import Half, actions_svg
from service.web.pictures.hours import Met, hours_svg
from service.web.pictures.purposes import Served as Purpose
from service.web.pictures.purposes import purposes_svg
from service.web.pictures.svg import patterns
from service.web.pictures.timeline import timeline_svg
from service.web.pictures.turns import Served, turns_svg
from service.web.public.saying import words

router = APIRouter(include_in_schema=False)
# Terms around today in the first picture, and the years of actions that lead up to the one that is asked for.
_TERMS_BACK, _TERMS_AHEAD, _YEARS = 3, 4, 5


@router.get("/groups/{group}/figures")
def figures(group: str, request: Request) -> Response:
    """The pictures; `?year=` chooses the year of meetings and purposes, with the years of actions until its end."""
    with seeing(request, group) as at:
        found = queries.standing(at.session, group)
        year = _year(at, request.query_params.get("year", ""))
        terms = _near(at, found.laid)
        turns = shares(found.laid, [one for one in at.charter.members if one.stands(at.today)], at.today)
        return page(
            "public/figures.html",
            at=at,
            wide=True,
            title=_("Figures"),
            year=year,
            years=list(range(at.today.year, at.charter.group.founded.year - 1, -1)),
            patterns=patterns(),
            terms=terms,
            now=found.now.term,
            timeline=timeline_svg(at.charter, terms, at.today),
            turns=turns,
            turns_picture=_turns(at, turns),
            **_hours(at, year),
            **_actions(at, year),
            **_purposes(at, year),
            **words(at.charter),
        )


def _year(at: Scene, text: str) -> int:
    """The year that is asked for, of those in which there was a group; else this one."""
    asked = int(text) if len(text) == 4 and text.isascii() and text.isdecimal() else at.today.year
    return asked if at.charter.group.founded.year <= asked <= at.today.year else at.today.year


def _near(at: Scene, laid: list[Term]) -> list[Term]:
    first, last = at.today.year - _TERMS_BACK, at.today.year + _TERMS_AHEAD
    return overlapping(laid, date(first, 1, 1), date(last, 1, 1))[:40]


def _begins(at: Scene, year: int, month: int = 1) -> datetime:
    return zones.midnight(date(year, month, 1), at.charter.group.timezone)


def _turns(at: Scene, turns: list[Share]) -> Any:
    return turns_svg([Served(at.charter.short(one.member), one.months, one.expected_months) for one in turns])


def _hours(at: Scene, year: int) -> dict[str, Any]:
    """How often the meetings of the year lay at an odd hour, by organization."""
    found: list[Hours] = hours(at.session, at.charter, _begins(at, year), _begins(at, year + 1))
    rows = [Met(at.charter.short(one.member), one.office, one.edge, one.night) for one in found]
    return {"hours": found, "hours_picture": hours_svg(rows, year)}


def _actions(at: Scene, year: int) -> dict[str, Any]:
    """The half-years until the end of the year, without those that have not begun."""
    halves = [(one, half) for one in range(year - _YEARS + 1, year + 1) for half in (1, 2)]
    halves = [(one, half) for one, half in halves if _begins(at, one, 6 * half - 5) <= clock.now()]
    start = _begins(at, *((halves[0][0], 1) if halves else (year, 1)))
    edges = [_edge(at, date(one + half - 1, 7 if half == 1 else 1, 1)) for one, half in halves]
    found = courses(at.session, at.group_id, start, edges[-1].until, public=not at.inside) if edges else []
    counts = counted(found, start, edges)
    rows = [
        Half(one, half, count.opened, count.done, count.open, count.overdue)
        for (one, half), count in zip(halves, counts, strict=True)
    ]
    rows = rows if found else []
    return {"halves": rows, "actions_picture": actions_svg(rows)}


def _edge(at: Scene, day: date) -> Edge:
    return Edge(zones.midnight(day, at.charter.group.timezone), min(day, at.today))


def _purposes(at: Scene, year: int) -> dict[str, Any]:
    """What was done for each purpose in the year."""
    report = purposes_report(at.session, at.charter, date(year, 1, 1), date(year + 1, 1, 1), public=not at.inside)
    return {"purposes": report.purposes, "purposes_picture": purposes_svg([_purpose(one) for one in report.purposes])}


def _purpose(line: PurposeLine) -> Purpose:
    return Purpose(
        line.number,
        line.purpose,
        len(line.decided) + len(line.agreed),
        len(line.reported),
        len(line.done_activities) + len(line.done_actions),
    )
