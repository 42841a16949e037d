"""A prepared database takes the place of the live one: in one transaction of the live one's own, or not at all.

So a service that runs meanwhile sees the old or the new, and a process that is killed leaves the old.
"""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any, NamedTuple

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DatabaseError

from migrations.upgrade import newest, upgrade
from service.keeping import rows, scratch
from service.keeping.backing import copy_sqlite
from service.keeping.refusing import refused
from service.keeping.shape import TableShape, shape

# Pages that are written between two looks at the time, and seconds to wait for whoever uses the database.
pages, PATIENCE = 256, 30.0


class Standing(NamedTuple):
    """What a database holds: whether anything, and how far the feeds of each group have got."""

    filled: bool
    published: dict[str, int]


def standing(engine: Engine) -> Standing:
    """What a database holds now. One that cannot be read counts as filled: it may be saved yet.

    Raises:
        Problem: the file is no database at all.
    """
    try:
        with engine.connect() as connection:
            looking = inspect(connection)
            if not looking.has_table("group"):
                return Standing(False, {})
            counted = "published" in {column["name"] for column in looking.get_columns("group")}
            found = connection.exec_driver_sql(f'SELECT id, {"published" if counted else "0"} FROM "group"').all()  # noqa: S608
        return Standing(bool(found), {str(row[0]): int(row[1]) for row in found})
    except DatabaseError as error:
        if engine.dialect.name != "sqlite":
            raise
        if getattr(error.orig, "sqlite_errorname", "") == "SQLITE_NOTADB":
            raise refused(
                f"{engine.url.database} is no database, and nothing can be read from it. Stop the service, move it and "
                "its -journal and -wal out of the way, then restore again."
            ) from None
        return Standing(True, {})


def replace(prepared: Engine, live: Engine) -> None:
    """Let the live database become the prepared one.

    Raises:
        Problem: it is in use for so long that it cannot be done; nothing has changed.
    """
    if live.dialect.name == "sqlite":
        _replace_sqlite(prepared, live)
        return
    upgrade(live)
    with live.execution_options(writes=True).begin() as target, prepared.connect() as source:
        _replace_postgresql(source, target)


def keep_sqlite(live: Engine, stamp: str) -> Path:
    """A copy of a live SQLite file beside it, as it stands, damaged or not."""
    path = Path(f"{live.url.database}.before-restore-{stamp}")
    with scratch.fresh_file(path, over=False) as part:
        copy_sqlite(live, part)
    return path


def on_step(status: int, waited: float) -> None:
    """Give up where somebody else has held the database for too long; `status` is what SQLite says of a step."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and waited > PATIENCE:
        raise refused("The database is in use; stop the service, then restore again. Nothing was changed.")


def _replace_sqlite(prepared: Engine, live: Engine) -> None:
    began = time.monotonic()
    new = not Path(str(live.url.database)).exists()
    source, target = prepared.raw_connection(), live.raw_connection()
    try:
        ready: Any = source.driver_connection
        taken: Any = target.driver_connection
        ready.backup(
            taken, pages=pages, progress=lambda status, *_: on_step(status, time.monotonic() - began), sleep=0.1
        )
    finally:
        source.close()
        target.close()
    if new:
        os.chmod(str(live.url.database), 0o600)


def _replace_postgresql(source: Connection, target: Connection) -> None:
    if MigrationContext.configure(target).get_current_revision() != newest():
        raise refused(
            "The live database is ahead of this program; restore with the gmg that works on it, or into an empty one."
        )
    tables = shape(str(newest()))
    names = ", ".join(f'"{table.name}"' for table in tables)
    target.exec_driver_sql(f"TRUNCATE {names}")
    for table in tables:
        rows.put(target, table, rows.lines(source, table))
    rows.go_on_counting(target, tables)
    _compare(source, target, tables)


def _compare(source: Connection, target: Connection, tables: tuple[TableShape, ...]) -> None:
    for table in tables:
        if rows.digest(source, table) != rows.digest(target, table):
            raise refused(f"Table {table.name} did not come back as it was; nothing was changed.")
