"""The minutes of a meeting: to read, to object to, and for chair and secretariat to write and circulate."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from service import clock
from service.language.speech import _
from service.meetings.agenda.queries import items
from service.meetings.door import Scene
from service.meetings.minutes import api
from service.meetings.minutes.api import MinutesOut, minutes_out
from service.meetings.minutes.queries import minutes_row
from service.meetings.minutes.rules import OUTCOMES, SILENCE
from service.meetings.tables import MeetingRow
from service.problems import Problem
from service.web.frame.forms import Fault, Form, Typed, attempt, body
from service.web.frame.page import page
from service.web.frame.visitor import by_browser
from service.web.meetings.markdown import shown
from service.web.meetings.meeting import ONE
from service.web.meetings.scene import answers_for, hours, looking_at_meetings
from service.web.meetings.steps import last_day
from service.web.meetings.words import LOOKS_OF_MINUTES, MINUTES

router = APIRouter(include_in_schema=False)
PAGE = ONE + "/minutes"
_USUAL, _SPARE = timedelta(days=14), 3
# Each outcome has two fields, and a form has 300 at most.
_ROWS = 140


@router.get(PAGE)
def show(group: str, meeting: str, request: Request) -> Response:
    """The minutes as they stand; a draft is for the chair and the secretariat."""
    return _page(request, group, meeting)


@router.post(PAGE + "/circulate")
def circulate(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Give them to the members, who may object until a day."""

    def do() -> str:
        told = body(api.CirculateIn, {"until": typed.text("until")})
        api.circulate(group, meeting, told, by_browser(request), if_match=typed.if_match)
        return f"/groups/{group}/meetings/{meeting}/minutes"

    return attempt(do, lambda fault: _page(request, group, meeting, fault), typed, form="circulate")


@router.post(PAGE + "/object")
def object_to(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Object for a member, to the version that it has read."""

    def do() -> str:
        told = body(api.ObjectIn, {"member": typed.text("member"), "text": typed.get("text")})
        api.object_to(group, meeting, told, by_browser(request), if_match=typed.if_match)
        return f"/groups/{group}/meetings/{meeting}/minutes"

    return attempt(do, lambda fault: _page(request, group, meeting, fault), typed, form="object")


@router.get(PAGE + "/write")
def editor(group: str, meeting: str, request: Request) -> Response:
    """The text and the outcomes, to be written."""
    return _editor(request, group, meeting)


@router.post(PAGE + "/write")
def write(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Write them; they are a draft until circulated."""

    def do() -> str:
        with looking_at_meetings(request, group, "minutes.write") as at:
            on = _on(at, at.meeting(meeting))
        written = body(api.MinutesIn, {"text": typed.get("text"), "outcomes": _outcomes(typed, on)})
        first = not typed.get("version")
        api.write(group, meeting, written, by_browser(request), if_match=None if first else typed.if_match)
        return f"/groups/{group}/meetings/{meeting}/minutes"

    return attempt(do, lambda fault: _editor(request, group, meeting, fault), typed)


def _outcomes(typed: Typed, on: list[str]) -> list[dict[str, Any]]:
    """The outcomes that were typed, in their order; their items by the numbers that the page shows."""
    found: list[dict[str, Any]] = []
    for at in range(OUTCOMES):
        text, number = typed.text(f"outcome-{at}"), typed.whole(f"item-{at}")
        if text is None:
            continue
        known = isinstance(number, int) and 0 < number <= len(on)
        if number is not None and not known:
            raise Problem(422, "no-such-item", _("The agenda has no item of that number."), field=f"item-{at}")
        found.append({"text": text} | ({"item": on[number - 1]} if isinstance(number, int) else {}))
    return found


def _on(at: Scene, row: MeetingRow) -> list[str]:
    """The items of the agenda, so that they can be named by their number."""
    return [item.id for item in items(at.session, at.group_id, row.id)]


def _page(request: Request, group: str, meeting: str, fault: Fault | None = None) -> Response:
    with looking_at_meetings(request, group, "minutes.look") as at:
        row = at.meeting(meeting)
        out = _visible(at, row)
        running = out is not None and out.until is not None and clock.now() < out.until
        return page(
            "meetings/minutes.html",
            fault.status if fault else 200,
            at=at,
            title=_("Minutes: {title}", title=row.title),
            meeting=row,
            hours=hours(at, row),
            minutes=out,
            text=shown(out.text) if out else "",
            until=last_day(out.until, at) if out and out.until else "",
            writes=row.state == "held" and at.may("minutes.write") is not None and not _adopted(out),
            circulates=out is not None and out.state == "draft" and at.may("minutes.circulate") is not None,
            objects=answers_for(at, row, "minutes.object") if running else [],
            proposed=at.today + _USUAL,
            first=at.today + timedelta(days=SILENCE[0]),
            last=at.today + timedelta(days=SILENCE[1]),
            states=MINUTES,
            looks=LOOKS_OF_MINUTES,
            titles={item.id: item.title for item in items(at.session, group, row.id)},
            fault=fault,
        )


def _visible(at: Scene, row: MeetingRow) -> MinutesOut | None:
    """The minutes as far as whoever looks may see them."""
    if minutes_row(at.session, row) is None:
        return None
    out = minutes_out(at, row)
    return None if out.state == "draft" and at.may("minutes.look-draft") is None else out


def _adopted(out: MinutesOut | None) -> bool:
    return out is not None and out.state == "adopted"


def _editor(request: Request, group: str, meeting: str, fault: Fault | None = None) -> Response:
    with looking_at_meetings(request, group, "minutes.write") as at:
        row = at.meeting(meeting)
        out = _visible(at, row)
        on = _on(at, row)
        known = [(one.text, on.index(one.item) + 1 if one.item in on else "") for one in out.outcomes] if out else []
        return page(
            "meetings/minutes-write.html",
            fault.status if fault else 200,
            at=at,
            title=_("Write the minutes: {title}", title=row.title),
            meeting=row,
            hours=hours(at, row),
            minutes=out,
            items=[item.title for item in items(at.session, group, row.id)],
            outcomes=(known + [("", "")] * _SPARE)[: max(_ROWS, len(known))],
            fault=fault,
        )
