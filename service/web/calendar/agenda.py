"""The calendar as a list: half a year at a time, by months."""

from itertools import groupby

from fastapi import APIRouter, Request, Response

from service.calendars.calendar_api import between
from service.language.dates import month as named_month
from service.language.speech import _
from service.web.calendar.choosing import begun, choose, members, month_in, name_of, needs_sign_in, reach, tabs
from service.web.calendar.months import month_of
from service.web.calendar.saying import Speaker
from service.web.frame.page import page
from service.web.frame.visitor import seeing

router = APIRouter(include_in_schema=False)
_PAGE = "/calendar/list"
MONTHS = 6


@router.get("/groups/{group}" + _PAGE)
def list_page(group: str, request: Request, month: str = "", show: str = "", member: str = "") -> Response:
    """Half a year from a month on (that of today), with what is running when it begins."""
    with seeing(request, group) as at:
        needs_sign_in(at, show)
        choice, within = choose(at, show, member), reach(at)
        first, wrong = month_in(at, month, within)
        last = min(first.plus(MONTHS - 1), within.last)
        days = (first.first, last.until)
        found = between(at, choice.view, days)
        speaker = Speaker(at, found)
        before, begins = begun(found, first.first)
        base = f"/groups/{group}/calendar"
        earlier, later = within.before(first, MONTHS), within.after(first, MONTHS)
        return page(
            "calendar/list.html",
            422 if wrong else 200,
            at=at,
            title=_("Calendar as a list"),
            wrong=wrong,
            typed=month if wrong else first.text,
            span=(named_month(first.first), named_month(last.first)),
            running=[speaker.say(one) for one in before],
            months=[
                (of.text, named_month(of.first), [speaker.say(one) for one in those])
                for of, those in groupby(begins, lambda one: month_of(one.days[0]))
            ],
            earlier=f"{base}/list{choice.query(month=earlier.text)}" if earlier else "",
            later=f"{base}/list{choice.query(month=later.text)}" if later else "",
            within=within,
            choice=choice,
            called=name_of(at, choice),
            tabs=tabs(at, choice, _PAGE, month=first.text),
            members=members(at),
            table=f"{base}{choice.query(month=first.text)}",
            subscribe=f"{base}/subscribe{choice.query()}",
            json=choice.json(*days),
        )
