"""What has been done about a meeting, as the rows stand."""

from sqlmodel import Session

from service.meetings.agenda.queries import has_agenda, news
from service.meetings.attendance.queries import attendance_rows, standing
from service.meetings.attendance.rules import stands
from service.meetings.minutes.queries import minutes_row, state_of
from service.meetings.tables import MeetingRow
from service.notifications.meetings.rules import Facts


def facts_of(session: Session, row: MeetingRow) -> Facts:
    """The facts that the reminders of a meeting turn on."""
    answers = {
        member: found.answer
        for member, found in attendance_rows(session, row).items()
        if stands(standing(found), row.schedules)
    }
    minutes = minutes_row(session, row)
    return Facts(
        row.state,
        has_agenda(session, row),
        state_of(session, row, minutes) if minutes is not None else None,
        frozenset(answers),
        frozenset(member for member, answer in answers.items() if answer == "declined"),
        frozenset(one.member for one in news(session, row)),
    )
