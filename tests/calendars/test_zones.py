"""VTIMEZONE components against `zoneinfo`, read in two ways: by RFC 5545 3.6.5 and by the library."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from itertools import chain, takewhile
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.rrule import rrulestr

from service.calendars.zones import vtimezone_bytes

# The rule of each is yearly today, whatever it was before; so it must hold beyond the horizon as well.
YEARLY = [
    "Africa/Addis_Ababa",
    "Africa/Cairo",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "Asia/Bangkok",
    "Asia/Beirut",
    "Asia/Colombo",
    "Asia/Jerusalem",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/Paris",
    "Europe/Rome",
    "Europe/Vienna",
    "Europe/Zurich",
    "UTC",
]
# Clocks go by Ramadan here, so no yearly rule exists: every change is listed to the end of 2037.
LISTED = ["Africa/Casablanca", "Asia/Gaza"]


def observances(tzid: str) -> list[Any]:
    """The STANDARD and DAYLIGHT parts; Any, since the library types each value as one of thirty."""
    parsed = icalendar.Timezone.from_ical(vtimezone_bytes(tzid))
    assert not [error for part in parsed.walk() for error in part.errors]
    return list(parsed.subcomponents)


def onsets(part: Any) -> list[tuple[datetime, timedelta]]:
    """Each onset of one part before 2060, with the offset from then on."""
    start, shift, offset = part["DTSTART"].dt, part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td
    if "RRULE" not in part:
        return [((start - shift).replace(tzinfo=UTC), offset)]
    recur: Any = icalendar.vRecur(part["RRULE"])
    until = recur.pop("UNTIL", [datetime(2060, 1, 1, tzinfo=UTC)])[0]
    rule = rrulestr(recur.to_ical().decode(), dtstart=start)
    found = ((onset - shift).replace(tzinfo=UTC) for onset in rule)
    return [(onset, offset) for onset in takewhile(lambda onset: onset <= until, found)]


@pytest.mark.parametrize(("tzid", "last"), [(z, 2059) for z in YEARLY] + [(z, 2037) for z in LISTED])
def test_offsets_are_those_of_zoneinfo_at_every_half_day_from_2006(tzid: str, last: int) -> None:
    zone = ZoneInfo(tzid)
    table = sorted(chain.from_iterable(map(onsets, observances(tzid))))
    times = [time for time, _ in table]
    time = datetime(2006, 1, 1, tzinfo=UTC)
    while time.year <= last:
        offset = table[bisect_right(times, time) - 1][1]
        assert offset == time.astimezone(zone).utcoffset(), time
        time += timedelta(hours=12)


@pytest.mark.parametrize("tzid", YEARLY + LISTED)
def test_the_library_reads_the_same_local_noons(tzid: str) -> None:
    """`to_tz` takes UNTIL for local time, as some clients do; hence the noons around each change."""
    parsed: Any = icalendar.Timezone.from_ical(vtimezone_bytes(tzid))
    read = parsed.to_tz(lookup_tzid=False)
    noon, asked = datetime(2006, 1, 2, 12, tzinfo=ZoneInfo(tzid)), set[datetime]()
    while noon.year < 2038:
        before = noon - timedelta(days=1)
        if noon.utcoffset() != before.utcoffset():
            asked |= {before, noon}
        if noon.day == 15:
            asked.add(noon)
        noon += timedelta(days=1)
    for noon in sorted(asked):
        assert noon.replace(tzinfo=read).utcoffset() == noon.utcoffset(), noon


@pytest.mark.parametrize("tzid", YEARLY + LISTED)
def test_what_outlook_needs(tzid: str) -> None:
    """No RDATE anywhere; rules are yearly, and of BYMONTH and BYDAY=<n><day> but for the zones named."""
    assert b"RDATE" not in vtimezone_bytes(tzid)
    for part in observances(tzid):
        if "RRULE" in part:
            assert part["RRULE"]["FREQ"] == ["YEARLY"]
            if "UNTIL" not in part["RRULE"] and tzid not in {"Asia/Jerusalem", "America/Nuuk", "Asia/Gaza"}:
                assert set(part["RRULE"]) == {"FREQ", "BYMONTH", "BYDAY"}
                assert str(part["RRULE"]["BYDAY"][0])[:-2] in {"1", "2", "3", "4", "-1"}


def test_a_zone_of_one_rule_is_the_classic_pair_from_before_2000() -> None:
    assert vtimezone_bytes("Europe/Zurich").decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Zurich",
        "BEGIN:DAYLIGHT",
        "DTSTART:19960331T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:19961027T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


@pytest.mark.parametrize("tzid", ["Asia/Bangkok", "Africa/Addis_Ababa", "Asia/Tokyo", "UTC"])
def test_a_zone_without_changes_is_one_standard_without_a_rule(tzid: str) -> None:
    (part,) = observances(tzid)
    assert part.name == "STANDARD"
    assert "RRULE" not in part


def test_summer_is_daylight_in_dublin_too() -> None:
    assert {(part.name, str(part["TZNAME"])) for part in observances("Europe/Dublin")} == {
        ("DAYLIGHT", "IST"),
        ("STANDARD", "GMT"),
    }


@pytest.mark.parametrize("tzid", ["Europe/Nowhere", "", "../etc/passwd", "/etc/localtime", "Europe", "A\r\nB"])
def test_an_unknown_zone_is_refused(tzid: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        vtimezone_bytes(tzid)
