"""Brings a database to the newest revision, or says which one it is at, and which programs may work with it.

A release is brought in while processes of the one before still run: its revisions come first, and whatever they add
disturbs nobody who does not know of it. A revision that does disturb says `breaking = True`, and so counts one that
says nothing. The row that keeps the database's revision also keeps the newest breaking one up to there, `works_from`:
a program that knows it may work on, older as it is (see `works_with`); one that does not stops taking work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from migrations.models import METADATA
from service.problems import Problem

_HERE = Path(__file__).parent
# How long one migration waits for another; and a statement for a table that somebody uses, while all others who need
# that table wait behind it. The second is also how long any statement of the service waits.
_TURN_SECONDS, _LOCK_SECONDS = 30, 5
_VERSIONS, _FLOOR = "alembic_version", "works_from"
_LOCK_NOT_AVAILABLE = "55P03"


def config(connection: Connection | None = None) -> Config:
    found = Config(attributes={"connection": connection})
    found.set_main_option("script_location", str(_HERE))
    return found


def upgrade(engine: Engine, revision: str = "head") -> None:
    """All revisions up to `revision` in one transaction: the database ends at the old one or the new one.

    A database that is ahead of this program stays as it is where the two work together.

    Raises:
        Problem: nothing was changed: somebody held a table for too long, or this program is too old for the database.
    """
    with _in_turn(engine) as connection:
        at = _revision(connection)
        if at is not None and at not in _known():
            if not works_on(connection):
                raise _refused(
                    f"The database is at revision {at}, and this program, which knows none after {newest()}, can no "
                    "longer work with it. Install the release that brought it there, or restore a backup from before."
                )
            return
        command.upgrade(config(connection), revision)
        _keep_floor(connection)


@contextmanager
def _in_turn(engine: Engine) -> Iterator[Connection]:
    """One transaction; two processes that start together migrate one after the other."""
    try:
        with engine.execution_options(writes=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_TURN_SECONDS}s'")
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7236001)")
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
            yield connection
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE and "is locked" not in str(error.orig):
            raise
        raise _refused(
            "Nothing was migrated: somebody held what it needs for too long, such as a backup, a long query or another "
            "migration. The database is as it was; try again, or at a quieter hour."
        ) from error


def _refused(detail: str) -> Problem:
    return Problem(409, "migration-refused", detail)


def _keep_floor(connection: Connection) -> None:
    """Write down the newest breaking revision up to where the database is, beside Alembic's own column."""
    at = _revision(connection)
    if at is None:
        return
    if _FLOOR not in {column["name"] for column in inspect(connection).get_columns(_VERSIONS)}:
        connection.exec_driver_sql(f"ALTER TABLE {_VERSIONS} ADD COLUMN {_FLOOR} VARCHAR(32)")
    floor = at
    for script in _scripts().iterate_revisions(at, "base"):
        floor = script.revision
        if getattr(script.module, "breaking", True):
            break
    connection.execute(text(f"UPDATE {_VERSIONS} SET {_FLOOR} = :floor"), {"floor": floor})  # noqa: S608 - names of ours


def works_with(engine: Engine) -> bool:
    """Whether this program may work with the database: at its own newest revision, or ahead by revisions that break
    nothing for it. Never with one that still has to be migrated."""
    with engine.connect() as connection:
        return works_on(connection)


def works_on(connection: Connection) -> bool:
    """The same inside of a transaction: what it has locked, no migration changes until its end."""
    at = _revision(connection)
    if at is None or at in _known():
        return at == newest()
    return connection.scalar(text(f"SELECT {_FLOOR} FROM {_VERSIONS}")) in _known()  # noqa: S608 - names of ours


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())


@cache
def newest() -> str | None:
    """The newest revision that this code knows."""
    return _scripts().get_current_head()


def revision_of(engine: Engine) -> str | None:
    """The revision that the database is at."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def drift(engine: Engine) -> list[Any]:
    """Where the tables of the models differ from those of the database."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))
