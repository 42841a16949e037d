"""Common activities as the rows stand."""

import re
from collections.abc import Collection, Iterable

from sqlmodel import Session, col, func, select

from service.followups.activities.rules import mark
from service.followups.activities.tables import ActivityReportRow, ActivityRow, MilestoneRow
from service.language.speech import _
from service.problems import not_found

_ID = re.compile(r"activity-[1-9][0-9]{0,8}")


def activity_row(session: Session, group_id: str, id_: str, *, lock: bool = False) -> ActivityRow:
    """One activity; with `lock`, nobody else changes it until this transaction ends.

    Raises:
        Problem: 404, there is no such activity.
    """
    asked = select(ActivityRow).where(ActivityRow.group_id == group_id, ActivityRow.id == id_)
    known = _ID.fullmatch(id_) is not None
    row = session.exec(asked.with_for_update() if lock else asked).first() if known else None
    if row is None:
        raise not_found(_("This activity is not here; check the address."))
    return row


def activities(
    session: Session,
    group_id: str,
    *,
    below: int | None = None,
    public_only: bool = False,
    state: str | None = None,
    kind: str | None = None,
    purpose: int | None = None,
    area: str | None = None,
    member: str | None = None,
    external: str | None = None,
    decision: str | None = None,
    ids: Collection[str] | None = None,
    most: int = 50,
) -> list[ActivityRow]:
    """Activities, newest first; `below` begins after the one with that number."""
    asked = select(ActivityRow).where(ActivityRow.group_id == group_id)
    if below is not None:
        asked = asked.where(col(ActivityRow.number) < below)
    if public_only:
        asked = asked.where(ActivityRow.visibility == "public", col(ActivityRow.agreed_at).is_not(None))
    for column, value in (
        (ActivityRow.state, state), (ActivityRow.kind, kind), (ActivityRow.external, external),
        (ActivityRow.decision, decision),
    ):  # fmt: skip
        if value is not None:
            asked = asked.where(col(column) == value)
    for name, sought in (("purpose", purpose), ("area", area), ("member", member)):
        if sought is not None:
            asked = asked.where(col(ActivityRow.marks).contains(mark(name, str(sought)), autoescape=True))
    if ids is not None:
        asked = asked.where(col(ActivityRow.id).in_(ids))
    return list(session.exec(asked.order_by(col(ActivityRow.number).desc()).limit(most)))


def known_ids(session: Session, group_id: str, ids: Iterable[str]) -> dict[str, ActivityRow]:
    """Those of `ids` that are activities of the group, by id."""
    wanted = [id_ for id_ in ids if _ID.fullmatch(id_)]
    asked = select(ActivityRow).where(ActivityRow.group_id == group_id, col(ActivityRow.id).in_(wanted))
    return {row.id: row for row in session.exec(asked)}


def milestones(session: Session, row: ActivityRow) -> list[MilestoneRow]:
    """The milestones of an activity in order of their numbers."""
    asked = select(MilestoneRow).where(MilestoneRow.group_id == row.group_id, MilestoneRow.activity == row.id)
    return list(session.exec(asked.order_by(col(MilestoneRow.number))))


def milestones_of(session: Session, group_id: str, ids: Iterable[str]) -> dict[str, list[MilestoneRow]]:
    """The milestones of several activities, each in order of their numbers."""
    asked = select(MilestoneRow).where(MilestoneRow.group_id == group_id, col(MilestoneRow.activity).in_(list(ids)))
    found: dict[str, list[MilestoneRow]] = {}
    for one in session.exec(asked.order_by(col(MilestoneRow.activity), col(MilestoneRow.number))):
        found.setdefault(one.activity, []).append(one)
    return found


def milestone_row(session: Session, row: ActivityRow, number: int) -> MilestoneRow:
    """One milestone of an activity.

    Raises:
        Problem: 404, it has none of that number.
    """
    found = session.get(MilestoneRow, (row.group_id, row.id, number)) if 0 < number < 10**6 else None
    if found is None:
        raise not_found(_("This milestone is not here; check the address."))
    return found


def reports(session: Session, row: ActivityRow, *, below: int | None = None, most: int = 50) -> list[ActivityReportRow]:
    """What was done about an activity, newest first; `below` begins after the entry with that number."""
    asked = select(ActivityReportRow).where(
        ActivityReportRow.group_id == row.group_id, ActivityReportRow.activity == row.id
    )
    if below is not None:
        asked = asked.where(col(ActivityReportRow.number) < below)
    return list(session.exec(asked.order_by(col(ActivityReportRow.number).desc()).limit(most)))


def reports_of(session: Session, group_id: str, ids: Iterable[str]) -> dict[str, list[ActivityReportRow]]:
    """All that was done about several activities, each from the oldest on."""
    asked = select(ActivityReportRow).where(
        ActivityReportRow.group_id == group_id, col(ActivityReportRow.activity).in_(list(ids))
    )
    found: dict[str, list[ActivityReportRow]] = {}
    for one in session.exec(asked.order_by(col(ActivityReportRow.activity), col(ActivityReportRow.number))):
        found.setdefault(one.activity, []).append(one)
    return found


def next_number(session: Session, group_id: str) -> int:
    """The number of the next activity; the group's row is to be locked."""
    last = session.scalar(select(func.max(ActivityRow.number)).where(ActivityRow.group_id == group_id))
    return (last or 0) + 1
