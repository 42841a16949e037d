"""Promise P7: a relay that is down for an hour loses nothing, is not hammered, and what is stale is not sent."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, delete, select, update

from service.database import connect, reading, writing
from service.notifications.channels.smtp import Smtp
from service.notifications.outbox import relays
from service.notifications.outbox.channel import Channel, Down, NotNow, Parcel, Refused
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.rules import MAIL_RETRY, PAUSE, is_shut, retry_at
from service.notifications.outbox.tables import DeliveryRow, RelayRow
from tests.conftest import Time
from tests.notifications.planting import plant_messages
from tests.notifications.sink import Sink, running
from tests.promises.collecting import Evidence

pytestmark = pytest.mark.promise("P7")

WORKERS, COUNT, MINUTE = 3, 60, timedelta(minutes=1)


def team(engine: Engine, sink: Sink, workers: int = WORKERS) -> list[Dispatcher]:
    """Workers, each with a connection of its own."""

    def one() -> Dispatcher:
        channel = Smtp(f"smtp://127.0.0.1:{sink.port}", "gmg@sender.example", 2)
        return Dispatcher(engine, lambda *_: channel, 60)

    return [one() for _ in range(workers)]


def ends_apart(engine: Engine, now: datetime) -> tuple[list[str], set[str]]:
    """Let the messages end one minute after another, a third of them within the hour; all and the stale, by id."""
    with writing(engine) as session:
        rows = list(session.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))))
        # Not in the order of their ids, so that only the last instant can be what orders them.
        rows = rows[1::2] + rows[::2]
        for place, row in enumerate(rows):
            row.not_after = now + timedelta(minutes=30 if place < COUNT // 3 else 120, seconds=place)
            session.add(row)
        return [row.message_id for row in rows], {row.id for row in rows[: COUNT // 3]}


def hour_down(engine: Engine, group: str, time: Time, sink: Sink, workers: list[Dispatcher]) -> int:
    """Let everybody look every half minute for an hour in which the relay refuses; how often it was tried.

    Ends early once that was too often.
    """
    sink.answer = lambda step, _: "drop" if step == "CONNECT" else None
    end = time.at + timedelta(hours=1)
    while time.at < end and sink.connections <= 12:
        for worker in workers:
            worker.run()
        time.at += MINUTE / 2
    sink.answer = lambda *_: None
    return sink.connections


def states(engine: Engine) -> Counter[str]:
    with reading(engine) as session:
        return Counter(session.exec(select(DeliveryRow.state)))


def test_an_hour_without_the_relay(engine: Engine, group: str, time: Time, evidence: Evidence) -> None:
    plant_messages(engine, group, COUNT, time.at)
    order, stale = ends_apart(engine, time.at)
    with running() as sink:
        workers = team(engine, sink)
        assert hour_down(engine, group, time, sink, workers) <= 12
        assert sink.accepted == []
        with reading(engine) as session:
            assert set(session.exec(select(DeliveryRow.attempts).where(DeliveryRow.state == "pending"))) == {0}
        back = time.at
        while states(engine)["pending"] and time.at < back + timedelta(hours=1):
            for worker in workers:
                worker.run()
            time.at += MINUTE / 2
        assert time.at - back <= timedelta(minutes=5), "all of it within five minutes"
        assert sink.ids() == order[len(stale) :], "what ends first goes first, each once"
        evidence(accepted=len(sink.ids()), lost=0, duplicated=0)
    with reading(engine) as session:
        assert set(session.exec(select(DeliveryRow.id).where(DeliveryRow.state == "expired"))) == stale
        assert session.exec(select(RelayRow)).all() == [], "nothing is left of it"


@pytest.mark.planted("no_breaker", promise="P7")
def test_the_planted_no_breaker_is_seen(
    engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """no_breaker: each message is tried by its own schedule, whoever has found out before that nobody answers."""
    send = Smtp.send

    def by_itself(self: Smtp, message: Parcel) -> str:
        try:
            return send(self, message)
        except Down as error:
            raise NotNow(str(error)) from None

    monkeypatch.setattr(Smtp, "send", by_itself)
    plant_messages(engine, group, COUNT, time.at)
    with running() as sink:
        assert hour_down(engine, group, time, sink, team(engine, sink)) > 12


def test_workers_that_find_out_together(engine: Engine, database_url: str, group: str, time: Time) -> None:
    """Each may be the first to find out; from then on they try together as often as one."""
    plant_messages(engine, group, COUNT, time.at)
    with running() as sink:
        sink.answer = lambda step, _: "drop" if step == "CONNECT" else None
        engines = [connect(database_url) for _ in range(WORKERS)]
        workers = [team(one, sink, 1)[0] for one in engines]
        for _ in range(3):
            together(*(worker.run for worker in workers))
            time.at += PAUSE + timedelta(seconds=1)
        assert sink.connections <= WORKERS + 2
        sink.answer = lambda *_: None
        for _ in range(2):
            together(*(worker.run for worker in workers))
        assert len(sink.accepted) == len(set(sink.ids())) == COUNT
        for one in engines:
            one.dispose()


def together(*works: Callable[[], object]) -> None:
    wrong: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []


def test_a_clock_that_was_set_back_keeps_no_relay_shut(engine: Engine, group: str, time: Time) -> None:
    plant_messages(engine, group, 3, time.at - timedelta(days=1))
    with writing(engine) as session:
        session.exec(update(DeliveryRow).values(not_after=time.at + timedelta(days=9)))
    with running() as sink:
        (worker,) = team(engine, sink, 1)
        sink.answer = lambda step, _: "drop" if step == "CONNECT" else None
        worker.run()
        sink.answer = lambda *_: None
        time.at -= timedelta(hours=3)
        assert worker.run() == 3, "five minutes that begin in three hours are none"


def test_one_mail_that_breaks_the_relay_does_not_hold_up_the_others(engine: Engine, group: str, time: Time) -> None:
    """What broke while it was on its way counts as an attempt, so that others have their turn."""
    plant_messages(engine, group, 5, time.at)
    with writing(engine) as session:
        session.exec(
            update(DeliveryRow)
            .where(col(DeliveryRow.recipient) == "r3@test.example")
            .values(not_after=time.at + timedelta(hours=20))
        )
    with running() as sink:
        sink.answer = lambda step, to: "drop" if (step, to) == ("DOT", "r3@test.example") else None
        sink.on_accept = lambda count: None
        (worker,) = team(engine, sink, 1)
        end = time.at + timedelta(hours=1)
        while time.at < end:
            worker.run()
            time.at += MINUTE
        others = {f"r{number}@test.example" for number in range(5)} - {"r3@test.example"}
        assert others <= {to for _, _, to in sink.accepted}
    with reading(engine) as session:
        kept = session.exec(select(DeliveryRow).where(DeliveryRow.recipient == "r3@test.example")).one()
        assert (kept.state, kept.attempts > 2) == ("pending", True)


def test_what_one_recipient_is_told_stops_nobody_else(engine: Engine, group: str, time: Time) -> None:
    """4xx goes by the message's own schedule, 5xx is not tried again."""
    plant_messages(engine, group, 3, time.at)
    replies = {"r0@test.example": "450 greylisted", "r1@test.example": "550 5.1.1 nobody"}
    with running() as sink:
        sink.answer = lambda step, to: replies.get(to) if step == "RCPT" else None
        (worker,) = team(engine, sink, 1)
        tried: list[float] = []
        began = time.at
        while time.at < began + timedelta(minutes=25):
            before = worker_attempts(engine, "r0@test.example")
            worker.run()
            if worker_attempts(engine, "r0@test.example") > before:
                tried.append((time.at - began).total_seconds() / 60)
            time.at += MINUTE
        assert tried == [0, 1, 6, 21]
        assert worker_attempts(engine, "r1@test.example") == 1
    assert states(engine) == {"pending": 1, "failed": 1, "accepted": 1}


def worker_attempts(engine: Engine, recipient: str) -> int:
    with reading(engine) as session:
        return session.exec(select(DeliveryRow.attempts).where(DeliveryRow.recipient == recipient)).one()


class Scripted:
    """A channel that does as it is told, one outcome a message."""

    retry_after = (timedelta(seconds=5), timedelta(minutes=5))

    def __init__(self, *outcomes: Exception | str) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[Parcel] = []

    def send(self, message: Parcel) -> str:
        self.sent.append(message)
        outcome = self.outcomes.pop(0) if self.outcomes else "ok"
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def test_each_channel_has_its_own_schedule_and_its_own_breaker(engine: Engine, group: str, time: Time) -> None:
    """A webhook that is down keeps no mail, and no other webhook, waiting."""
    plant_messages(engine, group, 4, time.at)
    with writing(engine) as session:
        for number, contact in ((1, "hook-a"), (2, "hook-a"), (3, "hook-b")):
            session.exec(
                update(DeliveryRow)
                .where(col(DeliveryRow.recipient) == f"r{number}@test.example")
                .values(channel="webhook", contact_id=contact)
            )
    ways: dict[str | None, Channel] = {
        None: Scripted(),
        "hook-a": (silent := Scripted(Down("no answer"))),
        "hook-b": (busy := Scripted(NotNow("busy", timedelta(seconds=8)), Refused("gone"))),
    }
    worker = Dispatcher(engine, lambda message, _: ways[message.contact_id], 60)
    worker.run()
    assert states(engine) == {"pending": 3, "accepted": 1}
    with reading(engine) as session:
        assert [row.name for row in session.exec(select(RelayRow))] == ["webhook:hook-a"]
    time.at += timedelta(seconds=7)
    worker.run()
    assert (len(silent.sent), len(busy.sent)) == (1, 1)
    time.at += timedelta(seconds=1)
    worker.run()
    assert (len(silent.sent), len(busy.sent)) == (1, 2), "as long as it asked for"
    time.at += PAUSE
    worker.run()
    assert states(engine) == {"failed": 1, "accepted": 3}


def test_what_does_not_answer_keeps_no_mail_waiting_that_comes_after_it(
    engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook is down already when mail is planned; the planted bug compares its name with no name at all."""

    def mailed() -> int:
        time.at += timedelta(seconds=30)
        at = time.at
        with writing(engine) as session:
            session.exec(delete(DeliveryRow).where(col(DeliveryRow.channel) == "mail"))
            relays.shut(session, "webhook:hook-a", at, "no answer")
        plant_messages(engine, group, 3, at)
        return Dispatcher(engine, lambda *_: Scripted(), 60).run()

    assert mailed() == 3
    monkeypatch.setattr(relays, "goes_by", lambda names: col(DeliveryRow.contact_id).in_(["hook-a"]))
    assert mailed() == 0, "the planted bug is seen"


def test_a_fault_of_ours_in_one_message_stops_nobody_else(engine: Engine, group: str, time: Time) -> None:
    plant_messages(engine, group, 3, time.at)
    way = Scripted(KeyError("a fault"))
    worker = Dispatcher(engine, lambda *_: way, 60)
    assert worker.run() == 2
    time.at += timedelta(seconds=5)
    assert worker.run() == 1


@pytest.mark.promise("P17")
def test_who_is_told_to_stop_claims_nothing_more_and_puts_back_the_rest(engine: Engine, group: str, time: Time) -> None:
    """Promise P17: what is in hand ends, what is not begun is there for others at once, untried."""
    plant_messages(engine, group, 30, time.at)
    with running() as sink:
        (worker,) = team(engine, sink, 1)
        sink.on_accept = lambda count: worker.stopping.set() if count == 3 else None
        assert worker.run() == 3
        assert states(engine) == {"accepted": 3, "pending": 27}
        with reading(engine) as session:
            assert set(session.exec(select(DeliveryRow.attempts).where(DeliveryRow.state == "pending"))) == {0}
        team(engine, sink, 1)[0].run()
        assert len(sink.accepted) == len(set(sink.ids())) == 30


def test_rules() -> None:
    now = datetime.fromisoformat("2008-07-01T00:00:00+00:00")
    assert is_shut(now + PAUSE, now)
    assert not is_shut(now, now)
    assert not is_shut(now + PAUSE + timedelta(seconds=1), now)
    assert not is_shut(None, now)
    assert retry_at(MAIL_RETRY, 1, now, timedelta(days=9)) == now + timedelta(minutes=2), "at most twice the step"
    assert retry_at(MAIL_RETRY, 1, now, timedelta(seconds=1)) == now + timedelta(minutes=1), "never sooner"
