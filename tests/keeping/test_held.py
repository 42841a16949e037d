"""Promise P16: restoring a backup never sends again silently. The planted bug is seen."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from service import settings
from service.database import reading, writing
from service.groups.charter import Charter
from service.keeping import holding
from service.keeping.backing import back_up
from service.keeping.restoring import restore
from service.notifications.channels.smtp import Smtp
from service.notifications.outbox import commands
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.commandline import Gmg
from tests.conftest import Time, put
from tests.language.scenario import peopled
from tests.notifications.planting import plant_messages
from tests.notifications.sink import Sink, running

COUNT = 100
Restore = Callable[[Path], None]


@pytest.fixture
def back(engine: Engine) -> Restore:
    """Restores over the live database."""

    def do(path: Path) -> None:
        restore(path, engine, settings.current(), replace=True)

    return do


def taken(engine: Engine, path: Path) -> Path:
    return back_up(engine, settings.current(), path / "backup.zip").path


def worker(engine: Engine, sink: Sink) -> Dispatcher:
    channel = Smtp(f"smtp://127.0.0.1:{sink.port}", "gmg@sender.example", 5)
    return Dispatcher(engine, lambda *_: channel, 90)


def look(engine: Engine, dispatcher: Dispatcher) -> None:
    """What a worker does at each look."""
    plan(engine)
    dispatcher.run()


def sends_nothing_by_itself(engine: Engine, group: str, time: Time, folder: Path, back: Restore) -> None:
    """The promise: whatever went out between a backup and its restore goes out again at somebody's word alone."""
    with running() as sink:
        dispatcher = worker(engine, sink)
        look(engine, dispatcher)
        sink.accepted.clear()
        planted = plant_messages(engine, group, COUNT, time.at)
        with writing(engine) as session:
            # One of them is in the hands of a worker that is about to die.
            row = session.exec(select(DeliveryRow).where(DeliveryRow.state == "pending")).first()
            assert row is not None
            row.state, row.owner = "sending", "gone"
            session.add(row)
        path = taken(engine, folder)
        dispatcher.run()
        assert len(sink.ids()) == COUNT - 1
        time.at += timedelta(minutes=10)
        sink.accepted.clear()
        back(path)
        for _ in range(3):
            look(engine, dispatcher)
            time.at += timedelta(minutes=5)
        assert sink.ids() == [], "sent again though nobody has asked for it"
        with writing(engine) as session:
            done = commands.release(session, group, since=time.at - timedelta(days=1), actor="test")
        assert done.released == COUNT
        look(engine, dispatcher)
        assert len(sink.ids()) == COUNT
        assert set(sink.ids()) == planted


@pytest.mark.promise("P16")
@pytest.mark.promise("P16")
def test_a_restore_sends_nothing_until_it_is_released_with_the_same_message_ids(
    engine: Engine, group: str, time: Time, tmp_path: Path, back: Restore
) -> None:
    sends_nothing_by_itself(engine, group, time, tmp_path, back)


def resend_on_restore(session: Session, group_id: str) -> int:
    """Bring the rows back as they were, and nothing more."""
    return 0


@pytest.mark.planted("resend_on_restore", promise="P16")
@pytest.mark.planted("resend_on_restore", promise="P16")
def test_the_planted_bug_is_seen(
    engine: Engine, group: str, time: Time, tmp_path: Path, back: Restore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "hold", resend_on_restore)
    with pytest.raises(AssertionError, match="nobody has asked"):
        sends_nothing_by_itself(engine, group, time, tmp_path, back)


def later(engine: Engine, gmg: Charter, time: Time, folder: Path, back: Restore) -> tuple[list[str], list[str]]:
    """A backup, three weeks in which reminders fall due and go out, and its restore: who got what before and after."""
    put(engine, peopled(gmg))
    with running() as sink:
        dispatcher = worker(engine, sink)
        plant_messages(engine, "gmg", 0, time.at)
        look(engine, dispatcher)
        path = taken(engine, folder)
        sink.accepted.clear()
        for _ in range(21):
            time.at += timedelta(days=1)
            look(engine, dispatcher)
        before = [recipient for _, _, recipient in sink.accepted]
        sink.accepted.clear()
        back(path)
        look(engine, dispatcher)
        return before, [recipient for _, _, recipient in sink.accepted]


@pytest.mark.promise("P16")
@pytest.mark.promise("P16")
def test_what_fell_due_since_the_backup_is_held_too(
    engine: Engine, group: str, gmg: Charter, time: Time, tmp_path: Path, back: Restore
) -> None:
    before, after = later(engine, gmg, time, tmp_path, back)
    assert before
    assert after == []
    with reading(engine) as session:
        held = session.exec(select(DeliveryRow).where(DeliveryRow.state == "held")).all()
    assert {row.answer for row in held} == {holding.WHY}
    assert {row.recipient for row in held} & set(before)


def test_who_does_not_plan_first_is_seen(
    engine: Engine, group: str, gmg: Charter, time: Time, tmp_path: Path, back: Restore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "catch_up", lambda engine: True)
    _, after = later(engine, gmg, time, tmp_path, back)
    assert after, "the rows alone do not know what was sent since"


@pytest.mark.promise("P16")
def test_a_digest_that_came_due_since_the_backup_is_held(
    engine: Engine, group: str, gmg: Charter, time: Time, tmp_path: Path, back: Restore
) -> None:
    put(engine, peopled(gmg))
    plan(engine)
    with writing(engine) as session:
        rows = session.exec(select(DeliveryRow).where(DeliveryRow.channel == "mail")).all()
        row = next(row for row in rows if row.said and row.state == "pending")
        row.state, row.next_attempt_at = "gathered", time.at + timedelta(hours=1)
        session.add(row)
        id_ = row.id
    path = taken(engine, tmp_path)
    time.at += timedelta(hours=2)
    back(path)
    with reading(engine) as session:
        found = session.get(DeliveryRow, id_)
        assert found is not None
        assert found.state == "held"


def test_a_planner_that_fails_does_not_keep_the_database_from_coming_back(
    engine: Engine, database_url: str, group: str, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = taken(engine, tmp_path)

    def fails(engine: Engine) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(holding, "plan", fails)
    done = Gmg(database_url, monkeypatch, capsys)("restore", str(path), "--replace")
    assert done.code == 0, done.err
    assert "could not be planned" in done.out
