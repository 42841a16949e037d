"""Promise P12: a migration ends at the old or at the new revision, wherever the process is killed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from migrations.upgrade import config, drift, revision_of, upgrade
from service.database import connect
from tests.chaos.kill import STRIDE, killed_at
from tests.conftest import create_database
from tests.promises.collecting import Evidence

pytestmark = pytest.mark.promise("P12")

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory.from_config(config()).walk_revisions()))]
Fresh = Callable[[str | None], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Fresh:
    """Makes databases that stand at a revision, or are empty."""
    number = 0

    def make(revision: str | None) -> str:
        nonlocal number
        number += 1
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path}/{number}.db"
        else:
            url = create_database(request.getfixturevalue("postgres"))
        if revision is not None:
            engine = connect(url)
            upgrade(engine, revision)
            engine.dispose()
        return url

    return make


def standing(url: str) -> tuple[str | None, set[str]]:
    """The revision a database is at, and its tables."""
    engine = connect(url)
    found = revision_of(engine), set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    return found


def kills(fresh: Fresh, old: str | None, new: str, stride: int = 1) -> int:
    whole = fresh(new)
    after = standing(whole)
    url = fresh(old)
    before = standing(url)
    number = 1
    while killed_at(number, url, lambda engine: upgrade(engine, new)):
        assert standing(url) == before, f"killed at statement {number}: between the revisions"
        number += stride
    assert standing(url) == after
    return number - 1


@pytest.mark.parametrize(("old", "new"), list(zip([None, *REVISIONS], REVISIONS, strict=False)))
def test_a_kill_at_any_statement_of_any_revision(fresh: Fresh, old: str | None, new: str, evidence: Evidence) -> None:
    statements = kills(fresh, old, new, STRIDE)
    assert statements > 5
    evidence(kills=statements // STRIDE, cases=statements)


def test_the_newest_revision_has_just_the_tables_of_the_models(fresh: Fresh) -> None:
    engine = connect(fresh(REVISIONS[-1]))
    assert drift(engine) == []
    engine.dispose()


def upgrade_in_bits(engine: Engine, revision: str = "head") -> None:
    """Every statement commits on its own, as Python's sqlite3 would have it for DDL."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.exec_driver_sql("COMMIT")
        if connection.dialect.name == "postgresql":
            connection.connection.dbapi_connection.autocommit = True  # type: ignore[union-attr]
        command.upgrade(config(connection), revision)


@pytest.mark.planted("upgrade_in_bits", promise="P12")
def test_the_planted_bug_is_seen(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.chaos.test_migrations.upgrade", upgrade_in_bits)
    with pytest.raises(AssertionError, match="between the revisions"):
        kills(fresh, None, REVISIONS[-1])
