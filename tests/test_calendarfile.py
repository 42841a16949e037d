"""Calendar files that others send: real ones are understood, hostile ones refused, none costs more than its bound."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from service.calendarfile import CalendarFile, FoundEvent, child, read_calendar
from service.calendarfile.reading import Fault, read
from service.problems import Problem

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)

OUTLOOK = """BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:040000008200E00074C5B7101A82E008
DTSTAMP:20260101T000000Z
DTSTART;TZID="W. Europe Standard Time":20260706T090000
DTEND;TZID="W. Europe Standard Time":20260706T100000
SUMMARY:Staff meet
 ing
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""


def calendar(*events: str, method: str | None = None) -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", *([f"METHOD:{method}"] if method else [])]
    return "\r\n".join([*head, *events, "END:VCALENDAR", ""]).encode()


def event(*lines: str, uid: str = "a@x") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"])


def found(body: bytes, zone: str = "Europe/Zurich") -> list[dict[str, Any]]:
    """What the child would say, without its process."""
    events: list[dict[str, Any]] = read(body, SINCE, UNTIL, zone)["events"]
    return events


def test_a_real_file_through_the_real_child() -> None:
    (one,) = read_calendar(OUTLOOK.encode(), since=SINCE, until=UNTIL, zone="UTC").events
    assert isinstance(one, FoundEvent)
    assert (one.start, one.end) == (datetime(2026, 7, 6, 7, tzinfo=UTC), datetime(2026, 7, 6, 8, tzinfo=UTC))
    assert (one.summary, one.transparent) == ("Staff meeting", False)


def test_line_ends_and_marks_of_any_kind() -> None:
    for text in (OUTLOOK, OUTLOOK.replace("\n", "\r\n"), "\ufeff" + OUTLOOK):
        assert len(found(text.encode())) == 1


def test_days_floating_times_and_zones() -> None:
    day = event("DTSTART;VALUE=DATE:20260706", "SUMMARY:Day off")
    floating = event("DTSTART:20260706T090000", "DURATION:PT1H")
    google = event("DTSTART;TZID=America/New_York:20260706T090000", "DTEND;TZID=America/New_York:20260706T093000")
    strange = event("DTSTART;TZID=Mars/Olympus:20260706T090000")
    starts = [(one["start"], one["end"]) for one in found(calendar(day, floating, google, strange))]
    assert starts == [
        ("2026-07-06", "2026-07-07"),
        ("2026-07-06T07:00:00+00:00", "2026-07-06T08:00:00+00:00"),
        ("2026-07-06T13:00:00+00:00", "2026-07-06T13:30:00+00:00"),
        ("2026-07-06T07:00:00+00:00", "2026-07-06T07:00:00+00:00"),
    ]
    (shown,) = read_calendar(calendar(day), since=SINCE, until=UNTIL, zone="UTC").events
    assert shown.start == date(2026, 7, 6)


def test_a_week_that_recurs_across_the_change_of_clocks() -> None:
    weekly = event(
        "DTSTART;TZID=Europe/Zurich:20260316T090000",
        "DTEND;TZID=Europe/Zurich:20260316T100000",
        "RRULE:FREQ=WEEKLY;COUNT=5",
        "EXDATE;TZID=Europe/Zurich:20260323T090000",
    )
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Zurich:20260406T090000",
        "DTSTART;TZID=Europe/Zurich:20260407T110000",
        "DTEND;TZID=Europe/Zurich:20260407T120000",
    )
    starts = [one["start"][:16] for one in found(calendar(weekly, moved))]
    assert starts == ["2026-03-16T08:00", "2026-03-30T07:00", "2026-04-13T07:00", "2026-04-07T09:00"]


def test_what_lies_outside_of_the_window_is_left_out() -> None:
    old = event("DTSTART:20200101T090000Z", "DTEND:20200101T100000Z")
    ever = event("DTSTART:20200101T090000Z", "DTEND:20200101T100000Z", "RRULE:FREQ=MONTHLY;BYMONTHDAY=1")
    starts = [one["start"][:7] for one in found(calendar(old, ever))]
    assert starts == [f"2026-{month:02}" for month in range(1, 13)]


def test_a_reply_is_read_as_it_stands() -> None:
    attendee = 'ATTENDEE;PARTSTAT=DELEGATED;CN="Ms X";DELEGATED-TO="mailto:D@x.example":MAILTO:Focal@x.example'
    body = calendar(event("DTSTART:20200101T090000Z", "SEQUENCE:3", attendee), method="REPLY")
    answer = read_calendar(body, since=SINCE, until=UNTIL, zone="UTC")
    assert answer.method == "REPLY"
    (one,) = answer.events
    assert (one.sequence, one.stamp) == (3, datetime(2026, 1, 1, tzinfo=UTC))
    (said,) = one.attendees
    assert (said.address, said.name, said.partstat) == ("focal@x.example", "Ms X", "DELEGATED")
    assert said.delegated_to == "d@x.example"


def test_text_is_clean_and_bounded() -> None:
    wild = event("DTSTART:20260706T090000Z", "SUMMARY:a\u202eb\x07c\u2028d" + "e" * 1000, "URL:javascript:alert(1)")
    (one,) = found(calendar(wild))
    assert one["summary"] == ("abcd" + "e" * 1000)[:300]
    assert one["url"] is None


REFUSED = {
    "nothing": b"",
    "no calendar": b"hello",
    "UTF-16": OUTLOOK.encode("utf-16"),
    "a broken line": b"BEGIN:VCALENDAR\r\nBEGIN",
    "another component": b"BEGIN:VCARD\r\nEND:VCARD\r\n",
    "by the second": calendar(event("DTSTART:20260101T000000Z", "RRULE:FREQ=SECONDLY")),
    "by the minute": calendar(event("DTSTART:20260101T000000Z", "RRULE:FREQ=MINUTELY;COUNT=10")),
    "30 February": calendar(event("DTSTART:20260101T000000Z", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")),
    "a cross product": calendar(
        event("DTSTART:20260101T000000Z", f"RRULE:FREQ=YEARLY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE=1")
    ),
    "too many dates": calendar(event("DTSTART:20260101T000000Z", "RDATE:" + ",".join(["20260102T000000Z"] * 900))),
    "two rules": calendar(event("DTSTART:20260101T000000Z", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY")),
    "end before start": calendar(event("DTSTART:20260102T000000Z", "DTEND:20260101T000000Z")),
    "a day and a time": calendar(event("DTSTART;VALUE=DATE:20260102", "DTEND:20260103T000000Z")),
    "no start": calendar(event("SUMMARY:x")),
    "year 9999": calendar(event("DTSTART:99991231T235959Z", "DTEND:99991231T235959Z")),
    "50,000 events": calendar(*[event("DTSTART:20260102T000000Z")] * 1001),
    "position": calendar(event("DTSTART:20260101T000000Z", "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1")),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_files_are_refused_with_a_reason(name: str) -> None:
    with pytest.raises(Fault) as refused:
        found(REFUSED[name])
    assert len(str(refused.value)) > 20


@pytest.mark.parametrize("name", ["by the second", "30 February", "no calendar"])
def test_a_refusal_is_a_problem_for_the_client(name: str) -> None:
    with pytest.raises(Problem) as refused:
        read_calendar(REFUSED[name], since=SINCE, until=UNTIL, zone="UTC")
    assert (refused.value.status, refused.value.type) == (422, "invalid-calendar")


def test_a_rule_without_end_gives_what_the_window_holds() -> None:
    endless = event("DTSTART:20260101T090000Z", "RRULE:FREQ=DAILY;COUNT=1000000000")
    assert len(found(calendar(endless))) == 365 - 1
    gone = event(
        "DTSTART:20260101T090000Z",
        "RRULE:FREQ=DAILY;COUNT=3",
        "EXDATE:20260101T090000Z,20260102T090000Z,20260103T090000Z",
    )
    assert found(calendar(gone)) == []


def test_a_large_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(Problem) as refused:
        read_calendar(b"x" * 10_000_000, since=SINCE, until=UNTIL, zone="UTC")
    assert refused.value.status == 413


def test_a_file_that_costs_too_much_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is the child's own: a child that works on for ever is ended by it."""
    endless = (
        "from service.calendarfile import child, reading\n"
        "reading.read = lambda *_: exec('while True: pass')\n"
        "child.main()"
    )
    run = subprocess.run
    asked: list[list[str]] = []

    def instead(command: list[str], **more: Any) -> Any:
        asked.append(command)
        return run([sys.executable, "-c", endless, command[-1]], **more)

    monkeypatch.setattr(subprocess, "run", instead)
    monkeypatch.setattr(child, "CPU_SECONDS", 2)
    with pytest.raises(Problem) as refused:
        read_calendar(calendar(), since=SINCE, until=UNTIL, zone="UTC")
    assert (refused.value.status, refused.value.type) == (422, "invalid-calendar")
    assert json.loads(asked[0][-1])["zone"] == "UTC"


PARTS = some.sampled_from(
    """BEGIN:VEVENT|END:VEVENT|BEGIN:VCALENDAR|END:VCALENDAR|DTSTART:20260101T000000Z|DTEND:20260101|DURATION:-P1D
RRULE:FREQ=DAILY|RRULE:FREQ=YEARLY;BYMONTHDAY=-32;BYMONTH=13|RRULE:|RRULE:FREQ=WEEKLY;UNTIL=x|EXDATE:20260101
RDATE;VALUE=PERIOD:20260101T000000Z/PT1H|SEQUENCE:x|SEQUENCE:99999999999999999999|ATTENDEE:x|UID:
DTSTART;TZID=x:20260101T000000|SUMMARY:\\|RECURRENCE-ID:20260101|BEGIN:VTIMEZONE|END:VTIMEZONE|TZID:x
BEGIN:VALARM|X|:|;|""".replace("\n", "|").split("|")
)


@given(some.lists(PARTS, max_size=25), some.binary(max_size=30))
@settings(max_examples=300)
def test_no_file_does_any_harm(lines: list[str], tail: bytes) -> None:
    """Anything gives events or a fault with its reason; nothing else gets out."""
    for body in ("\r\n".join(lines).encode() + tail, calendar(event(*lines))):
        try:
            assert isinstance(found(body), list)
        except Fault:
            continue


def test_what_a_reader_may_rely_on() -> None:
    assert read_calendar(calendar(), since=SINCE, until=UNTIL, zone="UTC") == CalendarFile(None, [])
    with pytest.raises(ValueError, match="500 days"):
        read_calendar(b"", since=SINCE, until=datetime(2036, 1, 1, tzinfo=UTC), zone="UTC")
