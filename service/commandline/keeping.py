"""`gmg backup`, `gmg restore`: one file that brings everything back, and the drill that proves it."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from service import settings
from service.commandline.sources import database
from service.database import connect
from service.keeping.archive import Manifest
from service.keeping.backing import back_up, note
from service.keeping.refusing import refused
from service.keeping.restoring import prove
from service.keeping.restoring import restore as bring_back

_FULL = "The disk is full; nothing was changed. See docs/runbook/disk-full.md."
# What SQLite says where the machine takes no more.
_NO_ROOM = ("disk is full", "disk I/O error")


def add(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A file, or a folder: then the backup is named by time.")
    ],
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite FILE if it is there.")] = False,
    with_secret: Annotated[bool, typer.Option("--with-secret", help="Put the secret of GMG_HOME in as well.")] = False,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Delete the oldest backups beside it, but for so many.")
    ] = None,
) -> None:
    """Write the whole database, as it is at this moment, into one file, and read it back; the service may run."""
    using = settings.current()
    with _room_for(file.parent), database() as engine:
        try:
            made = back_up(engine, using, file, over=replace, with_secret=with_secret, keep=keep)
        except FileExistsError:
            raise refused(f"{file} is there already; name another file, or give --replace.") from None
        note(using.home, made)
    print(f"{made.path}: {_told(made.manifest)}.")
    print(f"SHA-256 {made.digest}")
    for old in made.cleared:
        print(f"Deleted {old}, the oldest.")
    if not with_secret:
        print("The secret that signs links is not in it: keep a copy of it apart (see docs/keeping.md).")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup that gmg backup has made.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="The drill: restore into a database that is thrown away, and compare.")
    ] = False,
    into: Annotated[
        str | None, typer.Option("--into", metavar="DATABASE", help="Another database than that of the settings.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of what is there; that is kept beside it.")
    ] = False,
    other_secret: Annotated[
        bool, typer.Option("--other-secret", help="Go on though the secret of the backup is lost.")
    ] = False,
) -> None:
    """Bring a backup back, whole or not at all; what waited to be sent is held until gmg outbox release."""
    using = settings.current()
    if verify and (into or replace or other_secret):
        raise typer.BadParameter("--verify touches nothing, so it stands alone")
    if into is not None and not into.startswith(("sqlite:////", "postgresql+psycopg://")):
        raise typer.BadParameter("--into takes sqlite:////path/file.db or postgresql+psycopg://user:password@host/name")
    with _room_for(using.home):
        if verify:
            proved = prove(file, using.home)
            print(f"{file}: {_told(proved.manifest)}.")
            print("Restored into a database of its own: every row came back as it was, and all that refers to another")
            print(f"finds it. {proved.waiting} deliveries would be held. Nothing live was touched.")
            return
        if into is None:
            with database() as engine:
                done = bring_back(file, engine, using, replace=replace, other_secret=other_secret)
        else:
            other = connect(into, using.sqlite_wal)
            try:
                done = bring_back(file, other, using, replace=replace, elsewhere=True)
            finally:
                other.dispose()
    print(f"Restored {file}: {_told(done.manifest)}.")
    for kept in done.kept:
        print(f"What was there before is kept as {kept}.")
    if not done.held.planned:
        print(
            "What has become due since the backup could not be planned; the log says why. It is not among what is held."
        )
    print(f"{done.held.waiting} deliveries are held, since they may have gone out before; look at them with")
    print("gmg outbox show --state held, and let them go with gmg outbox release --since WHEN.")
    print("Everybody signs in anew. If the service ran meanwhile, start it anew.")


def _told(manifest: Manifest) -> str:
    about = manifest.about
    rows = sum(table.rows for table in manifest.tables.values())
    return (
        f"{rows} rows in {len(manifest.tables)} tables as of {about.taken_at:%Y-%m-%d %H:%M:%S}Z, revision "
        f"{about.revision}, from {about.database}, zones {about.tz}"
    )


@contextmanager
def _room_for(place: Path) -> Iterator[None]:
    """What the machine refuses, such as a full disk, in words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise refused(_FULL) from None
        raise refused(f"{error.filename or place} cannot be used: {error.strerror}. Nothing was changed.") from None
    except (sqlite3.OperationalError, OperationalError) as error:
        if not any(word in str(error) for word in _NO_ROOM):
            raise
        raise refused(_FULL) from None
