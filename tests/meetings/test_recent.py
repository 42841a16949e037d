"""What pages ask of meetings besides: polls that are open, minutes in circulation, and what has changed lately."""

from datetime import timedelta

from sqlalchemy import Engine

from service.database import reading
from service.meetings.minutes.queries import in_circulation
from service.meetings.polls.commands import open_polls
from service.meetings.queries import recent_changes
from tests.access.conftest import token  # noqa: F401 - fixture
from tests.conftest import Time
from tests.meetings.conftest import FIRST, Send, at, chair, send  # noqa: F401 - fixtures


def test_a_poll_is_open_until_its_deadline_or_until_it_is_closed(engine: Engine, send: Send, time: Time) -> None:
    slots = ["2008-06-26T12:00:00Z", "2008-06-27T12:00:00Z"]
    made = send(f"/meetings/{FIRST}/polls", etag="", slots=slots, deadline="2008-05-20T12:00:00Z").json()
    with reading(engine) as session:
        assert [poll.id for poll in open_polls(session, "gmg")] == [made["id"]]
        assert open_polls(session, "other") == []
    time.at = at("2008-05-20T12:00")
    with reading(engine) as session:
        assert open_polls(session, "gmg") == []


def test_minutes_are_listed_while_they_are_new_or_may_be_objected_to(engine: Engine, send: Send, time: Time) -> None:
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-27T08:00")
    send(f"/meetings/{FIRST}/hold", present=[{"member": "iom", "presence": "remote"}])
    send(f"/meetings/{FIRST}/minutes", etag="", text="# So", outcomes=[])
    long_ago, now = time.at - timedelta(days=300), time.at + timedelta(days=1)
    with reading(engine) as session:
        assert in_circulation(session, "gmg", long_ago, 9) == [], "a draft is nobody's yet"
    assert send(f"/meetings/{FIRST}/minutes/circulate", until="2008-06-30").status_code == 200
    with reading(engine) as session:
        assert [row.meeting for row in in_circulation(session, "gmg", now, 9)] == [FIRST]
    time.at = at("2008-07-02T08:00")
    with reading(engine) as session:
        assert in_circulation(session, "gmg", now, 9) == []
        assert [row.meeting for row in in_circulation(session, "gmg", long_ago, 9)] == [FIRST]


def test_changes_of_meetings_newest_first(engine: Engine, send: Send, time: Time) -> None:
    send(f"/meetings/{FIRST}/call")
    time.at += timedelta(hours=1)
    send(f"/meetings/{FIRST}/edit", title="Another title")
    send(f"/meetings/{FIRST}/move", at="10:00")
    with reading(engine) as session:
        kinds = [event.kind for event in recent_changes(session, "gmg", at("2008-05-01T00:00"), 9)]
        last = [event.kind for event in recent_changes(session, "gmg", time.at, 9)]
    assert (kinds, last) == (["meeting.moved", "meeting.called"], ["meeting.moved"])
