"""Keeping the calendar in a program of one's own: each feed by every way, and what each program does with it."""

from fastapi import APIRouter, Request, Response

from service.access import tokens_api
from service.access.scene import Scene
from service.calendars.items import group_name
from service.language.speech import N_, _
from service.problems import Problem
from service.web.calendar.choosing import choose, members, name_of, tabs
from service.web.calendar.subscribing import subscription
from service.web.frame.forms import Fault, Form, answered, body, new_key
from service.web.frame.page import page, private
from service.web.frame.visitor import by_browser, seeing

router = APIRouter(include_in_schema=False)
_PAGE = "/calendar/subscribe"
ADDRESS = "/groups/{group}" + _PAGE
_DAYS = 1095
# What each program does with a feed: how often it asks again, and what it leaves out.
PROGRAMS = (
    ("Google Calendar", N_("4 to 24 hours; nobody can change that."),
     N_("Tasks are left out, and a meeting that is cancelled disappears.")),
    ("Outlook", N_("About 3 hours or more, on the web and in the new Outlook; the classic one as it fetches mail."),
     N_("Tasks are left out.")),
    ("Apple", N_("You choose: from 5 minutes to a week on a Mac; on a phone as it fetches new data."),
     N_("Tasks are left out. On a Mac, look whether it chose a week for you.")),
    ("Thunderbird", N_("Every 30 minutes, unless you choose otherwise."), N_("Shows everything, tasks as well.")),
    ("Nextcloud", N_("Every hour, as this calendar asks for; where it does not take that, once a day or once a week."),
     N_("Tasks are left out, unless you ask for them.")),
)  # fmt: skip


@router.get(ADDRESS)
def subscribe_page(group: str, request: Request, show: str = "", member: str = "") -> Response:
    """One feed by every way, the others to choose from; one's own can be made by who is signed in."""
    return _page(request, group, show=show, member=member)


@router.post(ADDRESS)
def make_own(group: str, request: Request, typed: Form) -> Response:
    """A new address of one's own calendar; it is shown in this answer and never again."""
    try:
        said = body(tokens_api.TokenIn, {"kind": "feed", "days": _DAYS})
        made = answered(tokens_api.make_token(group, said, by_browser(request), key=typed.once, if_match=None))
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return _page(request, group, fault=Fault(problem.detail, problem.status, typed))
    return _page(request, group, own=made["token"] or "", made=True)


def _page(
    request: Request,
    group: str,
    *,
    show: str = "",
    member: str = "",
    own: str = "",
    made: bool = False,
    fault: Fault | None = None,
) -> Response:
    with seeing(request, group) as at:
        # One's own calendar has an address that is shown once: here stands the form that makes one.
        choice = choose(at, "all" if show in ("", "mine") and not member else show, member)
        label = _label(at, choice.member)
        shown = page(
            "calendar/subscribe.html",
            fault.status if fault else 200,
            at=at,
            title=_("Keep the calendar in your own"),
            choice=choice,
            called=name_of(at, choice),
            tabs=[tab for tab in tabs(at, choice, _PAGE) if "show=mine" not in tab[1]],
            members=members(at),
            feed=subscription(choice.feed, label),
            own=subscription(own, label, f"{own}?todos=event") if own else None,
            made=made,
            makes=at.caller is not None and at.may("self.token") is not None,
            programs=PROGRAMS,
            once=new_key(),
            fault=fault,
        )
        return private(shown) if made else shown


def _label(at: Scene, member: str) -> str:
    """What the calendar is called in a program: names that are never translated."""
    group = group_name(at.charter)
    return f"{group} {at.charter.short(member)}" if member else group
