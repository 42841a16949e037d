"""Milestones of an activity: added, overdue from the second on, moved for a reason and reached."""

from typing import Any

from starlette.testclient import TestClient

from tests.access.conftest import token  # noqa: F401 - a fixture
from tests.conftest import Time
from tests.followups.surveying import ONE, agreed, decide_on, partner, propose  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, Send, at, chair, member, send  # noqa: F401 - fixtures


def test_milestones(
    send: Send, agreed: str, member: dict[str, str], partner: dict[str, str], client: TestClient, time: Time,
) -> None:  # fmt: skip
    def post(path: str, headers: dict[str, str], **said: Any) -> Any:
        etag = client.get(f"{BASE}{ONE}", headers=member).headers["etag"]
        return send(f"{ONE}/milestones{path}", headers, etag=etag, **said)

    added = post("", member, title="Launch", due="2008-11-20").json()
    assert [one["number"] for one in added["milestones"]] == [1, 2, 3]
    assert post("", partner, title="Ours", due="2008-11-20").status_code == 403
    time.at = at("2008-07-15T21:59:59")
    assert client.get(f"{BASE}{ONE}", headers=member).json()["overdue"] == 0
    time.at = at("2008-07-15T22:00:00")
    late = client.get(f"{BASE}{ONE}", headers=member).json()
    assert (late["overdue"], late["milestones"][0]["overdue"]) == (1, True)
    assert client.get(f"{BASE}/activities", headers=member).json()["activities"][0]["overdue"] == 1
    assert post("/1/move", partner, due="2008-08-15", reason="Late answers").status_code == 403
    assert post("/1/move", member, due="2008-08-15").status_code == 422
    assert post("/1/move", member, due="2008-07-15", reason="None").json()["type"] == "/problems/nothing-changes"
    moved = post("/1/move", member, due="2008-08-15", reason="Late answers").json()
    assert (moved["milestones"][0]["due"], moved["milestones"][0]["moves"], moved["overdue"]) == ("2008-08-15", 1, 0)
    entry = moved["inside"]["reports"][0]
    assert (entry["what"], entry["text"]) == ("milestone-moved", "Late answers")
    assert entry["changes"] == [
        {"field": "milestone 1 (Questionnaire): due", "before": "2008-07-15", "after": "2008-08-15"}
    ]
    assert post("/1/reach", partner, day="2008-07-17").json()["type"] == "/problems/invalid-day"
    reached = post("/1/reach", partner, day=None).json()
    assert (reached["milestones"][0]["reached"], reached["milestones"][0]["overdue"]) == ("2008-07-16", False)
    assert reached["inside"]["reports"][0]["member"] == "iom"
    assert post("/1/reach", member, day=None).json()["type"] == "/problems/milestone-is-reached"
    assert post("/1/move", member, due="2008-09-15", reason="?").status_code == 409
    for number in ("9", "0", "-1", "99999999999999999999"):
        assert post(f"/{number}/reach", member, day=None).status_code == 404, number
