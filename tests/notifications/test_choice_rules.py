"""How a message reaches its reader, as rules: forms, digests, quiet hours, the throttle, and who stands in."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.groups.charter import Appointment
from service.notifications.choices.away import places, stands_for
from service.notifications.choices.rules import (
    THROTTLE,
    Absence,
    Habits,
    digest_due,
    route,
    stands_in,
    wakes,
)
from service.notifications.kinds import FORMS, KINDS, Form
from service.zones import day_in, instant_at

ZONES = ["Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca"]
INSTANTS = st.integers(0, 3 * 366 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
HOURS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
LONG = timedelta(days=60)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@given(st.sampled_from(list(KINDS.values())), st.sampled_from(FORMS), INSTANTS, st.booleans())
def test_a_duty_is_never_switched_off_nor_put_off_into_a_digest(kind, form: Form, now, merges) -> None:  # type: ignore[no-untyped-def]
    way = route(kind, form, Habits("Europe/Zurich"), now, now + LONG, [now] * 100, merges)
    if kind.is_duty:
        assert way == ("pending", now)
    elif form == "none" and kind.may_be_none:
        assert way.state == "declined"


@given(INSTANTS, st.sampled_from(ZONES), st.sampled_from(["daily", "weekly"]))
def test_a_digest_comes_on_a_working_day_at_the_readers_hour_and_before_long(now, zone, form) -> None:  # type: ignore[no-untyped-def]
    due = digest_due(form, Habits(zone), now)
    day = day_in(due, zone)
    assert now < due <= now + timedelta(days=8 if form == "weekly" else 4)
    assert day.weekday() < 5
    assert due == instant_at(day, time(9), zone)
    if form == "weekly":
        assert day.weekday() == 0


def test_a_weekly_digest_waits_for_the_day_after_a_holiday() -> None:
    monday = date(2026, 12, 28)
    due = digest_due("weekly", Habits("Europe/Zurich", frozenset({monday})), datetime(2026, 12, 25, tzinfo=UTC))
    assert day_in(due, "Europe/Zurich") == monday + timedelta(days=1)


def test_what_would_come_too_late_in_a_digest_goes_at_once() -> None:
    kind = KINDS["meetings"]
    assert route(kind, "weekly", Habits("Europe/Zurich"), NOON, NOON + timedelta(hours=3), [], True).state == "pending"
    assert route(kind, "weekly", Habits("Europe/Zurich"), NOON, NOON + LONG, [], True).state == "gathered"


def test_what_carries_an_entry_for_a_calendar_is_not_gathered() -> None:
    habits = Habits("Europe/Zurich")
    assert route(KINDS["meetings"], "daily", habits, NOON, NOON + LONG, [NOON] * 100, False) == ("pending", NOON)


@given(INSTANTS, st.sampled_from(ZONES), HOURS, HOURS)
def test_quiet_hours_end_within_a_day_and_are_over_then(at, zone, first, last) -> None:  # type: ignore[no-untyped-def]
    habits = Habits(zone, quiet_from=first, quiet_until=last)
    awake = wakes(habits, at)
    assert at <= awake <= at + timedelta(hours=25)
    assert wakes(habits, awake) == awake


@given(st.sampled_from(["at-once", "daily", "weekly"]), INSTANTS, st.sampled_from(ZONES), HOURS, HOURS, st.booleans())
def test_nothing_comes_in_quiet_hours_however_it_was_held(form, now, zone, first, last, crowded) -> None:  # type: ignore[no-untyped-def]
    habits = Habits(zone, quiet_from=first, quiet_until=last)
    way = route(KINDS["meetings"], form, habits, now, now + LONG, [now] * 30 if crowded else [], True)
    assert wakes(habits, way.at) == way.at


@pytest.mark.parametrize(
    ("at", "wake"),
    [
        ("2026-11-25T21:30", "2026-11-26T06:00"),  # 22:30 in Zurich
        ("2026-11-26T05:59", "2026-11-26T06:00"),
        ("2026-11-26T06:00", "2026-11-26T06:00"),
        ("2026-11-25T20:59", "2026-11-25T20:59"),
    ],
)
def test_quiet_hours_may_pass_midnight(at: str, wake: str) -> None:
    habits = Habits("Europe/Zurich", quiet_from=time(22), quiet_until=time(7))
    found = wakes(habits, datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(wake).replace(tzinfo=UTC)


def test_quiet_hours_never_make_a_message_too_late() -> None:
    habits = Habits("Europe/Zurich", quiet_from=time(0), quiet_until=time(23))
    assert route(KINDS["chair"], "at-once", habits, NOON, NOON + timedelta(hours=1), [], False).at == NOON
    assert route(KINDS["chair"], "at-once", habits, NOON, NOON + LONG, [], False).at > NOON
    assert route(KINDS["sign-in"], "at-once", habits, NOON, NOON + LONG, [], False).at == NOON


@given(st.lists(st.integers(0, 7200), max_size=60))
def test_the_throttle_holds_whatever_comes(offsets: list[int]) -> None:
    """Whatever the order of messages, no more than so many go out one by one in any span of the throttle."""
    went: list[datetime] = []
    for offset in sorted(offsets):
        now = NOON + timedelta(seconds=offset)
        if route(KINDS["people"], "at-once", Habits("Europe/Zurich"), now, now + LONG, went, True).state == "pending":
            went.append(now)
    for span, most in THROTTLE:
        assert all(sum(at - span < one <= at for one in went) <= most for at in went)


def test_the_alternate_of_an_alternate_reads_while_both_are_away() -> None:
    day = date(2026, 11, 25)
    away = {
        "ana": [Absence(date(2026, 11, 20), date(2026, 12, 1), "ben")],
        "ben": [Absence(day, date(2026, 11, 26), "cleo")],
    }
    assert stands_in("ana", away, day) == "cleo"
    assert stands_in("ana", away, date(2026, 11, 26)) == "ben"
    assert stands_in("ana", away, date(2026, 12, 1)) == "ana"


@given(st.dictionaries(st.sampled_from("abcd"), st.sampled_from("abcd")))
def test_alternates_that_name_each_other_end_somewhere(pairs: dict[str, str]) -> None:
    away = {one: [Absence(date(2026, 1, 1), date(2027, 1, 1), other)] for one, other in pairs.items()}
    for one in "abcd":
        assert stands_in(one, away, date(2026, 6, 1)) in "abcd"


def role(organization: str | None, begin: str, until: str | None = None, role: str = "alternate") -> Appointment:
    return Appointment.model_validate(
        {"organization": organization, "role": role, "from": begin, "until": until}
    )  # fmt: skip


def test_who_stands_in_serves_all_that_the_other_serves_on_each_day() -> None:
    june, july = role("ilo", "2008-06-01").from_, role("ilo", "2008-07-01").from_
    ilo, iom = role("ilo", "2008-01-01"), role("iom", "2008-01-01")
    assert stands_for([ilo], [ilo, iom], june, july)
    assert not stands_for([ilo, iom], [ilo], june, july), "what is for IOM would reach somebody of ILO"
    assert not stands_for([ilo], [role("ilo", "2008-01-01", "2008-06-30")], june, july)
    assert stands_for([ilo], [role("ilo", "2008-01-01", "2008-07-01")], june, july)
    assert stands_for([ilo], [role("ilo", "2008-01-01", "2008-06-10"), role("ilo", "2008-06-10")], june, july)
    assert not stands_for([ilo], [role("ilo", "2008-01-01", role="observer")], june, july)
    assert not stands_for([role(None, "2008-01-01", role="observer")], [ilo], june, july), "a guest has nothing to do"
    keeper = role(None, "2008-01-01", role="secretariat")
    assert stands_for([keeper], [keeper, ilo], june, july)
    assert not stands_for([keeper], [ilo], june, july)
    assert places([keeper, ilo], june) == {"", "ilo"}
