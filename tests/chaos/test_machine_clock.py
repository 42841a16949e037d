"""Promise P9 on real processes, with the clock of the machine set forward three days and back an hour (libfaketime).

What the processes have is a clock on the wall that jumps and a monotonic one that does not, as on any machine.
"""

import atexit
import ctypes.util
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from service.database import reading, writing
from service.notifications.outbox.tables import DeliveryRow
from service.ticks import workers
from tests.chaos.fleet import Death, Fleet, fleet, wait_until
from tests.conftest import NOTE_DAY, Time
from tests.notifications.planting import plant_messages
from tests.notifications.sink import Sink, running
from tests.promises.collecting import Evidence

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EACH = 8
# Far more than a lease and a look take, far less than the hour that a planted bug waits for.
SOON = 60.0
_PLACES = (
    f"/usr/lib/{os.uname().machine}-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
)


def library() -> str:
    """Where libfaketime is.

    Raises:
        FileNotFoundError: it is not installed.
    """
    found = next((place for place in _PLACES if Path(place).exists()), None) or ctypes.util.find_library("faketimeMT")
    if found is None:
        raise FileNotFoundError("libfaketime is needed: install the package libfaketime")
    return found


@cache
def _file() -> Path:
    """One for all tests of a run, since it is loaded with the service; each sets it anew."""
    folder = Path(tempfile.mkdtemp(prefix="gmg-clock-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "clock"


class Hand:
    """The clock on the wall of a fleet, and of the test: a file says how far it is from the machine's."""

    def __init__(self, time: Time) -> None:
        self.path, self.time = _file(), time
        self._behind = datetime.now(UTC) - NOTE_DAY
        self._ahead = timedelta(0)
        self.move(timedelta(0))

    def move(self, by: timedelta) -> None:
        """Set it forward, or back."""
        self._ahead += by
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f"{self._ahead.total_seconds():+.0f}\n")
        fresh.replace(self.path)
        self.time.at = datetime.now(UTC) - self._behind + self._ahead

    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }


@contextmanager
def working(folder: Path, url: str, time: Time, plant: str = "", **env: str) -> Iterator[tuple[Fleet, Sink, Hand]]:
    hand = Hand(time)
    more = {"plant": plant, "preload": hand.environment(), "env": env}
    with running() as sink, fleet(folder, url, sink.port, began=NOTE_DAY, **more) as found:
        yield found, sink, hand


def plant(engine: Engine, group: str, now: datetime, count: int, *, due: timedelta, ends: timedelta) -> set[str]:
    """Messages that fall due, and have no point any more, so long after `now`; their Message-IDs."""
    # They stand in the outbox a minute after they might go.
    ids = plant_messages(engine, group, count, now + due + timedelta(minutes=1))
    with writing(engine) as session:
        session.exec(update(DeliveryRow).where(col(DeliveryRow.message_id).in_(ids)).values(not_after=now + ends))
    return ids


def states(engine: Engine, ids: set[str]) -> Counter[str]:
    with reading(engine) as session:
        return Counter(session.exec(select(DeliveryRow.state).where(col(DeliveryRow.message_id).in_(ids))))


def soon(engine: Engine, ids: set[str], state: str, patience: float = SOON) -> None:
    wait_until(lambda: states(engine, ids) == {state: len(ids)}, patience=patience)


@pytest.mark.promise("P9")
def test_three_days_forward_and_an_hour_back(
    engine: Engine, database_url: str, group: str, time: Time, tmp_path: Path, evidence: Evidence
) -> None:
    # Nobody dies here, so that a lease may outlast whatever a busy machine does to a worker.
    with working(tmp_path, database_url, time, GMG_LEASE="60", GMG_MAIL_DEADLINE="20") as (found, sink, hand):
        for _ in range(2):
            found.keep("worker")
        first = plant(engine, group, time.at, EACH, due=-HOUR, ends=9 * DAY)
        soon(engine, first, "accepted")

        hand.move(-HOUR)
        back = plant(engine, group, time.at, EACH, due=timedelta(0), ends=9 * DAY)
        soon(engine, back, "accepted")

        stale = plant(engine, group, time.at, EACH, due=HOUR, ends=DAY)
        fresh = plant(engine, group, time.at, EACH, due=HOUR, ends=9 * DAY)
        later = plant(engine, group, time.at, 1, due=2 * HOUR, ends=2 * DAY)
        assert states(engine, stale | fresh | later) == {"pending": 2 * EACH + 1}
        hand.move(3 * DAY)
        soon(engine, fresh, "accepted")
        soon(engine, stale | later, "expired")

        hand.move(-3 * DAY)
        last = plant(engine, group, time.at, 1, due=timedelta(0), ends=9 * DAY)
        soon(engine, last, "accepted")
    # What falls due in those days goes out as well.
    copies = Counter(id_ for id_ in sink.ids() if id_.endswith("@test.example>"))
    assert copies == Counter(first | back | fresh | last), "each once, in whatever way the clock went"
    evidence(cases=3, accepted=len(copies), lost=0, duplicated=0)


def looked(engine: Engine) -> set[int]:
    """The process ids of the workers that have planned, and then have been through what there is to send."""
    with reading(engine) as session:
        rows = workers(session)
    return {row.process for row in rows if row.planned_at is not None and row.seen_at > row.planned_at}


@contextmanager
def orphaned(
    engine: Engine, url: str, group: str, time: Time, folder: Path, bug: str = ""
) -> Iterator[tuple[Hand, set[str], Sink]]:
    """A worker has died with a batch in its hands, another has seen it, and the clock was set back an hour."""
    with working(folder, url, time, bug, GMG_LEASE="4", GMG_MAIL_DEADLINE="1.5") as (found, sink, hand):
        found.keep("worker", [Death("after_claim")])
        ids = plant(engine, group, time.at, EACH, due=-HOUR, ends=9 * DAY)
        wait_until(lambda: found.kills == 1 and looked(engine) - set(found.dead()))
        assert states(engine, ids) == {"sending": EACH}
        hand.move(-HOUR)
        yield hand, ids, sink


@pytest.mark.promise("P9")
def test_what_a_dead_worker_held_does_not_wait_for_the_hour(
    engine: Engine, database_url: str, group: str, time: Time, tmp_path: Path, evidence: Evidence
) -> None:
    with orphaned(engine, database_url, group, time, tmp_path) as (_, ids, sink):
        soon(engine, ids, "accepted")
    assert ids <= set(sink.ids())
    evidence(kills=1, cases=1)


@pytest.mark.parametrize(
    "bug",
    [
        pytest.param("wall_clock_lease", marks=pytest.mark.planted("wall_clock_lease", promise="P9")),
        pytest.param("wall_clock_ticker", marks=pytest.mark.planted("wall_clock_ticker", promise="P9")),
    ],
)
def test_the_planted_bug_is_seen(
    engine: Engine, database_url: str, group: str, time: Time, tmp_path: Path, bug: str
) -> None:
    """wall_clock_lease waits until the hour has come again; wall_clock_ticker does not even look before that."""
    with orphaned(engine, database_url, group, time, tmp_path, bug) as (hand, ids, _):
        with pytest.raises(TimeoutError):
            soon(engine, ids, "accepted", patience=7)
        if bug == "wall_clock_lease":
            hand.move(HOUR)
            soon(engine, ids, "accepted")
