"""A new meeting that no rhythm asks for: what it is, and when, with the fair-slot finder in the same form.

The finder's buttons send the whole form, so that nothing typed is lost; only `propose` makes anything.
"""

from typing import Any

from fastapi import APIRouter, Request, Response

from service.language.speech import _
from service.meetings import api
from service.meetings.door import Scene
from service.web.frame.forms import Fault, Form, Typed, answered, attempt, body, new_key
from service.web.frame.page import page
from service.web.frame.visitor import by_browser
from service.web.meetings.chairing import Clock, clock_of, instant, quorums, station_zones
from service.web.meetings.finding import STEPS, wishes
from service.web.meetings.scene import looking_at_meetings
from service.web.meetings.slots import find, shown
from service.web.meetings.words import LEVELS

router = APIRouter(include_in_schema=False)
NEW = "/groups/{group}/meetings/new"
_NOTHING = Typed([])


@router.get(NEW)
def new(group: str, request: Request) -> Response:
    """An empty form."""
    return _page(request, group, _NOTHING)


@router.post(NEW)
def propose(group: str, request: Request, typed: Form) -> Response:
    """Propose it: nobody is told before it is called. With `find` or `take` only look for an hour, or take one."""
    if "find" in typed.fields or "take" in typed.fields:
        return _page(request, group, typed)

    def do() -> str:
        said: dict[str, Any] = {
            name: typed.text(name) for name in ("title", "level", "day", "at", "zone", "place", "link")
        }
        said |= {"minutes": typed.whole("minutes"), "quorum": typed.whole("quorum")}
        said["members"] = typed.all("members") or None
        made = api.propose(
            group, body(api.MeetingIn, said), by_browser(request), preview=False, key=typed.once, if_match=None
        )
        return f"/groups/{group}/meetings/{answered(made)['meeting']['id']}"

    return attempt(do, lambda fault: _page(request, group, typed, fault), typed)


def _page(request: Request, group: str, typed: Typed, fault: Fault | None = None) -> Response:
    with looking_at_meetings(request, group, "meeting.propose") as at:
        looked = "find" in typed.fields or "take" in typed.fields
        wished = wishes({name: value for name, value in typed.fields.items() if value}, at)
        found, wrong = _found(at, wished, typed) if looked else ([], None)
        return page(
            "meetings/new.html",
            _status(fault or wrong),
            at=at,
            title=_("Propose a meeting"),
            wide=True,
            typed=typed,
            clock=_clock(at, typed),
            taken="take" in typed.fields,
            wished=wished,
            levels=[(key, _(word)) for key, word in LEVELS.items()],
            members=[(one.id, one.label) for one in at.charter.members if one.stands(at.today)],
            zones=station_zones(at),
            quorums=quorums(at, None),
            steps=STEPS,
            looked=looked,
            fault=fault,
            wrong=wrong,
            once=new_key(),
            **shown(at, None, found, _pick(typed, [one.start.isoformat() for one in found])),
        )


def _status(fault: Fault | None) -> int:
    return fault.status if fault else 200


def _found(at: Scene, wished: dict[str, str], typed: Typed) -> Any:
    return find(at, wished, typed, level=typed.text("level"), members=typed.all("members") or None)


def _clock(at: Scene, typed: Typed) -> Clock:
    """The start in the form: as typed, or the hour that was taken, on the clocks that were typed."""
    zone = typed.get("zone") if typed.get("zone") in station_zones(at) else at.charter.group.timezone
    taken = instant(typed.get("take"))
    return clock_of(taken, zone) if taken else Clock(typed.get("day"), typed.get("at"), typed.get("zone") or zone)


def _pick(typed: Typed, starts: list[str]) -> str:
    """The place of the slot that was taken, from 1."""
    return str(starts.index(typed.get("take")) + 1) if typed.get("take") in starts else ""
