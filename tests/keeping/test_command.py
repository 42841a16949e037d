"""`gmg backup` and `gmg restore`: what they say, what they refuse, and what they leave alone."""

import json
import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from migrations.upgrade import upgrade
from service import settings
from service.database import connect, writing
from service.groups.tables import GroupRow
from service.keeping import replacing, scratch
from service.keeping.backups import last_backup
from tests.commandline import Gmg
from tests.conftest import Time
from tests.keeping.conftest import Fresh, contents

SECRET = "the-key-of-this-test-and-of-no-other-use"


@pytest.fixture
def gmg_(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Gmg:
    return Gmg(database_url, monkeypatch, capsys)


def test_backup_writes_one_closed_file_and_puts_it_on_record(
    gmg_: Gmg, engine: Engine, group: str, time: Time, tmp_path: Path, environment: Path
) -> None:
    assert last_backup(environment) is None
    file = tmp_path / "a.zip"
    done = gmg_("backup", str(file))
    assert done.code == 0, done.err
    assert f"{file}: " in done.out
    assert "zones 20" in done.out
    assert file.stat().st_mode & 0o777 == 0o600
    assert last_backup(environment) == time.at
    noted = json.loads((environment / "backup.json").read_text())
    assert noted["path"] == str(file)
    assert noted["sha256"] in done.out
    assert "secret" in done.out
    verified = gmg_("restore", str(file), "--verify")
    assert (verified.code, "every row came back as it was" in verified.out) == (0, True)


def test_what_is_there_is_overwritten_at_a_word_alone(gmg_: Gmg, engine: Engine, group: str, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_text("something of somebody")
    refused = gmg_("backup", str(file))
    assert (refused.code, "give --replace" in refused.err) == (1, True)
    assert file.read_text() == "something of somebody"
    assert gmg_("backup", str(file), "--replace").code == 0
    assert gmg_("restore", str(file), "--verify").code == 0


def test_keep_makes_room_among_our_own_backups_alone(
    gmg_: Gmg, engine: Engine, group: str, time: Time, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    strangers = {"notes.zip": b"no zip at all", "notes.txt": b"x"}
    for name, text in strangers.items():
        (folder / name).write_bytes(text)
    (folder / "link.zip").symlink_to(tmp_path / "elsewhere.zip")
    for _ in range(5):
        time.at += timedelta(days=1)
        done = gmg_("backup", str(folder), "--keep", "3")
        assert done.code == 0, done.err
    assert sorted(one.name for one in folder.iterdir()) == sorted(
        [*strangers, "link.zip", *(f"gmg-200805{day}T120000Z.zip" for day in (18, 19, 20))]
    )
    assert "Deleted" in done.out
    # A clock that was set back must not cost the one just made.
    time.at -= timedelta(days=30)
    gmg_("backup", str(folder), "--keep", "1")
    assert [one.name for one in folder.glob("gmg-*")] == ["gmg-20080420T120000Z.zip"]


def test_restore_refuses_what_is_not_empty(gmg_: Gmg, engine: Engine, group: str, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    gmg_("backup", str(file))
    before = contents(engine)
    refused = gmg_("restore", str(file))
    assert (refused.code, "--replace" in refused.err) == (1, True)
    assert contents(engine) == before
    done = gmg_("restore", str(file), "--replace")
    assert done.code == 0, done.err
    assert "is kept as" in done.out
    assert "gmg outbox release --since" in done.out


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_into_another_database(gmg_: Gmg, engine: Engine, group: str, tmp_path: Path, fresh: Fresh, kind: str) -> None:
    file, before = tmp_path / "a.zip", contents(engine)
    gmg_("backup", str(file))
    other = fresh(kind)
    done = gmg_("restore", str(file), "--into", other.url.render_as_string(hide_password=False))
    assert done.code == 0, done.err
    assert contents(engine) == before
    assert contents(other)["organization"] == before["organization"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("said", "code"),
    [
        (("backup",), 2),
        (("backup", "a.zip", "--keep", "0"), 2),
        (("backup", "none/a.zip"), 1),
        (("restore",), 2),
        (("restore", "none.zip"), 1),
        (("restore", "none.zip", "--verify", "--replace"), 2),
        (("restore", "none.zip", "--into", "sqlite://"), 2),
        (("restore", "none.zip", "--into", "mysql://host/name"), 2),
        (("restore", "../../etc/passwd\0.zip"), 2),
        (("restore", "../../etc/passwd", "--verify"), 1),
    ],
)
def test_exit_codes(
    gmg_: Gmg, group: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: tuple[str, ...],
    code: int,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert gmg_(*said).code == code


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_without_tables_has_no_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    done = Gmg(f"sqlite:///{tmp_path}/none.db", monkeypatch, capsys)("backup", str(tmp_path / "a.zip"))
    assert (done.code, "gmg migrate" in done.err) == (1, True)
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_said_in_words(
    gmg_: Gmg, engine: Engine, group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("service.keeping.archive.write", full)
    done = gmg_("backup", str(tmp_path / "a.zip"))
    assert (done.code, "The disk is full" in done.err) == (1, True)

    def full_for_sqlite(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("service.keeping.backing.copy_sqlite", full_for_sqlite)
    done = gmg_("backup", str(tmp_path / "a.zip"))
    assert (done.code, "The disk is full" in done.err) == (1, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_holds_the_database_is_waited_for_but_not_for_ever(
    gmg_: Gmg, engine: Engine, group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.zip"
    gmg_("backup", str(file))
    before = contents(engine)
    monkeypatch.setattr(replacing, "PATIENCE", 0.0)
    monkeypatch.setattr("service.database.BUSY_SECONDS", 0.1)
    with writing(engine) as session:
        row = session.exec(select(GroupRow)).one()
        row.version += 1
        session.add(row)
        session.flush()
        done = gmg_("restore", str(file), "--replace")
        session.rollback()
    assert (done.code, "in use" in done.err) == (1, True), done.err
    assert contents(engine) == before


class TestSecret:
    """A backup and the secret that has signed for it."""

    @pytest.fixture(autouse=True)
    def _sqlite(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.file, self.folder = tmp_path / "a.zip", tmp_path
        self.url = f"sqlite:///{tmp_path}/secret.db"
        self.gmg = Gmg(self.url, monkeypatch, capsys)
        engine = connect(self.url)
        upgrade(engine)
        engine.dispose()
        self.home = settings.current().home
        self.home.mkdir(exist_ok=True)
        (self.home / "secret").write_text(SECRET)

    def _elsewhere(self) -> None:
        """On a new machine."""
        (self.folder / "secret.db").unlink()
        (self.home / "secret").unlink()

    def test_is_asked_for_where_it_is_not_in_the_backup(self) -> None:
        assert self.gmg("backup", str(self.file)).code == 0
        assert SECRET.encode() not in self.file.read_bytes()
        self._elsewhere()
        refused = self.gmg("restore", str(self.file))
        assert (refused.code, "Put that one in place" in refused.err) == (1, True)
        (self.home / "secret").write_text("another-secret-that-has-signed-nothing-here")
        refused = self.gmg("restore", str(self.file))
        assert (refused.code, "Put that one in place" in refused.err) == (1, True)
        assert self.gmg("restore", str(self.file), "--other-secret").code == 0

    def test_comes_back_where_it_is_in_the_backup(self) -> None:
        assert self.gmg("backup", str(self.file), "--with-secret").code == 0
        self._elsewhere()
        done = self.gmg("restore", str(self.file))
        assert done.code == 0, done.err
        assert (self.home / "secret").read_text() == SECRET
        assert (self.home / "secret").stat().st_mode & 0o777 == 0o600

    def test_of_before_is_kept(self) -> None:
        assert self.gmg("backup", str(self.file), "--with-secret").code == 0
        (self.home / "secret").write_text("another-secret-that-has-signed-nothing-here")
        done = self.gmg("restore", str(self.file), "--replace")
        assert done.code == 0, done.err
        assert (self.home / "secret").read_text() == SECRET
        (kept,) = self.home.glob("secret.before-restore-*")
        assert kept.read_text().startswith("another")
        assert str(kept) in done.out

    def test_is_put_back_where_the_restore_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.gmg("backup", str(self.file), "--with-secret").code == 0
        (self.home / "secret").write_text("another-secret-that-has-signed-nothing-here")

        def fails(*_: object) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(replacing, "replace", fails)
        assert self.gmg("restore", str(self.file), "--replace").code == 1
        assert (self.home / "secret").read_text().startswith("another")
        assert list(self.home.glob("secret.before-restore-*")) == []

    def test_of_the_environment_is_never_overwritten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.gmg("backup", str(self.file), "--with-secret").code == 0
        monkeypatch.setenv("GMG_SECRET_KEY", "a-key-of-the-environment-that-is-long-enough")
        settings.current.cache_clear()
        refused = self.gmg("restore", str(self.file), "--replace")
        assert (refused.code, "GMG_SECRET_KEY" in refused.err) == (1, True)
        monkeypatch.setenv("GMG_SECRET_KEY_BEFORE", SECRET)
        settings.current.cache_clear()
        assert self.gmg("restore", str(self.file), "--replace").code == 0


def test_leftovers_of_the_dead_are_cleared_and_those_of_the_living_kept(tmp_path: Path) -> None:
    dead = tmp_path / ".gmg-work-dead"
    dead.mkdir()
    (dead / "copy.db").write_text("x")
    (tmp_path / ".gmg-work-file").write_text("x")
    with scratch.folder(tmp_path) as living:
        with scratch.folder(tmp_path) as other:
            assert sorted(os.listdir(tmp_path)) == sorted([living.name, other.name])
        with scratch.fresh_file(tmp_path / "a", over=False) as part:
            part.write_text("whole")
        assert living.exists()
    assert os.listdir(tmp_path) == ["a"]
