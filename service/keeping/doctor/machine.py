"""What the machine has: room on its disk, a home that nobody else reads, tables of zones, a backup."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from service import clock
from service.keeping.backing import tz_version
from service.keeping.backups import last_backup
from service.keeping.doctor import rules
from service.keeping.doctor.rules import Finding
from service.settings import Settings


def look(settings: Settings) -> Iterator[Finding]:
    yield home(settings.home)
    yield from modes(settings)
    yield disk(settings.home)
    yield rules.zones(tz_version(), clock.now())
    yield rules.backup(last_backup(settings.home), clock.now())
    yield rules.proxies(settings.secure, bool(settings.proxies))


def home(path: Path) -> Finding:
    """Whether GMG_HOME can be written to."""
    if not path.exists():
        return Finding("home", "fail", f"{path} is not there; gmg migrate makes it, or set GMG_HOME.")
    try:
        with TemporaryFile(dir=path) as file:
            file.write(b"gmg")
    except OSError as error:
        return Finding("home", "fail", f"{path} cannot be written to: {error.strerror}.")
    return Finding("home", "ok", f"{path} can be written to.")


def modes(settings: Settings) -> Iterator[Finding]:
    """What is open to others than the owner: the home, the secret, and a SQLite database in it."""
    database = settings.database.partition("sqlite:///")[2]
    places = [
        (settings.home, False),
        (settings.home / "secret", True),
        *([(Path(database), False)] if database else []),
    ]
    found = [rules.mode(str(path), path.stat().st_mode, secret) for path, secret in places if path.exists()]
    # What lies in a closed folder is closed.
    closed = settings.home.exists() and not settings.home.stat().st_mode & 0o077
    told = [one for one in found if one is not None and not (closed and one.state == "warn")]
    yield from told
    if not told:
        yield Finding("modes", "ok", f"{settings.home} and its secret are closed to others.")


def disk(path: Path) -> Finding:
    """Room on the disk under GMG_HOME, or where that will be."""
    while not path.exists():
        path = path.absolute().parent
    usage = shutil.disk_usage(path)
    # What is kept for the administrator is no room for us.
    room = os.statvfs(path)
    return rules.disk(room.f_bavail * room.f_frsize, usage.total)
