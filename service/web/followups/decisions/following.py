"""What a decision hangs together with: its meeting, those it replaces, the actions and activities that came of it."""

from typing import Any, NamedTuple

from service.access.scene import Scene
from service.followups.actions.listing import Filters, page
from service.followups.activities.queries import activities
from service.followups.activities.tables import ActivityRow
from service.followups.decisions.outline import DecisionOut
from service.followups.decisions.queries import decision_row, state_of
from service.followups.decisions.tables import GroupDecisionRow
from service.meetings.queries import meeting_row
from service.meetings.tables import MeetingRow

MOST = 50


class Neighbours(NamedTuple):
    """The decision that one replaces, and those made to replace it; None where the reader may not see it."""

    before: GroupDecisionRow | None
    after: GroupDecisionRow | None


def followed(at: Scene, source: str) -> list[dict[str, Any]]:
    """The actions that came of something (`decision:2008-1`), by the day they are due; for members."""
    if not at.inside:
        return []
    wanted = Filters(source=source)
    names = ("id", "title", "owner", "state", "due")
    found, _more = page(
        at.session, at.group_id, wanted, names, today=at.today, newest=False, after=None, limit=MOST
    )  # fmt: skip
    return found


def agreed_by(at: Scene, decision: str) -> list[ActivityRow]:
    """The activities that a decision has agreed; for members, as is by what an activity was agreed."""
    return activities(at.session, at.group_id, decision=decision, most=MOST) if at.inside else []


def meeting_of(at: Scene, row: GroupDecisionRow) -> MeetingRow | None:
    """The meeting that a decision comes from."""
    return meeting_row(at.session, at.group_id, row.meeting) if row.meeting else None


def neighbours(at: Scene, told: DecisionOut) -> Neighbours:
    """The decisions before and after one, as far as the reader may see them."""
    return Neighbours(_visible(at, told.supersedes), _visible(at, told.superseded_by))


def _visible(at: Scene, id_: str | None) -> GroupDecisionRow | None:
    if id_ is None:
        return None
    row = decision_row(at.session, at.group_id, id_)
    shown = at.inside or (row.visibility == "public" and state_of(at.session, row) in ("adopted", "superseded"))
    return row if shown else None
