"""What a migration leaves behind for programs that are older or newer than the database, and how it gives way."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, inspect, text

from migrations import upgrade as upgrading
from migrations.upgrade import config, newest, revision_of, upgrade, works_with
from service.database import connect
from tests.commandline import Gmg
from tests.statements import listened

pytestmark = pytest.mark.promise("P12")
OURS = Path(upgrading.__file__).parent
REVISION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None
{breaking}

def upgrade() -> None:
    op.add_column("delivery", sa.Column("c{revision}", sa.String(length=20), nullable=True))
"""


class Releases:
    """Lets the code of this process be that of another release, by its migrations."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._monkeypatch = folder, monkeypatch

    def be(self, *breaking: bool | None) -> None:
        """The release with so many revisions more than this one; None for one that does not say what it is."""
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.copytree(OURS, self._folder, ignore=shutil.ignore_patterns("__pycache__"))
        self._monkeypatch.setattr(upgrading, "_HERE", OURS)
        before = _forget()
        for number, one in enumerate(breaking, 9001):
            said = "" if one is None else f"breaking = {one}"
            written = REVISION.format(revision=number, before=before, breaking=said)
            (self._folder / "versions" / f"{number}_next.py").write_text(written)
            before = str(number)
        self._monkeypatch.setattr(upgrading, "_HERE", self._folder)
        _forget()


def _forget() -> str:
    upgrading.newest.cache_clear()
    upgrading._known.cache_clear()
    return str(newest())


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Releases]:
    yield Releases(tmp_path / "migrations", monkeypatch)
    monkeypatch.undo()
    _forget()


def test_a_program_works_at_its_own_revision_and_with_none_that_is_still_to_be_migrated(
    engine: Engine, releases: Releases
) -> None:
    assert works_with(engine)
    releases.be(False)
    assert not works_with(engine)


@pytest.mark.parametrize(
    ("breaking", "works"),
    [((False,), True), ((False, False), True), ((True,), False), ((True, False), False), ((False, True), False),
     ((None,), False)],
)  # fmt: skip
def test_an_older_program_works_on_until_a_revision_breaks_something(
    engine: Engine, releases: Releases, breaking: tuple[bool | None, ...], works: bool
) -> None:
    releases.be(*breaking)
    upgrade(engine)
    assert works_with(engine)
    at = revision_of(engine)
    releases.be()
    assert works_with(engine) is works
    assert at == revision_of(engine) != newest()


def test_the_release_between_works_where_only_what_came_before_it_broke(engine: Engine, releases: Releases) -> None:
    releases.be(True, False)
    upgrade(engine)
    releases.be(True)
    assert works_with(engine)


def test_an_older_program_leaves_a_database_that_is_ahead_as_it_is(
    engine: Engine, database_url: str, releases: Releases, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """To go back to the release before is to start it: its own migration finds nothing to do, or says why it cannot."""
    gmg = Gmg(database_url, monkeypatch, capsys)
    releases.be(False)
    upgrade(engine)
    releases.be()
    assert gmg("migrate").code == 0
    assert revision_of(engine) == "9001"
    releases.be(False, True)
    upgrade(engine)
    releases.be()
    done = gmg("migrate")
    assert done.code == 1
    assert "Install the release that brought it there, or restore a backup" in done.err
    assert revision_of(engine) == "9002"


def test_an_empty_database_is_for_no_program(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/empty.db")
    assert not works_with(engine)
    engine.dispose()


def test_a_migration_that_cannot_get_its_lock_fails_whole(
    engine: Engine, database_url: str, releases: Releases, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    gmg = Gmg(database_url, monkeypatch, capsys)
    monkeypatch.setattr(upgrading, "_LOCK_SECONDS", 0.2)
    monkeypatch.setattr("service.database.BUSY_SECONDS", 0.2)
    releases.be(False, False)
    before = revision_of(engine)
    with engine.execution_options(writes=True).begin() as held:
        held.execute(text("SELECT count(*) FROM delivery"))
        done = gmg("migrate")
    assert done.code == 1
    assert "Nothing was migrated: somebody held what it needs for too long" in done.err
    assert revision_of(engine) == before
    assert not {"c9001", "c9002"} & {column["name"] for column in inspect(engine).get_columns("delivery")}
    assert gmg("migrate").code == 0
    assert revision_of(engine) == "9002"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_statement_waits_five_seconds_for_its_table(engine: Engine, releases: Releases) -> None:
    """All who come after it wait behind it, so not longer than any statement of the service waits.

    SQLite waits by BUSY_SECONDS, and its readers never do.
    """
    releases.be(False)
    found = []

    def look(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("ALTER TABLE delivery"):
            found.append(connection.connection.driver_connection.execute("SHOW lock_timeout").fetchone())  # type: ignore[union-attr]

    event.listen(engine, "before_cursor_execute", look)
    upgrade(engine)
    assert found == [("5s",)]


DISTURBS = ("DROP TABLE", "DROP COLUMN", "RENAME", "ALTER COLUMN", "ADD CONSTRAINT", "CREATE UNIQUE", "DELETE ")


def disturbing(statements: list[str]) -> list[str]:
    """Those that an older program may stumble over: it knows every table as it was, and fills no column that is new.

    A trigger that takes the place of one of its name is no news to it; its author sees that it refuses no more.
    """
    dropped = {one.split()[2] for one in statements if one.startswith("DROP TRIGGER")}
    return [one for one in statements if _disturbs(one, dropped)]


def _disturbs(statement: str, dropped: set[str]) -> bool:
    if statement.startswith("CREATE TRIGGER"):
        return statement.split()[2] not in dropped
    unfilled = "ADD COLUMN" in statement and "NOT NULL" in statement and "DEFAULT" not in statement
    return unfilled or any(word in statement for word in DISTURBS)


def test_every_revision_says_what_it_is_and_one_that_breaks_nothing_only_adds(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/gmg.db")
    for script in reversed(list(ScriptDirectory.from_config(config()).walk_revisions())):
        with listened(engine) as asked:
            upgrade(engine, script.revision)
        written = [
            one.statement.strip()
            for one in asked
            if "alembic_version" not in one.statement
            and not one.statement.lstrip().startswith(("PRAGMA", "SELECT", "BEGIN"))
        ]
        breaking = getattr(script.module, "breaking", None)
        assert isinstance(breaking, bool) or script.revision <= "0010", f"{script.revision} is to say breaking = …"
        assert breaking is not False or not disturbing(written), f"{script.revision} breaks something: breaking = True"
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "disturbs"),
    [
        ("ALTER TABLE delivery ADD COLUMN a VARCHAR(3)", False),
        ("ALTER TABLE delivery ADD COLUMN a VARCHAR(3) DEFAULT '' NOT NULL", False),
        ("CREATE TABLE a (id INTEGER NOT NULL)", False),
        ("CREATE INDEX a ON b (c)", False),
        ("DROP INDEX a", False),
        ("UPDATE delivery SET address = recipient", False),
        ("CREATE UNIQUE INDEX a ON b (c)", True),
        ("ALTER TABLE delivery ADD COLUMN a VARCHAR(3) NOT NULL", True),
        ("ALTER TABLE delivery DROP COLUMN answer", True),
        ("ALTER TABLE delivery RENAME COLUMN answer TO said", True),
        ("DROP TABLE tally", True),
        ("CREATE TRIGGER a BEFORE DELETE ON audit BEGIN SELECT 1; END", True),
    ],
)
def test_what_disturbs_an_older_program(statement: str, disturbs: bool) -> None:
    assert bool(disturbing([statement])) is disturbs


def test_a_trigger_may_take_the_place_of_another() -> None:
    made = "CREATE TRIGGER a BEFORE DELETE ON audit BEGIN SELECT 1; END"
    assert disturbing(["DROP TRIGGER a", made]) == []
    assert disturbing(["DROP TRIGGER b", made]) == [made]
