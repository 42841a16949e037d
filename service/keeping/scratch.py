"""Room for work on files that nobody else may see; what a killed process has left there goes with the next one."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp, mkstemp

_PREFIX = ".gmg-work-"


@contextmanager
def folder(under: Path) -> Iterator[Path]:
    """A folder of one's own, mode 0700, gone at the end of the block."""
    under.mkdir(parents=True, exist_ok=True)
    _clear(under)
    made = Path(mkdtemp(prefix=_PREFIX, dir=under))
    held = os.open(made, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(held)


@contextmanager
def fresh_file(path: Path, *, over: bool) -> Iterator[Path]:
    """A file to write, mode 0600, that is at `path` once the block has ended well, and nowhere otherwise.

    Raises:
        FileExistsError: `path` is there, and `over` does not allow to take its place.
    """
    _clear(path.parent)
    held, name = mkstemp(prefix=_PREFIX, dir=path.parent)
    part = Path(name)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield part
        os.fsync(held)
        _move(part, path, over)
        _settle(path.parent)
    finally:
        part.unlink(missing_ok=True)
        os.close(held)


def _move(part: Path, path: Path, over: bool) -> None:
    if over:
        os.replace(part, path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links, such as that of a memory stick.
        if path.exists():
            raise FileExistsError(path) from None
        os.rename(part, path)


def _settle(folder: Path) -> None:
    """Let a new name outlast a power cut."""
    held = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(held)
    finally:
        os.close(held)


def _clear(folder: Path) -> None:
    """Take away what no living process holds."""
    for left in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            held = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if left.is_dir():
                    shutil.rmtree(left, ignore_errors=True)
                else:
                    left.unlink()
            finally:
                os.close(held)
