"""The fair-slot finder for a meeting that is there: ranked slots, and one of them on the clocks of everybody."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from service.language.speech import _
from service.meetings.door import Scene
from service.meetings.inviting.queries import said_of
from service.meetings.tables import MeetingRow
from service.notifications.meetings.saying import slots as spoken_slots
from service.problems import Problem
from service.web.frame.forms import Fault, Typed, in_words
from service.web.frame.page import page
from service.web.frame.reader import reader
from service.web.meetings.finding import SHOWN, STEPS, Best, asked_for, best, wishes
from service.web.meetings.meeting import ONE
from service.web.meetings.scene import hours, looking_at_meetings
from service.web.pictures.strip import WORDS, strip_svg
from service.web.pictures.svg import patterns
from service.zones import day_in

router = APIRouter(include_in_schema=False)


@router.get(ONE + "/slots")
def slots(group: str, meeting: str, request: Request) -> Response:
    """The best hours of the days that are asked for; `pick` is the one that is drawn."""
    typed = Typed(list(request.query_params.multi_items()))
    with looking_at_meetings(request, group, "slots.rank") as at:
        row = at.meeting(meeting)
        usual = {"minutes": str(row.minutes)}
        wished = wishes(usual | {name: value for name, value in typed.fields.items() if value}, at)
        found, fault = find(at, wished, typed, level=row.level, members=row.members, meeting=row.id)
        return page(
            "meetings/slots.html",
            fault.status if fault else 200,
            at=at,
            title=_("A fair hour: {title}", title=row.title),
            wide=True,
            meeting=row,
            hours=hours(at, row),
            wished=wished,
            fault=fault,
            steps=STEPS,
            changes=at.may("meeting.move") is not None and row.state in ("proposed", "called"),
            **shown(at, row, found, typed.get("pick")),
        )


def find(at: Scene, wished: dict[str, str], typed: Typed, **more: Any) -> tuple[list[Best], Fault | None]:
    """The best slots, or what was wrong with the question."""
    try:
        return best(at, asked_for(wished, **more)), None
    except ValidationError as error:
        field, text = in_words(error)
        return [], Fault(text, 422, _as_shown(typed, wished), field, "find")
    except Problem as problem:
        return [], Fault(problem.detail, problem.status, _as_shown(typed, wished), "from", "find")


def shown(at: Scene, row: MeetingRow | None, found: list[Best], pick: str) -> dict[str, Any]:
    """The slots in words, and the picked one as a picture with its table."""
    zone = row.zone if row is not None else at.charter.group.timezone
    minutes = found[0].rows[0].there.minutes if found else 0
    said = (said_of(row) if row is not None else {}) | {"zone": zone, "minutes": minutes}
    whens = spoken_slots(said | {"start": ""}, [one.start.isoformat() for one in found], reader(at)) if found else []
    at_ = min(int(pick), len(found)) - 1 if pick.isdecimal() and len(pick) < 3 and int(pick) > 0 else 0
    chosen = found[at_] if found else None
    return {
        "found": list(zip(whens, found, strict=True)),
        "picked": at_ + 1,
        "chosen": chosen,
        "chosen_when": whens[at_] if found else "",
        "chosen_day": day_in(chosen.start, zone) if chosen else None,
        "strip": strip_svg([one.there for one in chosen.rows]) if chosen else "",
        "patterns": patterns(),
        "parts": WORDS,
        "most": SHOWN,
    }


def _as_shown(typed: Typed, wished: dict[str, str]) -> Typed:
    return Typed([*typed.fields.items(), *wished.items()])
