"""The list of meetings: what comes, and what was; the public sees title, time and state alone."""

from datetime import UTC, datetime
from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from service import clock
from service.keyset import cursor, read_cursor
from service.language.speech import _
from service.meetings.door import Scene
from service.meetings.queries import meetings
from service.meetings.tables import MeetingRow
from service.web.frame.page import page
from service.web.meetings.scene import hours, seeing_meetings
from service.web.meetings.steps import is_over, next_steps
from service.web.meetings.words import LEVELS, LOOKS, STATES

router = APIRouter(include_in_schema=False)
_SHOWN = 20


class Chosen(NamedTuple):
    """What the list is to show: of one level, in one state, of the past or to come."""

    level: str
    state: str
    past: bool

    def of(self, group: str) -> str:
        """The name of this list, for its cursors."""
        return f"page/meetings/{group}/{self.level}/{self.state}/{self.past}"


@router.get("/groups/{group}/meetings")
def listed(
    group: str, request: Request, level: str = "", state: str = "", when: str = "", after: str | None = None
) -> Response:
    """The meetings to come, next first; with `when=past` those before, latest first."""
    chosen = Chosen(level if level in LEVELS else "", state if state in STATES else "", when == "past")
    with seeing_meetings(request, group) as at:
        found = _found(at, chosen, after)
        shown = found[:_SHOWN]
        return page(
            "meetings/list.html",
            at=at,
            title=_("Meetings"),
            chosen=chosen,
            meetings=[(row, hours(at, row)) for row in shown],
            steps=next_steps(at, shown),
            over=[row.id for row in shown if at.inside and is_over(row)],
            more=cursor(chosen.of(group), _key(shown[-1])) if len(found) > _SHOWN else None,
            proposes=at.may("meeting.propose") is not None,
            levels=LEVELS,
            states=STATES,
            looks=LOOKS,
        )


def _found(at: Scene, chosen: Chosen, after: str | None) -> list[MeetingRow]:
    """The rows of one page, and one more where there are more. A meeting that is on still comes first."""
    key = read_cursor(chosen.of(at.group_id), after)
    edge = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return meetings(
        at.session,
        at.group_id,
        since=None if chosen.past else edge,
        until=edge if chosen.past else None,
        level=chosen.level or None,
        states=(chosen.state,) if chosen.state else (),
        newest_first=chosen.past,
        after=(datetime.fromisoformat(key[0]).astimezone(UTC), str(key[1])) if key else None,
        most=_SHOWN + 1,
    )


def _key(row: MeetingRow) -> list[str]:
    return [row.start.isoformat(), row.id]
