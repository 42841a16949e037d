"""`gmg report`: the chair's report of a term, and the report to purposes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlmodel import Session

from service.commandline.sources import GroupId, database, only_group, parse_day
from service.database import reading
from service.followups.reports.api import PurposesReportOut, TermReportOut
from service.followups.reports.queries import begun_term, days_of, purposes_report, term_report
from service.followups.reports.wording import purposes_markdown, term_markdown
from service.groups import queries
from service.groups.charter import Charter

AsJson = Annotated[bool, typer.Option("--json", help="The answer of the API; default: Markdown.")]


def add(app: typer.Typer) -> None:
    reports = typer.Typer(help="What a term has brought, and what was done for each purpose.", no_args_is_help=True)
    reports.command("term")(term)
    reports.command("purposes")(purposes)
    app.add_typer(reports, name="report")


def term(
    turn: Annotated[str, typer.Argument(metavar="TURN", help="The key of the turn, such as turn-5; see /terms.")],
    group: GroupId = None,
    as_json: AsJson = False,
) -> None:
    """The chair's report of a term that has begun."""
    with _group(group) as (session, charter):
        report = term_report(session, charter, begun_term(charter, turn))
    _print(as_json, TermReportOut(report), lambda: term_markdown(report, charter))


def purposes(
    from_: Annotated[str | None, typer.Option("--from", help="First day; default: that of the running term.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Day after the last; default: tomorrow.")] = None,
    group: GroupId = None,
    as_json: AsJson = False,
) -> None:
    """For each purpose of the group, what was decided, agreed and done, and which lay idle."""
    first, end = parse_day(from_, None), parse_day(until, None)
    with _group(group) as (session, charter):
        report = purposes_report(session, charter, *days_of(charter, first, end))
    _print(as_json, PurposesReportOut(report), lambda: purposes_markdown(report, charter))


@contextmanager
def _group(group: str | None) -> Iterator[tuple[Session, Charter]]:
    with database() as engine, reading(engine) as session:
        yield session, queries.charter(session, group or only_group(queries.group_ids(session)))


def _print(as_json: bool, body: TermReportOut | PurposesReportOut, read: Callable[[], str]) -> None:
    print(body.model_dump_json(indent=2) if as_json else read(), end="\n" if as_json else "")
