"""A month of the calendar as a table of its days; on a phone it is a list of the days that have something."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from service.calendars.calendar_api import between
from service.language.dates import month as named_month
from service.language.dates import weekdays
from service.language.speech import _
from service.web.calendar.choosing import begun, choose, members, month_in, name_of, needs_sign_in, reach, tabs
from service.web.calendar.months import Month
from service.web.calendar.saying import Said, Speaker
from service.web.frame.page import page
from service.web.frame.visitor import seeing

router = APIRouter(include_in_schema=False)
_PAGE = "/calendar"


class Day(NamedTuple):
    """A day of the table; `inside` the month that is shown, or beside it."""

    day: date
    inside: bool
    today: bool
    entries: list[Said]


@router.get("/groups/{group}" + _PAGE)
def month_page(group: str, request: Request, month: str = "", show: str = "", member: str = "") -> Response:
    """The month of today, or another one; a month that is none is told so, above the month of today."""
    with seeing(request, group) as at:
        needs_sign_in(at, show)
        choice, within = choose(at, show, member), reach(at)
        shown, wrong = month_in(at, month, within)
        days = (shown.first, shown.until)
        found = between(at, choice.view, days)
        speaker = Speaker(at, found)
        before, begins = begun(found, shown.first)
        said = [speaker.say(one) for one in begins]
        base = f"/groups/{group}{_PAGE}"
        return page(
            "calendar/month.html",
            422 if wrong else 200,
            at=at,
            title=_("Calendar, {month}", month=named_month(shown.first)),
            wide=True,
            wrong=wrong,
            typed=month if wrong else shown.text,
            name=named_month(shown.first),
            names=weekdays(),
            weeks=_weeks(shown, at.today, said),
            running=[speaker.say(one) for one in before],
            some=bool(said),
            beside=[_beside(one, base + choice.query(month=one.text)) if one else None for one in
                    (within.before(shown), within.after(shown))],
            within=within,
            choice=choice,
            called=name_of(at, choice),
            tabs=tabs(at, choice, _PAGE, month=shown.text),
            members=members(at),
            listed=f"{base}/list{choice.query(month=shown.text)}",
            subscribe=f"{base}/subscribe{choice.query()}",
            json=choice.json(*days),
        )  # fmt: skip


def _weeks(shown: Month, today: date, said: list[Said]) -> list[list[Day]]:
    of: dict[date, list[Said]] = defaultdict(list)
    for one in said:
        of[one.days[0]].append(one)
    return [
        [Day(day, shown.first <= day < shown.until, day == today, of.get(day, [])) for day in week]
        for week in shown.weeks()
    ]


def _beside(month: Month, address: str) -> tuple[str, str]:
    return address, named_month(month.first)
