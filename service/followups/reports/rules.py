"""Puts reports together: lines in, a report out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from service.followups.reports.values import (
    ActionLine,
    ActivityLine,
    Change,
    DecisionLine,
    Figures,
    PurposeLine,
    PurposesReport,
    TermReport,
)

ALIVE = ("agreed", "ongoing")
PENDING = ("open", "in-progress")


def change(opened: date | None, closed: date | None, start: date, end: date) -> Change:
    """What became of something in `[start, end)`, by the days on which it was opened and closed."""
    began = opened is not None and start <= opened < end
    ended = closed is not None and start <= closed < end
    if began and ended:
        return "opened-and-closed"
    return "opened" if began else "closed" if ended else "none"


def belongs(line: DecisionLine, start: date, end: date) -> bool:
    """Whether a decision is one of these days: opened or settled in them, or open through them."""
    if line.opened >= end:
        return False
    return line.day is None or line.day >= start


def with_figures(report: TermReport) -> TermReport:
    """A term's report with what can be counted in it."""
    return replace(report, figures=figures(report))


def figures(report: TermReport) -> Figures:
    """A term in figures."""

    def closed(line: ActivityLine | ActionLine, state: str) -> bool:
        return line.state == state and line.change in ("closed", "opened-and-closed")

    opened = ("opened", "opened-and-closed")
    return Figures(
        meetings_held=sum(one.state == "held" for one in report.meetings),
        meetings_cancelled=sum(one.state == "cancelled" for one in report.meetings),
        decisions_adopted=sum(was_adopted(one, report.start, report.end) for one in report.decisions),
        activities_agreed=sum(one.change in opened for one in report.activities),
        activities_completed=sum(closed(one, "completed") for one in report.activities),
        activities_discontinued=sum(closed(one, "discontinued") for one in report.activities),
        activities_alive=sum(one.state in ALIVE for one in report.activities),
        actions_opened=sum(one.change in opened for one in report.actions),
        actions_done=sum(closed(one, "done") for one in report.actions),
        actions_dropped=sum(closed(one, "dropped") for one in report.actions),
        actions_open=sum(one.state in PENDING for one in report.actions),
        actions_overdue=sum(one.overdue for one in report.actions),
        notices=len(report.notices),
    )


def was_adopted(line: DecisionLine, start: date, end: date) -> bool:
    """Whether a decision was adopted in these days, even if another has superseded it since."""
    return line.state in ("adopted", "superseded") and line.day is not None and start <= line.day < end


def purposes_report(
    group: str,
    start: date,
    end: date,
    as_of: datetime,
    purposes: Mapping[int, str],
    decisions: Sequence[DecisionLine],
    activities: Sequence[ActivityLine],
    actions: Sequence[ActionLine],
) -> PurposesReport:
    """The report to purposes, from everything that was alive in `[start, end)`."""
    adopted = [one for one in decisions if was_adopted(one, start, end)]
    lines = tuple(
        _purpose(
            number,
            text,
            [one for one in adopted if number in one.purposes],
            [one for one in activities if number in one.purposes],
            [one for one in actions if number in one.purposes],
        )
        for number, text in sorted(purposes.items())
    )
    return PurposesReport(group, start, end, as_of, lines)


def _purpose(
    number: int,
    text: str,
    decided: Sequence[DecisionLine],
    activities: Sequence[ActivityLine],
    actions: Sequence[ActionLine],
) -> PurposeLine:
    agreed = tuple(one for one in activities if one.change in ("opened", "opened-and-closed"))
    reported = tuple(one for one in activities if one.progress)
    completed = tuple(
        one for one in activities if one.state == "completed" and one.change in ("closed", "opened-and-closed")
    )
    done = tuple(one for one in actions if one.state == "done" and one.change in ("closed", "opened-and-closed"))
    return PurposeLine(
        number=number,
        purpose=text,
        decided=tuple(decided),
        agreed=agreed,
        reported=reported,
        done_activities=completed,
        done_actions=done,
        open_activities=tuple(one for one in activities if one.state in ALIVE),
        open_actions=tuple(one for one in actions if one.state in PENDING),
        idle=not (decided or agreed or reported or completed or done),
    )
