"""Due before a meeting: the day follows the meeting, and goes on to the following one when it is cancelled."""

import pytest
from starlette.testclient import TestClient

from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.acting import Opened, Shown, opened, shown  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, FIRST, Send, at, chair, member, send  # noqa: F401 - fixtures

# The next of the same kind, six weeks later.
SECOND = "working-level-2008-08-07"


def ids(client: TestClient, cadence: str) -> list[str]:
    found = client.get(f"{BASE}/meetings").json()["meetings"]
    return [one["id"] for one in found if one["id"].startswith(cadence)]


def test_each_way_to_say_it(client: TestClient, opened: Opened) -> None:
    first = opened(before="next")
    assert (first["due"], first["before"], first["meeting"]) == ("2008-06-25", "next", FIRST)
    assert opened(before=FIRST)["due"] == "2008-06-25"
    assert opened(before="next:focal-points")["meeting"] == FIRST
    principals = opened(before="next:principals")
    assert principals["meeting"] == ids(client, "principals")[0]
    assert opened(before=SECOND)["due"] == "2008-08-06"


def test_it_moves_with_the_meeting(opened: Opened, send: Send, shown: Shown) -> None:
    opened(before="next")
    opened(due="2008-06-25")
    opened(before=SECOND)
    send(f"/meetings/{FIRST}/move", day="2008-07-03")
    found = shown()
    assert (found["due"], found["meeting"], found["version"]) == ("2008-07-02", FIRST, 2)
    entry = found["log"][-1]
    assert (entry["verb"], entry["by"], entry["organization"]) == ("follow", "clock", None)
    assert (entry["from"], entry["to"]) == ({"due": "2008-06-25"}, {"due": "2008-07-02"})
    assert "Working-level meeting has moved" in entry["text"]
    assert [shown(f"action-{n}")["version"] for n in (2, 3)] == [1, 1]
    send(f"/meetings/{FIRST}/edit", title="Another title")
    assert shown()["version"] == 2


def test_it_goes_on_when_the_meeting_is_cancelled(opened: Opened, send: Send, shown: Shown) -> None:
    opened(before=FIRST)
    send(f"/meetings/{FIRST}/cancel", reason="Too few can come")
    found = shown()
    assert (found["due"], found["before"], found["meeting"]) == ("2008-08-06", FIRST, SECOND)
    send(f"/meetings/{SECOND}/move", day="2008-08-14")
    assert shown()["due"] == "2008-08-13"


def test_it_waits_where_none_of_the_kind_is_left(
    client: TestClient,
    opened: Opened,
    send: Send,
    shown: Shown,
) -> None:
    opened(before="next:principals")
    for id_ in ids(client, "principals"):
        send(f"/meetings/{id_}/cancel", reason="Not now")
    found = shown()
    assert (found["due"], found["meeting"], found["before"]) == (None, None, "next:principals")
    made = send(
        "/meetings", etag="", title="Extraordinary", level="principals", day="2008-09-10", at="10:00", minutes=60
    )
    assert made.status_code == 201, made.text
    assert (shown()["due"], shown()["meeting"]) == ("2008-09-09", "on-2008-09-10")


def test_what_is_finished_stays_and_what_is_reopened_catches_up(
    opened: Opened,
    send: Send,
    shown: Shown,
) -> None:
    opened(before="next")
    send("/actions/action-1/finish", text="Done.")
    send(f"/meetings/{FIRST}/move", day="2008-07-03")
    assert (shown()["due"], shown()["version"]) == ("2008-06-25", 2)
    send("/actions/action-1/reopen", reason="Not quite")
    assert shown()["due"] == "2008-07-02"


def test_a_meeting_that_was_held_leaves_it_overdue(
    opened: Opened,
    send: Send,
    shown: Shown,
    time: Time,
) -> None:
    opened(before="next")
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T19:00")
    assert send(f"/meetings/{FIRST}/hold", presided_by="The Executive Director").status_code == 200
    assert (shown()["due"], shown()["overdue"]) == ("2008-06-25", True)
    send("/actions/action-1/reschedule", before="next", reason="Not ready")
    assert (shown()["meeting"], shown()["due"]) == (SECOND, "2008-08-06")


@pytest.mark.parametrize("before", ["no-such", "on-2008-01-01"])
def test_a_meeting_that_is_none(send: Send, before: str) -> None:
    found = send("/actions", etag="", title="x", owner="ilo", before=before)
    assert (found.status_code, found.json()["type"]) == (422, "/problems/no-meeting-ahead")


def test_a_meeting_of_today_leaves_no_day(send: Send, time: Time) -> None:
    time.at = at("2008-06-26T06:00")
    found = send("/actions", etag="", title="x", owner="ilo", before=FIRST)
    assert (found.status_code, found.json()["type"]) == (422, "/problems/no-meeting-ahead")
    assert send("/actions", etag="", title="x", owner="ilo", before="next").json()["meeting"] != FIRST


def test_what_is_open_stands_before_each_meeting_by_itself(
    client: TestClient, opened: Opened, send: Send, member: dict[str, str]
) -> None:
    def before(meeting: str) -> list[str]:
        found = client.get(f"{BASE}/meetings/{meeting}/actions", headers=member)
        assert found.status_code == 200
        return [one["id"] for one in found.json()["actions"]]

    late, soon, far = opened(due="2008-05-20"), opened(before=FIRST), opened(due="2008-08-07")
    opened()
    assert before(FIRST) == [late["id"], soon["id"]]
    assert before(SECOND) == [late["id"], soon["id"], far["id"]], "what is not finished is carried forward"
    send(f"/actions/{late['id']}/finish", text="Done.")
    send(f"/actions/{soon['id']}/drop", reason="Not needed.")
    assert before(SECOND) == [far["id"]]
    assert client.get(f"{BASE}/meetings/none/actions", headers=member).status_code == 404
