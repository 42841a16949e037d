"""The chair's report of a term as a page that prints well, and as Markdown."""

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.followups.reports.queries import begun_term, term_report
from service.followups.reports.rules import PENDING
from service.followups.reports.values import Figures, TermReport
from service.followups.reports.wording import term_markdown
from service.language.speech import N_, _
from service.web.followups.actions import words as actions_words
from service.web.followups.activities import words as activities_words
from service.web.followups.activities.parts import day_before
from service.web.followups.decisions import words as decisions_words
from service.web.followups.programmes.terms import term_name
from service.web.frame.page import page, private
from service.web.frame.visitor import looking
from service.web.meetings.words import STATES as MEETINGS

router = APIRouter(include_in_schema=False)
ONE = "/groups/{group}/reports/{turn}"
# What is counted, in the order of the report.
_FIGURES = {
    "meetings_held": N_("meetings held"),
    "meetings_cancelled": N_("meetings cancelled"),
    "decisions_adopted": N_("decisions adopted"),
    "activities_agreed": N_("activities agreed"),
    "activities_completed": N_("activities completed"),
    "activities_discontinued": N_("activities discontinued"),
    "activities_alive": N_("activities under way"),
    "actions_opened": N_("actions opened"),
    "actions_done": N_("actions done"),
    "actions_dropped": N_("actions dropped"),
    "actions_open": N_("actions still open"),
    "actions_overdue": N_("actions overdue"),
    "notices": N_("notices published"),
}
_MINUTES = {
    "draft": N_("draft"),
    "circulated": N_("circulated"),
    "contested": N_("contested"),
    "adopted": N_("adopted by the members"),
}
# Lines of a table: a term has fewer; what is behind them stands in the Markdown.
_MOST = 100


@router.get(ONE)
def one(group: str, turn: str, request: Request) -> Response:
    """The report, for members."""
    with looking(request, group) as at:
        report, name = _report(at, turn)
        of_programme = [line for line in report.activities if line.in_programme]
        others = [line for line in report.activities if not line.in_programme]
        return page(
            "followups/programme_report.html",
            at=at,
            wide=True,
            title=_("Report of the chair: {term}", term=name),
            report=report,
            figures=_figures(report.figures),
            left=_left(report),
            activities=[(_("Activities of the programme"), of_programme), (_("Other common activities"), others)],
            pending=[line for line in report.actions if line.state in PENDING],
            settled=[line for line in report.actions if line.state not in PENDING],
            most=_MOST,
            last_of=day_before,
            meeting_states=MEETINGS,
            minutes=_MINUTES,
            decision_states=decisions_words.STATES,
            activity_states=activities_words.STATES,
            action_states=actions_words.STATES,
        )


@router.get(ONE + "/report.md")
def as_markdown(group: str, turn: str, request: Request) -> Response:
    """The same as a file."""
    with looking(request, group) as at:
        report, _name = _report(at, turn)
        text = term_markdown(report, at.charter)
    name = f"{group}-{report.turn}-report.md"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return private(Response(text, headers=headers, media_type="text/markdown"))


def _report(at: Scene, turn: str) -> tuple[TermReport, str]:
    at.need("report.look")
    term = begun_term(at.charter, turn)
    return term_report(at.session, at.charter, term), term_name(at, term)


def _figures(found: Figures) -> list[tuple[str, int]]:
    return [(_(text), getattr(found, name)) for name, text in _FIGURES.items()]


def _left(report: TermReport) -> list[tuple[str, str, bool]]:
    """What was unfinished when the programme was closed: id, title, and whether it is carried on."""
    programme = report.programme
    if programme is None:
        return []
    lines = [line for line in report.activities if line.id in programme.unfinished]
    return [(line.id, line.title, line.id in programme.carried) for line in lines]
