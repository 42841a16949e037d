"""The clock hand of the ticker, where the clock on the wall jumps while it looks at it (promise P9)."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest
from apscheduler.schedulers import base
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from service.hand import Hand

LONGEST, TICK = 1.2, 0.2
HOUR = timedelta(hours=1)
BEGAN = datetime(2008, 5, 15, 12, tzinfo=UTC)


class Wall:
    """What APScheduler reads: goes on by `jump` after `looks` looks."""

    def __init__(self, looks: int, jump: timedelta) -> None:
        self.looks, self.jump = looks, jump

    def now(self, zone: tzinfo) -> datetime:
        self.looks -= 1
        return (BEGAN if self.looks >= 0 else BEGAN + self.jump).astimezone(zone)


class Counting(IntervalTrigger):  # type: ignore[misc]
    """Says how often it was asked when the next look is."""

    asked = 0

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        self.asked += 1
        found: datetime | None = super().get_next_fire_time(previous, now)
        return found


def waits(
    hand: BackgroundScheduler,
    monkeypatch: pytest.MonkeyPatch,
    looks: int,
    jump: timedelta = -HOUR,
    trigger: IntervalTrigger | None = None,
) -> Generator[Any, None, None]:
    """How many seconds the hand waits after each round; its job, a tick of 0.2 s, was due as the first began."""
    monkeypatch.setattr(hand, "_main_loop", lambda: None)
    hand.start(paused=True)
    trigger = trigger or IntervalTrigger(seconds=TICK)
    hand.add_job(lambda: None, trigger, next_run_time=BEGAN, misfire_grace_time=None, coalesce=True)
    hand.state = base.STATE_RUNNING
    monkeypatch.setattr(base, "datetime", Wall(looks, jump))
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


def reckoned(hand: BackgroundScheduler, monkeypatch: pytest.MonkeyPatch, looks: int) -> int:
    """How many instants the hand reckons in three rounds, in which the clock goes forward an hour."""
    trigger = Counting(seconds=TICK)
    rounds = waits(hand, monkeypatch, looks, HOUR, trigger)
    assert all(next(rounds) >= 0 for _ in range(3))
    rounds.close()
    return trigger.asked


@pytest.mark.promise("P9")
@pytest.mark.parametrize("looks", range(4))
def test_a_clock_set_forward_is_not_gone_through_tick_by_tick(monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    assert reckoned(Hand(LONGEST), monkeypatch, looks) <= 3 * (LONGEST / TICK + 1)


def test_the_library_alone_goes_through_all_of_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reckoned(BackgroundScheduler(timezone="UTC"), monkeypatch, looks=0) > HOUR.total_seconds() / TICK
