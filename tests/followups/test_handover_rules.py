"""Which handovers there are, when they open, when their sides are asked, and on which side a member is."""

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from service.followups.handovers.rules import ASKS, asks, boundaries, near, side_of, state
from service.rotation.engine import terms
from tests.rotation.build import day, recorded
from tests.rotation.build import group as built

A_DAY = timedelta(days=1)


def test_a_handover_is_where_the_chair_changes_and_covers_all_days_of_the_chair_before() -> None:
    history = [
        recorded("2008-01", "2008-04", "a"),
        recorded("2008-04", "2008-07", "a", "extended"),
        recorded("2008-07", "2009-01", "b"),
    ]
    laid = terms(built("ab", history=history, rotation=[]), day("2009-01"))
    (found,) = boundaries(laid)
    assert (found.key, found.since, found.day, found.until) == (
        "turn-3", day("2008-01-01"), day("2008-07-01"), day("2009-01-01"),
    )  # fmt: skip
    assert (found.chair("outgoing"), found.chair("incoming")) == (("a",), ("b",))


def test_near_are_the_last_two_and_the_next_two() -> None:
    found = list(boundaries(terms(built("ab", months=1), day("2009-01"))))
    days = [one.day for one in near(found, day("2008-05-01"))]
    assert days == [day(f"2008-0{month}-01") for month in (4, 5, 6, 7)]
    assert [one.day for one in near(found, day("2008-01-15"))] == [day("2008-02-01"), day("2008-03-01")]


def test_a_handover_opens_thirty_days_ahead_and_is_overdue_from_the_day_after() -> None:
    boundary = date(2008, 7, 1)
    stands = [state(boundary + days * A_DAY, boundary, confirmed=False) for days in (31, 30, 0, -1)]
    assert stands == ["ahead", "open", "open", "overdue"]
    assert state(boundary, date(2009, 1, 1), confirmed=True) == "confirmed"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sets(st.integers(0, 60)))
def test_nobody_is_asked_more_than_eight_times_nor_on_a_day_of_rest(boundary: date, rests: set[int]) -> None:
    holidays = {boundary + days * A_DAY for days in rests}
    found = asks(boundary, time(9), "Asia/Bangkok", holidays)
    assert 1 <= len(found) <= ASKS
    assert found == sorted(set(found))
    for instant in found:
        asked = (instant + timedelta(hours=7)).date()
        assert asked >= boundary
        assert asked.weekday() < 5
        assert asked not in holidays


def test_who_stays_in_the_chair_is_on_both_sides() -> None:
    history = [recorded("2008-01", "2008-07", "ab", "appointed"), recorded("2008-07", "2009-01", "b")]
    (found,) = boundaries(terms(built("abc", history=history, rotation=[]), day("2009-01")))
    assert side_of(found, "a", None) == "outgoing"
    assert side_of(found, "b", None) is None
    assert side_of(found, "b", "incoming") == "incoming"
    assert side_of(found, "a", "incoming") is side_of(found, "c", None) is None
