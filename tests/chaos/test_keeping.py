"""A backup or a restore that is killed, or finds the disk full, at any point: whole or not at all. The bug is seen."""

import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlmodel import select

from migrations.upgrade import newest
from service import settings
from service.database import connect, reading, writing
from service.events import Event
from service.groups.tables import GroupRow
from service.keeping import archive, replacing, rows
from service.keeping.backing import back_up, note
from service.keeping.backups import FILE, last_backup
from service.keeping.holding import RESTORED
from service.keeping.restoring import prove, restore
from service.keeping.shape import TableShape, shape
from tests.chaos.kill import STRIDE
from tests.conftest import Time
from tests.keeping.conftest import backup, contents  # noqa: F401 - a fixture
from tests.notifications.planting import plant_messages

Do = Callable[[], object]
# What a program asks of its machine: a kill is tried before some of these, and before every statement and commit.
_SEEN = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect", "tempfile.mkstemp"}
POINTS = max(4, 36 // STRIDE)
NEAR = max(4, 72 // STRIDE)


def forked(arm: Do, do: Do) -> bool:
    """Run `do` in a process of its own that is armed before; whether it was killed; an error in it is the test's."""
    child = os.fork()
    if child == 0:
        status = 1
        with suppress(BaseException):
            arm()
            do()
            status = 0
        os._exit(status)
    _, ended = os.waitpid(child, 0)
    if os.WIFSIGNALED(ended):
        assert os.WTERMSIG(ended) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(ended) == 0, "the work itself failed"
    return False


class Points:
    """Counts what may be interrupted; kills before number `at`, or writes down how many there were."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.count = at, 0

    def pass_(self, *_: object) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self) -> None:
        sys.addaudithook(lambda name, _: self.pass_() if name in _SEEN else None)
        event.listen(Engine, "before_cursor_execute", self.pass_)
        event.listen(Engine, "commit", self.pass_)
        step = replacing.on_step

        def on_step(*given: object) -> object:
            self.pass_()
            return step(*given)  # type: ignore[arg-type]

        replacing.on_step = on_step  # type: ignore[assignment]


def points_of(do: Do, folder: Path) -> int:
    """How many points there are where `do` may be interrupted."""
    counting = Points()
    told = folder / "points"

    def counted() -> None:
        do()
        told.write_text(str(counting.count))

    assert not forked(counting.arm, counted)
    return int(told.read_text())


def chosen(count: int) -> Iterator[int]:
    """Some points all over, and more of the last ones: there a thing takes the place of another."""
    yield from range(1, max(2, count - NEAR), max(1, count // POINTS))
    yield from range(max(1, count - NEAR), count + 1)


def litter(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.glob(".gmg-work-*")]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_a_backup_that_is_killed_leaves_a_whole_one_or_none(
    database_url: str, engine: Engine, group: str, tmp_path: Path, environment: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    settings.current().secret()
    path, before = folder / "backup.zip", contents(engine)
    engine.dispose()

    def do() -> None:
        using = settings.current()
        note(using.home, back_up(connect(database_url), using, path))

    count = points_of(do, tmp_path)
    assert count > 30
    path.unlink()
    (environment / FILE).unlink()
    for number in chosen(count):
        forked(Points(number).arm, do)
        assert {one.name for one in folder.iterdir() if not one.name.startswith(".gmg-work-")} <= {path.name}
        if path.exists():
            prove(path, tmp_path / "drill")
            path.unlink()
        else:
            assert last_backup(environment) is None, "a backup is on record that is not there"
        (environment / FILE).unlink(missing_ok=True)
    assert contents(engine) == before
    engine.dispose()
    do()
    assert litter(folder, environment) == []
    assert last_backup(environment) is not None


def changed(engine: Engine, group: str) -> None:
    with writing(engine) as session:
        row = session.get(GroupRow, group)
        assert row is not None
        row.facts = row.facts | {"name": "What is there now"}
        session.add(row)


def survives_kills(url: str, engine: Engine, group: str, backup: Path, time: Time, folder: Path) -> set[str]:
    """Restore again and again, killed at one point after the other; which states were seen."""
    changed(engine, group)
    before = contents(engine)
    replacing.pages = 8
    seen = set()

    def do() -> None:
        restore(backup, connect(url), settings.current(), replace=True)

    counted = folder / "counted"
    counted.mkdir()
    engine.dispose()
    with _as_before(engine, folder):
        count = points_of(do, counted)
    for number in chosen(count):
        time.at += timedelta(seconds=1)
        # What the one before has left would be cleared first, and the points be others.
        for left in litter(settings.current().home):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        with _as_before(engine, folder):
            forked(Points(number).arm, do)
            other = connect(url)
            try:
                if contents(other) == before:
                    seen.add("old")
                else:
                    whole(other)
                    seen.add("new")
            finally:
                other.dispose()
    return seen


@contextmanager
def _as_before(engine: Engine, folder: Path) -> Iterator[None]:
    """Put the database back at the end of the block, as it was at its beginning."""
    aside = folder / "aside"
    if engine.dialect.name == "sqlite":
        live = str(engine.url.database)
        shutil.copy(live, aside)
        yield
        for end in ("-journal", "-wal", "-shm"):
            Path(live + end).unlink(missing_ok=True)
        shutil.copy(aside, live)
        return
    if not aside.exists():
        back_up(engine, settings.current(), aside)
        engine.dispose()
    yield
    with archive.opened(aside) as found, engine.begin() as connection:
        _empty(connection, found.tables)
        for table in found.tables:
            rows.put(connection, table, found.lines(table))
    engine.dispose()


def _empty(connection: Connection, tables: tuple[TableShape, ...]) -> None:
    connection.execute(text("TRUNCATE " + ", ".join(f'"{table.name}"' for table in tables)))


def whole(engine: Engine) -> None:
    """All of a backup, and all that a restore does to it."""
    with reading(engine) as session:
        assert [row.facts["name"] for row in session.exec(select(GroupRow))] == ["Global Migration Group"], "between"
        assert len(session.exec(select(Event).where(Event.kind == RESTORED)).all()) == 1, "between"
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok", "between"


def test_a_restore_that_is_killed_leaves_the_old_or_the_new(
    database_url: str,
    engine: Engine,
    group: str,
    backup: Path,
    time: Time,
    tmp_path: Path,
    environment: Path,
) -> None:
    assert survives_kills(database_url, engine, group, backup, time, tmp_path) == {"old", "new"}
    time.at += timedelta(seconds=1)
    restore(backup, engine, settings.current(), replace=True)
    whole(engine)
    assert litter(environment) == []


def in_bits(prepared: Engine, live: Engine) -> None:
    """Bring it back bit by bit, each for good."""
    if live.dialect.name == "postgresql":
        tables = shape(str(newest()))
        with live.connect() as target, prepared.connect() as source:
            _empty(target, tables)
            target.commit()
            for table in tables:
                rows.put(target, table, rows.lines(source, table))
                target.commit()
        return
    ready = Path(str(prepared.url.database)).read_bytes()
    with open(str(live.url.database), "r+b") as file:
        for start in range(0, len(ready), 1 << 17):
            file.seek(start)
            file.write(ready[start : start + (1 << 17)])
            file.flush()
            with open(os.devnull):
                pass


def test_the_planted_bug_is_seen(
    database_url: str, engine: Engine, group: str, backup: Path, time: Time, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(replacing, "replace", in_bits)
    with pytest.raises(Exception, match=r"between|malformed|not a database|list index"):
        survives_kills(database_url, engine, group, backup, time, tmp_path)


def no_room(most: int) -> None:
    """No file may become larger than `most` bytes: the machine refuses to write more."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def fails(do: Do) -> Do:
    def tried() -> None:
        try:
            do()
        except Exception:
            return
        raise AssertionError("it had room enough")

    return tried


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_disk_that_is_full_leaves_no_half_backup(
    database_url: str,
    engine: Engine,
    group: str,
    backup: Path,
    tmp_path: Path,
    environment: Path,
    share: float,
) -> None:
    most = int(backup.stat().st_size * share)
    engine.dispose()
    files = sorted(one for one in tmp_path.rglob("*") if "gmg.db" not in one.name)
    path = tmp_path / "second.zip"
    assert not forked(lambda: no_room(most), fails(lambda: back_up(connect(database_url), settings.current(), path)))
    assert sorted(one for one in tmp_path.rglob("*") if "gmg.db" not in one.name) == files


@pytest.mark.parametrize("most", [0, 100_000, 700_000])
def test_a_disk_that_is_full_leaves_what_was_there(
    database_url: str,
    engine: Engine,
    group: str,
    backup: Path,
    tmp_path: Path,
    environment: Path,
    time: Time,
    most: int,
) -> None:
    plant_messages(engine, group, 60, time.at)
    changed(engine, group)
    before = contents(engine)
    engine.dispose()
    assert not forked(
        lambda: no_room(most),
        fails(lambda: restore(backup, connect(database_url), settings.current(), replace=True)),
    )
    assert contents(engine) == before
    time.at += timedelta(seconds=1)
    restore(backup, engine, settings.current(), replace=True)
    whole(engine)
