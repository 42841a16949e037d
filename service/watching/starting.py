"""What has to be so before the service starts, and only the running machine can say; told with the settings' faults.

the database is ahead of this program and no longer works with it
the clocks of this machine and of PostgreSQL lie more than a minute apart
the SQLite file lies on a file system of another machine, whose locks do not hold
"""

import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from migrations.upgrade import newest, revision_of, works_with
from service import clock

SKEW = timedelta(seconds=60)
_MOUNTS = Path("/proc/self/mounts")
# File systems of other machines (`man 5 nfs` and their like). 9p and virtiofs share a folder of the same machine.
_FAR = (
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "gpfs", "ocfs2", "gfs2",
    "beegfs", "davfs", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "fuse.davfs2",
)  # fmt: skip


def faults(engine: Engine) -> list[str]:
    """Everything for which it must not start, each with what to do."""
    found = [_ahead(engine), _skew(engine) if engine.dialect.name == "postgresql" else _far(engine)]
    return [fault for fault in found if fault]


def _ahead(engine: Engine) -> str | None:
    at = revision_of(engine)
    if at is None or works_with(engine) or at <= (newest() or ""):
        return None
    return (
        f"The database is at revision {at}, and this program, which knows none after {newest()}, can no longer work "
        "with it; install the release that has migrated it, or restore a backup from before"
    )


def _skew(engine: Engine) -> str | None:
    with engine.connect() as connection:
        there = connection.scalar(text("SELECT clock_timestamp()"))
    apart = abs(clock.now() - there) if there is not None else timedelta(0)
    if apart <= SKEW:
        return None
    return (
        f"The clock of this machine and that of the database lie {apart.total_seconds():.0f} s apart, and leases and "
        "terms end by them; let both follow a time server (chronyd or systemd-timesyncd)"
    )


def _far(engine: Engine) -> str | None:
    if not sys.platform.startswith("linux") or not engine.url.database or not _MOUNTS.exists():
        return None
    kind = far_kind(Path(engine.url.database).resolve(), _MOUNTS.read_text(errors="replace").splitlines())
    if kind is None:
        return None
    return (
        f"The SQLite database {engine.url.database} lies on {kind}, a file system of another machine, where its locks "
        "do not hold and it can be lost; put GMG_HOME on a disk of this machine, or use PostgreSQL (GMG_DATABASE_URL)"
    )


def far_kind(path: Path, mounts: Iterable[str]) -> str | None:
    """The kind of file system that `path` lies on where that is one of another machine; `mounts` are the lines of
    /proc/mounts: device, mount point, kind."""
    best, kind = -1, None
    for line in mounts:
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        # Spaces and the like are written in octal (`man 5 fstab`).
        point = Path(parts[1].encode("latin-1", "backslashreplace").decode("unicode_escape"))
        # Of two mounted on one point the later one is seen.
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), parts[2]
    return kind if kind in _FAR else None
