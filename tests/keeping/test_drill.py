"""What a backup holds comes back, table by table, on either database, from either, and from older programs."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, text
from sqlmodel import SQLModel, select
from starlette.testclient import TestClient

from migrations.upgrade import newest, revision_of, upgrade
from service import settings
from service.access.tables import SessionRow
from service.audit import AuditRow
from service.database import connect, reading, writing
from service.events import Event
from service.groups.charter import Charter
from service.groups.tables import GroupRow
from service.keeping import archive, preparing
from service.keeping.backing import back_up
from service.keeping.holding import RESTORED
from service.keeping.restoring import prove, restore
from service.keeping.shape import shape
from tests.access.signing import another_browser, sign_in
from tests.conftest import Time, put
from tests.keeping.conftest import Fresh, contents
from tests.language.scenario import address, peopled

# What a restore changes by itself: it holds what waits, plans what is due, ends sessions and says that it was done.
_TOUCHED = {"delivery", "event", "audit", "due", "group", "session", "sign_in", "boundary"}


def test_the_drill_finds_every_row_as_it_was(
    engine: Engine, lived: str, client: TestClient, fresh: Fresh, tmp_path: Path
) -> None:
    before = contents(engine)
    made = back_up(engine, settings.current(), tmp_path / "backup.zip")
    assert contents(engine) == before
    said = {name: (table.rows, table.sha256) for name, table in made.manifest.tables.items()}
    assert said == before
    assert sum(count > 0 for count, _ in before.values()) > 25, "the history is too thin to prove anything"
    proved = prove(made.path, tmp_path / "elsewhere")
    assert proved.manifest == made.manifest
    assert proved.waiting == waiting(engine) > 0
    assert contents(engine) == before
    assert list((tmp_path / "elsewhere").iterdir()) == []
    for kind in ("sqlite", "postgresql"):
        other = fresh(kind)
        done = restore(made.path, other, settings.current())
        assert done.held == (proved.waiting, True)
        after = contents(other)
        assert {name for name in before if after[name] != before[name]} <= _TOUCHED
        assert (revision_of(other), waiting(other)) == (newest(), 0)
        with reading(other) as session:
            restored = session.exec(select(Event).where(Event.kind == RESTORED)).one()
            assert restored.data["held"] == proved.waiting
            noted = session.exec(select(AuditRow).where(AuditRow.what == "backup")).one()
            assert (noted.by, noted.group_id) == ("command line", lived)
        goes_on(other)


def waiting(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(
            connection.execute(text("SELECT count(*) FROM delivery WHERE state IN ('pending', 'sending')")).scalar_one()
        )


def goes_on(engine: Engine) -> None:
    """New rows are numbered after those that came back."""
    with writing(engine) as session:
        row = session.exec(select(GroupRow)).one()
        row.version += 1
        session.add(row)


def test_a_restore_takes_the_place_of_what_is_there_and_keeps_it(
    engine: Engine, group: str, backup: Path, client: TestClient, environment: Path, fresh: Fresh
) -> None:
    with writing(engine) as session:
        row = session.get(GroupRow, group)
        assert row is not None
        row.facts = row.facts | {"name": "Something else"}
        row.published = published = 50
        session.add(row)
    lost = contents(engine)
    done = restore(backup, engine, settings.current(), replace=True)
    with reading(engine) as session:
        row = session.get(GroupRow, group)
        assert row is not None
        assert row.facts["name"] != "Something else"
        assert row.published > published, "who has read a feed would take an older one for the newest"
    (kept,) = done.kept
    assert kept.stat().st_mode & 0o077 == 0
    if engine.dialect.name == "sqlite":
        other = connect(f"sqlite:///{kept}")
    else:
        other = fresh("sqlite")
        with archive.opened(kept) as found:
            assert {name: (table.rows, table.sha256) for name, table in found.manifest.tables.items()} == lost
            return
    assert contents(other) == lost
    other.dispose()


def test_a_service_that_runs_meanwhile_shows_what_was_restored(
    engine: Engine, group: str, backup: Path, client: TestClient
) -> None:
    feed, answer = f"/calendars/{group}.ics", f"/api/v1/groups/{group}/chair"
    before = client.get(answer).json()
    first = client.get(feed)
    with writing(engine) as session:
        row = session.get(GroupRow, group)
        assert row is not None
        row.facts = row.facts | {"name": "Something else", "short": None}
        row.published += 1
        session.add(row)
    assert "Something else" in client.get(feed).text
    restore(backup, engine, settings.current(), replace=True)
    again = client.get(feed)
    assert again.text == first.text
    assert client.get(answer).json() == before
    with writing(engine) as session:
        row = session.get(GroupRow, group)
        assert row is not None
        row.facts = row.facts | {"name": "A third name", "short": None}
        row.published += 1
        session.add(row)
    assert "A third name" in client.get(feed).text


def test_everybody_signs_in_anew(engine: Engine, client: TestClient, gmg: Charter, tmp_path: Path) -> None:
    put(engine, peopled(gmg))
    browser = another_browser(client)
    sign_in(browser, engine, address("ilo"))
    made = back_up(engine, settings.current(), tmp_path / "backup.zip")
    restore(made.path, engine, settings.current(), replace=True)
    with reading(engine) as session:
        assert all(row.ended_at is not None for row in session.exec(select(SessionRow)))
        assert session.exec(select(SessionRow)).first() is not None


def test_what_is_not_empty_is_not_overwritten(engine: Engine, group: str, backup: Path) -> None:
    before = contents(engine)
    with pytest.raises(Exception, match="not empty"):
        restore(backup, engine, settings.current())
    assert contents(engine) == before


def test_a_backup_of_an_older_program_is_brought_to_the_newest_revision(
    fresh: Fresh, time: Time, tmp_path: Path
) -> None:
    old = fresh("sqlite")
    upgrade(old, "0010")
    columns = {table.name: table.columns for table in shape("0010")}
    facts = json.dumps({"name": "Old group"})
    with old.execution_options(writes=True).begin() as connection:
        values = {
            "id": "old", "version": 1, "revision": 0, "published": 1, "stamp": "", "confirmed_at": None,
            "changed_at": "2008-05-15 12:00:00.000000", "timezone": "UTC", "facts": facts, "words": "{}",
            "reminders": "{}",
        }  # fmt: skip
        assert set(values) == set(columns["group"])
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        connection.execute(text(f'INSERT INTO "group" ({names}) VALUES ({marks})'), values)
    made = back_up(old, settings.current(), tmp_path / "old.zip")
    assert made.manifest.about.revision == "0010"
    assert "tick" not in made.manifest.tables
    with archive.opened(made.path) as found, preparing.prepared(found, tmp_path) as engine:
        assert revision_of(engine) == newest() != "0010"
        with reading(engine) as session:
            row = session.exec(select(GroupRow)).one()
        assert (row.id, row.facts["name"], row.changed_at) == ("old", "Old group", time.at)


def test_every_table_of_the_models_is_in_a_backup(backup: Path, database_url: str) -> None:
    with ZipFile(backup) as file:
        names = {Path(name).stem for name in file.namelist() if name.startswith("tables/")}
    assert names == set(SQLModel.metadata.tables)
