"""The fair slot: what a meeting asks of each member, and which slot asks it most evenly."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.meetings.fair import BUSY, POWER, REST, Slot, Station, because, cost, local, rank

MINUTE = timedelta(minutes=1)
GENEVA = Station("ilo", "Europe/Zurich")
NEW_YORK = Station("undp", "America/New_York")
BANGKOK = Station("escap", "Asia/Bangkok")


def at(text: str, zone: str = "UTC") -> datetime:
    """The instant at which clocks in `zone` show `text`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("begins", "minutes", "points"),
    [
        ("2026-06-11T09:00", 510, 0),  # a whole working day, a Thursday
        ("2026-06-11T08:30", 60, 30),
        ("2026-06-11T17:00", 90, 60),
        ("2026-06-11T18:30", 90, 30 + 60 * 2),
        ("2026-06-11T06:30", 90, 30 * 4 + 60 * 2),
        ("2026-06-11T20:30", 120, 30 * 2 + 60 * 4 + 30 * 8),
        ("2026-06-11T02:07", 90, 90 * 8),
        ("2026-06-11T17:23", 20, 13),
        ("2026-06-12T23:30", 60, 30 * 8 + 30 * (8 + REST)),  # from Friday into Saturday
        ("2026-06-13T10:00", 60, 60 * REST),
        ("2026-06-14T23:30", 60, 30 * (8 + REST) + 30 * 8),  # from Sunday into Monday
    ],
)
def test_points_follow_the_clock_of_the_station(begins: str, minutes: int, points: int) -> None:
    for station in (GENEVA, NEW_YORK, BANGKOK, Station("unrc", "Asia/Kathmandu")):
        assert cost(station, at(begins, station.zone), minutes) == points


def test_a_holiday_costs_what_a_weekend_costs_and_only_where_it_is_kept() -> None:
    resting = GENEVA._replace(rests=frozenset([date(2026, 9, 10)]))
    noon = at("2026-09-10T12:00", "Europe/Zurich")
    assert (cost(resting, noon, 60), cost(GENEVA, noon, 60)) == (60 * REST, 0)
    # The day of the holiday is the station's: in UTC it begins on the evening before.
    assert cost(resting, at("2026-09-09T22:30"), 30) == 30 * (8 + REST)


def test_busy_minutes_count_once_and_when_they_are_touched() -> None:
    ten = at("2026-06-11T10:00", "Europe/Zurich")

    def taken(*minutes: tuple[float, float]) -> int:
        busy = tuple((ten + a * MINUTE, ten + b * MINUTE) for a, b in minutes)
        return cost(GENEVA._replace(busy=busy), ten, 60)

    assert taken((10, 40)) == 30 * BUSY
    assert taken((30, 40), (10, 35), (20, 30)) == 30 * BUSY
    assert taken((-60, 0), (60, 90), (20, 20)) == 0
    assert taken((-60, 1), (59, 90)) == 2 * BUSY
    assert taken((10.5, 11.5)) == 2 * BUSY
    assert taken((-60, 120)) == 60 * BUSY


def test_between_the_changes_of_the_clocks_new_york_is_an_hour_nearer() -> None:
    # In 2026 clocks go forward on 8 March in New York, and on 29 March in Geneva.
    assert [cost(NEW_YORK, at(f"2026-03-{day}T14:00", "Europe/Zurich"), 60) for day in ("05", "12", "31")] == [
        60,
        0,
        60,
    ]
    assert local(NEW_YORK, at("2026-03-08T06:30"), 60) == (
        at("2026-03-08T01:30", "America/New_York"),
        at("2026-03-08T03:30", "America/New_York"),
    )


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        # Back in Ramadan 2023, between Friday and Monday: nine o'clock comes an hour later.
        ("Africa/Casablanca", "2023-03-17T08:00", "2023-03-20T09:00"),
        ("Africa/Casablanca", "2023-04-21T09:00", "2023-04-24T08:00"),
        # Forward at midnight, so that Sunday begins at one.
        ("Asia/Beirut", "2022-03-25T07:00", "2022-03-28T06:00"),
        ("Asia/Beirut", "2022-10-28T06:00", "2022-10-31T07:00"),
    ],
)
def test_office_hours_begin_at_nine_on_both_sides_of_a_change(zone: str, before: str, after: str) -> None:
    station = Station("escwa", zone)
    for nine in (before, after):
        assert local(station, at(nine), 0)[0].strftime("%H:%M") == "09:00"
        assert (cost(station, at(nine), 60), cost(station, at(nine) - 60 * MINUTE, 60)) == (0, 60)


def test_one_place_meets_at_the_first_office_hour() -> None:
    found = rank([GENEVA], at("2026-06-11T00:00"), at("2026-06-13T00:00"), 90, {})
    assert [slot.start for slot in found[:2]] == [at("2026-06-11T07:00"), at("2026-06-11T07:15")]
    assert found[0] == Slot(at("2026-06-11T07:00"), {"ilo": 0}, 0, 0, 0)
    assert len(found) == 10


def test_slots_begin_on_quarter_hours_and_end_in_the_window() -> None:
    found = rank([GENEVA], at("2026-06-11T06:07:30"), at("2026-06-11T09:00"), 50, {}, step=45, limit=99)
    assert sorted(f"{slot.start:%H:%M}" for slot in found) == ["06:15", "07:00", "07:45"]
    found = rank([GENEVA], at("2026-06-11T06:00"), at("2026-06-11T07:00"), 60, {}, limit=99)
    assert [slot.start for slot in found] == [at("2026-06-11T06:00")]
    assert rank([GENEVA], at("2026-06-11T06:01"), at("2026-06-11T07:00"), 60, {}) == []


def test_a_burden_carried_moves_the_slot() -> None:
    group, window = [GENEVA, NEW_YORK, BANGKOK], (at("2026-06-11T00:00"), at("2026-06-12T00:00"))
    plain, bangkok, new_york = (
        rank(group, *window, 90, carried)[0] for carried in ({}, {"escap": 2000}, {"undp": 2000, "who": 9})
    )
    assert bangkok.costs["escap"] < plain.costs["escap"] < new_york.costs["escap"]
    assert bangkok.costs["undp"] > plain.costs["undp"] > new_york.costs["undp"]


def test_a_day_off_and_busy_people_move_the_slot() -> None:
    busy = GENEVA._replace(busy=((at("2026-06-11T07:00"), at("2026-06-11T09:30")),))
    window = (at("2026-06-11T00:00"), at("2026-06-13T00:00"))
    assert rank([busy], *window, 60, {})[0].start == at("2026-06-11T09:30")
    resting = busy._replace(rests=frozenset([date(2026, 6, 11)]))
    assert rank([resting], *window, 60, {})[0].start == at("2026-06-12T07:00")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"stations": []}, "at least one member"),
        ({"stations": [GENEVA, GENEVA]}, "named twice"),
        ({"until": at("2026-06-01T00:00")}, "ends before it begins"),
        ({"until": at("2026-08-02T00:15")}, "longer than 62 days"),
        ({"minutes": 14}, "choose 15 to 720"),
        ({"minutes": 721}, "choose 15 to 720"),
        ({"step": 0}, "quarter hours"),
        ({"step": 20}, "quarter hours"),
        ({"start": datetime(2026, 6, 1)}, "has no zone"),  # noqa: DTZ001
        ({"until": datetime(2026, 6, 2)}, "has no zone"),  # noqa: DTZ001
    ],
)
def test_limits_refuse(changed: dict[str, object], text: str) -> None:
    asked: dict[str, object] = {
        "stations": [GENEVA],
        "start": at("2026-06-01T00:00"),
        "until": at("2026-08-02T00:00"),
        "minutes": 60,
        "carried": {},
    }
    assert rank(**asked)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=text):
        rank(**asked | changed)  # type: ignore[arg-type]


def test_an_instant_without_a_zone_costs_nothing_but_a_refusal() -> None:
    for ask in (cost, local):
        with pytest.raises(ValueError, match="has no zone"):
            ask(GENEVA, datetime(2026, 6, 1), 60)  # noqa: DTZ001


def test_the_reasons_name_who_bears_it_and_who_is_spared() -> None:
    group = [GENEVA, NEW_YORK, BANGKOK]
    window, carried = (at("2026-06-11T00:00"), at("2026-06-12T00:00")), {"escap": 9000, "undp": 20}
    first, second = rank(group, *window, 90, carried, limit=2)
    told = " ".join(because(first, second, group, 90, carried))
    there, _ = local(NEW_YORK, first.start, 90)
    assert first.costs["escap"] == 0
    assert f"{first.total} points" in told
    assert "undp bears most" in told
    assert f"{there:%H:%M}" in told
    assert "escap, which bore most so far (9000 points), bears none of it" in told
    assert because(first, None, group, 90, {})
    alone = rank([GENEVA], *window, 90, {}, limit=2)
    assert because(alone[0], alone[1], [GENEVA], 90, {}) == ["1 of 1 meet within their office hours; 0 points in all."]


ZONES = (
    "Europe/Zurich",
    "America/New_York",
    "Asia/Bangkok",
    "America/Santiago",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
)
# Around these the clocks of one or another of the zones change; St. John's did so at 00:01, until 2011.
TURNS = (
    "2008-03-09T03:31",
    "2008-11-02T02:31",
    "2022-03-26T22:00",
    "2022-10-30T01:00",
    "2023-03-19T02:00",
    "2023-04-01T15:00",
    "2024-04-07T03:00",
    "2026-03-08T07:00",
    "2026-03-29T01:00",
    "2026-06-11T00:00",
)


@st.composite
def windows(draw: st.DrawFn) -> tuple[list[Station], datetime, datetime, int, dict[str, int]]:
    """Up to four members around a change of clocks, with their holidays, busy times and what they carried."""
    start = at(draw(st.sampled_from(TURNS))) + draw(st.integers(-600, 600)) * MINUTE
    period = st.tuples(st.integers(-100, 400), st.integers(-20, 300)).map(
        lambda drawn: (start + drawn[0] * MINUTE / 2, start + (drawn[0] + drawn[1]) * MINUTE / 2)
    )
    around = st.integers(-1, 1).map(lambda days: start.date() + timedelta(days=days))
    group = [
        Station(
            member,
            draw(st.sampled_from(ZONES)),
            draw(st.frozensets(around, max_size=2)),
            tuple(draw(st.lists(period, max_size=2))),
        )
        for member in "abcd"[: draw(st.integers(1, 4))]
    ]
    carried = draw(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 3000)))
    minutes = draw(st.integers(15, 120))
    return group, start, start + draw(st.integers(minutes, 400)) * MINUTE, minutes, carried


def in_words(here: datetime) -> int:
    """The weight of a local time, as the rule is told."""
    hour = here.hour + here.minute / 60
    for since, until, weight in ((9, 17.5, 0), (8, 19, 1), (7, 21, 2), (6, 22, 4)):
        if since <= hour < until:
            return weight
    return 8


@lru_cache(maxsize=20_000)
def of_a_minute(station: Station, minute: datetime) -> int:
    here = minute.astimezone(ZoneInfo(station.zone))
    rests = here.isoweekday() in (6, 7) or here.date() in station.rests
    taken = any(max(begin, minute) < min(end, minute + MINUTE) for begin, end in station.busy)
    return in_words(here) + REST * rests + BUSY * taken


@settings(max_examples=150)
@given(windows())
def test_the_ranking_is_that_of_walking_each_minute(
    drawn: tuple[list[Station], datetime, datetime, int, dict[str, int]],
) -> None:
    group, start, until, minutes, carried = drawn
    walked = []
    begin = start
    while begin.minute % 15:
        begin += MINUTE
    while begin + minutes * MINUTE <= until:
        costs = {one.member: sum(of_a_minute(one, begin + n * MINUTE) for n in range(minutes)) for one in group}
        after = sum((carried.get(member, 0) + points) ** POWER for member, points in costs.items())
        walked.append((after, sum(costs.values()), begin, costs))
        begin += timedelta(minutes=15)
    walked.sort(key=lambda one: one[:3])
    found = rank(group, start, until, minutes, carried, limit=99)
    assert [(slot.score, slot.total, slot.start, slot.costs) for slot in found] == walked
    assert [slot.worst for slot in found] == [max(costs.values()) for *_, costs in walked]
    for slot in found[:3]:
        assert slot.costs == {one.member: cost(one, slot.start, minutes) for one in group}
