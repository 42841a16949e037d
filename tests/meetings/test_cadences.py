"""The grammar of cadences, and where their meetings fall."""

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import ValidationError

from service.groups.cadence import WEEKDAYS, Cadence, When, read_when
from service.groups.charter import Charter
from service.meetings.cadences import occurrences, slots
from service.rotation.engine import terms


def cadence(when: str, **more: Any) -> Cadence:
    values = {"id": "c", "title": "Meeting", "when": when, "from": date(2008, 7, 1), "at": "15:00"}
    return Cadence.model_validate(values | more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every 6 weeks on thursday", When("weeks", 6, 3, None)),
        ("Every six  weeks on Thursday", When("weeks", 6, 3, None)),
        ("every week on monday", When("weeks", 1, 0, None)),
        ("every month on the first friday", When("months", 1, 4, 1)),
        ("every 2 months on the last tuesday", When("months", 2, 1, -1)),
        ("in month 3 of each term on the second tuesday", When("term", 3, 1, 2)),
        ("in the third month of each term on the second tuesday", When("term", 3, 1, 2)),
        ("two weeks before handover", When("handover", 2, None, None)),
        ("2 weeks before each handover on tuesday", When("handover", 2, 1, None)),
    ],
)
def test_the_forms(text: str, expected: When) -> None:
    assert read_when(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=1000000000",
        "every second",
        "every 0 weeks on monday",
        "every 53 weeks on monday",
        "every 99999999999999999999 weeks on monday",
        "every minus weeks on monday",
        "every 2 weeks on caturday",
        "every month on the fifth monday",
        "in month 0 of each term on the first monday",
        "27 weeks before handover",
        "every weeks on monday",
        "",
        "every 6 weeks on thursday\nRRULE:FREQ=SECONDLY",
    ],
)
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        cadence(text)
    assert "write" in str(refused.value)


@given(some.text(max_size=60))
@settings(max_examples=200)
def test_no_text_does_any_harm(text: str) -> None:
    with suppress(ValueError):
        assert 1 <= read_when(text).number <= 120


def days(gmg: Charter, one: Cadence, first: date, until: date) -> list[tuple[str, date]]:
    laid = terms(gmg, date(2012, 1, 1))
    return [(found.slot, found.day) for found in occurrences(gmg, one, laid, first, until)]


def test_weeks_are_counted_from_the_first_day(gmg: Charter) -> None:
    found = days(gmg, cadence("every 6 weeks on thursday"), date(2008, 7, 1), date(2008, 12, 1))
    assert [day for _, day in found] == [date(2008, 7, 3), date(2008, 8, 14), date(2008, 9, 25), date(2008, 11, 6)]
    assert found[0][0] == "2008-07-03"


def test_months_and_terms(gmg: Charter) -> None:
    found = days(gmg, cadence("every 2 months on the last friday"), date(2008, 7, 1), date(2009, 1, 1))
    assert [day for _, day in found] == [date(2008, 7, 25), date(2008, 9, 26), date(2008, 11, 28)]
    found = days(gmg, cadence("in month 3 of each term on the second tuesday"), date(2008, 7, 1), date(2010, 1, 1))
    assert found == [("turn-6", date(2008, 9, 9)), ("turn-7", date(2009, 3, 10)), ("turn-8", date(2009, 9, 8))]


def test_before_a_handover_gives_way_backwards(gmg: Charter) -> None:
    found = days(gmg, cadence("1 week before handover on saturday"), date(2008, 7, 1), date(2009, 7, 1))
    assert found == [("turn-6-end", date(2008, 12, 19)), ("turn-7-end", date(2009, 6, 19))]


def test_weekends_holidays_of_the_host_and_blackouts_are_given_way_to(changed: Any) -> None:
    charter = changed(
        holidays={"Geneva": [{"day": date(2008, 9, 11), "name": "Jeûne genevois"}]},
        blackouts=[{"from": date(2008, 9, 22), "until": date(2008, 9, 29), "name": "High-level week"}],
    )
    one = cadence("every week on thursday", **{"from": date(2008, 9, 4)})
    found = days(charter, one, date(2008, 9, 1), date(2008, 10, 3))
    assert [day.isoformat() for _, day in found] == [
        "2008-09-04",
        "2008-09-12",
        "2008-09-18",
        "2008-09-29",
        "2008-10-02",
    ]


def test_the_host_is_the_chair_of_the_day(gmg: Charter) -> None:
    laid = terms(gmg, date(2012, 1, 1))
    one = cadence("every month on the first tuesday", **{"from": date(2008, 1, 1)})
    found = {o.day: (o.chair, o.place) for o in occurrences(gmg, one, laid, date(2008, 6, 1), date(2009, 2, 1))}
    assert found[date(2008, 6, 3)] == (("unfpa",), "New York")
    assert found[date(2008, 7, 1)] == (("unhcr",), "Geneva")
    assert found[date(2009, 1, 6)] == (("unicef",), "New York")


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        # Clocks differ by five hours between the changes of the United States and of Europe.
        ("America/New_York", date(2026, 3, 12), 13),
        ("Europe/Zurich", date(2026, 3, 12), 8),
        ("America/New_York", date(2026, 4, 2), 13),
        ("Europe/Zurich", date(2026, 4, 2), 7),
        # Casablanca leaves its usual offset for Ramadan; Beirut changes at midnight.
        ("Africa/Casablanca", date(2026, 2, 12), 8),
        ("Africa/Casablanca", date(2026, 2, 26), 9),
        ("Asia/Beirut", date(2026, 3, 26), 7),
        ("Asia/Beirut", date(2026, 4, 2), 6),
    ],
)
def test_the_instant_is_right_where_clocks_change(gmg: Charter, zone: str, day: date, hour: int) -> None:
    one = cadence("every week on thursday", **{"from": date(2026, 1, 1), "zone": zone, "at": "09:00"})
    laid = terms(gmg, date(2028, 1, 1))
    found = {o.day: o.start for o in occurrences(gmg, one, laid, date(2026, 2, 1), date(2026, 5, 1))}
    assert found[day] == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@given(
    weeks=some.integers(1, 52),
    weekday=some.sampled_from(WEEKDAYS),
    start=some.dates(date(2008, 7, 1), date(2010, 1, 1)),
)
@settings(max_examples=60)
def test_the_same_days_whatever_window_is_looked_at(gmg: Charter, weeks: int, weekday: str, start: date) -> None:
    one = cadence(f"every {weeks} weeks on {weekday}", **{"from": start})
    whole = list(slots(one, (), date(2008, 1, 1), date(2012, 1, 1)))
    halves = [*slots(one, (), date(2008, 1, 1), date(2010, 1, 1)), *slots(one, (), date(2010, 1, 1), date(2012, 1, 1))]
    assert whole == halves
    assert len({slot.key for slot in whole}) == len(whole)
    assert all(WEEKDAYS[slot.day.weekday()] == weekday for slot in whole)
