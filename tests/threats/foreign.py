"""T19, T27, T30 to T32 and T36: files of others, and where a call out may not go."""

from collections.abc import Iterator

from tests.threats.rows import MARK, Row, Sent
from tests.threats.values import fields

CALENDAR: dict[str, str | None] = {"Content-Type": "text/calendar"}
INNER: dict[int, tuple[str, ...]] = {
    30: ("127.0.0.1", "10.1.2.3", "169.254.169.254", "168.63.129.16", "[fd00:ec2::254]", "localhost", "0.0.0.0",
    "[::1]"),
    31: ("2130706433", "0x7f.1", "0177.0.0.1", "127.1", "①②⑦.⓪.⓪.①", "user@93.184.215.14", "127.0.0.1."),
    32: ("[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "[fec0::1]", "224.0.0.1",
         "192.88.99.1"),
}  # fmt: skip


def _event(*lines: str) -> bytes:
    body = "\r\n".join(("BEGIN:VEVENT", "UID:x", "DTSTAMP:20080101T000000Z", *lines, "END:VEVENT"))
    return body.encode() + b"\r\n"


def _calendar(*parts: bytes) -> bytes:
    head = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n"
    return head + b"".join(parts) + b"END:VCALENDAR\r\n"


def _files() -> Iterator[Row]:
    start = "DTSTART:20080901T090000Z"
    hours = ",".join(map(str, range(24)))
    rule = b"BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
    zone = b"BEGIN:VTIMEZONE\r\nTZID:X\r\n" + (rule + b"RRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n") * 1500
    deep = b"BEGIN:VEVENT\r\n" * 8000 + b"END:VEVENT\r\n" * 8000
    files = {
        "by the second": (422, _calendar(_event(start, "RRULE:FREQ=SECONDLY"))),
        "a rule that never occurs": (422, _calendar(_event(start, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"))),
        "a cross product": (422, _calendar(_event(start, f"RRULE:FREQ=YEARLY;BYHOUR={hours};BYMINUTE=1"))),
        "thousands of events": (422, _calendar(*[_event(start)] * 2500)),
        "two thousand extra dates": (422, _calendar(_event(start, "RDATE:" + ",".join(["20080902T090000Z"] * 2000)))),
        "parts in parts": (422, _calendar(deep)),
        "ten megabytes": (413, b"x" * 10_000_000),
        "fifty thousand events": (413, _calendar(*[_event(start)] * 50_000)),
        "a line of a megabyte": (413, _calendar(_event(start, "SUMMARY:" + "x" * 1_000_000))),
        "a zone made of rules": (422, _calendar(zone + b"END:VTIMEZONE\r\n", _event("DTSTART;TZID=X:20080901T090000"))),
        "no calendar": (422, b"hello " + MARK.encode()),
    }
    for what, (status, body) in files.items():
        # Each costs a process of its own, so only one is sent to every door that reads such a file.
        doors = ("/external-events/import", "/members/ilo/busy", "/meetings/replies")
        for path in doors if what == "no calendar" else doors[:1]:
            yield Sent(19, f"{what}, {path}", status, path, body, headers=CALENDAR)


def _targets() -> Iterator[Row]:
    hook = {"member": "ilo"}
    for threat, hosts in INNER.items():
        yield from fields(threat, "/webhooks", hook, "url", {host: f"https://{host}/hook" for host in hosts})
    ports = {f"port {port}": f"https://93.184.215.14:{port}/" for port in (22, 25, 80, 6379)}
    yield from fields(36, "/webhooks", hook, "url", ports | {"http": "http://93.184.215.14/"})
    other = {"channel": "slack", "label": "x"}
    for threat, hosts in INNER.items():
        yield from fields(
            threat, "/me/contacts", other, "url", {host: f"https://{host}/hook" for host in hosts}, by="own"
        )
    kinds = ("json://127.0.0.1", "syslog://", "dbus://", "file:///etc/passwd", "mailto://x", "telegram", "email")
    link = {"label": "x", "url": "https://hooks.slack.com/services/T0/B0/x"}
    yield from fields(27, "/me/contacts", link, "channel", {kind: kind for kind in kinds}, by="own")
    yield from fields(27, "/me/contacts", other, "url", {kind: kind for kind in kinds}, by="own")


def rows() -> Iterator[Row]:
    yield from _files()
    yield from _targets()
