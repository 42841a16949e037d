"""Making a backup: one moment of the database in one file, read back before it gets its name."""

import hmac
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

import tzdata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from service import clock, zones
from service.database import connect
from service.keeping import archive, backups, scratch
from service.keeping.refusing import refused
from service.keeping.shape import knows
from service.problems import Problem
from service.settings import Settings

SUFFIX = ".zip"


class Made(NamedTuple):
    """A backup: where it is, what it says of itself, the SHA-256 of the file, and which older ones made room."""

    path: Path
    manifest: archive.Manifest
    digest: str
    cleared: list[Path]


def back_up(
    engine: Engine, settings: Settings, path: Path, *, over: bool = False, with_secret: bool = False,
    keep: int | None = None,
) -> Made:  # fmt: skip
    """Write a backup to `path`, or under a name of its own into the folder `path`.

    With `keep` only so many backups stay in the folder, this one among them; other files are left alone.

    Raises:
        Problem: the database is damaged, or at a revision that this program does not know.
        FileExistsError: there is such a file, and `over` does not allow to take its place.
    """
    taken_at = clock.now()
    if path.is_dir():
        path = path / f"gmg-{taken_at:%Y%m%dT%H%M%SZ}{SUFFIX}"
    if path.exists() and not over:
        raise FileExistsError(path)
    key = settings.secret()
    with _moment(engine, settings.home) as connection, scratch.fresh_file(path, over=over) as part:
        about = archive.About(
            taken_at=taken_at,
            program=version("gmg"),
            revision=_revision(connection),
            database=server(engine),
            tz=tz_version(),
            secret_is=secret_is(key),
        )
        manifest = archive.write(part, connection, about, key if with_secret else None)
        with archive.opened(part) as written:
            written.check()
        with part.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
    cleared = _make_room(path, keep) if keep is not None else []
    return Made(path, manifest, digest, cleared)


def note(home: Path, made: Made) -> None:
    """Put down that there is a backup, for whoever asks how old the last one is."""
    backups.note_backup(home, made.manifest.about.taken_at, made.path.absolute(), made.digest)


def secret_is(key: bytes) -> str:
    """What tells one secret of the service from another without giving it away."""
    return hmac.digest(key, b"which secret this is", "sha256").hex()[:16]


def tz_version() -> str:
    """The version of the tables of zones in use."""
    return max(zones.machines_tables(), str(tzdata.IANA_VERSION))


def server(engine: Engine) -> str:
    """The database and its version, such as `postgresql 18.4`."""
    if engine.dialect.name == "sqlite":
        return f"sqlite {sqlite3.sqlite_version}"
    with engine.connect() as connection:
        found: object = connection.exec_driver_sql("SHOW server_version").scalar()
        return f"postgresql {found}"


@contextmanager
def _moment(engine: Engine, home: Path) -> Iterator[Connection]:
    """One moment of the database, however long it takes to write down.

    SQLite is copied first, since a reader of its file holds up whoever writes; PostgreSQL has snapshots.
    """
    if engine.dialect.name == "postgresql":
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with engine.connect().execution_options(**options) as connection:
            yield connection
        return
    with scratch.folder(home) as room:
        copied = room / "copy.db"
        copy_sqlite(engine, copied)
        other = connect(f"sqlite:///{copied}", "off")
        try:
            with other.connect() as connection:
                faults = faults_of(connection)
                if faults:
                    raise refused(
                        f"The database is damaged ({faults[0]}), so no backup was written. Keep those that there are, "
                        "and see docs/runbook/restore.md."
                    )
                yield connection
        finally:
            other.dispose()


def copy_sqlite(engine: Engine, path: Path) -> None:
    """A copy of a SQLite database as it stands, by its own backup API, also while it is written to."""
    held = engine.raw_connection()
    try:
        source: Any = held.driver_connection
        target = sqlite3.connect(path)
        try:
            source.backup(target)
        finally:
            target.close()
    finally:
        held.close()


def faults_of(connection: Connection) -> list[str]:
    """What a SQLite database finds wrong with itself: its pages, its indexes, and what refers to nothing."""
    try:
        told = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
    except DatabaseError as error:
        return [str(error.orig)]
    return [one for one in told if one != "ok"] + [f"a row of {row[0]} refers to none of {row[2]}" for row in lost]


def _revision(connection: Connection) -> str:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        raise refused("There is nothing in this database yet; see gmg migrate.")
    if not knows(found):
        raise refused(
            f"The database is at revision {found}, which this program does not know; make its backup with the gmg "
            "that works on it."
        )
    return found


def _make_room(made: Path, keep: int) -> list[Path]:
    """Delete the oldest backups beside one that was just made; what is none is not touched."""
    others = []
    for path in made.parent.glob(f"*{SUFFIX}"):
        if path.name == made.name or not path.is_file() or path.is_symlink():
            continue
        try:
            with ZipFile(path) as file:
                others.append((archive.read_manifest(path, file).about.taken_at, path))
        except (Problem, BadZipFile, OSError):
            continue
    others.sort(reverse=True)
    gone = [path for _, path in others[max(keep, 1) - 1 :]]
    for path in gone:
        path.unlink()
    return gone
