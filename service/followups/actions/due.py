"""Due before a meeting: the day is kept with the action and follows the meeting, in the transaction of its change.

An action that is to be done before a meeting is due by the day before it. When the meeting is moved the day goes
with it; when it is cancelled, the action waits for the following meeting of its kind, or for the first of them
that is proposed.
"""

from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, select

from service import audit, clock, zones
from service.followups.actions.changing import By, change
from service.followups.actions.rules import NEXT, due_before
from service.followups.actions.tables import ActionRow
from service.groups import queries as groups
from service.groups.charter import Charter
from service.language.dates import spoken
from service.language.speech import _
from service.meetings.queries import following, meeting_row, meetings
from service.meetings.tables import MeetingRow
from service.problems import Problem

_COMING = ("proposed", "called")
# So many meetings on one day are none.
_NEAR = 20


class Due(NamedTuple):
    """By which day an action is due, and the meeting that makes it so (empty while none is in sight)."""

    day: date | None
    meeting: str | None


def resolve(session: Session, charter: Charter, before: str) -> Due:
    """The due date that `before` asks for as things stand.

    Raises:
        Problem: 422, there is no such meeting, it is over or cancelled, or none is in sight.
    """
    found = _named(session, charter, before)
    if found is None:
        raise Problem(
            422,
            "no-meeting-ahead",
            _("No such meeting lies ahead of today; name one that does, or give the day in due."),
        )
    return Due(due_before(_day(charter, found)), found.id)


def _named(session: Session, charter: Charter, before: str) -> MeetingRow | None:
    if before in NEXT:
        return _next(session, charter, level=NEXT[before])
    try:
        row = meeting_row(session, charter.group.id, before)
    except Problem:
        return None
    return row if row.state in _COMING and _is_ahead(charter, row) else None


def _next(
    session: Session, charter: Charter, *, level: str | None = None, cadence: str | None = None
) -> MeetingRow | None:
    """The first meeting on a day after today, so that a day is left to do it."""
    near = meetings(
        session, charter.group.id, since=clock.now(), level=level, cadence=cadence, states=_COMING, most=_NEAR
    )
    return next((row for row in near if _is_ahead(charter, row)), None)


def _is_ahead(charter: Charter, row: MeetingRow) -> bool:
    return _day(charter, row) > zones.day_in(clock.now(), charter.group.timezone)


def _day(charter: Charter, row: MeetingRow) -> date:
    return zones.day_in(row.start, charter.group.timezone)


def standing(session: Session, charter: Charter, row: ActionRow) -> Due:
    """By when an action is due now: its meeting may have moved, or given way to the following one."""
    if row.before is None:
        return Due(row.due, row.meeting)
    if not row.meeting:
        found = _same_kind(session, charter, row.before)
    else:
        meeting = meeting_row(session, row.group_id, row.meeting)
        if meeting.state == "held" or (meeting.state in _COMING and meeting.start <= clock.now()):
            return Due(row.due, row.meeting)
        found = following(session, meeting) if meeting.state == "cancelled" else meeting
    if found is None:
        return Due(None, "")
    today = zones.day_in(clock.now(), charter.group.timezone)
    return Due(max(due_before(_day(charter, found)), today), found.id)


def _same_kind(session: Session, charter: Charter, before: str) -> MeetingRow | None:
    if before in NEXT:
        return _next(session, charter, level=NEXT[before])
    asked = meeting_row(session, charter.group.id, before)
    if asked.cadence is not None:
        return _next(session, charter, cadence=asked.cadence)
    return _next(session, charter, level=asked.level)


def follow_meeting(session: Session, group_id: str, id_: str) -> None:
    """Bring what is due before a meeting into step with it, and what waits for one."""
    asked = select(ActionRow).where(
        ActionRow.group_id == group_id, col(ActionRow.meeting).in_((id_, "")), col(ActionRow.pending)
    )
    rows = session.exec(asked.order_by(col(ActionRow.number)).with_for_update()).all()
    if not rows:
        return
    charter = groups.charter(session, group_id)
    for row in rows:
        due = standing(session, charter, row)
        if due != (row.due, row.meeting):
            text = _said(session, row, due)
            change(session, row, "follow", By(audit.CLOCK, None), text=text, due=due.day, meeting=due.meeting)


def _said(session: Session, row: ActionRow, due: Due) -> str:
    if due.day is None or not due.meeting:
        return "The meeting is cancelled, and none of its kind lies ahead; the day is set with the next one."
    title = meeting_row(session, row.group_id, due.meeting).title
    if due.meeting == row.meeting:
        return f"{title} has moved; this is due by {spoken(due.day)}, before it."
    return f"Due by {spoken(due.day)}, before the following meeting: {title}."
