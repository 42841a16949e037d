"""Where a command finds its charter: a file, which needs no database, or a group in the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy import Engine

from service import settings
from service.database import connect_by, reading
from service.groups import queries
from service.groups.charter import Charter
from service.groups.parts import FIRST_DAY, LAST_DAY
from service.problems import Problem
from service.rotation.check import load
from service.zones import read_day

CharterFile = Annotated[Path | None, typer.Option("--charter", help="A charter file; no database is needed.")]
GroupId = Annotated[str | None, typer.Option("--group", help="A group in the database; default: the only one.")]


def read_file(path: Path) -> Charter:
    """The charter in a file.

    Raises:
        CharterProblem: with every fault and its line.
        typer.BadParameter: the file cannot be read.
    """
    try:
        return load(path.read_bytes(), str(path))
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from None


@contextmanager
def database() -> Iterator[Engine]:
    """The database of the settings."""
    engine = connect_by(settings.current())
    try:
        yield engine
    finally:
        engine.dispose()


def charter_from(file: Path | None, group: str | None) -> Charter:
    """The charter that a command was asked about."""
    if file is not None and group is not None:
        raise typer.BadParameter("give --group or --charter, not both")
    if file is not None:
        return read_file(file)
    with database() as engine, reading(engine) as session:
        return queries.charter(session, group or only_group(queries.group_ids(session)))


def only_group(ids: list[str]) -> str:
    """The one group there is.

    Raises:
        Problem: there is none, or more than one.
    """
    if len(ids) != 1:
        known = ", ".join(ids) or "none"
        raise Problem(404, "which-group", f"Say which group with --group ID (there: {known}), or give --charter FILE.")
    return ids[0]


Otherwise = TypeVar("Otherwise")


def parse_day(text: str | None, otherwise: Otherwise) -> date | Otherwise:
    """A day from the command line, or `otherwise` where none was given.

    Raises:
        typer.BadParameter: it is no day, or lies outside the years 1900 to 2199.
    """
    if text is None:
        return otherwise
    try:
        day = read_day(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no day; write it as 2008-07-01") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise typer.BadParameter(f"{text} lies outside {FIRST_DAY} to {LAST_DAY}")
    return day
