"""What the chair does to a meeting that is there: call it, move it, correct it, cancel it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from service.language.speech import _
from service.meetings import api
from service.meetings.door import Scene
from service.meetings.people import taking_part
from service.meetings.tables import MeetingRow
from service.web.frame.forms import Fault, Form, attempt, body
from service.web.frame.page import page
from service.web.frame.visitor import by_browser, looking
from service.web.meetings.meeting import ONE, show
from service.web.meetings.scene import hours, looking_at_meetings
from service.web.meetings.words import QUORUMS

router = APIRouter(include_in_schema=False)
CHANGE = ONE + "/change"


class Clock(NamedTuple):
    """A start as its form shows it: the day and the hour on the clocks of a zone."""

    day: str
    at: str
    zone: str


@router.post(ONE + "/call")
def call(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Call it: everybody is invited."""

    def do() -> str:
        api.call(group, meeting, by_browser(request), preview=False, if_match=typed.if_match)
        return f"/groups/{group}/meetings/{meeting}"

    return attempt(do, lambda fault: show(request, group, meeting, fault), typed, form="call")


@router.get(CHANGE)
def change(group: str, meeting: str, request: Request, start: str = "") -> Response:
    """The forms to move, correct and cancel; `start` is an instant that the fair-slot finder, or a poll, has found."""
    return _page(request, group, meeting, start=start)


@router.post(ONE + "/move")
def move(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Put it at another time or place; only what was changed is asked for, so that the rest follows its rhythm on."""

    def do() -> str:
        known = _shown(request, group, meeting, _when)
        said: dict[str, Any] = {name: typed.get(name).strip() for name in ("day", "at", "zone", "place")}
        said["minutes"] = typed.whole("minutes")
        moved = {name: value for name, value in said.items() if name in typed.fields and value != known[name]}
        told = body(api.MoveIn, moved)
        api.move(group, meeting, told, by_browser(request), preview=False, if_match=typed.if_match)
        return f"/groups/{group}/meetings/{meeting}"

    return attempt(do, lambda fault: _page(request, group, meeting, fault), typed, form="move")


@router.post(ONE + "/edit")
def edit(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Correct what asks nobody again; an empty link takes the way in away."""

    def do() -> str:
        known = _shown(request, group, meeting, _text)
        said: dict[str, Any] = {"title": typed.get("title").strip(), "link": typed.text("link")}
        said |= {"quorum": typed.whole("quorum"), "freeze": typed.whole("freeze")}
        corrected = {name: value for name, value in said.items() if name in typed.fields and value != known[name]}
        told = api.EditIn.model_validate(corrected)
        api.edit(group, meeting, told, by_browser(request), preview=False, if_match=typed.if_match)
        return f"/groups/{group}/meetings/{meeting}"

    return attempt(do, lambda fault: _page(request, group, meeting, fault), typed, form="edit")


@router.post(ONE + "/cancel")
def cancel(group: str, meeting: str, request: Request, typed: Form) -> Response:
    """Cancel it for good; who was told is told at once."""

    def do() -> str:
        told = body(api.ReasonIn, {"reason": typed.text("reason")})
        api.cancel(group, meeting, told, by_browser(request), preview=False, if_match=typed.if_match)
        return f"/groups/{group}/meetings/{meeting}"

    return attempt(do, lambda fault: _page(request, group, meeting, fault), typed, form="cancel")


def clock_of(start: datetime, zone: str) -> Clock:
    """An instant as a form shows it, on the clocks of `zone`."""
    local = start.astimezone(ZoneInfo(zone))
    return Clock(f"{local:%Y-%m-%d}", f"{local:%H:%M}", zone)


def instant(text: str) -> datetime | None:
    """The instant in an address; None where there is none that can be read."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and 1900 <= found.year < 2200 else None


def station_zones(at: Scene) -> list[str]:
    """The zones of the duty stations, to choose from; any other may be typed."""
    found = {at.charter.group.timezone, *(one.timezone for one in at.charter.organizations() if one.timezone)}
    return sorted(found)


def quorums(at: Scene, row: MeetingRow | None) -> list[tuple[str, str]]:
    """The quorums to choose from: by rule, or a number of members."""
    day = at.day_of(row) if row is not None else at.today
    count = len(taking_part(at.charter, row.members if row is not None else None, day))
    numbers = {*range(2, min(count, 30) + 1)} | ({row.quorum} if row and isinstance(row.quorum, int) else set())
    return [(key, _(word)) for key, word in QUORUMS.items()] + [(str(n), str(n)) for n in sorted(numbers)]


def _shown(request: Request, group: str, meeting: str, read: Callable[[MeetingRow], dict[str, Any]]) -> dict[str, Any]:
    with looking(request, group) as at:
        return read(Scene(at.session, at.charter, at.caller).meeting(meeting))


def _when(row: MeetingRow) -> dict[str, Any]:
    return clock_of(row.start, row.zone)._asdict() | {"minutes": row.minutes, "place": row.place}


def _text(row: MeetingRow) -> dict[str, Any]:
    return {"title": row.title, "link": row.link, "quorum": row.quorum, "freeze": row.freeze}


def _page(request: Request, group: str, meeting: str, fault: Fault | None = None, start: str = "") -> Response:
    with looking_at_meetings(request, group, "meeting.edit") as at:
        row = at.meeting(meeting)
        taken = instant(start)
        now = clock_of(row.start, row.zone)
        return page(
            "meetings/change.html",
            fault.status if fault else 200,
            at=at,
            title=_("Move, correct or cancel: {title}", title=row.title),
            meeting=row,
            hours=hours(at, row),
            now=now,
            wished=clock_of(taken, row.zone) if taken else now,
            taken=taken is not None,
            zones=station_zones(at),
            quorums=quorums(at, row),
            fault=fault,
        )
