"""Reports as the group stands: of a term, and to purposes."""

from datetime import date

from sqlmodel import Session

from service import clock, zones
from service.followups.programmes.queries import programme_row
from service.followups.programmes.tables import ProgrammeRow
from service.followups.reports import rules
from service.followups.reports.lines import (
    action_lines,
    activity_lines,
    decision_lines,
    meeting_lines,
    notice_lines,
    span,
)
from service.followups.reports.values import ProgrammeLine, PurposesReport, TermReport
from service.groups.charter import Charter
from service.language.speech import _
from service.problems import Problem, not_found
from service.rotation.engine import terms
from service.rotation.rules import horizon
from service.rotation.values import Term


def term_report(session: Session, charter: Charter, term: Term) -> TermReport:
    """The chair's report of a term: how it ended, or how it stands today within it."""
    over = span(charter, term.start, term.end)
    programme = programme_row(session, over.group_id, term.key)
    return rules.with_figures(
        TermReport(
            group=over.group_id,
            turn=term.key,
            chair=term.chair,
            kind=term.kind,
            start=term.start,
            end=term.end,
            as_of=clock.now(),
            over=term.end <= over.today,
            programme=_programme(charter, programme) if programme else None,
            meetings=meeting_lines(session, over),
            decisions=decision_lines(session, over),
            activities=activity_lines(session, over, programme.activities if programme else ()),
            actions=action_lines(session, over),
            notices=notice_lines(session, over),
        )
    )


def purposes_report(
    session: Session, charter: Charter, start: date, end: date, *, public: bool = False
) -> PurposesReport:
    """What was decided, agreed and done for each of the charter's purposes in the days `[start, end)`.

    With `public`, of what is meant for everybody alone.
    """
    over = span(charter, start, end)
    activities = activity_lines(session, over)
    if public:
        activities = tuple(one for one in activities if one.visibility == "public" and one.agreed is not None)
    return rules.purposes_report(
        over.group_id,
        start,
        end,
        clock.now(),
        charter.purposes,
        tuple(one for one in decision_lines(session, over) if one.visibility == "public" or not public),
        activities,
        action_lines(session, over, public=public),
    )


def begun_term(charter: Charter, turn: str) -> Term:
    """The term with that key, which has begun.

    Raises:
        Problem: 404, there is no such term; 409, it has not begun.
    """
    today = zones.day_in(clock.now(), charter.group.timezone)
    term = next((one for one in terms(charter, horizon(charter, today)) if one.key == turn), None)
    if term is None:
        raise not_found(_("A term with this key is not here; check the address."))
    if term.start > today:
        raise Problem(409, "term-not-begun", _("This term has not begun; there is nothing to report yet."))
    return term


def days_of(charter: Charter, start: date | None, end: date | None) -> tuple[date, date]:
    """The days of a report; by default from the first day of the running term until today, today included.

    Raises:
        Problem: 422, they end before they begin.
    """
    today = zones.day_in(clock.now(), charter.group.timezone)
    end = end or date.fromordinal(today.toordinal() + 1)
    if start is None:
        laid = terms(charter, end)
        start = next((one.start for one in reversed(laid) if one.start < end), charter.group.founded)
    if end <= start:
        raise Problem(422, "invalid-period", _("until is not after from; until is the day after the last."))
    return start, end


def _programme(charter: Charter, row: ProgrammeRow) -> ProgrammeLine:
    return ProgrammeLine(
        theme=row.theme,
        text=row.text,
        activities=tuple(row.activities),
        closed_on=zones.day_in(row.closed_at, charter.group.timezone) if row.closed_at else None,
        summary=row.summary,
        unfinished=tuple(row.unfinished),
        carried=tuple(row.carried),
    )
