"""The HTTP door of reports: of a term, and to purposes; as JSON, or as Markdown to be read."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import RootModel
from sqlmodel import Session

from service.access.bodies import CONFLICT, Out, answer, new_router
from service.access.door import Answer, look
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.followups.reports.queries import begun_term, days_of, purposes_report, term_report
from service.followups.reports.values import PurposesReport, TermReport
from service.followups.reports.wording import purposes_markdown, term_markdown
from service.groups.parts import Day

router = new_router("reports")
MARKDOWN = "text/markdown"
Format = Annotated[
    Literal["json", "markdown"] | None,
    Query(alias="format", description="Default: what Accept asks for, JSON unless it asks for text/markdown."),
]
_AS_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {MARKDOWN: {"schema": {"type": "string"}}}}}


class TermReportOut(RootModel[TermReport]):
    """The chair's report of a term."""


class PurposesReportOut(RootModel[PurposesReport]):
    """For each purpose, what was decided, agreed and done."""


class Text(Out):
    """A text that is sent as it is."""

    text: str


class Read(Answer):
    """An answer that people read."""

    def json(self) -> bytes:
        return self.body.text.encode() if isinstance(self.body, Text) else super().json()


@router.get("/reports/term/{turn}", response_model=TermReportOut, responses=_AS_TEXT | CONFLICT)
def of_term(group: str, turn: str, request: Request, format_: Format = None) -> Response:
    """The chair's report of a term, by the key of its turn: meetings, decisions, activities, actions, notices."""

    def do(session: Session, caller: Caller) -> Answer:
        at = _looking(session, group, caller)
        report = term_report(session, at.charter, begun_term(at.charter, turn))
        if _reads(request, format_):
            return _markdown(term_markdown(report, at.charter))
        return answer(TermReportOut(report))

    return look(request, group, do)


@router.get("/reports/purposes", response_model=PurposesReportOut, responses=_AS_TEXT)
def to_purposes(
    group: str,
    request: Request,
    from_: Annotated[Day | None, Query(alias="from", description="Default: first day of the running term.")] = None,
    until: Annotated[Day | None, Query(description="The day after the last; default: tomorrow.")] = None,
    format_: Format = None,
) -> Response:
    """For each of the group's purposes, what was decided, agreed and done in some days, and which lay idle."""

    def do(session: Session, caller: Caller) -> Answer:
        at = _looking(session, group, caller)
        report = purposes_report(session, at.charter, *days_of(at.charter, from_, until))
        if _reads(request, format_):
            return _markdown(purposes_markdown(report, at.charter))
        return answer(PurposesReportOut(report))

    return look(request, group, do)


def _looking(session: Session, group: str, caller: Caller) -> Scene:
    at = scene(session, group, caller)
    at.need("report.look")
    return at


def _reads(request: Request, format_: str | None) -> bool:
    """Whether Markdown is asked for: by `format`, else by Accept."""
    if format_ is not None:
        return format_ == "markdown"
    accepted = request.headers.get("accept", "")
    return any(part.partition(";")[0].strip().lower() == MARKDOWN for part in accepted.split(","))


def _markdown(text: str) -> Answer:
    return Read(200, Text(text=text), {"Content-Type": f"{MARKDOWN}; charset=utf-8", "Vary": "Accept"})
