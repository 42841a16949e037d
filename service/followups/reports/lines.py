"""The lines of a report, as the rows stand: what was alive in some days of the group, and how it stood at their end.

A term that is over is told from the logs of its activities and actions, so that its report says the same
whenever it is asked for; a decision alone is shown as it stands today.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, or_, select

from service import clock, zones
from service.followups.actions.rules import is_overdue, retold
from service.followups.actions.tables import ActionLogRow, ActionRow
from service.followups.activities.queries import milestones_of, reports_of
from service.followups.activities.rules import overdue, state_at
from service.followups.activities.tables import ActivityReportRow, ActivityRow, MilestoneRow
from service.followups.decisions.queries import adopted_at, states
from service.followups.decisions.rules import standing
from service.followups.decisions.tables import GroupAnswerRow, GroupDecisionRow
from service.followups.notices.queries import notices
from service.followups.reports.rules import belongs, change
from service.followups.reports.values import (
    ActionLine,
    ActivityLine,
    DecisionLine,
    MeetingLine,
    NoticeLine,
    Outcome,
    Output,
    Progress,
)
from service.groups.charter import Charter
from service.meetings.minutes.queries import minutes_row, outcomes, state_of
from service.meetings.queries import meetings
from service.meetings.tables import MeetingRow

_MOST = 10_000


class Span(NamedTuple):
    """The days of a report, `[start, end)`, and the instants at which they begin and end in the group's zone."""

    group_id: str
    zone: str
    start: date
    end: date
    since: datetime
    until: datetime
    today: date

    def day(self, at: datetime | None) -> date | None:
        """The day of an instant."""
        return zones.day_in(at, self.zone) if at else None

    @property
    def seen_on(self) -> date:
        """The day from which its end is seen: the one after its last, or today within it."""
        return min(self.end, self.today)


def span(charter: Charter, start: date, end: date) -> Span:
    """These days of a group, seen from today."""
    zone = charter.group.timezone
    today = zones.day_in(clock.now(), zone)
    return Span(charter.group.id, zone, start, end, zones.midnight(start, zone), zones.midnight(end, zone), today)


def meeting_lines(session: Session, over: Span) -> tuple[MeetingLine, ...]:
    """The meetings that begin in these days, in order of time."""
    rows = meetings(session, over.group_id, since=over.since, until=over.until, most=_MOST)
    return tuple(_meeting(session, over, row) for row in rows if not row.withdrawn)


def _meeting(session: Session, over: Span, row: MeetingRow) -> MeetingLine:
    minutes = minutes_row(session, row)
    state = state_of(session, row, minutes) if minutes else None
    said = outcomes(session, row) if state not in (None, "draft") else []
    return MeetingLine(
        id=row.id,
        title=row.title,
        level=row.level,
        day=zones.day_in(row.start, over.zone),
        place=row.place,
        state=row.state,
        presided_by=row.presided_by,
        minutes=state,
        outcomes=tuple(Outcome(one.number, one.text) for one in said),
    )


def decision_lines(session: Session, over: Span) -> tuple[DecisionLine, ...]:
    """The decisions of these days, in order of their numbers."""
    row = GroupDecisionRow
    asked = select(row).where(row.group_id == over.group_id, col(row.opened_at) < over.until)
    asked = asked.where(
        or_(
            col(row.opened_at) >= over.since,
            col(row.until) >= over.since,
            col(row.withdrawn_at) >= over.since,
            col(row.objections) > 0,
        )
    )
    rows = session.exec(asked.order_by(col(row.year), col(row.number))).all()
    now = states(session, rows)
    said = _answers(session, over.group_id, [one.id for one in rows])
    lines = (_decision(over, one, now[one.id], said.get(one.id, [])) for one in rows)
    return tuple(line for line in lines if belongs(line, over.start, over.end))


def _answers(session: Session, group_id: str, ids: Sequence[str]) -> dict[str, list[GroupAnswerRow]]:
    found: dict[str, list[GroupAnswerRow]] = {}
    asked = select(GroupAnswerRow).where(GroupAnswerRow.group_id == group_id, col(GroupAnswerRow.decision).in_(ids))
    for one in session.exec(asked):
        found.setdefault(one.decision, []).append(one)
    return found


def _decision(over: Span, row: GroupDecisionRow, state: str, said: list[GroupAnswerRow]) -> DecisionLine:
    stand = standing(said, row.round)
    return DecisionLine(
        id=row.id,
        verb=row.operative,
        title=row.title,
        text=row.text,
        purposes=tuple(row.purposes),
        state=state,
        day=over.day(row.withdrawn_at or adopted_at(row)),
        opened=zones.day_in(row.opened_at, over.zone),
        meeting=row.meeting,
        endorsed_by=tuple(sorted(member for member, one in stand.items() if one.answer == "endorse")),
        visibility=row.visibility,
    )


def activity_lines(session: Session, over: Span, programme: Sequence[str] = ()) -> tuple[ActivityLine, ...]:
    """The activities that were alive in these days, in order of their numbers."""
    row = ActivityRow
    asked = select(row).where(row.group_id == over.group_id, col(row.proposed_at) < over.until)
    asked = asked.where(or_(col(row.closed_at).is_(None), col(row.closed_at) >= over.since))
    rows = session.exec(asked.order_by(col(row.number))).all()
    ids = [one.id for one in rows]
    logs, steps = reports_of(session, over.group_id, ids), milestones_of(session, over.group_id, ids)
    return tuple(
        _activity(over, one, logs.get(one.id, []), steps.get(one.id, []), in_programme=one.id in programme)
        for one in rows
    )


def _activity(
    over: Span, row: ActivityRow, log: list[ActivityReportRow], steps: list[MilestoneRow], *, in_programme: bool
) -> ActivityLine:
    state = state_at(((one.at, one.state_to) for one in log), over.until) or row.state
    agreed, closed = over.day(row.agreed_at), over.day(row.closed_at)
    reported = [one for one in log if one.what == "reported" and over.since <= one.at < over.until]
    seen = over.seen_on
    late = [one for one in steps if overdue(one.due, one.reached if one.reached and one.reached < seen else None, seen)]
    documents = [one["document"] for one in row.outputs if date.fromisoformat(one["day"]) < over.end]
    return ActivityLine(
        id=row.id,
        kind=row.kind,
        title=row.title,
        objective=row.objective,
        lead=row.lead,
        partners=tuple(row.partners),
        purposes=tuple(row.purposes),
        start=row.from_day,
        end=row.until_day,
        state=state,
        change=change(agreed, closed, over.start, over.end),
        agreed=agreed if agreed and agreed < over.end else None,
        closed=closed if closed and closed < over.end else None,
        decision=row.decision if agreed and agreed < over.end else None,
        overdue=len(late) if state in ("proposed", "agreed", "ongoing") else 0,
        expected=tuple(row.expected),
        outputs=tuple(Output(one["title"], one["url"]) for one in documents),
        progress=tuple(Progress(zones.day_in(one.at, over.zone), one.member or "", one.text) for one in reported),
        in_programme=in_programme,
        visibility=row.visibility,
    )


def action_lines(session: Session, over: Span, *, public: bool = False) -> tuple[ActionLine, ...]:
    """The actions that were open at some time in these days, by number; with `public`, those for all."""
    row = ActionRow
    alive: list[Any] = [
        row.group_id == over.group_id,
        col(row.opened_at) < over.until,
        or_(col(row.closed_at).is_(None), col(row.closed_at) >= over.since),
    ]
    if public:
        alive.append(row.visibility == "public")
    rows = session.exec(select(row).where(*alive).order_by(col(row.number))).all()
    entry = ActionLogRow
    logged = (
        select(entry)
        .join(row, (col(entry.group_id) == col(row.group_id)) & (col(entry.action) == col(row.id)))
        .where(*alive, col(entry.at) < over.until)
    )
    logs: dict[str, list[ActionLogRow]] = {}
    for one in session.exec(logged.order_by(col(entry.action), col(entry.number))):
        logs.setdefault(one.action, []).append(one)
    return tuple(_action(over, one, logs.get(one.id, [])) for one in rows)


def _action(over: Span, row: ActionRow, log: list[ActionLogRow]) -> ActionLine:
    said: dict[str, Any] = retold(one.after for one in log)
    state, due = said["state"], said.get("due")
    settled = max((one.at for one in log if one.verb in ("finish", "drop")), default=None)
    opened, closed = zones.day_in(row.opened_at, over.zone), over.day(settled) if state in ("done", "dropped") else None
    due_day = date.fromisoformat(due) if due else None
    return ActionLine(
        id=row.id,
        title=said["title"],
        owner=said["owner"],
        state=state,
        opened=opened,
        settled=closed,
        due=due_day,
        purposes=tuple(said["purposes"]),
        source=said["source"],
        overdue=is_overdue(state, due_day, over.seen_on),
        change=change(opened, closed, over.start, over.end),
    )


def notice_lines(session: Session, over: Span) -> tuple[NoticeLine, ...]:
    """The notices that were published in these days and not withdrawn, oldest first."""
    rows = notices(session, over.group_id, inside=True, since=over.since, until=over.until, limit=_MOST)
    return tuple(
        NoticeLine(
            id=row.id,
            member=row.member,
            theme=row.theme,
            title=row.text,
            day=zones.day_in(row.published_at, over.zone),
            visibility=row.visibility,
        )
        for row in reversed(rows)
    )
