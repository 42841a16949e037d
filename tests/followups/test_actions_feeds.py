"""Actions in feeds: tasks in a person's own, or all-day events; of a member, what is public."""

from collections.abc import Callable
from datetime import date
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from service.calendars.todos import Todo, schedule_hash, significant_hash, todo_bytes
from service.calendars.writer import calendar_bytes
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import CHAIR, FIRST, NEXT_CHAIR, OTHER, Send, at, chair, member, send  # noqa: F401 - fixtures

Own = Callable[..., Any]


@pytest.fixture
def own(client: TestClient, token: Tokens) -> Own:
    """Somebody's own feed; asked twice, it has the same address."""
    made: dict[str, str] = {}

    def get(email: str = OTHER, todos: str | None = None, **headers: str) -> Any:
        address = made.setdefault(email, token(email, kind="feed"))
        more = f"?todos={todos}" if todos else ""
        return client.get(f"/calendars/p/{address}/gmg.ics{more}", headers=headers)

    return get


def parts(answer: Any, name: str = "VTODO") -> list[Any]:
    """The tasks of a feed in its order; any line that the library could not take is a failure."""
    assert answer.status_code == 200, answer.text
    return parsed(answer.content, name)


def parsed(feed: bytes, name: str = "VTODO") -> list[Any]:
    calendar = icalendar.Calendar.from_ical(feed)
    assert not [error for part in calendar.walk() for error in part.errors]
    return list(calendar.walk(name))


def titles(found: list[Any]) -> list[str]:
    return [str(part["SUMMARY"]).removeprefix("GMG: ") for part in found]


def days(answer: Any) -> list[Any]:
    """The all-day events of actions in a feed."""
    return [
        part
        for part in parts(answer, "VEVENT")
        if str(part["SUMMARY"]).removeprefix("Done: ").startswith("GMG: ") and "Owner:" in part.get("DESCRIPTION", "")
    ]


def test_a_task_has_all_that_a_program_shows(opened: Opened, own: Own, send: Send, client: TestClient) -> None:
    opened(before="next", helpers=["iom"])
    (task,) = parts(own())
    assert titles([task]) == ["Draft the note"]
    assert (task["DUE"].dt, task["DUE"].params["VALUE"]) == (date(2008, 6, 25), "DATE")
    assert (str(task["STATUS"]), task["SEQUENCE"]) == ("NEEDS-ACTION", 0)
    assert str(task["DESCRIPTION"]) == "On labour migration.\n\nOwner: ILO\nHelping: IOM"
    assert task["DTSTAMP"].dt == task["LAST-MODIFIED"].dt == task["CREATED"].dt == at("2008-05-15T12:00")
    meetings = {str(part["UID"]) for part in parts(own(), "VEVENT")}
    assert str(task["RELATED-TO"]) in meetings
    assert str(task["UID"]) not in meetings
    assert not {"COMPLETED", "PERCENT-COMPLETE", "DTSTART"} & set(task)


def test_each_state_is_said_and_counted(opened: Opened, own: Own, send: Send, time: Time) -> None:
    opened(due="2008-06-01")
    uid = parts(own())[0]["UID"]
    time.at = at("2008-05-16T09:00")
    send("/actions/action-1/start")
    task = parts(own())[0]
    assert (str(task["STATUS"]), task["SEQUENCE"], task["LAST-MODIFIED"].dt) == (
        "IN-PROCESS",
        1,
        at("2008-05-16T09:00"),
    )
    time.at = at("2008-05-17T09:00")
    send("/actions/action-1/finish", text="Done.")
    task = parts(own())[0]
    assert (str(task["STATUS"]), task["SEQUENCE"]) == ("COMPLETED", 2)
    assert (task["COMPLETED"].dt, task["PERCENT-COMPLETE"]) == (at("2008-05-17T09:00"), 100)
    assert titles(days(own(todos="event"))) == ["Done: GMG: Draft the note"]
    send("/actions/action-1/reopen", reason="No")
    send("/actions/action-1/reschedule", due="2008-06-05", reason="Later")
    send("/actions/action-1/drop", reason="Not needed")
    task = parts(own())[0]
    assert (str(task["STATUS"]), task["SEQUENCE"], task["UID"]) == ("CANCELLED", 5, uid)
    assert "Dropped: Not needed" in task["DESCRIPTION"]


def test_what_is_finished_vanishes_after_thirty_days(opened: Opened, own: Own, send: Send, time: Time) -> None:
    opened()
    opened(title="Left")
    send("/actions/action-1/finish", text="Done.")
    time.at = at("2008-06-13T21:59")
    assert titles(parts(own())) == ["Draft the note", "Left"]
    time.at = at("2008-06-13T22:00")
    assert titles(parts(own())) == ["Left"]
    time.at = at("2009-04-01T12:00")
    assert titles(parts(own())) == ["Left"]


def test_whose_tasks_are_whose(opened: Opened, own: Own, time: Time, secretariat: dict[str, str]) -> None:
    opened(title="Of ILO", helpers=["iom"], due="2008-06-02")
    opened(title="Of the chair", owner="chair", due="2008-06-01")
    opened(title="Of the commissions", owner="unrc")
    assert titles(parts(own(OTHER))) == ["Of ILO"]
    assert titles(parts(own("gmg@iom.example"))) == ["Of ILO"]
    assert titles(parts(own(CHAIR))) == ["Of the chair"]
    assert titles(parts(own(NEXT_CHAIR))) == []
    assert titles(parts(own("gmg@unrc.example"))) == ["Of the commissions"]
    time.at = at("2008-06-30T21:59:59")
    assert titles(parts(own(CHAIR))) == ["Of the chair"]
    time.at = at("2008-06-30T22:00:00")
    assert titles(parts(own(CHAIR))) == []
    assert titles(parts(own(NEXT_CHAIR))) == ["Of the chair"]


def test_as_events_for_programs_without_tasks(opened: Opened, own: Own) -> None:
    opened(due="2008-06-01")
    opened(title="Some day")
    assert titles(parts(own(todos="event"))) == []
    (event,) = days(own(todos="event"))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2008, 6, 1), date(2008, 6, 2))
    assert (str(event["TRANSP"]), str(event["STATUS"])) == ("TRANSPARENT", "CONFIRMED")
    assert event["UID"] != parts(own())[0]["UID"]
    assert days(own(todos="task")) == days(own()) == []
    wrong = own(todos="both")
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")


def test_the_public_sees_of_a_member_what_is_public(
    client: TestClient,
    opened: Opened,
    send: Send,
    own: Own,
    time: Time,
) -> None:
    opened(title="Inside", due="2008-06-01", helpers=["iom"])
    opened(title="Outside", due="2008-06-02", helpers=["iom"], visibility="public")
    opened(title="Of the chair", due="2008-06-03", owner="chair", visibility="public")

    def of(member: str) -> list[str]:
        return titles(days(client.get(f"/calendars/gmg/members/{member}.ics")))

    assert (of("ilo"), of("iom"), of("wb")) == (["Outside"], ["Outside"], [])
    assert (of("unfpa"), of("unhcr")) == (["Of the chair"], [])
    for name in ("gmg", "gmg/meetings", "gmg/chair"):
        answer = client.get(f"/calendars/{name}.ics")
        assert days(answer) == parts(answer) == []
    send("/actions/action-2/transfer", owner="wb", reason="x")
    assert (of("ilo"), of("wb")) == ([], ["Outside"])
    time.at = at("2008-07-02T12:00")
    assert (of("unfpa"), of("unhcr")) == ([], ["Of the chair"])


def test_a_feed_stands_still_while_nothing_changes(opened: Opened, own: Own, send: Send, time: Time) -> None:
    opened(due="2008-06-01", helpers=["iom"])
    tag = own().headers["ETag"]
    time.at = at("2008-05-15T15:00")
    send("/actions/action-1/log", text="A comment.")
    send("/actions/action-1/assign", assignee=OTHER)
    opened(title="Of somebody else", owner="wb")
    assert own().headers["ETag"] == tag
    assert own(**{"If-None-Match": tag}).status_code == 304
    send(f"/meetings/{FIRST}/edit", link="https://meet.example/gmg")
    before = parts(own())
    assert before[0]["SEQUENCE"] == 0
    send("/actions/action-1/start")
    assert own().headers["ETag"] != tag


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(title=texts, text=texts)
def test_any_text_is_one_task_and_comes_back(title: str, text: str) -> None:
    todo = Todo(
        uid="u-1", summary=f"x{title}", description=text, status="NEEDS-ACTION", due=date(2008, 6, 1), related="m-1",
        url="https://gmg.example/groups/gmg", created=at("2008-05-15T12:00"), completed=None, sequence=3,
        modified=at("2008-05-15T12:00"),
    )  # fmt: skip
    body = todo_bytes(todo)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    (task,) = parsed(calendar_bytes([], ["Europe/Zurich"], [body]))
    assert task["SEQUENCE"] == 3
    assert str(task["RELATED-TO"]) == "m-1"
    again = todo_bytes(todo)
    assert body == again


def test_what_counts_as_a_change() -> None:
    todo = Todo(
        uid="u", summary="s", description="d", status="NEEDS-ACTION", due=None, related=None, url="https://x.example",
        created=at("2008-05-15T12:00"), completed=None, sequence=0, modified=at("2008-05-15T12:00"),
    )  # fmt: skip
    base = {name: getattr(todo, name) for name in Todo.__slots__}
    value: Any
    for name, value in (("modified", at("2009-01-01T00:00")), ("sequence", 9)):
        other = Todo(**base | {name: value})
        assert (significant_hash(other), schedule_hash(other)) == (significant_hash(todo), schedule_hash(todo))
    for name, value in (
        ("summary", "t"),
        ("description", "e"),
        ("related", "m"),
        ("completed", at("2009-01-01T00:00")),
    ):
        other = Todo(**base | {name: value})
        assert significant_hash(other) != significant_hash(todo)
        assert schedule_hash(other) == schedule_hash(todo)
    later: tuple[dict[str, Any], ...] = ({"due": date(2008, 6, 1)}, {"status": "COMPLETED"})
    for change in later:
        other = Todo(**base | change)
        assert schedule_hash(other) != schedule_hash(todo)
    with pytest.raises(ValueError, match="control characters"):
        todo_bytes(Todo(**base | {"url": "https://x.example\r\nX:1"}))
    with pytest.raises(ValueError, match="no zone"):
        todo_bytes(Todo(**base | {"modified": at("2008-05-15T12:00").replace(tzinfo=None)}))
