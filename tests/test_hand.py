"""The clock hand of the ticker, where the clock on the wall is set back while it looks at it (promise P9)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest
from apscheduler.schedulers import base
from apscheduler.schedulers.background import BackgroundScheduler

from service.hand import Hand

LONGEST = 1.2
BEGAN = datetime(2008, 5, 15, 12, tzinfo=UTC)


class Wall:
    """What APScheduler reads: goes back an hour after `looks` looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def now(self, zone: tzinfo) -> datetime:
        self.looks -= 1
        return (BEGAN if self.looks >= 0 else BEGAN - timedelta(hours=1)).astimezone(zone)


def waits(hand: BackgroundScheduler, monkeypatch: pytest.MonkeyPatch, looks: int) -> Iterator[Any]:
    """How many seconds the hand waits after each round; its job, a tick of 0.2 s, was due as the first began."""
    monkeypatch.setattr(hand, "_main_loop", lambda: None)
    hand.start(paused=True)
    hand.add_job(lambda: None, "interval", seconds=0.2, next_run_time=BEGAN, misfire_grace_time=None)
    hand.state = base.STATE_RUNNING
    monkeypatch.setattr(base, "datetime", Wall(looks))
    try:
        while True:
            yield hand._process_jobs()
    finally:
        hand.shutdown()


@pytest.mark.promise("P9")
@pytest.mark.parametrize("looks", range(4))
def test_a_clock_set_back_at_any_look_makes_no_wait_longer(monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    rounds = waits(Hand(LONGEST), monkeypatch, looks)
    assert all(next(rounds) <= LONGEST for _ in range(3))


def test_the_library_alone_would_wait_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert next(waits(BackgroundScheduler(timezone="UTC"), monkeypatch, looks=1)) > 3000
