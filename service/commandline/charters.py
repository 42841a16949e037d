"""`gmg charter check|diff|apply|export|schema`: the file that holds a group."""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service import clock, zones
from service.commandline.sources import GroupId, database, only_group, read_file
from service.database import reading, writing
from service.groups import queries
from service.groups.charter import Charter
from service.groups.export import as_yaml
from service.groups.reference import as_markdown, json_schema
from service.rotation.commands import apply_charter
from service.rotation.differences import Change, changes
from service.rotation.values import Term


class Form(StrEnum):
    json = "json"
    markdown = "markdown"


FileArgument = Annotated[Path, typer.Argument(help="A charter file.")]


def add(app: typer.Typer) -> None:
    charter = typer.Typer(help="Check, compare, apply and export a charter.", no_args_is_help=True)
    charter.command("check")(check)
    charter.command("diff")(diff)
    charter.command("apply")(apply)
    charter.command("export")(export)
    charter.command("schema")(schema)
    app.add_typer(charter, name="charter")


def check(file: FileArgument) -> None:
    """Whether a charter holds together; every fault with its line and what to write instead."""
    charter = read_file(file)
    print(f"{file}: {charter.group.name}, {len(charter.members)} members: no fault.")


def diff(
    file: FileArgument,
    against: Annotated[
        Path | None, typer.Option("--against", help="Compare with this file; default: the database.")
    ] = None,
) -> None:
    """Which terms a charter would change, before and after. Exit 1 when there are any."""
    after = read_file(file)
    if against is not None:
        before: Charter | None = read_file(against)
    else:
        with database() as engine, reading(engine) as session:
            known = queries.exists(session, after.group.id)
            before = queries.charter(session, after.group.id) if known else None
    found = changes(before, after, zones.day_in(clock.now(), after.group.timezone))
    show(found)
    if found:
        raise typer.Exit(1)


def apply(
    file: FileArgument,
    correct: Annotated[str | None, typer.Option("--correct", help="Reason for changing days that have passed.")] = None,
) -> None:
    """Make a charter the group's charter, in one transaction."""
    charter = read_file(file)
    with database() as engine, writing(engine) as session:
        found = apply_charter(session, charter, correct=correct, actor="command line")
        revision = queries.group_row(session, charter.group.id).revision
    print(f"{charter.group.id} is at revision {revision}.")
    show(found)


def export(group: GroupId = None) -> None:
    """Print the group's charter as a file."""
    with database() as engine, reading(engine) as session:
        charter = queries.charter(session, group or only_group(queries.group_ids(session)))
    print(as_yaml(charter), end="")


def schema(
    form: Annotated[
        Form, typer.Option("--format", help="json: a schema for editors; markdown: every field, for readers.")
    ] = Form.json,
) -> None:
    """What a charter may say, field by field."""
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False) if form is Form.json else as_markdown().rstrip("\n"))


def show(found: Sequence[Change]) -> None:
    """Print the terms that change, before and after, side by side."""
    if not found:
        print("No term changes.")
        return
    print(f"{'term of':<10}  {'before':<46}  after")
    for change in found:
        print(f"{change.day}  {_told(change.before):<46}  {_told(change.after)}")


def _told(term: Term | None) -> str:
    return f"until {term.end} {term.csv_chair or 'vacant'} ({term.kind}, {term.status})" if term else "-"
