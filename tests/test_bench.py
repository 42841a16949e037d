"""The measures stay alive: every room can be run, the results are what was measured, copies leave what is due."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from starlette.testclient import TestClient

from bench import copies, growth, results, worlds
from bench.__main__ import ROOMS
from bench.living import Life
from bench.measure import Row, at_least, at_most
from bench.results import Section
from migrations.upgrade import upgrade
from service import clock, events
from service.access.commands import make_token
from service.database import connect, writing
from service.groups.charter import Charter
from service.main import create_app
from service.rotation.commands import apply_charter
from service.scheduler import plan
from tests.conftest import HOME

MEASURED = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ROOMS)
def test_every_room_can_be_run_and_says_what_it_measures(name: str) -> None:
    room = import_module(f"bench.{name}")
    assert callable(room.rows)
    assert (room.__doc__ or "").strip()


def test_every_module_that_has_rows_is_a_room() -> None:
    files = Path(results.FILE).parent.glob("*.py")
    assert {file.stem for file in files if "\ndef rows(" in file.read_text(encoding="utf-8")} == set(ROOMS)


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (at_most("x", 1.5, 1.5), True),
        (at_most("x", 1.501, 1.5), False),
        (at_least("x", 0.9, 0.9), True),
        (at_least("x", 0.899, 0.9), False),
        (Row("x", "3 s"), None),
    ],
)
def test_a_row_knows_whether_it_meets_its_aim(row: Row, met: bool | None) -> None:
    assert row.met is met


def _section(room: str, *rows: Row, day: int = 24) -> Section:
    return Section(room, f"What {room} is.", list(rows), MEASURED.replace(day=day), 61.4, "2 cores of a machine")


def test_a_section_says_when_and_on_what_it_was_measured_and_why_an_aim_is_missed() -> None:
    rows = (
        at_most("a | b", 1.2345, 2),
        at_most("slow", 3, 2, "It waits for the disk."),
        at_most("slower", 4, 2, "It waits for the disk."),
        at_most("quick", 1, 2, "It would wait."),
    )
    assert results.written(_section("feeds", *rows)) == (
        "## feeds\n\nWhat feeds is.\n\n"
        "`python -m bench feeds`, 24 November 2026, 61 s, on 2 cores of a machine.\n\n"
        "| what | figure | aim | |\n|---|---:|---|---|\n"
        "| a \\| b | 1.23 | at most 2 |  |\n"
        "| slow | 3 | at most 2 | **missed** |\n"
        "| slower | 4 | at most 2 | **missed** |\n"
        "| quick | 1 | at most 2 |  |\n"
        "\nIt waits for the disk.\n"
    )


def test_a_room_measured_again_takes_the_place_of_its_section_alone(tmp_path: Path) -> None:
    file, order = tmp_path / "results.md", ["feeds", "growth", "idle"]
    for section in (_section("idle", Row("x", "1")), _section("feeds", Row("x", "2"))):
        results.keep(section, order, file)
    before = file.read_text(encoding="utf-8")
    assert before.index("## feeds") < before.index("## idle")
    results.keep(_section("growth", Row("x", "3"), day=25), order, file)
    results.keep(_section("feeds", Row("x", "4"), day=25), order, file)
    after = file.read_text(encoding="utf-8")
    assert after.count("## feeds") == after.count("## growth") == after.count("## idle") == 1
    assert before[before.index("## idle") :] == after[after.index("## idle") :]
    assert "| x | 2 |" not in after
    results.keep(_section("feeds", Row("x", "4"), day=25), order, file)
    assert file.read_text(encoding="utf-8") == after
    results.keep(_section("feeds", Row("x", "4"), day=25), ["feeds", "growth"], file)
    assert "## idle" not in file.read_text(encoding="utf-8")


def test_the_machine_is_named_with_its_versions() -> None:
    said = results.machine()
    for what in ("cores of", "GiB", "Python 3.", "SQLite 3.", "PostgreSQL ", "FastAPI ", "icalendar ", "SQLAlchemy "):
        assert what in said


@pytest.fixture
def small(tmp_path: Path, gmg: Charter) -> Iterator[Engine]:
    """A database with the shipped group that has an action done and one open, and a young group beside it."""
    engine = connect(f"sqlite:///{tmp_path}/small.db")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    upgrade(engine)
    young = gmg.model_dump(by_alias=True)
    young["group"]["id"] = "young"
    with clock.use(lambda: MEASURED):
        with writing(engine) as session:
            apply_charter(session, gmg, actor="test")
            apply_charter(session, Charter.model_validate(young), actor="test")
            token, _ = make_token(
                session, "gmg", kind="api", email="gmg@iom.example", name=None, lasts=timedelta(days=1), actor="test"
            )
        with TestClient(create_app(engine), base_url=HOME, headers={"Authorization": f"Bearer {token}"}) as client:
            for number in (1, 2):
                said = {"title": f"Draft {number}", "owner": "iom"}
                made = client.post("/api/v1/groups/gmg/actions", json=said, headers={"Idempotency-Key": f"k{number}"})
                assert made.status_code == 201, made.text
            known = {"If-Match": client.get("/api/v1/groups/gmg/actions/action-1").headers["etag"]}
            done = client.post("/api/v1/groups/gmg/actions/action-1/finish", json={"text": "Sent."}, headers=known)
            assert done.status_code == 200, done.text
        plan(engine)
        yield engine
    engine.dispose()


def _numbers(engine: Engine) -> dict[str, int]:
    """What is due and what is shown."""
    asked = {
        "groups": 'SELECT count(*) FROM "group"',
        "due": f"SELECT count(*) FROM due WHERE at <= '{MEASURED:%Y-%m-%d %H:%M:%S}'",
        "actions": "SELECT count(*) FROM action WHERE group_id = 'gmg'",
        "open": "SELECT count(*) FROM action WHERE pending",
        "in feeds": "SELECT count(*) FROM calendar_ledger WHERE group_id = 'gmg' AND end_day > '2026-08-26'",
        "waiting": "SELECT count(*) FROM delivery WHERE group_id = 'gmg' AND state = 'pending'",
        "events": "SELECT count(*) FROM event WHERE group_id = 'gmg'",
        "last": "SELECT max(position) FROM event WHERE group_id = 'gmg'",
        "counted": "SELECT events FROM due WHERE group_id = 'gmg'",
    }
    with engine.connect() as connection:
        return {name: connection.execute(text(one)).scalar_one() for name, one in asked.items()}


GROWN: tuple[tuple[growth.Grow, int, tuple[str, ...]], ...] = (
    (copies.actions, 40, ("actions",)),
    (copies.events, 300, ("events", "last", "counted")),
    (lambda engine, size: copies.groups(engine, size, "young"), 7, ("groups",)),
)


def test_copies_make_more_of_one_thing_and_leave_what_is_due_and_shown(small: Engine) -> None:
    for grow, size, grown in GROWN:
        before = _numbers(small)
        grow(small, size)
        after = _numbers(small)
        assert {name for name in after if after[name] != before[name]} == set(grown)
        for name in grown:
            assert abs(after[name] - size) <= before[name], name
        with writing(small) as session:
            events.owes(session, "gmg", MEASURED)
        plan(small)
        assert _numbers(small) == after, "a look finds nothing due in what was copied"


def test_growth_looks_at_everything_at_two_small_sizes() -> None:
    """A tiny run of the room itself, with members since those need no year of a life."""
    with ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(growth, "_LEAST", 0.0)
        found = list(growth.rows(curves=(), members=(3, 6), rounds=0))
    assert [row.what.partition(":")[0] for row in found] == list(worlds.LOOKS)
    assert all(row.met is not None and "ms)" in row.what for row in found)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_group_that_lives_has_its_own_day_whatever_the_hour_is_elsewhere(engine: Engine) -> None:
    """Two hours before midnight in UTC the summer has its next day in Geneva, and on 1 July the next chair."""
    life = Life(engine, datetime(2008, 6, 30, 22, 30, tzinfo=UTC))
    assert life.today == date(2008, 7, 1)
    assert (life.chair(date(2008, 6, 30)), life.chair(life.today)) == ("unfpa", "unhcr")
