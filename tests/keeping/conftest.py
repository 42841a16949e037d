"""A group with a history, its backup, and other databases to bring it back to."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from migrations.upgrade import newest
from service import settings
from service.database import connect
from service.groups.charter import Charter
from service.keeping.backing import back_up
from service.keeping.rows import digest
from service.keeping.shape import shape
from service.scheduler import plan
from tests.conftest import Time, create_database, put
from tests.language import scenario
from tests.language.scenario import Story, peopled

Fresh = Callable[[str], Engine]


@pytest.fixture
def lived(engine: Engine, group: str, client: TestClient, time: Time, gmg: Charter) -> str:
    """The group after some weeks in which people have met, decided and acted; its id."""
    put(engine, peopled(gmg))
    story = Story(engine, client, time)
    plan(engine)
    for chapter in (scenario._meetings, scenario._decisions, scenario._actions, scenario._activities, scenario._staff):
        chapter(story)
    story.until(date(2008, 6, 18))
    return group


@pytest.fixture
def backup(engine: Engine, group: str, tmp_path: Path) -> Path:
    """A backup of the group."""
    return back_up(engine, settings.current(), tmp_path / "backup.zip").path


@pytest.fixture
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Fresh:
    """Makes databases without any table, on either engine."""
    number = 0

    def make(kind: str) -> Engine:
        nonlocal number
        number += 1
        if kind == "sqlite":
            found = connect(f"sqlite:///{tmp_path}/fresh-{number}.db")
        else:
            found = connect(create_database(request.getfixturevalue("postgres")))
        request.addfinalizer(found.dispose)
        return found

    return make


def contents(engine: Engine) -> dict[str, tuple[int, str]]:
    """Every table: how many rows, and what tells them from any others."""
    with engine.connect() as connection:
        return {table.name: digest(connection, table) for table in shape(str(newest()))}
