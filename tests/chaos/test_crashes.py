"""Promises P2 to P5 by kill -9: real workers, a real SMTP server, both databases. Each planted bug is seen."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.notifications.planting import plant_messages
from tests.notifications.sink import Sink, running
from tests.promises.collecting import Evidence

ROOT = Path(__file__).parents[2]
# In short form here; `make prove-long` asks for the whole.
COUNT = int(os.environ.get("PROVE_MESSAGES", "150"))
# With every seed one worker and four take turns.
SEEDS = [(seed, (1, 4)[seed % 2]) for seed in range(1, 1 + int(os.environ.get("PROVE_SEEDS", "2")))]
LEASE = 3.0


class Workers:
    """Worker processes that are started again whenever one was killed, until all is sent."""

    def __init__(self, url: str, sink: Sink, bug: str | None) -> None:
        self.command = [sys.executable, "-m", "tests.chaos.worker", url, str(sink.port), str(LEASE)]
        self.command += [bug] if bug else []
        self.kills = 0
        self._lock = threading.Lock()
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, count: int) -> None:
        for _ in range(count):
            self._running.append(subprocess.Popen(self.command, cwd=ROOT, env=os.environ))

    def kill_one(self) -> None:
        with self._lock:
            living = [process for process in self._running if process.poll() is None]
            if living:
                victim = random.choice(living)
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                self.kills += 1
                self.start(1)

    def finish(self) -> None:
        """Until none is left; a killed one has its successor before it is looked at."""
        while True:
            with self._lock:
                living = [process for process in self._running if process.poll() is None]
            if not living:
                return
            living[0].wait(timeout=120)


@contextmanager
def crashed_run(
    url: str, kill_at: set[int], workers: int = 1, bug: str | None = None
) -> Iterator[tuple[Sink, Workers]]:
    """Kill a worker when the server has accepted the n-th message and no worker knows yet, for each n of `kill_at`."""
    with running() as sink:
        team = Workers(url, sink, bug)

        def accepted(count: int) -> None:
            if count in kill_at:
                team.kill_one()

        sink.on_accept = accepted
        team.start(workers)
        team.finish()
        yield sink, team


def kills(seed: int) -> set[int]:
    return set(random.Random(seed).sample(range(1, COUNT), 4))


@pytest.mark.promise("P2", "P3")
@pytest.mark.parametrize(("seed", "workers"), SEEDS)
def test_a_kill_at_any_instant_loses_nothing_and_repeats_one_message_at_most(
    engine: Engine, database_url: str, group: str, seed: int, workers: int, evidence: Evidence
) -> None:
    expected = plant_messages(engine, group, COUNT)
    with crashed_run(database_url, kills(seed), workers) as (sink, team):
        copies = Counter(sink.ids())
        assert team.kills >= 4
        assert set(copies) == expected, "P2: nothing is lost"
        assert sum(copies.values()) - len(copies) <= team.kills, "P3: one message a kill at the most"
        assert all(len({digest for id_, digest, _ in sink.accepted if id_ == one}) == 1 for one in copies)
        extra = sum(copies.values()) - len(copies)
        evidence(seeds=[seed], kills=team.kills, accepted=len(copies), lost=0, duplicated=extra)


@pytest.mark.promise("P4", "P5")
def test_without_a_crash_four_workers_send_each_message_once(engine: Engine, database_url: str, group: str) -> None:
    """Promises P4 and P5."""
    expected = plant_messages(engine, group, COUNT)
    with crashed_run(database_url, set(), workers=4) as (sink, _):
        assert Counter(sink.ids()) == Counter(expected)


@pytest.mark.parametrize(
    "bug",
    [
        pytest.param(bug, marks=pytest.mark.planted(bug, promise="P2" if bug == "mark_first" else "P3"))
        for bug in ("mark_first", "mark_last", "fresh_message_id", "fresh_bytes")
    ],
)
def test_the_planted_bug_is_seen(engine: Engine, database_url: str, group: str, bug: str) -> None:
    expected = plant_messages(engine, group, 40)
    # In the middle of the first batch.
    with crashed_run(database_url, {15}, bug=bug) as (sink, team):
        assert team.kills == 1, "the bug, not a worker that cannot begin, is what is seen"
        found, bodies = Counter(sink.ids()), {digest for _, digest, _ in sink.accepted}
        if bug == "mark_first":
            assert set(found) < expected, "P2: some are lost"
        elif bug == "fresh_message_id":
            assert set(found) & expected == set(), "P3: not the Message-ID that was planned"
        elif bug == "fresh_bytes":
            assert set(found) == expected
            assert len(bodies) > len(expected), "P3: not the same bytes at each attempt"
        else:
            assert set(found) == expected
            assert sum(found.values()) - len(found) > team.kills, "P3: more than the one in flight comes again"
