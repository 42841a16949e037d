"""What whoever looks may do with an activity, and the one step that comes next for them."""

from typing import NamedTuple

from service.access.scene import Scene
from service.followups.activities.rules import becomes, overdue
from service.followups.activities.tables import ActivityRow, MilestoneRow
from service.language.speech import _
from service.web.followups.decisions.steps import Step


class Rights(NamedTuple):
    """What whoever looks may do now; `reports` are the members for which they may report."""

    agrees: bool
    starts: bool
    reports: tuple[str, ...]
    reaches: bool
    edits: bool
    leads: bool
    completes: bool
    discontinues: bool
    follows: bool


def rights(at: Scene, row: ActivityRow) -> Rights:
    """What whoever looks may do with an activity as it stands."""

    def may(verb: str, right: str, *members: str) -> bool:
        return becomes(verb, row.state) is not None and at.may(right, *members) is not None

    part = (row.lead, *row.partners)
    return Rights(
        agrees=may("agree", "activity.agree"),
        starts=may("start", "activity.report", row.lead),
        reports=_speaks_for(at, part) if becomes("report", row.state) else (),
        reaches=may("reach", "activity.report", *part),
        edits=may("edit", "activity.edit", row.lead),
        leads=may("edit", "activity.agree"),
        completes=may("complete", "activity.close"),
        discontinues=may("discontinue", "activity.close"),
        follows=row.closed_at is None and any(at.may("action.open", one.id) for one in at.charter.members),
    )


def next_step(at: Scene, row: ActivityRow, steps: list[MilestoneRow], may: Rights) -> Step | None:
    """The one step that comes next for whoever looks; None where nothing is left to do."""
    if row.state == "proposed":
        if may.agrees:
            return Step(_("Put on record that the group has agreed"), "#agreeing")
        return Step(_("The chair puts on record that the group has agreed."))
    late = next((one for one in steps if overdue(one.due, one.reached, at.today)), None)
    if late is not None and may.reaches and row.closed_at is None:
        return Step(_("Say of {milestone} that it is reached, or move it", milestone=late.title), "#milestones")
    if row.state == "agreed":
        if may.reports:
            return Step(_("Report on the first work, or say that it has begun"), "#reporting")
        return Step(_("{lead} begins the work.", lead=at.charter.short(row.lead)))
    if row.state != "ongoing":
        return None
    if may.completes and _is_finished(row, steps, at):
        return Step(_("Close it with what came of it"), "#closing")
    if may.reports:
        return Step(_("Report how far it has come"), "#reporting")
    return Step(_("{lead} reports how far it has come.", lead=at.charter.short(row.lead)))


def _is_finished(row: ActivityRow, steps: list[MilestoneRow], at: Scene) -> bool:
    """Whether its days are over, or all of its milestones are reached."""
    return row.until_day <= at.today or (bool(steps) and all(one.reached for one in steps))


def _speaks_for(at: Scene, members: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some members for which whoever looks may report, their own first."""
    found = [(at.may("activity.report", id_), id_) for id_ in members]
    return tuple(id_ for by, id_ in sorted(found, key=lambda one: one[0] != "own") if by is not None)
