"""Feeds as another program reads them."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.calendars.lines import clean, escape
from service.calendars.rules import Alarm, Item
from service.calendars.writer import event_bytes, feed_bytes, single_bytes

MODIFIED = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)
TERM = Item(
    uid="turn-1@example.org",
    kind="term",
    start=date(2026, 1, 1),
    end=date(2026, 7, 1),
    summary="Chair: UNHCR",
    status="CONFIRMED",
    sequence=3,
    modified=MODIFIED,
    description="Why",
    place="Geneva",
    url="https://example.org/a,b;c",
    categories=("Chair", "a,b"),
    alarm=Alarm(timedelta(days=7), "In a week"),
)
MEETING = replace(
    TERM,
    kind="meeting",
    start=datetime(2026, 3, 3, 13, tzinfo=UTC),
    end=datetime(2026, 3, 3, 15, tzinfo=UTC),
    zone="Europe/Zurich",
    transparent=False,
)
# Any code point, lone surrogates too, and often those that have broken calendars.
ANY_TEXT = st.text(st.characters(categories=None) | st.sampled_from("\\\\nN;,:\"^'\r\n\t\x00\x85\u2028é🗓"))


def feed(*items: Item, zones: tuple[str, ...] = ("Europe/Zurich",)) -> bytes:
    return feed_bytes(
        name="The group, in turn",
        description="Who chairs; when",
        zones=zones,
        events=map(event_bytes, items),
        refresh=timedelta(hours=1),
    )


def read(data: bytes) -> Any:
    """The calendar, sure to have no property that could not be read."""
    calendar = icalendar.Calendar.from_ical(data)
    assert not [error for part in calendar.walk() for error in part.errors]
    return calendar


def lines(data: bytes) -> list[str]:
    """Unfolded lines, each folded one sure to be of 75 octets and whole characters (RFC 5545 3.1)."""
    assert data.endswith(b"\r\n")
    for line in data[:-2].split(b"\r\n"):
        assert len(line) <= 75
        assert not {octet for octet in line if (octet < 0x20 and octet != 0x09) or octet == 0x7F}
        line.decode()
    return data.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_reads_back_clean_and_adds_no_line(summary: str, other: str) -> None:
    item = replace(
        TERM,
        summary=summary,
        description=f"d{other}",
        place=f"p{other}",
        categories=(f"c{other}",),
        alarm=Alarm(timedelta(days=7), other),
    )
    data = feed(item)
    (event,) = read(data).walk("VEVENT")
    (alarm,) = event.walk("VALARM")
    assert str(event["SUMMARY"]) == clean(summary)
    assert str(event["DESCRIPTION"]) == clean(f"d{other}")
    assert str(event["LOCATION"]) == clean(f"p{other}")
    assert [str(category) for category in event["CATEGORIES"].cats] == [clean(f"c{other}")]
    assert str(alarm["DESCRIPTION"]) == clean(other)
    assert len(lines(data)) == len(lines(feed(replace(TERM, categories=("c",)))))
    # vdirsyncer and others split by every line end that Unicode knows.
    assert len(data.decode().splitlines()) == data.count(b"\r\n")


@given(ANY_TEXT, ANY_TEXT)
def test_any_name_of_a_feed_reads_back(name: str, description: str) -> None:
    data = feed_bytes(
        name=name,
        description=f"d{description}",
        zones=["Asia/Tokyo"],
        events=[],
        refresh=timedelta(days=1),
    )
    calendar = read(data)
    assert str(calendar["DESCRIPTION"]) == clean(f"d{description}")
    # The library does not know NAME (RFC 7986 5.1) and X- for TEXT and reads them as they stand.
    written = lines(data)
    assert {f"{field}:{escape(name)}" for field in ("NAME", "X-WR-CALNAME")} <= set(written)
    assert f"X-WR-CALDESC:d{escape(description)}" in written
    assert len(written) == 12 + 9


def test_a_windows_path_survives() -> None:
    data = feed(replace(TERM, summary="C:\\New"))
    assert "SUMMARY:C:\\\\New" in lines(data)
    assert str(read(data).walk("VEVENT")[0]["SUMMARY"]) == "C:\\New"


def test_a_term_is_whole_days_with_an_exclusive_end() -> None:
    assert lines(event_bytes(TERM)) == [
        "BEGIN:VEVENT",
        "UID:turn-1@example.org",
        "SEQUENCE:3",
        "DTSTAMP:20260102T030405Z",
        "LAST-MODIFIED:20260102T030405Z",
        "DTSTART;VALUE=DATE:20260101",
        "DTEND;VALUE=DATE:20260701",
        "SUMMARY:Chair: UNHCR",
        "DESCRIPTION:Why",
        "LOCATION:Geneva",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "URL:https://example.org/a,b;c",
        "CATEGORIES:Chair,a\\,b",
        "BEGIN:VALARM",
        "UID:alarm-turn-1@example.org",
        "ACTION:DISPLAY",
        "TRIGGER:-P7D",
        "DESCRIPTION:In a week",
        "END:VALARM",
        "END:VEVENT",
    ]


def test_the_header_of_a_feed() -> None:
    written = lines(feed(zones=("Europe/Zurich", "Asia/Tokyo", "Europe/Zurich")))
    assert written[:12] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//gmg//chair//EN",
        "CALSCALE:GREGORIAN",
        "NAME:The group\\, in turn",
        "X-WR-CALNAME:The group\\, in turn",
        "DESCRIPTION:Who chairs\\; when",
        "X-WR-CALDESC:Who chairs\\; when",
        "COLOR:steelblue",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "BEGIN:VTIMEZONE",
    ]
    assert [line for line in written if line.startswith("TZID:")] == ["TZID:Asia/Tokyo", "TZID:Europe/Zurich"]
    assert not [line for line in written if line.startswith(("METHOD", "UID"))]


def test_a_single_event_brings_its_zone_and_no_method() -> None:
    written = lines(single_bytes(MEETING))
    assert "DTSTART;TZID=Europe/Zurich:20260303T140000" in written
    assert "TZID:Europe/Zurich" in written
    assert "TRANSP:OPAQUE" in written
    assert not [line for line in written if line.startswith("METHOD")]
    assert "BEGIN:VTIMEZONE" not in lines(single_bytes(TERM))


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_without_a_zone_instants_are_utc(zone: str | None) -> None:
    written = lines(single_bytes(replace(MEETING, zone=zone)))
    assert {"DTSTART:20260303T130000Z", "DTEND:20260303T150000Z"} <= set(written)
    assert "BEGIN:VTIMEZONE" not in written


def test_the_second_pass_of_a_repeated_hour_is_told_in_utc() -> None:
    again = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 in Zurich for the second time
    item = replace(MEETING, start=again, end=again + timedelta(hours=1))
    written = lines(single_bytes(item))
    assert {"DTSTART:20261025T013000Z", "DTEND:20261025T023000Z"} <= set(written)


@given(
    st.integers(0, 32 * 365 * 86_400).map(lambda n: datetime(2006, 1, 1, tzinfo=UTC) + timedelta(seconds=n)),
    st.timedeltas(timedelta(seconds=1), timedelta(days=9)),
    st.sampled_from([None, "UTC", "Europe/Zurich", "America/Santiago", "Asia/Beirut", "Africa/Casablanca"]),
)
def test_instants_read_back_to_the_second(start: datetime, length: timedelta, zone: str | None) -> None:
    item = replace(MEETING, start=start, end=start + length, zone=zone)
    (event,) = read(single_bytes(item)).walk("VEVENT")
    assert event["DTSTART"].dt.astimezone(UTC) == start
    assert event["DTEND"].dt.astimezone(UTC) == (start + length).replace(microsecond=0)


DAY = date(2026, 1, 1)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(TERM, end=TERM.start),
        replace(TERM, start=DAY, end=DAY - timedelta(days=1)),
        replace(MEETING, start=NOON, end=NOON),
        replace(MEETING, start=NOON, end=NOON + timedelta(microseconds=5)),
        replace(MEETING, start=NOON, end=NOON.astimezone(ZoneInfo("Asia/Tokyo"))),
        replace(TERM, start=DAY, end=NOON),
        replace(TERM, start=NOON, end=DAY),
        replace(MEETING, start=NOON.replace(tzinfo=None)),
        replace(MEETING, modified=NOON.replace(tzinfo=None)),
        replace(MEETING, zone="Europe/Nowhere"),
        replace(TERM, uid="\x00"),
        replace(TERM, url="https://example.org/\r\nATTENDEE:mailto:a@example.org"),
        replace(TERM, alarm=Alarm(timedelta(), "Now")),
    ],
)
def test_an_entry_that_is_no_entry_is_refused(wrong: Item) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        event_bytes(wrong)


@pytest.mark.parametrize("wrong", [{"zones": []}, {"zones": ["X"]}, {"refresh": timedelta()}, {"color": "#12\r\n3"}])
def test_a_feed_that_is_no_feed_is_refused(wrong: dict[str, list[str] | timedelta | str]) -> None:
    right = {"name": "n", "description": "", "zones": ["UTC"], "events": [], "refresh": timedelta(hours=1)}
    with pytest.raises(ValueError, match=r"\w"):
        feed_bytes(**{**right, **wrong})  # type: ignore[arg-type]


def test_the_bytes_are_the_same_in_every_process() -> None:
    script = (
        "import hashlib; from tests.calendars.test_writer import *;"
        "zones = ('Europe/Zurich', 'Asia/Tokyo', 'America/Santiago', 'Africa/Casablanca');"
        "print(hashlib.sha256(feed(TERM, MEETING, zones=zones)).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(seen) == 1
