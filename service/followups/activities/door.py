"""What the doors of activities share: who acts for whom, and an activity as it is told."""

from service.access.scene import Scene
from service.followups.activities.bodies import Inside, OneActivityOut, entry_out, listed, milestone_out
from service.followups.activities.log import By
from service.followups.activities.queries import milestones, reports
from service.followups.activities.tables import ActivityRow
from service.followups.programmes.queries import turns_of

_LAST = 20


def acting(at: Scene, verb: str, *members: str) -> By:
    """Who acts, for which organization, and by whose authority.

    Raises:
        Problem: as `Scene.need`.
    """
    authority = at.need(verb, *members)
    served = members if authority == "own" else at.now.chair
    return By(at.actor, next((id_ for id_ in served if _serves(at, id_)), None), authority)


def _serves(at: Scene, member: str) -> bool:
    return at.caller is not None and at.caller.serves(at.now.organizations((member,), at.today), at.today)


def out(at: Scene, row: ActivityRow) -> OneActivityOut:
    """An activity as the caller may see it."""
    steps = milestones(at.session, row)
    shown = [milestone_out(one, row, at.today) for one in steps]
    return OneActivityOut.model_validate(
        listed(row, steps, at.today) | {"milestones": shown, "inside": _inside(at, row) if at.inside else None}
    )


def _inside(at: Scene, row: ActivityRow) -> Inside:
    return Inside(
        decision=row.decision,
        meeting=row.meeting,
        reason=row.reason,
        programmes=turns_of(at.session, row.group_id, row.id),
        proposed_at=row.proposed_at,
        agreed_at=row.agreed_at,
        reported_at=row.reported_at,
        closed_at=row.closed_at,
        reports=[entry_out(one) for one in reports(at.session, row, most=_LAST)],
    )
