"""What a mail server answers, and what becomes of the mail (P2, P4), against a server that can misbehave."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from service.database import reading, writing
from service.notifications.channels.smtp import Smtp
from service.notifications.outbox import dispatch
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow, RelayRow
from tests.conftest import Time
from tests.notifications.planting import plant_message, plant_messages
from tests.notifications.sink import Sink, running

Answer = Callable[[str, str], str | None]


def at(step: str, reply: str) -> Answer:
    return lambda seen, _: reply if seen == step else None


def worker(engine: Engine, sink: Sink, lease: float = 60, query: str = "", login: str = "") -> Dispatcher:
    channel = Smtp(f"smtp://{login}127.0.0.1:{sink.port}{query}", "gmg@sender.example", 0.3)
    return Dispatcher(engine, lambda *_: channel, lease)


def delivery(engine: Engine) -> DeliveryRow:
    with reading(engine) as session:
        return session.exec(select(DeliveryRow)).one()


class Case(NamedTuple):
    """`minutes` is how long it waits: the message's own schedule, or as long as nobody tries a server that is down."""

    answer: Answer
    state: str
    copies: int = 0
    minutes: int = 1


CASES = {
    "nobody there": Case(at("CONNECT", "drop"), "pending", 0, 5),
    "no service": Case(at("CONNECT", "554 no service here"), "pending", 0, 5),
    "421 as a greeting": Case(at("CONNECT", "421 come back later"), "pending", 0, 5),
    "421 at MAIL": Case(at("MAIL", "421 come back later"), "pending", 0, 5),
    "421 at RCPT": Case(at("RCPT", "421 come back later"), "pending", 0, 5),
    "greylisted": Case(at("RCPT", "450 greylisted"), "pending"),
    "no such mailbox": Case(at("RCPT", "550 5.1.1 no such user"), "failed"),
    "sender refused": Case(at("MAIL", "553 not you"), "pending", 0, 5),
    "sender refused for now": Case(at("MAIL", "451 busy"), "pending", 0, 5),
    "full mailbox": Case(at("RCPT", "452 4.2.2 full"), "pending"),
    "content refused": Case(at("DOT", "554 5.7.1 no"), "failed"),
    "content postponed": Case(at("DOT", "451 later"), "pending"),
    "no data wanted": Case(at("DATA", "451 later"), "pending"),
    "dropped at RCPT": Case(at("RCPT", "drop"), "pending", 0, 5),
    "dropped at DATA": Case(at("DATA", "drop"), "pending", 0, 5),
    "dropped after the final dot": Case(at("DOT", "drop"), "pending", 1, 5),
}


@pytest.mark.promise("P2")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_becomes_of_a_mail(engine: Engine, group: str, time: Time, case: Case) -> None:
    plant_message(engine, group, time.at)
    with running() as sink:
        sink.answer = case.answer
        worker(engine, sink).run()
        row = delivery(engine)
        assert (row.state, len(sink.accepted)) == (case.state, case.copies)
        assert row.answer
        sink.answer = lambda *_: None
        worker(engine, sink).run()
        assert len(sink.accepted) == case.copies, "it is not tried again at once"
        if case.minutes > 1:
            time.at += timedelta(minutes=case.minutes - 1)
            worker(engine, sink).run()
            assert len(sink.accepted) == case.copies, "nor a minute too early"
        time.at += timedelta(minutes=1)
        worker(engine, sink).run()
        row = delivery(engine)
        assert row.state == ("failed" if case.state == "failed" else "accepted")
        assert len(set(sink.accepted)) == (0 if case.state == "failed" else 1), "the same bytes and Message-ID"


def test_silence_is_given_up_after_the_deadline(engine: Engine, group: str, time: Time) -> None:
    plant_message(engine, group, time.at)
    over = threading.Event()
    with running() as sink:
        sink.answer = lambda step, _: "250 at last" if step == "RCPT" and over.wait(20) else None
        worker(engine, sink).run()
        over.set()
    row = delivery(engine)
    assert (row.state, row.attempts) == ("pending", 1)


@pytest.mark.promise("P4")
def test_a_server_that_drips_is_given_up_after_the_deadline(engine: Engine, group: str, time: Time) -> None:
    """Promise P4: each letter comes in time, the whole answer does not."""
    plant_message(engine, group, time.at)
    with running() as sink:
        sink.answer = lambda step, _: "250-" + "x\r\n250-" * 40 + "x" if step == "MAIL" else None
        sink.drip = 0.02
        began = monotonic()
        worker(engine, sink).run()
        assert monotonic() - began < 2
    assert delivery(engine).state == "pending"


def test_a_connection_that_the_server_has_closed_is_made_anew(engine: Engine, group: str, time: Time) -> None:
    """Servers take only so many mails by one connection; that is no fault and no reason to wait."""
    plant_messages(engine, group, 5, time.at)
    with running() as sink:
        sink.answer = lambda step, _: "421 enough" if step == "MAIL" and len(sink.paths) % 3 == 0 else None
        assert worker(engine, sink).run() == 5
        assert sink.connections == 3
    with reading(engine) as session:
        assert session.exec(select(RelayRow)).all() == []


@pytest.mark.promise("P4")
def test_a_batch_outlasts_no_lease(engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise P4: what a worker has claimed and not begun within half of its lease it puts back untried."""
    assert copies_of_a_slow_batch(engine, group, time, monkeypatch) == 1


@pytest.mark.planted("whole_batch", promise="P4")
def test_the_planted_whole_batch_is_seen(
    engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """whole_batch: a worker that goes through its batch however long it takes loses it to another meanwhile."""
    monkeypatch.setattr(Dispatcher, "_work", lambda self, claimed: sum(self._send(one) for one in claimed))
    assert copies_of_a_slow_batch(engine, group, time, monkeypatch) == 2


def copies_of_a_slow_batch(engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often the same mail arrives at the most, of several that take 25 seconds each with a lease of 60."""
    plant_messages(engine, group, 6, time.at)
    hand = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(dispatch, "time", SimpleNamespace(monotonic=lambda: hand.now))
    with running() as sink:
        other = worker(engine, sink)

        def took_long(count: int) -> None:
            hand.now += 25
            if count < 6:
                other._free_orphans()

        sink.on_accept = took_long
        slow = worker(engine, sink)
        slow.run()
        other.run()
        assert len(set(sink.ids())) == 6
        return max(Counter(sink.ids()).values())


@pytest.mark.promise("P4")
def test_nobody_is_asked_twice_while_a_slow_relay_has_the_mail(
    engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise P4: another worker looks for as long as the lease lasts, and leaves the mail to its owner."""
    assert copies_of_a_slow_one(engine, group, time, monkeypatch, waits=59) == 1


@pytest.mark.planted("short_lease", promise="P4")
def test_the_planted_short_lease_is_seen(
    engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """short_lease: a lease that the relay outlasts lets two workers send the same mail."""
    assert copies_of_a_slow_one(engine, group, time, monkeypatch, waits=61) == 2


def copies_of_a_slow_one(engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch, waits: float) -> int:
    """How often a mail arrives whose relay answers after `waits` seconds of a lease of 60."""
    plant_message(engine, group, time.at)
    hand = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(dispatch, "time", SimpleNamespace(monotonic=lambda: hand.now))
    held, answered = threading.Event(), threading.Event()

    def answer(step: str, _: str) -> str | None:
        if step == "DOT" and not held.is_set():
            held.set()
            answered.wait(20)
        return None

    with running() as sink:
        sink.answer = answer
        slow = worker(engine, sink)
        slow.channel_for(None, True)._deadline = 20  # type: ignore[attr-defined, arg-type]
        first = threading.Thread(target=slow.run)
        first.start()
        assert held.wait(20)
        other = worker(engine, sink)
        for _ in range(10):
            other.run()
            hand.now += waits / 9
        answered.set()
        first.join()
        assert len(set(sink.ids())) == 1
        return len(sink.accepted)


def test_name_and_password(engine: Engine, group: str, time: Time) -> None:
    plant_message(engine, group, time.at)
    with running() as sink:
        offer = {"EHLO": "250-sink\r\n250 AUTH PLAIN", "AUTH": "535 wrong"}
        sink.answer = lambda step, _: offer.get(step)
        worker(engine, sink, login="gmg:wrong@").run()
        row = delivery(engine)
        assert (row.state, row.answer) == ("pending", "the mail server did not accept our name and password")
        offer["AUTH"] = "235 welcome"
        time.at += timedelta(minutes=5)
        worker(engine, sink, login="gmg:right@").run()
        assert delivery(engine).state == "accepted"


def test_a_server_without_tls_is_not_given_a_mail_that_wants_it(engine: Engine, group: str, time: Time) -> None:
    plant_message(engine, group, time.at)
    with running() as sink:
        worker(engine, sink, query="?tls=start").run()
        assert (delivery(engine).state, sink.accepted) == ("pending", [])


def test_an_unsafe_mail_is_kept_as_failed_and_the_others_go_on(
    engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threat T22: what reads back with a header that nobody set is never sent, and stops nobody else."""
    from service.notifications import freezing
    from service.notifications.mailing import mail
    from service.scheduler import plan

    def unsafe(envelope: mail.Envelope, *more: object) -> bytes:
        if envelope.recipient == "gmg@unhcr.example":
            raise mail.UnsafeMail("unexpected headers: ['bcc']")
        return mail.mail_bytes(envelope, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(freezing, "mail_bytes", unsafe)
    time.at += timedelta(days=40)
    plan(engine)
    with reading(engine) as session:
        found = {row.recipient: row.state for row in session.exec(select(DeliveryRow))}
    assert found.pop("gmg@unhcr.example") == "failed"
    assert len(found) == 18
    assert set(found.values()) == {"pending"}
    with writing(engine) as session:
        assert session.exec(select(DeliveryRow).where(DeliveryRow.state == "failed")).first()
