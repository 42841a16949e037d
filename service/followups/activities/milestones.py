"""The milestones of an activity: added, reached, moved with a reason; inside the transaction of the caller."""

from datetime import date

from sqlmodel import Session

from service import clock, events
from service.followups.activities.commands import need_state, touch
from service.followups.activities.log import By, note
from service.followups.activities.queries import milestones
from service.followups.activities.rules import MILESTONES
from service.followups.activities.tables import ActivityRow, MilestoneRow
from service.language.speech import _, ngettext
from service.problems import Problem


def add(session: Session, row: ActivityRow, title: str, due: date, by: By) -> MilestoneRow:
    """Add a milestone, to be reached by the end of the day `due`.

    Raises:
        Problem: 409, the activity is closed, or has too many.
    """
    need_state(row, "edit")
    known = milestones(session, row)
    if len(known) >= MILESTONES:
        raise Problem(
            409,
            "too-many-milestones",
            ngettext("An activity has at most {n} milestone.", "An activity has at most {n} milestones.", MILESTONES),
        )
    number = known[-1].number + 1 if known else 1
    found = MilestoneRow(
        group_id=row.group_id, activity=row.id, number=number, title=title, due=due, set_at=clock.now()
    )
    session.add(found)
    _done(session, row, found, "added", by, _change(found, "due", None, due))
    return found


def reach(session: Session, row: ActivityRow, found: MilestoneRow, day: date, by: By) -> None:
    """Put on record that a milestone was reached on `day`.

    Raises:
        Problem: 409, the activity is not agreed or is closed, or the milestone is reached already.
    """
    need_state(row, "reach")
    _refuse_reached(found)
    found.reached = day
    session.add(found)
    _done(session, row, found, "reached", by, _change(found, "reached", None, day))


def move(session: Session, row: ActivityRow, found: MilestoneRow, due: date, reason: str, by: By) -> None:
    """Move a milestone to another day, with the reason.

    Raises:
        Problem: 409, the activity is closed, or the milestone is reached already; 422, it stands on that day.
    """
    need_state(row, "edit")
    _refuse_reached(found)
    if due == found.due:
        raise Problem(422, "nothing-changes", _("The milestone stands on this day already; name another."))
    change = _change(found, "due", found.due, due)
    found.due, found.set_at = due, clock.now()
    found.moves += 1
    session.add(found)
    _done(session, row, found, "moved", by, change, reason)


def _refuse_reached(found: MilestoneRow) -> None:
    if found.reached is not None:
        raise Problem(409, "milestone-is-reached", _("This milestone is reached; add another for what is left."))


def _done(
    session: Session,
    row: ActivityRow,
    found: MilestoneRow,
    what: str,
    by: By,
    change: dict[str, str | None],
    reason: str = "",
) -> None:
    touch(session, row)
    note(session, row, f"milestone-{what}", by, state=(row.state, row.state), text=reason, changes=[change])
    events.record(
        session,
        row.group_id,
        f"milestone.{what}",
        row.id,
        str(row.version),
        actor=by.name,
        milestone=found.number,
        title=found.title,
        due=found.due.isoformat(),
    )


def _change(found: MilestoneRow, field: str, before: date | None, after: date) -> dict[str, str | None]:
    """What changes of a milestone, named by its number and title."""
    return {
        "field": f"milestone {found.number} ({found.title}): {field}",
        "before": before.isoformat() if before else None,
        "after": after.isoformat(),
    }
