"""That a meeting was held, and who was there; the chair's office and the secretariat put it on record."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from service import clock
from service.language.speech import _
from service.meetings import api
from service.meetings.attendance import api as attendance
from service.meetings.attendance.api import attendance_out
from service.meetings.people import taking_part
from service.meetings.tables import MeetingRow
from service.problems import Problem
from service.web.frame.forms import Fault, Typed, attempt, body, read_fields
from service.web.frame.page import page
from service.web.frame.visitor import by_browser
from service.web.meetings.meeting import ONE
from service.web.meetings.scene import hours, looking_at_meetings
from service.web.meetings.words import PRESENCE, RANKS

router = APIRouter(include_in_schema=False)
HOLD = ONE + "/hold"
# A group has at most 500 members; each has four fields.
_FIELDS = 2100
# What an answer that stands lets expect; whoever puts it on record looks at each.
_EXPECTED = {"accepted": "in-person", "delegated": "in-person", "declined": "excused"}


async def _read(request: Request) -> Typed:
    return await read_fields(request, _FIELDS)


Long = Annotated[Typed, Depends(_read)]


@router.get(HOLD)
def show(group: str, meeting: str, request: Request) -> Response:
    """Who presided, who was there."""
    return _page(request, group, meeting)


@router.post(HOLD)
def hold(group: str, meeting: str, request: Request, typed: Long) -> Response:
    """Put it on record; a second time, correct who was there."""

    def do() -> str:
        present = _present(typed)
        if typed.get("state") == "held":
            told = body(attendance.AttendIn, {"present": present})
            attendance.note(group, meeting, told, by_browser(request), if_match=typed.if_match)
        else:
            held = body(api.HoldIn, {"presided_by": typed.text("presided_by"), "present": present})
            api.hold(group, meeting, held, by_browser(request), preview=False, if_match=typed.if_match)
        return f"/groups/{group}/meetings/{meeting}"

    return attempt(do, lambda fault: _page(request, group, meeting, fault), typed)


def _present(typed: Typed) -> list[dict[str, Any]]:
    """Each member of whom the form says something."""
    found = []
    for name, presence in typed.fields.items():
        if name.startswith("presence-") and presence:
            member = name.removeprefix("presence-")
            said = {"representative": typed.text(f"representative-{member}"), "rank": typed.text(f"rank-{member}")}
            found.append(
                {"member": member, "presence": presence} | {key: value for key, value in said.items() if value}
            )
    return found


def _page(request: Request, group: str, meeting: str, fault: Fault | None = None) -> Response:
    with looking_at_meetings(request, group, "meeting.hold") as at:
        row = at.meeting(meeting)
        _can_be_held(row)
        known = {one.member: one for one in attendance_out(at, row).attendance}
        members = []
        for member in taking_part(at.charter, row.members, at.day_of(row)):
            said = known.get(member.id)
            expected = _EXPECTED.get(said.answer, "") if said and said.stands and row.state == "called" else ""
            members.append((member.id, member.label, said, (said.presence if said else "") or expected))
        return page(
            "meetings/hold.html",
            fault.status if fault else 200,
            at=at,
            title=_("Who was there: {title}", title=row.title),
            wide=True,
            meeting=row,
            hours=hours(at, row),
            members=members,
            presence=[("", "–"), *((key, _(word)) for key, word in PRESENCE.items())],
            ranks=[("", "–"), *((key, _(word)) for key, word in RANKS.items())],
            fault=fault,
        )


def _can_be_held(row: MeetingRow) -> None:
    if row.state not in ("called", "held"):
        raise Problem(409, f"meeting-is-{row.state}", _("Only a meeting that was called is put on record as held."))
    if row.start > clock.now():
        raise Problem(409, "not-begun", _("This meeting has not begun yet; cancel or move it, or wait."))
