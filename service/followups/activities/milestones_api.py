"""The HTTP door of milestones: added and moved by the lead or the chair, reached by whoever takes part."""

from fastapi import Request, Response

from service.access.bodies import new_router
from service.access.door import IfMatch
from service.access.scene import Scene
from service.followups.activities import milestones
from service.followups.activities.api import as_lead, verb
from service.followups.activities.bodies import MilestoneIn, MoveIn, OneActivityOut, ReachIn
from service.followups.activities.door import acting
from service.followups.activities.log import By
from service.followups.activities.queries import milestone_row
from service.followups.activities.tables import ActivityRow
from service.language.speech import _
from service.problems import Problem

router = new_router("activities")


@router.post("/activities/{activity}/milestones", response_model=OneActivityOut)
def add(group: str, activity: str, body: MilestoneIn, request: Request, if_match: IfMatch = None) -> Response:
    """Add a milestone to an activity, to be reached by the end of a day."""

    def do(at: Scene, row: ActivityRow, by: By) -> None:
        milestones.add(at.session, row, body.title, body.due, by)

    return verb(request, group, activity, if_match, as_lead("activity.edit"), do)


@router.post("/activities/{activity}/milestones/{number}/reach", response_model=OneActivityOut)
def reach(
    group: str, activity: str, number: int, body: ReachIn, request: Request, if_match: IfMatch = None
) -> Response:
    """Put on record that a milestone was reached, today or on an earlier day."""

    def do(at: Scene, row: ActivityRow, by: By) -> None:
        day = body.day or at.today
        if day > at.today:
            raise Problem(422, "invalid-day", _("This day has not come yet; name the day on which it was reached."))
        milestones.reach(at.session, row, milestone_row(at.session, row, number), day, by)

    return verb(request, group, activity, if_match, _whoever_takes_part, do)


@router.post("/activities/{activity}/milestones/{number}/move", response_model=OneActivityOut)
def move(group: str, activity: str, number: int, body: MoveIn, request: Request, if_match: IfMatch = None) -> Response:
    """Move a milestone to another day, with the reason; it is reminded of anew."""

    def do(at: Scene, row: ActivityRow, by: By) -> None:
        milestones.move(at.session, row, milestone_row(at.session, row, number), body.due, body.reason, by)

    return verb(request, group, activity, if_match, as_lead("activity.edit"), do)


def _whoever_takes_part(at: Scene, row: ActivityRow) -> By:
    return acting(at, "activity.report", row.lead, *row.partners)
