"""When a reminder goes out, and to whom: by hand, and as properties over zones and years."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import zones
from service.groups.charter import Charter
from service.groups.stations import works
from service.notifications.handovers.rules import audience, dues, not_after, reminder_day
from service.notifications.outbox.rules import MAIL_RETRY, retry_at

NINE = time(9)


@pytest.mark.parametrize(
    ("lead", "boundary", "holidays", "expected"),
    [
        (1, date(2009, 1, 1), set(), date(2008, 12, 31)),
        (1, date(2009, 1, 1), {date(2008, 12, 31)}, date(2008, 12, 30)),
        (30, date(2008, 7, 1), set(), date(2008, 5, 30)),  # 1 June 2008 is a Sunday
        (0, date(2011, 1, 1), set(), date(2011, 1, 3)),  # a Saturday: the first working day after
        (0, date(2011, 1, 1), {date(2011, 1, 3)}, date(2011, 1, 4)),
        (0, date(2008, 7, 1), set(), date(2008, 7, 1)),
    ],
)
def test_day_of_a_reminder(lead: int, boundary: date, holidays: set[date], expected: date) -> None:
    assert reminder_day(boundary, lead, holidays) == expected


def test_of_two_reminders_on_one_day_the_nearer_stays() -> None:
    found = dues(date(2008, 6, 30), [3, 2, 1, 0], NINE, "Europe/Zurich", set())  # a Monday: leads fall on a weekend
    assert [(due.lead, due.at.date()) for due in found] == [(1, date(2008, 6, 27)), (0, date(2008, 6, 30))]


def test_nine_in_the_morning_is_nine_at_the_duty_station() -> None:
    for zone, hour in (("Europe/Zurich", 7), ("America/New_York", 13), ("Asia/Bangkok", 2), ("Africa/Addis_Ababa", 6)):
        (due,) = dues(date(2008, 7, 1), [0], NINE, zone, set())
        assert due.at == datetime(2008, 7, 1, hour, tzinfo=UTC)


ZONES = ["Europe/Zurich", "America/New_York", "Africa/Casablanca", "Asia/Kathmandu", "Australia/Lord_Howe"]


@pytest.mark.promise("P10")
@given(st.dates(date(2026, 1, 1), date(2036, 12, 31)), st.sampled_from(ZONES), st.times(time(0), time(23, 59)))
def test_a_wall_clock_time_falls_once_on_its_day(day: date, zone: str, at: time) -> None:
    """Promise P10: skipped times move to the next that exists, repeated ones are their first."""
    at = at.replace(microsecond=0)
    instant = zones.instant_at(day, at, zone)
    assert zones.day_in(instant, zone) == day
    assert zones.instant_at(day + timedelta(days=1), at, zone) > instant


@pytest.mark.promise("P10")
def test_a_skipped_time_goes_on_the_next_that_exists_and_a_repeated_one_on_its_first() -> None:
    assert zones.instant_at(date(2026, 3, 29), time(2, 30), "Europe/Zurich") == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert zones.instant_at(date(2026, 10, 25), time(2, 30), "Europe/Zurich") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    assert zones.instant_at(date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe") == datetime(
        2026, 10, 3, 15, 30, tzinfo=UTC
    )


@given(
    st.dates(date(2008, 1, 1), date(2036, 12, 31)),
    st.sets(st.integers(0, 200), min_size=1, max_size=8),
    st.sets(st.dates(date(2008, 1, 1), date(2036, 12, 31)), max_size=20),
)
def test_reminders_go_out_on_working_days_one_a_day(boundary: date, leads: set[int], holidays: set[date]) -> None:
    found = dues(boundary, leads, NINE, "Europe/Zurich", holidays)
    days = [zones.day_in(due.at, "Europe/Zurich") for due in found]
    assert all(works(day, holidays) for day in days)
    assert len(set(days)) == len(days)
    assert days == sorted(days)
    assert min(leads) in {due.lead for due in found}
    assert all(day < boundary for day, due in zip(days, found, strict=True) if due.lead)


def test_whom_a_handover_concerns(gmg: Charter) -> None:
    told = audience(gmg, ["unfpa"], ["unhcr"], date(2008, 6, 2))
    assert len(told) == 19
    assert {t.person.email: t.relation for t in told if t.relation != "member"} == {
        "gmg@unhcr.example": "incoming",
        "gmg@unfpa.example": "outgoing",
    }


def test_the_people_of_the_seat_that_holds_the_chair_are_the_chairs_people(gmg: Charter) -> None:
    told = audience(gmg, ["unodc"], ["unrc"], date(2010, 7, 1))
    assert next(t for t in told if t.relation == "incoming").person.email == "gmg@ece.example"


def test_when_a_reminder_has_no_point_any_more() -> None:
    boundary = datetime(2010, 12, 31, 23, tzinfo=UTC)
    assert not_after(boundary, datetime(2010, 12, 1, 8, tzinfo=UTC)) == datetime(2011, 1, 1, 23, tzinfo=UTC)
    assert not_after(boundary, datetime(2011, 1, 3, 8, tzinfo=UTC)) == datetime(2011, 1, 4, 8, tzinfo=UTC)


def test_retries_come_ever_later_and_then_every_twelve_hours() -> None:
    now = datetime(2008, 7, 1, tzinfo=UTC)
    waits = [(retry_at(MAIL_RETRY, attempts, now) - now).total_seconds() / 60 for attempts in range(1, 9)]
    assert waits == [1, 5, 15, 60, 240, 720, 720, 720]
