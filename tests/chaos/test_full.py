"""Promise P11: a write that finds no room fails whole with 507, reading goes on, and so does writing, given room.

SQLite is full by its own bound on pages, and in long form on a file system of two megabytes as well. PostgreSQL says
what it says of a full disk (53100), in the midst of a transaction or at its end.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session
from starlette.testclient import TestClient

from service.access import door
from service.access.commands import make_token
from service.database import connect, writing
from service.groups.commands import confirm
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import Ticker
from service.settings import Settings
from tests.access.conftest import Tokens, token  # noqa: F401 - fixture
from tests.chaos.test_every_verb import counted, whole
from tests.chaos.test_service_killed import ACTIONS
from tests.conftest import HOME, Time, app_on
from tests.notifications.sink import running
from tests.promises.collecting import Evidence

LONG = "PROVE_LONG" in os.environ and os.geteuid() == 0
# In how many ways a PostgreSQL has no room: while it writes, and when it commits.
REFUSES = {
    "at once": "CREATE TRIGGER full_disk BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION full_disk()",
    "at commit": "CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION full_disk()",
}
_FUNCTION = """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"""


@contextmanager
def few_pages(engine: Engine) -> Iterator[None]:
    """SQLite takes two pages more and then no other."""

    def bound(connection: Any, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 2}")

    engine.dispose()
    event.listen(engine, "connect", bound)
    try:
        yield
    finally:
        event.remove(engine, "connect", bound)
        # A bound is one connection's own; the pool goes on with others, the engine and the application stay.
        engine.dispose()


@contextmanager
def no_room(engine: Engine, when: str) -> Iterator[None]:
    if engine.dialect.name == "sqlite":
        with few_pages(engine):
            yield
        return
    with writing(engine) as session:
        session.connection().execute(text(_FUNCTION))
        session.connection().execute(text(REFUSES[when]))
    yield
    with writing(engine) as session:
        session.connection().execute(text("DROP FUNCTION full_disk CASCADE"))


def fill(client: TestClient, headers: dict[str, str]) -> tuple[int, Any]:
    """Create until there is no room; how many were created before, and the answer to the one that was not."""
    for number in range(400):
        answer = client.post(
            ACTIONS,
            json={"title": f"Action {number}", "text": "x" * 3000, "owner": "ilo"},
            headers=headers | {"Idempotency-Key": f"fill-{number}"},
        )
        if answer.status_code != 201:
            return number, answer
    raise AssertionError("it never was full")


def refused_whole(engine: Engine, client: TestClient, headers: dict[str, str]) -> None:
    """Fill the database, and look at what the last write has left behind.

    Raises:
        AssertionError: something, or its answer was no 507; or reading is refused as well.
    """
    number, answer = fill(client, headers)
    before = whole(engine)
    assert (answer.status_code, answer.headers["content-type"]) == (507, "application/problem+json"), answer.text
    assert answer.json()["type"] == "/problems/storage-full"
    again = client.post(
        ACTIONS,
        json={"title": f"Action {number}", "text": "x" * 3000, "owner": "ilo"},
        headers=headers | {"Idempotency-Key": "again"},
    )
    assert again.status_code == 507
    assert whole(engine) == before, "something was left behind"
    listed = client.get(f"{ACTIONS}?limit=100", headers=headers)
    assert listed.status_code == 200
    for path in ("/api/v1/groups/gmg/chair", "/calendars/gmg.ics", "/groups/gmg", "/readyz"):
        assert client.get(path).status_code == 200, path
    assert f"Action {number}" not in listed.text, "not even a part of it"


@pytest.mark.promise("P11")
@pytest.mark.parametrize("when", REFUSES)
def test_a_write_without_room_fails_whole_and_goes_on_with_room(
    client: TestClient, engine: Engine, token: Tokens, when: str, evidence: Evidence
) -> None:
    headers = {"Authorization": f"Bearer {token('gmg@unfpa.example')}"}
    with no_room(engine, when):
        refused_whole(engine, client, headers)
    answer = client.post(ACTIONS, json={"title": "Room"}, headers=headers | {"Idempotency-Key": "again"})
    assert answer.status_code == 201, "the same process, and a key that was not used up"
    evidence(cases=1)


@pytest.mark.promise("P11")
def test_workers_go_on_too(engine: Engine, group: str, time: Time) -> None:
    """What cannot be planned for want of room is planned and sent once there is some, each once."""
    with writing(engine) as session:
        confirm(session, group)
    with running() as sink:
        using = Settings(mail_url=f"smtp://127.0.0.1:{sink.port}", mail_deadline=2, lease=60)
        ticker = Ticker(engine, using)
        time.at += timedelta(days=40)
        with no_room(engine, "at commit"):
            ticker.tick()
            assert sink.accepted == []
            assert counted(engine, DeliveryRow) == 0, "planned whole or not at all"
        ticker.tick()
        assert len(sink.accepted) == len(set(sink.ids())) == counted(engine, DeliveryRow) > 10


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of its own, of two megabytes and a half."""
    folder = Path(tempfile.mkdtemp(prefix="gmg-full-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2560k", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


@pytest.mark.promise("P11")
@pytest.mark.parametrize("disk", ["by-pages", *(["tmpfs"] if LONG else [])])
def test_a_disk_that_is_full(disk: str, sqlite_templates: Path, tmp_path: Path, time: Time, evidence: Evidence) -> None:
    """The file system itself has no room; then something else on it is removed. Mounted by root alone, in long form."""
    with small_disk() if disk == "tmpfs" else folder_itself(tmp_path) as folder:
        shutil.copy(sqlite_templates / "group.db", folder / "gmg.db")
        engine = connect(f"sqlite:///{folder}/gmg.db")
        ballast = folder / "ballast"
        ballast.write_bytes(bytes(400_000))
        headers = {"Authorization": f"Bearer {made_token(engine)}"}
        with TestClient(app_on(engine), base_url=HOME, raise_server_exceptions=False) as client:
            with few_pages(engine) if disk == "by-pages" else folder_itself(folder):
                refused_whole(engine, client, headers)
            ballast.unlink()
            done = client.post(ACTIONS, json={"title": "Room"}, headers=headers | {"Idempotency-Key": "again"})
            assert done.status_code == 201, done.text
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        engine.dispose()
    evidence(cases=1)


@contextmanager
def folder_itself(folder: Path) -> Iterator[Path]:
    yield folder


def made_token(engine: Engine) -> str:
    with writing(engine) as session:
        made, _ = make_token(
            session, "gmg", kind="api", email="gmg@unfpa.example", name=None, lasts=timedelta(days=1), actor="test"
        )
    return made


@pytest.mark.planted("commit_in_bits", promise="P11")
def test_the_planted_bug_is_seen(
    client: TestClient, engine: Engine, token: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """commit_in_bits: what has found room before the disk was full stays."""

    @contextmanager
    def in_bits(engine: Engine) -> Iterator[Session]:
        with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
            event.listen(session, "after_flush_postexec", lambda *_: behind_its_back(session))
            yield session
            session.commit()

    def behind_its_back(session: Session) -> None:
        session.connection().connection.dbapi_connection.commit()  # type: ignore[union-attr]

    headers = {"Authorization": f"Bearer {token('gmg@unfpa.example')}"}
    monkeypatch.setattr(door, "writing", in_bits)
    with no_room(engine, "at once"), pytest.raises(AssertionError, match=r"left behind|part of it"):
        refused_whole(engine, client, headers)
