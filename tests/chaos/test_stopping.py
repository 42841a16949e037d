"""Promise P17: told to stop, the real service says so at once, claims nothing more, and finishes what it has in hand.

Each process runs until it has a mail in the hands of a slow mail server, and 30 more wait; then it gets SIGTERM.
"""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from service.database import reading
from service.notifications.outbox.tables import DeliveryRow
from service.ticks import TickRow
from tests.notifications.planting import plant_messages
from tests.notifications.sink import Sink, running
from tests.promises.collecting import Evidence
from tests.watching.running import Service, service

COUNT = 30
# What a load balancer has time for, and in which a mail is still in hand.
DRAIN = 2.0
# The same with a bug planted.
MODULE = "tests.chaos.stopped"


class Slow:
    """A mail server that keeps the first mail in hand until it is let go."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.has_one, self.let_go = threading.Event(), threading.Event()
        sink.answer = self._answer

    def _answer(self, step: str, recipient: str) -> None:
        if step == "DOT" and not self.has_one.is_set():
            self.has_one.set()
            self.let_go.wait(60)


@contextmanager
def with_one_in_hand(
    engine: Engine, url: str, folder: Path, *role: str, module: str = "service.cli", **more: str
) -> Iterator[tuple[Service, Slow]]:
    """A service that has one mail in the hands of its mail server, and others waiting."""
    plant_messages(engine, "gmg", COUNT)
    with running() as sink:
        slow = Slow(sink)
        given = {
            "GMG_DATABASE_URL": url,
            "GMG_MAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "GMG_DRAIN": str(DRAIN),
            "GMG_TICK": "1",
        }
        with service(folder, given | more, *role, module=module, ready="worker" not in role) as started:
            assert slow.has_one.wait(60), started.log.read_text()
            try:
                yield started, slow
            finally:
                slow.let_go.set()


def states(engine: Engine) -> Counter[str]:
    """The planted messages, by state."""
    with reading(engine) as session:
        planted = col(DeliveryRow.recipient).endswith("@test.example")
        return Counter(session.exec(select(DeliveryRow.state).where(planted)))


def told_not_ready(started: Service) -> bool:
    """Whether it says that it is not ready, before nobody listens any more."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        status = started.status("/readyz")
        if status in (503, 0):
            return status == 503
        time.sleep(0.02)
    return False


def finish(engine: Engine, url: str, folder: Path, sink: Sink) -> int:
    """Let another service send the rest; how many copies too many have arrived."""
    sink.answer = lambda *_: None
    given = {"GMG_DATABASE_URL": url, "GMG_MAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
    with service(folder, given, "--role", "worker", ready=False):
        deadline = time.monotonic() + 90
        while states(engine)["accepted"] < COUNT and time.monotonic() < deadline:
            time.sleep(0.1)
    ids = [id_ for id_ in sink.ids() if id_.endswith("@test.example>")]
    assert len(set(ids)) == COUNT, "none is lost"
    return len(ids) - len(set(ids))


@pytest.mark.promise("P17")
@pytest.mark.parametrize("role", ["all", "worker"])
def test_what_is_in_hand_is_finished_and_nothing_else_is_begun(
    engine: Engine, database_url: str, group: str, tmp_path: Path, role: str, evidence: Evidence
) -> None:
    with with_one_in_hand(engine, database_url, tmp_path, "--role", role) as (started, slow):
        started.terminate()
        if role == "all":
            assert told_not_ready(started)
            assert started.status("/livez") == 200, "it listens while others turn away from it"
        assert started.process.poll() is None, "a mail is in hand"
        slow.let_go.set()
        assert started.ended() == 0
        assert states(engine) == {"accepted": 1, "pending": COUNT - 1}
        with reading(engine) as session:
            assert set(session.exec(select(DeliveryRow.attempts).where(DeliveryRow.state == "pending"))) == {0}
            assert session.exec(select(TickRow)).all() == [], "nobody waits for a sign of life of it"
        extra = finish(engine, database_url, tmp_path, slow.sink)
    assert extra == 0
    evidence(stops=1, lost=0, duplicates=extra)


@pytest.mark.promise("P17")
def test_a_web_process_answers_what_it_was_asked_before_it_ends(
    engine: Engine, database_url: str, group: str, tmp_path: Path
) -> None:
    given = {"GMG_DATABASE_URL": database_url, "GMG_DRAIN": "1"}
    with service(tmp_path, given, "--role", "web") as started:
        # A request whose body comes slowly is in hand.
        connection = http.client.HTTPConnection("127.0.0.1", started.port, timeout=30)
        connection.putrequest("POST", "/api/v1/groups/gmg/notices")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", "20")
        connection.endheaders(b'{"text": ')
        assert started.status("/readyz") == 200
        started.terminate()
        assert told_not_ready(started)
        while started.status("/livez"):
            time.sleep(0.02)
        connection.send(b'"nothing"}  '[:11])
        assert connection.getresponse().status in (400, 401, 415, 422)
        connection.close()
        assert started.ended() == 0


@pytest.mark.planted("claim_after_stop", promise="P17")
def test_the_planted_bug_claim_after_stop_is_seen(
    engine: Engine, database_url: str, group: str, tmp_path: Path
) -> None:
    """One that does not hear that it is to claim nothing more goes on with all that waits."""
    planted = {"PLANT": "claim_after_stop"}
    with with_one_in_hand(engine, database_url, tmp_path, "--role", "all", module=MODULE, **planted) as (started, slow):
        started.terminate()
        slow.let_go.set()
        assert started.ended() == 0
    assert states(engine)["accepted"] > 1, "the planted bug is seen"


@pytest.mark.planted("kill_on_stop", promise="P17")
def test_the_planted_bug_kill_on_stop_is_seen(engine: Engine, database_url: str, group: str, tmp_path: Path) -> None:
    """One that ends at once leaves a mail in hand, which goes out a second time."""
    planted = {"PLANT": "kill_on_stop", "GMG_LEASE": "61"}
    with with_one_in_hand(engine, database_url, tmp_path, "--role", "all", module=MODULE, **planted) as (started, slow):
        started.terminate()
        assert started.ended() != 0
        slow.let_go.set()
        assert states(engine)["sending"] >= 1, "the planted bug is seen"
