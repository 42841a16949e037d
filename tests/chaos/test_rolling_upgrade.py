"""A release is brought in while the one before still works: nothing fails, nothing is lost, nothing is sent twice."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from sqlalchemy import Engine
from sqlmodel import col, func, select

from migrations.upgrade import newest, revision_of
from service import clock
from service.access.commands import make_token
from service.database import reading, writing
from service.followups.notices.tables import NoticeRow
from service.groups.charter import Charter
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.chaos.fleet import lives, wait_until
from tests.chaos.releases import NEXT, ready, releases, stop
from tests.conftest import put
from tests.notifications.planting import plant_messages
from tests.notifications.sink import Sink, running

pytestmark = pytest.mark.promise("P12")
# Two releases beside one another are for a database that several processes share.
both = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
GROUP = "/api/v1/groups/gmg"
STOPPED = "takes no more work"


def today() -> datetime:
    return datetime.now(UTC)


@dataclass
class Visitors:
    """Somebody who looks and somebody who writes, one request after another, at whichever process serves.

    `ports` are the processes that a proxy would ask; `statuses` what came of each request, by its method.
    """

    token: str
    ports: list[int] = field(default_factory=list)
    statuses: list[tuple[str, int]] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def come(self) -> Iterator[None]:
        threads = [threading.Thread(target=do) for do in (self._look, self._write)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join(60)

    def _look(self) -> None:
        number = 0
        while not self._over.wait(0.02):
            number += 1
            self._ask("GET", ("/calendars/gmg.ics", f"{GROUP}/chair", "/groups/gmg")[number % 3], number)

    def _write(self) -> None:
        number = 0
        while not self._over.wait(0.05):
            number += 1
            theme = f"Notice {uuid4()}"
            self.created.append(theme)
            headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid4())}
            body = {"member": "ilo", "theme": theme, "text": "A survey."}
            self._ask("POST", f"{GROUP}/notices", number, json=body, headers=headers)

    def _ask(self, method: str, path: str, number: int, **more: object) -> None:
        port = self.ports[number % len(self.ports)]
        try:
            answer = requests.request(method, f"http://127.0.0.1:{port}{path}", timeout=30, **more)  # type: ignore[arg-type]
            self.statuses.append((method, answer.status_code))
        except requests.RequestException:
            self.statuses.append((method, 0))

    def asked_again(self, count: int = 12) -> None:
        """Until so many more have had their answer."""
        most = len(self.statuses) + count
        wait_until(lambda: len(self.statuses) >= most)


@pytest.fixture
def here(engine: Engine, gmg: Charter) -> str:
    """The shipped group, known since today: the processes have no other clock. What it owes is planned."""
    with clock.use(today):
        put(engine, gmg)
        plan(engine)
    return gmg.group.id


@pytest.fixture
def token(engine: Engine, here: str) -> str:
    with clock.use(today), writing(engine) as session:
        made, _ = make_token(
            session, here, kind="api", email="gmg@ilo.example", name=None, lasts=timedelta(days=1), actor="test"
        )
    return made


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as found:
        yield found


def waiting(engine: Engine) -> int:
    """How many deliveries have not gone out yet."""
    with reading(engine) as session:
        asked = select(func.count()).where(col(DeliveryRow.state).in_(("pending", "sending")))
        return session.exec(asked).one()


def sent(engine: Engine, sink: Sink, expected: set[str]) -> Callable[[], bool]:
    return lambda: expected <= set(sink.ids()) and not waiting(engine)


@both
def test_old_and_new_serve_side_by_side(
    engine: Engine, database_url: str, here: str, token: str, sink: Sink, tmp_path: Path
) -> None:
    with releases(tmp_path, database_url, sink.port, breaking=False) as (old, new):
        old_web, old_port = old.web("old-web")
        old_worker, old_log = old.worker("old-worker")
        visitors = Visitors(token, [old_port])
        planted = plant_messages(engine, here, 30)
        with visitors.come():
            visitors.asked_again()
            new.migrate()
            assert revision_of(engine) == NEXT != newest()
            assert ready(old_port) == 200
            planted |= plant_messages(engine, here, 10)
            wait_until(sent(engine, sink, planted))
            assert lives(old_worker), "the old worker has sent them, on the tables of the next release"

            _, new_port = new.web("new-web")
            new.worker("new-worker")
            assert ready(new_port) == 200
            visitors.ports = [old_port, new_port]
            planted |= plant_messages(engine, here, 60)
            visitors.asked_again()
            wait_until(sent(engine, sink, planted))

            visitors.ports = [new_port]
            visitors.asked_again(3)
            stop(old_web)
            stop(old_worker)
            planted |= plant_messages(engine, here, 10)
            visitors.asked_again()
            wait_until(sent(engine, sink, planted))
    assert Counter(visitors.statuses).keys() == {("GET", 200), ("POST", 201)}, "no request failed"
    with reading(engine) as session:
        assert Counter(session.exec(select(NoticeRow.theme))) == Counter(visitors.created), (
            "and what was written is there"
        )
    copies = Counter(sink.ids())
    assert planted <= set(copies)
    assert set(copies.values()) == {1}, "each delivery once"
    assert STOPPED not in old_log.read_text()


@both
@pytest.mark.planted("newest_alone", promise="P12")
def test_the_planted_bug_newest_alone_is_seen(
    engine: Engine, database_url: str, here: str, sink: Sink, tmp_path: Path
) -> None:
    """A program that works at its own newest revision alone stops as soon as the next release has migrated."""
    with releases(tmp_path, database_url, sink.port, breaking=False, bug="newest_alone") as (old, new):
        _, port = old.web("web")
        _, log = old.worker("worker")
        # It is at work: one that comes after the migration does not even start.
        wait_until(sent(engine, sink, plant_messages(engine, here, 1)))
        assert ready(port) == 200
        new.migrate()
        assert ready(port) == 503
        wait_until(lambda: STOPPED in log.read_text())


@both
def test_after_a_breaking_revision_the_old_ones_take_nothing_more(
    engine: Engine, database_url: str, here: str, sink: Sink, tmp_path: Path
) -> None:
    with releases(tmp_path, database_url, sink.port, breaking=True) as (old, new):
        _, port = old.web("web")
        old_worker, log = old.worker("worker")
        first = plant_messages(engine, here, 5)
        wait_until(sent(engine, sink, first))
        assert ready(port) == 200
        new.migrate()
        assert ready(port) == 503
        second = plant_messages(engine, here, 20)
        before = len(sink.ids())
        # It has looked twice with these before it.
        wait_until(lambda: log.read_text().count(STOPPED) >= 3)
        assert len(sink.ids()) == before
        assert waiting(engine) == 20
        stop(old_worker)

        late, late_log = old.worker("late")
        new.worker("new-worker")
        wait_until(sent(engine, sink, first | second))
        assert set(Counter(sink.ids()).values()) == {1}
        wait_until(lambda: not lives(late))
        assert "can no longer work with it" in late_log.read_text(), "an old one does not even start"


@both
@pytest.mark.planted("never_stops", promise="P12")
def test_the_planted_bug_never_stops_is_seen(
    engine: Engine, database_url: str, here: str, sink: Sink, tmp_path: Path
) -> None:
    with releases(tmp_path, database_url, sink.port, breaking=True, bug="never_stops") as (old, new):
        old.worker("worker")
        first = plant_messages(engine, here, 5)
        wait_until(sent(engine, sink, first))
        new.migrate()
        second = plant_messages(engine, here, 5)
        wait_until(sent(engine, sink, second))
        assert second <= set(sink.ids()), "an old worker sends on tables that it does not know"
