"""Promise P10: what is due at an hour of the clock on the wall is due once a day, whatever the clocks do there."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from service.database import reading, writing
from service.notifications.handovers import rules
from service.notifications.handovers.reminders import owed
from service.notifications.handovers.rules import dues
from service.notifications.look import Look
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from service.zones import day_in, instant_at
from tests.conftest import Time
from tests.promises.collecting import Evidence

pytestmark = pytest.mark.promise("P10")

# Half an hour in summer on Lord Howe; in Casablanca the clocks go back for the weeks of Ramadan; none in Kathmandu.
ZONES = ("Europe/Zurich", "America/New_York", "Africa/Casablanca", "Asia/Kathmandu", "Australia/Lord_Howe")
FIRST, LAST = date(2026, 1, 1), date(2036, 12, 31)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
MINUTE = timedelta(minutes=1)
At = Callable[[date, time, str], datetime]


@cache
def turning_days(zone: str) -> list[date]:
    """The days on which the clocks change."""

    def offset(day: date) -> timedelta | None:
        return datetime.combine(day, time(0), ZoneInfo(zone)).utcoffset()

    return [day for day in DAYS if offset(day) != offset(day + timedelta(days=1))]


def as_the_wall_shows(day: date, at: time, zone: str) -> datetime:
    """The first instant of a day at which the clocks show `at` or, where that is skipped, later: minute by minute."""
    instant = datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)
    shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    while shown < datetime.combine(day, at):
        instant += MINUTE
        shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return instant


def plain(day: date, at: time, zone: str) -> datetime:
    """The planted bug plain_local: what the library makes of a time that the clocks skip is an hour late."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def second_time(day: date, at: time, zone: str) -> datetime:
    """The planted bug second_time: a time that comes twice is taken when it comes again."""
    return datetime.combine(day, at, ZoneInfo(zone)).replace(fold=1).astimezone(UTC)


def every_day(at: time, zone: str) -> list[datetime]:
    """The planted bug every_24_hours: the first instant, and then a day of 24 hours after the one before."""
    first = instant_at(FIRST, at, zone)
    return [first + timedelta(days=number) for number in range(len(DAYS))]


def test_the_clocks_change_where_they_are_thought_to() -> None:
    found = {zone: len(turning_days(zone)) for zone in ZONES}
    # How many there are in Casablanca is for its government to say, and has been said anew more than once.
    assert found.pop("Africa/Casablanca") >= 2
    assert list(found.values()) == [22, 22, 0, 22]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(0), time(0, 30), time(1, 59), time(2), time(2, 15), time(2, 30), time(3), time(9)])
def test_once_a_day_in_order_for_eleven_years(zone: str, at: time, evidence: Evidence) -> None:
    instants = [instant_at(day, at, zone) for day in DAYS]
    assert Counter(day_in(instant, zone) for instant in instants) == Counter(dict.fromkeys(DAYS, 1))
    assert instants == sorted(instants)
    shown = Counter(instant.astimezone(ZoneInfo(zone)).time() for instant in instants)
    assert shown.pop(at) >= len(DAYS) - 11
    assert all(at < other <= time(3) for other in shown), "later only where the clocks skip it"
    evidence(cases=len(DAYS))


@pytest.mark.parametrize("zone", ZONES)
@given(data=st.data())
def test_as_the_wall_shows_it(zone: str, data: st.DataObject) -> None:
    day = data.draw(st.sampled_from(turning_days(zone) or DAYS))
    at = data.draw(st.times().map(lambda found: time(found.hour, found.minute)))
    assert instant_at(day, at, zone) == as_the_wall_shows(day, at, zone)


@pytest.mark.parametrize(
    "bug",
    [
        pytest.param(plain, marks=pytest.mark.planted("plain_local", promise="P10")),
        pytest.param(second_time, marks=pytest.mark.planted("second_time", promise="P10")),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe"])
def test_the_planted_bug_is_seen(bug: At, zone: str) -> None:
    night = [time(hour, minute) for hour in range(4) for minute in (0, 15, 45)]
    assert any(bug(day, at, zone) != as_the_wall_shows(day, at, zone) for day in turning_days(zone) for at in night)


@pytest.mark.planted("every_24_hours", promise="P10")
@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe"])
def test_the_planted_bug_of_24_hours_is_seen(zone: str) -> None:
    # The year begins in winter there, and in summer here.
    at = time(0, 15) if zone in ("Africa/Casablanca", "Australia/Lord_Howe") else time(23, 45)
    days = Counter(day_in(one, zone) for one in every_day(at, zone))
    assert set(days.values()) == {1, 2}, "on some days twice, and so on others not at all"


def looked_at(zone: str, around: date, at: time) -> Counter[date]:
    """How often a reminder of each day goes out, with a look every ten minutes that knows what it has told."""
    told: Counter[date] = Counter()
    days = [around + timedelta(days=number) for number in range(-2, 3)]
    owed_at = {due.at: day for day in days for due in dues(day, [0], at, zone, frozenset())}
    now, end = min(owed_at) - timedelta(hours=1), max(owed_at) + timedelta(hours=3)
    before = now
    while now < end:
        now += timedelta(minutes=10)
        told.update(day for instant, day in owed_at.items() if before < instant <= now)
        before = now
    return told


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe"])
def test_a_ticker_across_each_change_of_the_clocks(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The days are taken as they are: which of them are working days is another rule.
    monkeypatch.setattr(rules, "works", lambda *_: True)
    for around in turning_days(zone):
        assert set(looked_at(zone, around, time(2, 15)).values()) == {1}


OTHER_CLOCKS = """
import json, sys
from datetime import datetime
from zoneinfo import ZoneInfo, reset_tzpath
from service import clock
from service.database import connect, reading
from service.scheduler import plan
from service.wiring import wire
from tests.chaos.test_wall_clock import planned

url, now, folder = sys.argv[1:]
reset_tzpath([folder])
ZoneInfo.clear_cache()
wire()
engine = connect(url)
with clock.use(lambda: datetime.fromisoformat(now)):
    plan(engine)
    print(json.dumps(planned(engine)))
"""


def planned(engine: Engine) -> dict[str, str]:
    """When each reminder of a handover is due, by recipient and lead."""
    with writing(engine) as session:
        look = Look(session, "gmg")
        return {
            f"{told.person.email} {row.key} {due.lead}": due.at.isoformat()
            for row in look.near()
            for told, all_dues in owed(look, row)
            for due in all_dues
        }


def test_a_government_that_changes_its_clocks_moves_what_is_to_come(
    engine: Engine, database_url: str, group: str, time: Time, tmp_path: Path
) -> None:
    """From one look to the next Zurich has no summer time any more: its offices are told later, nobody twice."""
    time.at = datetime(2008, 6, 12, 12, tzinfo=UTC)
    plan(engine)
    before, sent = planned(engine), deliveries(engine)
    assert sent
    (tmp_path / "Europe").mkdir()
    with as_file(files("tzdata") / "zoneinfo" / "Africa" / "Lagos") as without_summer_time:
        shutil.copy(without_summer_time, tmp_path / "Europe" / "Zurich")
    done = subprocess.run(
        [sys.executable, "-c", OTHER_CLOCKS, database_url, time.at.isoformat(), str(tmp_path)],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    after = json.loads(done.stdout.splitlines()[-1])
    assert deliveries(engine) == sent, "what was told stays as it was told"
    moved = {key for key in before if after[key] != before[key]}
    assert moved
    assert moved < set(before), "other offices have their own clocks"
    hours = {datetime.fromisoformat(after[key]) - datetime.fromisoformat(before[key]) for key in moved}
    assert hours == {timedelta(hours=1)}


def deliveries(engine: Engine) -> dict[str, tuple[str, bytes]]:
    with reading(engine) as session:
        return {row.dedupe_key: (row.state, row.body) for row in session.exec(select(DeliveryRow))}
