"""The log of an activity: every change of it, with who made it, for which organization and by what right."""

from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from service import clock
from service.followups.activities.tables import ActivityReportRow, ActivityRow


class By(NamedTuple):
    """Who acts, for which organization (None: the secretariat), and by whose authority."""

    name: str
    member: str | None
    authority: str


def note(
    session: Session,
    row: ActivityRow,
    what: str,
    by: By,
    *,
    state: tuple[str | None, str | None],
    text: str = "",
    changes: list[dict[str, Any]] | None = None,
    outputs: list[dict[str, Any]] | None = None,
    links: list[dict[str, Any]] | None = None,
) -> None:
    """Add an entry; `state` is what the activity was and is, kept where it has changed."""
    last = session.scalar(
        select(func.max(col(ActivityReportRow.number))).where(
            ActivityReportRow.group_id == row.group_id, ActivityReportRow.activity == row.id
        )
    )
    before, after = state if state[0] != state[1] else (None, None)
    session.add(
        ActivityReportRow(
            group_id=row.group_id,
            activity=row.id,
            number=(last or 0) + 1,
            at=clock.now(),
            by=by.name,
            member=by.member,
            authority=by.authority,
            what=what,
            state_from=before,
            state_to=after,
            text=text,
            changes=changes or [],
            outputs=outputs or [],
            links=links or [],
        )
    )
