"""Meetings and external events in feeds: what the public sees, what the group's own people see."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.calendars import entries
from service.calendars.writer import event_bytes
from service.database import writing
from service.meetings.changing import change
from service.meetings.queries import meeting_row
from tests.access.conftest import Tokens
from tests.conftest import Time, events_of
from tests.meetings.conftest import BASE, FIRST, OTHER, Send, at

Found = dict[str, Any]


@pytest.fixture
def feed(client: TestClient) -> Callable[[str], Found]:
    """The meetings of a feed by their start."""

    def read(name: str) -> Found:
        answer = client.get(f"/calendars/{name}.ics")
        assert answer.status_code == 200
        return {f"{event.decoded('DTSTART'):%Y-%m-%d}": event for event in events_of(answer.content)}

    return read


def test_the_public_feed_has_title_and_date_alone(feed: Callable[[str], Found], send: Send) -> None:
    send(f"/meetings/{FIRST}/edit", link="https://meet.example/gmg")
    assert str(feed("gmg/meetings")["2008-06-26"]["STATUS"]) == "TENTATIVE"
    send(f"/meetings/{FIRST}/call")
    event = feed("gmg/meetings")["2008-06-26"]
    assert (str(event["SUMMARY"]), str(event["STATUS"])) == ("GMG: Working-level meeting", "CONFIRMED")
    assert not {"LOCATION", "DESCRIPTION", "CONFERENCE"} & set(event)
    assert "2008-06-26" in feed("gmg")
    assert "2008-06-26" not in feed("gmg/chair")


def test_a_members_feed_has_its_terms_and_the_meetings(
    feed: Callable[[str], Found], client: TestClient, secretariat: dict[str, str]
) -> None:
    group = {
        "id": "data",
        "title": "Data",
        "when": "every month on the first monday",
        "from": "2008-07-01",
        "members": ["ilo"],
    }
    client.post(f"{BASE}/cadences", json=group, headers=secretariat | {"Idempotency-Key": "a"})
    ilo, iom = feed("gmg/members/ilo"), feed("gmg/members/iom")
    assert "2008-06-26" in ilo
    assert ("2008-07-07" in ilo, "2008-07-07" in iom) == (True, False)
    terms = [event for event in ilo.values() if "chairs" in event["SUMMARY"]]
    assert terms
    assert all(event["SUMMARY"] == "ILO chairs GMG" for event in terms)
    assert client.get("/calendars/gmg/members/nobody.ics").status_code == 404
    assert client.get("/calendars/gmg/members/eca.ics").status_code == 404
    assert client.head("/calendars/gmg/members/ilo.ics").status_code == 200


def test_a_persons_own_feed_has_place_and_way_in(
    feed: Callable[[str], Found], client: TestClient, send: Send, token: Tokens
) -> None:
    send(f"/meetings/{FIRST}/edit", link="https://meet.example/gmg")
    send(f"/meetings/{FIRST}/call")
    address = f"p/{token(OTHER, kind='feed')}/gmg"
    own, public = feed(address)["2008-06-26"], feed("gmg/meetings")["2008-06-26"]
    assert (str(own["LOCATION"]), str(own["CONFERENCE"])) == ("New York", "https://meet.example/gmg")
    assert (own["UID"], own["SEQUENCE"]) == (public["UID"], public["SEQUENCE"])
    assert client.post(f"/calendars/{address}.ics").status_code == 405


def test_a_cancelled_meeting_stays_until_its_day_has_passed(
    feed: Callable[[str], Found], send: Send, time: Time
) -> None:
    send(f"/meetings/{FIRST}/call")
    send(f"/meetings/{FIRST}/cancel", reason="No time.")
    assert str(feed("gmg/meetings")["2008-06-26"]["STATUS"]) == "CANCELLED"
    time.at = at("2008-06-26T20:00")
    assert "2008-06-26" in feed("gmg/meetings")
    time.at = at("2008-06-27T08:00")
    assert "2008-06-26" not in feed("gmg/meetings")


def test_a_change_to_one_meeting_serialises_one_entry(
    engine: Engine, client: TestClient, group: str, monkeypatch: pytest.MonkeyPatch, feed: Callable[[str], Found]
) -> None:
    feed("gmg/meetings")
    written: list[str] = []

    def counted(item: Any) -> bytes:
        written.append(item.uid)
        return event_bytes(item)

    monkeypatch.setattr(entries, "event_bytes", counted)
    with writing(engine) as session:
        row = meeting_row(session, group, FIRST)
        change(session, row, "meeting.edited", title="Another title")
        uid = row.uid
    assert written == [uid, uid], "for the public, and for the group's own people"
    assert "Another title" in feed("gmg/meetings")["2008-06-26"]["SUMMARY"]
    assert written == [uid, uid]


def test_a_feed_that_cannot_be_made_is_no_empty_calendar(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("planted")

    monkeypatch.setattr("service.calendars.feeds.feed_bytes", broken)
    answer = client.get("/calendars/gmg/meetings.ics")
    assert answer.status_code == 500
    assert b"VCALENDAR" not in answer.content


def test_external_events_by_hand(feed: Callable[[str], Found], client: TestClient, send: Send) -> None:
    said = {
        "title": "Global Forum",
        "day": "2008-10-27",
        "last": "2008-10-30",
        "place": "Manila",
        "url": "https://gfmd.example",
    }
    made = send("/external-events", etag="", **said)
    assert made.status_code == 201
    event = feed("gmg")["2008-10-27"]
    assert (str(event["LOCATION"]), str(event["TRANSP"]), event.decoded("DTEND").isoformat()) == (
        "Manila",
        "TRANSPARENT",
        "2008-10-31",
    )
    assert "2008-10-27" not in feed("gmg/meetings")
    id_ = made.json()["id"]
    changed = send(
        f"/external-events/{id_}/edit", etag='"1"', **(said | {"at": "09:00", "ends": "17:00", "zone": "Asia/Manila"})
    )
    assert changed.json()["start"] == "2008-10-27T01:00:00Z"
    assert send(f"/external-events/{id_}/withdraw", etag='"1"').status_code == 412
    assert send(f"/external-events/{id_}/withdraw", etag='"2"').json()["withdrawn"] is True
    assert str(feed("gmg")["2008-10-27"]["STATUS"]) == "CANCELLED"


@pytest.mark.parametrize(
    "body",
    [
        {"last": "2008-10-01"},
        {"last": "2009-10-01"},
        {"ends": "10:00"},
        {"at": "10:00", "ends": "09:00"},
        {"url": "javascript:alert(1)"},
        {"zone": "Mars/Olympus"},
        {"title": "a\r\nb"},
    ],
)
def test_external_events_that_make_no_sense(send: Send, body: Found) -> None:
    assert send("/external-events", etag="", **({"title": "Forum", "day": "2008-10-27"} | body)).status_code == 422


def calendar(*events: str) -> bytes:
    whole = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", *events, "END:VCALENDAR", ""])
    return whole.encode()


def event(uid: str, *lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20080101T000000Z", *lines, "END:VEVENT"])


def test_external_events_from_a_file_are_brought_up_to_date(
    feed: Callable[[str], Found], client: TestClient, chair: dict[str, str], member: dict[str, str]
) -> None:
    def take(body: bytes, headers: dict[str, str] = chair) -> Any:
        headers = headers | {"Content-Type": "text/calendar"}
        return client.post(f"{BASE}/external-events/import", content=body, headers=headers)

    forum = event("forum@x", "DTSTART;VALUE=DATE:20081027", "DTEND;VALUE=DATE:20081031", "SUMMARY:Forum")
    talk = event(
        "talk@x", "DTSTART:20080910T080000Z", "DTEND:20080910T100000Z", "SUMMARY:Talk\\nX", "URL:https://x.example"
    )
    assert take(calendar(forum, talk)).json() == {"found": 2, "new": 2, "changed": 0, "left_out": 0}
    assert take(calendar(forum, talk)).json() == {"found": 2, "new": 0, "changed": 0, "left_out": 0}
    renamed = take(calendar(forum.replace("Forum", "The Forum"))).json()
    assert renamed == {"found": 1, "new": 0, "changed": 1, "left_out": 0}
    far = event("far@x", "DTSTART;VALUE=DATE:20101027", "SUMMARY:Far")
    assert str(feed("gmg")["2008-10-27"]["SUMMARY"]) == "The Forum"
    assert take(calendar(far)).json() == {"found": 0, "new": 0, "changed": 0, "left_out": 1}
    assert take(calendar(forum), member).status_code == 403
    assert take(b"x" * 10_000_000).status_code == 413
    assert take(b"nothing of a calendar").status_code == 422
    assert client.post(f"{BASE}/external-events/import", content=b"x", headers=chair).status_code == 415


def test_busy_times_move_the_slot(
    client: TestClient, send: Send, member: dict[str, str], chair: dict[str, str]
) -> None:
    window = {"from_": "2008-06-10", "until": "2008-06-11", "minutes": 90, "limit": 3}
    before = send("/meetings/slots", etag="", **window).json()
    best = before["slots"][0]["start"]
    stations = {one["member"]: one for one in before["slots"][0]["members"]}
    assert len({one["zone"] for one in stations.values()}) == 8
    assert set(stations) >= {"ilo", "eca", "escap", "eclac", "escwa", "ece"}
    assert before["why"]
    assert stations["escap"]["start"].endswith("+07:00")
    busy = event("b", f"DTSTART:{best.replace('-', '').replace(':', '')}", "DURATION:PT3H", "SUMMARY:Secret matter")
    taken = client.post(
        f"{BASE}/members/ilo/busy", content=calendar(busy), headers=member | {"Content-Type": "text/calendar"}
    ).json()
    assert taken["periods"] == 1
    after = send("/meetings/slots", etag="", **window).json()
    assert after["slots"][0]["start"] != best
    other = client.post(
        f"{BASE}/members/iom/busy", content=calendar(busy), headers=member | {"Content-Type": "text/calendar"}
    )
    assert other.status_code == 403


def test_who_bore_odd_hours_is_spared(client: TestClient, send: Send) -> None:
    window = {"from_": "2008-06-10", "until": "2008-06-11", "minutes": 90, "limit": 1}
    before = {one["member"]: one for one in send("/meetings/slots", etag="", **window).json()["slots"][0]["members"]}
    assert all(one["borne"] == 0 for one in before.values())
    for day in ("2008-06-03", "2008-06-04", "2008-06-05"):
        made = send("/meetings", title="Night", day=day, at="20:00", minutes=240, etag="").json()["meeting"]["id"]
        send(f"/meetings/{made}/call")
    after = {one["member"]: one for one in send("/meetings/slots", etag="", **window).json()["slots"][0]["members"]}
    assert after["escap"]["borne"] > after["undp"]["borne"]
    assert after["escap"]["points"] <= before["escap"]["points"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"until": "2008-06-10"}, 422),
        ({"until": "2008-12-10"}, 422),
        ({"from_": "2040-01-01", "until": "2040-01-02"}, 422),
        ({"minutes": 10**9}, 422),
        ({"members": ["nobody"]}, 422),
        ({"step": 7}, 422),
        ({"limit": 10**9}, 422),
    ],
)
def test_slots_that_make_no_sense(send: Send, body: Found, status: int) -> None:
    window = {"from_": "2008-06-10", "until": "2008-06-11", "minutes": 90}
    assert send("/meetings/slots", etag="", **(window | body)).status_code == status


def test_a_meeting_that_is_placed_anew_burdens_nobody_where_it_is(send: Send) -> None:
    send(f"/meetings/{FIRST}/move", at="03:00")
    send(f"/meetings/{FIRST}/call")
    window = {"from_": "2008-06-26", "until": "2008-06-27", "minutes": 90, "limit": 1}

    def borne(**more: str) -> int:
        found = send("/meetings/slots", etag="", **window, **more).json()["slots"][0]["members"]
        return sum(one["borne"] for one in found)

    assert borne() > 0
    assert borne(meeting=FIRST) == 0
