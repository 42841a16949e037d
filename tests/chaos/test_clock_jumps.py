"""Promise P9: a clock that jumps loses nothing, repeats nothing and starts no storm."""

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from service.database import reading, writing
from service.notifications.channels.smtp import Smtp
from service.notifications.outbox import dispatch
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.conftest import Time
from tests.notifications.planting import plant_messages
from tests.notifications.sink import Sink, running

pytestmark = pytest.mark.promise("P9")

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The monotonic clock of the workers, which no jump touches."""
    found = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(dispatch, "time", SimpleNamespace(monotonic=lambda: found.now))
    return found


def worker(engine: Engine, sink: Sink) -> Dispatcher:
    channel = Smtp(f"smtp://127.0.0.1:{sink.port}", "gmg@sender.example", 2)
    return Dispatcher(engine, lambda *_: channel, 60)


def states(engine: Engine) -> Counter[str]:
    with reading(engine) as session:
        return Counter(session.exec(select(DeliveryRow.state)))


def test_three_days_forward(engine: Engine, group: str, time: Time, hand: SimpleNamespace) -> None:
    """What is past its last instant expires, the rest goes once."""
    plant_messages(engine, group, 40, time.at)
    with writing(engine) as session:
        late = col(DeliveryRow.recipient).in_([f"r{number}@test.example" for number in range(10)])
        session.exec(update(DeliveryRow).where(~late).values(not_after=time.at + 5 * DAY))
    with running() as sink:
        time.at += 3 * DAY
        for _ in range(3):
            worker(engine, sink).run()
            time.at += timedelta(seconds=30)
        assert states(engine) == {"expired": 10, "accepted": 30}
        assert len(sink.accepted) == 30


def test_one_hour_back(engine: Engine, group: str, time: Time, hand: SimpleNamespace) -> None:
    """Nothing is sent twice, and what was put off waits for its time, not for an hour more than that for ever."""
    plant_messages(engine, group, 20, time.at)
    with running() as sink:
        sink.answer = lambda step, to: "450 later" if (step, to) == ("RCPT", "r3@test.example") else None
        worker(engine, sink).run()
        sink.answer = lambda *_: None
        time.at -= HOUR
        for _ in range(3):
            worker(engine, sink).run()
            plan(engine)
        assert (states(engine), len(sink.accepted)) == ({"accepted": 19, "pending": 1}, 19)
        time.at += HOUR + timedelta(minutes=1)
        worker(engine, sink).run()
        assert Counter(sink.ids()).most_common(1)[0][1] == 1
        assert len(sink.accepted) == 20


def orphan_waits(engine: Engine, group: str, time: Time, hand: SimpleNamespace) -> float:
    """After how many seconds a dead worker's mail goes out, when the clock is set back an hour meanwhile."""
    plant_messages(engine, group, 1, time.at)
    with running() as sink:
        assert len(worker(engine, sink)._claim()) == 1, "a worker that dies with it in its hands"
        other = worker(engine, sink)
        other.run()
        time.at -= HOUR
        for waited in range(0, 7200, 30):
            other.run()
            if sink.accepted:
                return waited
            hand.now += 30
            time.at += timedelta(seconds=30)
    return float("inf")


def test_a_lease_does_not_freeze_when_the_clock_is_set_back(
    engine: Engine, group: str, time: Time, hand: SimpleNamespace
) -> None:
    assert orphan_waits(engine, group, time, hand) <= 90


@pytest.mark.planted("wall_clock_lease", promise="P9")
def test_the_planted_wall_clock_lease_is_seen(
    engine: Engine, group: str, time: Time, hand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """wall_clock_lease: who counts the lease by the clock on the wall waits for the hour to come again."""
    monkeypatch.setattr(dispatch, "time", SimpleNamespace(monotonic=lambda: time.at.timestamp()))
    assert 3600 < orphan_waits(engine, group, time, hand) < 3900, "late, but for no other reason"


def copies_after_a_jump(engine: Engine, group: str, time: Time) -> int:
    """How often a mail arrives that a living worker has in its hands while the clock jumps three days forward."""
    plant_messages(engine, group, 1, time.at)
    with writing(engine) as session:
        session.exec(update(DeliveryRow).values(not_after=time.at + 9 * DAY))
    with running() as sink:
        living, other = worker(engine, sink), worker(engine, sink)
        claimed = living._claim()
        other.run()
        time.at += 3 * DAY
        other.run()
        living._work(claimed)
        return len(sink.accepted)


def test_a_jump_forward_robs_no_living_worker(engine: Engine, group: str, time: Time, hand: SimpleNamespace) -> None:
    assert copies_after_a_jump(engine, group, time) == 1


@pytest.mark.planted("wall_clock_robs", promise="P9")
def test_the_planted_wall_clock_lease_robs_one(
    engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "time", SimpleNamespace(monotonic=lambda: time.at.timestamp()))
    # Who has lost it does not hold back from sending it either.
    monkeypatch.setattr(Dispatcher, "_work", lambda self, claimed: sum(self._send(one) for one in claimed))
    assert copies_after_a_jump(engine, group, time) == 2


@pytest.mark.parametrize(("ahead", "goes"), [(23 * HOUR, False), (25 * HOUR, True), (300 * DAY, True)])
def test_what_a_clock_that_ran_ahead_has_put_off_is_due_again(
    engine: Engine, group: str, time: Time, hand: SimpleNamespace, ahead: timedelta, goes: bool
) -> None:
    plant_messages(engine, group, 1, time.at)
    with writing(engine) as session:
        session.exec(update(DeliveryRow).values(next_attempt_at=time.at + ahead, not_after=time.at + 400 * DAY))
    with running() as sink:
        assert worker(engine, sink).run() == goes


def test_a_look_after_three_days_plans_each_reminder_once(
    engine: Engine, group: str, time: Time, hand: SimpleNamespace
) -> None:
    for jump in (40 * DAY, 3 * DAY, -HOUR, HOUR):
        time.at += jump
        plan(engine)
        plan(engine)
    with reading(engine) as session:
        keys = Counter(session.exec(select(DeliveryRow.dedupe_key)))
    assert keys
    assert set(keys.values()) == {1}
