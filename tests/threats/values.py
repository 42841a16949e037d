"""T4, T12 to T25 and T61: what stands in a field and may not."""

from collections.abc import Iterator
from typing import Any

from tests.conftest import shipped
from tests.threats.rows import MARK, Row, Sent, said

FIRST, SECOND = "working-level-2008-06-26", "working-level-2008-08-07"

# What no single line may hold; in paragraphs a line break and a tab are all right.
CONTROLS = {
    "NUL": "a\0b", "an escape": "a\x1b[31mb", "a bell": "a\x07b", "delete": "a\x7fb", "a C1 control": "a\x9bb",
    "a next line": "a\x85b", "a line separator": "a\u2028b", "a paragraph separator": "a\u2029b",
    "a right-to-left override": "a\u202eb", "an embedding": "a\u202ab", "an isolate": "a\u2066b",
    "a byte order mark": "a\ufeffb", "combining marks": "e" + "\u0301" * 2000,
}  # fmt: skip
BREAKS = {
    "a line break": "a\r\nATTENDEE:x",
    "a carriage return": "a\rb",
    "a line feed": "a\nb",
    "a vertical tab": "a\vb",
}
MAILBOXES = {
    "two at once": "a@b.example, evil@x.example",
    "a header behind it": "a@b.example\r\nBcc: evil@x.example",
    "a quoted local part": '"a b"@c.example',
    "a name before it": f"{MARK} <a@b.example>",
    "an encoded word": "=?utf-8?q?a=0D=0ABcc:_x=40y.z?=@c.example,x@y.example",
    "letters beyond ASCII": "ä@b.example",
    "a domain beyond ASCII": "a@bücher.example",
    "a very long domain": "a@" + "b" * 320 + ".example",
    "a very long local part": "a" * 65 + "@b.example",
    "an address of the internet": "a@[127.0.0.1]",
    "a comment": "a(comment)@b.example",
    "none": MARK,
    "empty": "",
}
LINKS = {
    "a script": "javascript:alert(1)", "data": "data:text/html,x", "plain http": "http://plain.example/",
    "a scheme in capitals": "JAVASCRIPT:alert(1)", "a tab inside": "java\tscript:alert(1)",
    "a relative one": "//x.example",
    "a user": "https://user@host.example/",
    "a quote": "https://host.example/\"onload=x", "a file": "file:///etc/passwd",
}  # fmt: skip


def fields(
    threat: int, path: str, good: dict[str, Any], field: str, values: dict[str, Any], by: str = "secretariat"
) -> Any:
    """One row for each value of one field of a body that is good but for that."""
    for what, value in values.items():
        yield Sent(threat, f"{what} in {field}, {path}", 422, path, said(**good | {field: value}), by=by)


def _texts() -> Iterator[Row]:
    action: dict[str, Any] = {"title": "x", "owner": "ilo"}
    meeting: dict[str, Any] = {"title": "x", "day": "2008-08-20", "at": "15:00"}
    person = {"name": "x", "email": "x@ilo.example", "role": "alternate", "organization": "ilo"}
    chair = {"extend": "2008-07-01", "until": "2009-02-01"}
    yield from fields(4, "/actions", action, "title", CONTROLS)
    yield from fields(4, "/meetings", meeting, "title", CONTROLS, by="chair")
    yield from fields(4, "/people", person, "name", CONTROLS)
    yield from fields(4, "/chair-decisions", chair, "reason", CONTROLS)
    yield from fields(20, "/actions", action, "title", BREAKS)
    yield from fields(20, "/meetings", meeting, "place", BREAKS, by="chair")
    yield from fields(
        20, "/external-events", {"title": "x", "day": "2008-10-27"}, "url", {"a break": "https://x.example/\r\nX:y"}
    )
    yield from fields(21, "/people", person, "name", BREAKS | {"a header behind it": f"x\r\nBcc: {MARK}@x.example"})
    yield from fields(21, "/meetings", meeting, "title", {"a header behind it": "x\r\nBcc: evil@x.example"}, by="chair")
    yield from fields(23, "/people", person, "email", MAILBOXES)
    yield from fields(23, "/actions", action, "assignee", MAILBOXES)
    document = {"title": "x", "url": ""}
    for what, link in LINKS.items():
        yield from fields(25, "/meetings", meeting, "link", {what: link}, by="chair")
        yield from fields(25, "/actions", action, "documents", {what: [document | {"url": link}]})
    yield from fields(
        61, "/actions", action, "owner", {"a homoglyph of an id": "ilо", "wide letters": "ｉｌｏ", "capitals": "ILO"}
    )
    yield from fields(61, "/actions", action, "title", {
        "too long": "x" * 301, "too many emoji": "👩‍👩‍👧‍👦" * 100, "spaces alone": " \u2003 ",
        "four kilobytes of marks": "e" + "\u0301" * 2000,
    })  # fmt: skip
    yield from fields(61, "/actions", action, "text", {"too long": "x" * 4001})


def _days() -> Iterator[Row]:
    days: dict[str, Any] = {
        "30 February": "2008-02-30", "year 9999": "9999-12-31", "year 1": "0001-01-01", "year 10000": "10000-01-01",
        "an integer": 0, "a float": 1.5, "an instant": "2008-05-01T24:00:00Z", "a week": "2008-W30-1",
        "a day of the year": "2008-200", "no dashes": "20080901", "other digits": "２００８-09-01", "true": True,
        "a space": " 2008-09-01", "text": MARK,
    }  # fmt: skip
    hours: dict[str, Any] = {
        "24:00": "24:00", "25:61": "25:61", "a leap second": "12:00:60", "an integer": 900, "an offset": "15:00+02:00",
        "UTC": "15:00Z", "text": MARK,
    }  # fmt: skip
    instants: dict[str, Any] = {
        "naive": "2008-08-05T12:00:00", "a leap second": "2008-08-05T12:00:60Z", "24:30": "2008-08-05T24:30:00Z",
        "an integer": 0, "a day": "2008-08-05", "year 9999 with an offset": "9999-12-31T23:59:59-12:00",
        "year 1 with an offset": "0001-01-01T00:00:00+14:00", "an offset of a day": "2008-08-05T12:00:00+24:00",
        "text": MARK,
    }  # fmt: skip
    action: dict[str, Any] = {"title": "x", "owner": "ilo"}
    meeting: dict[str, Any] = {"title": "x", "day": "2008-08-20", "at": "15:00"}
    yield from fields(13, "/actions", action, "due", days)
    yield from fields(13, "/meetings", meeting, "day", days, by="chair")
    yield from fields(13, "/meetings", meeting, "at", hours, by="chair")
    chair: dict[str, Any] = {"extend": "2008-07-01", "until": "2009-02-01"}
    yield from fields(13, "/chair-decisions", chair, "taken", days)
    yield from fields(13, "/chair-decisions", chair, "extend", {"before the founding": "1999-01-01"})
    poll = {"slots": ["2008-08-05T12:00:00Z", "2008-08-06T12:00:00Z"], "deadline": "2008-07-20T12:00:00Z"}
    yield from fields(13, f"/meetings/{SECOND}/polls", poll, "deadline", instants, by="chair")
    for what, slot in instants.items():
        values = {what: [slot, "2008-08-06T12:00:00Z"]}
        yield from fields(13, f"/meetings/{SECOND}/polls", poll, "slots", values, by="chair")
    zones = {
        "a path": "../../etc/passwd", "unknown": "Europe/Geneva", "an offset": "+02:00", "a rule": "CET-1CEST",
        "a zone in other letters": "Еurope/Zurich", "a NUL": "UTC\0", "a link to none": "posix/../UTC", "empty": "",
    }  # fmt: skip
    yield from fields(14, "/meetings", meeting, "zone", zones, by="chair")
    gap = said(**meeting | {"day": "2009-03-29", "at": "02:30", "zone": "Europe/Zurich"})
    yield Sent(14, "an hour that clocks skip", 422, "/meetings", gap, by="chair", says="03:00")
    # A month ahead of them the United States change their clocks.
    gap = said(**meeting | {"day": "2009-03-08", "at": "02:00", "zone": "America/New_York"})
    yield Sent(14, "the first minute that clocks skip", 422, "/meetings", gap, by="chair", says="03:00")


def _much() -> Iterator[Row]:
    meeting: dict[str, Any] = {"title": "x", "day": "2008-08-20", "at": "15:00"}
    external: dict[str, Any] = {"title": "x", "day": "2008-10-27"}
    text = {"operative": "adopted", "title": "A decision", "text": "The group agrees."}
    yield from fields(15, "/meetings", meeting, "minutes", {
        "ten years": 5_256_000, "nothing": 0, "less than nothing": -60, "half a minute": 0.5, "a truth": True,
    }, by="chair")  # fmt: skip
    yield from fields(15, "/meetings", meeting, "day", {"in a hundred years": "2108-08-20"}, by="chair")
    past = said(**meeting | {"day": "2001-01-01"})
    over = "a day can be read; that it has gone by is a matter of the clock, so it conflicts with how things stand"
    yield Sent(
        15, "a meeting before the founding", 409, "/meetings", past, by="chair", type="meeting-is-over", differs=over
    )
    yield from fields(15, "/meetings", meeting, "members", {
        "30,000 invitees": ["ilo"] * 30_000, "nobody": [], "one twice": ["ilo", "ilo"], "a stranger": [MARK],
    }, by="chair")  # fmt: skip
    invitees = said(**meeting | {"members": ["ilo"] * 50_000})
    why = "fifty thousand invitees are more than a body may hold (256 KiB); thirty thousand are refused by their number"
    yield Sent(15, "50,000 invitees", 413, "/meetings", invitees, by="chair", differs=why)
    yield from fields(
        15, f"/meetings/{SECOND}/order", {}, "items", {"10,000 agenda items": ["i1"] * 10_000}, by="chair"
    )
    yield from fields(15, "/agenda-items", {"title": "x", "member": "ilo"}, "minutes", {"a year": 525_600}, by="own")
    yield from fields(
        15, "/external-events", external, "last", {"an end before the start": "2008-10-26", "ten years": "2018-10-27"}
    )
    backwards = said(**external | {"at": "15:00", "ends": "14:00"})
    yield Sent(15, "hours that run backwards", 422, "/external-events", backwards)
    yield from fields(
        15,
        "/chair-decisions",
        {"vacant": "2008-09-01"},
        "until",
        {"an end before": "2008-07-01", "no time": "2008-09-01"},
    )
    yield from fields(15, "/chair-decisions", {"term": "2008-07-01"}, "appoint", {"a hundred co-chairs": ["iom"] * 100})
    yield from fields(
        15, "/decisions", text, "until", {"yesterday": "2008-05-14", "in ten years": "2018-05-14"}, by="chair"
    )
    present = [{"member": "ilo", "presence": "remote"}] * 5000
    yield from fields(15, f"/meetings/{SECOND}/hold", {}, "present", {"five thousand present": present}, by="chair")
    slots = ["2008-08-05T12:00:00Z", "2008-08-06T12:00:00Z"]
    poll = {"slots": slots, "deadline": "2008-07-20T12:00:00Z"}
    yield from fields(15, f"/meetings/{SECOND}/polls", poll, "slots", {"ten thousand slots": slots * 5000}, by="chair")
    yield from fields(
        15,
        "/meetings/slots",
        {"from": "2008-07-14"},
        "until",
        {"ten years of slots": "2018-07-14", "backwards": "2008-07-01"},
    )
    yield from fields(15, "/actions", {"title": "x", "owner": "ilo"}, "purposes", {"a thousand purposes": [1] * 1000})


def _numbers() -> Iterator[Row]:
    numbers: dict[str, Any] = {
        "2^63": 2**63,
        "-2^63-1": -(2**63) - 1,
        "a text": "1",
        "a fraction": 1.5,
        "a truth": True,
    }
    yield from fields(
        12, "/actions", {"title": "x", "owner": "ilo"}, "purposes", {what: [n] for what, n in numbers.items()}
    )
    # A text is taken for the id of an event there.
    yield from fields(
        12, "/webhooks/{webhook}/replay", {}, "since", {name: n for name, n in numbers.items() if name != "a text"}
    )
    yield from fields(
        12, "/chair-decisions", {"pass": "unhcr", "term": "2008-07-01"}, "pass", {"2^63": 2**63, "long": "9" * 5000}
    )
    yield from fields(
        12, "/meetings", {"title": "x", "day": "2008-08-20", "at": "15:00"}, "freeze", numbers, by="chair"
    )


def _recurrences() -> Iterator[Row]:
    rules = {
        16: ("FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=10", "FREQ=HOURLY", "every 2 seconds", "every minute"),
        17: ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "every month on the 30 february", "every 4 years on the 31 april"),
        18: ("FREQ=YEARLY;COUNT=1000000000", "FREQ=YEARLY;BYMONTHDAY=1,2,3;BYHOUR=1,2,3;BYMINUTE=1,2,3;BYSECOND=1,2,3",
             "every 1000000000 years", "every 0 months on the first monday", "every -1 weeks on monday",
             "every month on the first monday " * 500),
    }  # fmt: skip
    cadence = {"id": "extra", "title": "Extra", "from": "2008-09-01"}
    for threat, texts in rules.items():
        yield from fields(threat, "/cadences", cadence, "when", {text[:40]: text for text in texts})
    yield from fields(
        16, "/cadences", cadence | {"when": "every month on the first monday"}, "rrule", {"a raw rule": "FREQ=SECONDLY"}
    )


def _charters() -> Iterator[Row]:
    """The charter of the group, whole, with one thing in it that may not be."""
    whole = shipped("gmg.yaml").model_dump(mode="json", by_alias=True)
    zones = {"a path": "../../etc/passwd", "unknown": "Europe/Geneva"}
    faults: list[tuple[int, str, str, dict[str, Any]]] = [
        (4, "members", "name", CONTROLS), (14, "members", "timezone", zones),
        (20, "members", "short", BREAKS), (21, "people", "name", {"a header behind it": "x\r\nBcc: evil@x.example"}),
        (23, "people", "email", MAILBOXES), (25, "members", "website", LINKS),
        (15, "people", "appointments", {"ten thousand appointments": whole["people"][0]["appointments"] * 1000}),
    ]  # fmt: skip
    for threat, part, field, wrong in faults:
        first, *rest = whole[part]
        for what, value in wrong.items():
            body = said(**whole | {part: [first | {field: value}, *rest]})
            yield Sent(threat, f"{what} in {part}.{field}, /charter", 422, "/charter", body, "PUT")
    cadence = {"id": "extra", "title": "Extra", "from": "2008-09-01"}
    for what, threat, values in (
        ("a recurrence", 16, [cadence | {"when": "FREQ=SECONDLY"}]), ("a raw one", 16, [{"rrule": "FREQ=SECONDLY"}]),
        ("one that never occurs", 17, ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"]),
        ("one without end", 18, [cadence | {"when": "FREQ=YEARLY;COUNT=1000000000"}]),
    ):  # fmt: skip
        yield Sent(threat, f"{what}, /charter", 422, "/charter", said(**whole | {"cadences": values}), "PUT")
    for what, number in (("2^63", 2**63), ("below zero", -1), ("a text", "1")):
        yield Sent(12, f"a revision of {what}", 422, "/charter", said(**whole | {"revision": number}), "PUT")


def rows() -> Iterator[Row]:
    for part in (_texts, _days, _much, _numbers, _recurrences, _charters):
        yield from part()
