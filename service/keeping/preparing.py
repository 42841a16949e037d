"""A backup becomes a SQLite database again, in a folder of its own, and is looked at from all sides."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, event

from migrations.upgrade import drift, upgrade
from service.database import connect
from service.keeping import rows
from service.keeping.archive import Archive
from service.keeping.backing import faults_of
from service.keeping.refusing import refused


@contextmanager
def prepared(archive: Archive, room: Path) -> Iterator[Engine]:
    """The database of a backup, brought to the newest revision; it is gone with the folder `room`.

    Raises:
        Problem: it is not, row by row, what its manifest says; or it cannot be brought to the newest revision.
    """
    engine = connect(f"sqlite:///{room / 'restored.db'}", "off")
    # Nobody needs this database after a power cut.
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    # Read whole before it is taken for rows: what is damaged is then called so.
    archive.check()
    try:
        upgrade(engine, archive.manifest.about.revision)
        _load(engine, archive)
        upgrade(engine)
        _look(engine)
        yield engine
    finally:
        engine.dispose()


def _load(engine: Engine, archive: Archive) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in archive.tables:
            try:
                rows.put(connection, table, archive.lines(table))
            except (ValueError, sqlite3.Error) as error:
                raise refused(f"Table {table.name} of this backup cannot be read: {error}; take another one.") from None
        for table in archive.tables:
            said = archive.manifest.tables[table.name]
            if rows.digest(connection, table) != (said.rows, said.sha256):
                raise refused(f"Table {table.name} did not come back as it was; take another backup.")
        # Before the commit, which would say no more than that some row refers to nothing.
        _refuse(faults_of(connection))


def _look(engine: Engine) -> None:
    with engine.connect() as connection:
        _refuse(faults_of(connection))
    different = drift(engine)
    if different:
        raise refused(f"The restored tables are not those of this program: {different[0]}.")


def _refuse(faults: list[str]) -> None:
    if faults:
        raise refused(f"The restored database is not sound ({faults[0]}); take another backup.")
