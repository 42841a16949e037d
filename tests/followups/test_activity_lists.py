"""Lists of activities: what the public sees of them, filters, pages by cursor."""

from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from tests.access.conftest import token  # noqa: F401 - a fixture
from tests.followups.surveying import ONE, decide_on, propose  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, Send, chair, member, send  # noqa: F401 - fixtures


def test_the_public_sees_what_is_opened_to_it_and_agreed(
    client: TestClient, propose: Callable[..., Any], decide_on: Callable[..., str], send: Send,
    member: dict[str, str],
) -> None:  # fmt: skip
    propose(visibility="public")
    propose(title="Quiet survey")
    assert client.get(f"{BASE}/activities").json() == {"activities": [], "next": None}
    assert client.get(f"{BASE}{ONE}").status_code == 404
    id_ = decide_on()
    send(f"{ONE}/agree", decision=id_)
    send("/activities/activity-2/agree", decision=id_)
    (seen,) = client.get(f"{BASE}/activities").json()["activities"]
    assert seen["id"] == "activity-1"
    found = client.get(f"{BASE}{ONE}").json()
    assert (len(found["milestones"]), found["inside"]) == (2, None)
    assert client.get(f"{BASE}/activities/activity-2").status_code == 404
    assert client.get(f"{BASE}{ONE}/reports").status_code == 401
    assert client.get(f"{BASE}/activities?programme=turn-5").status_code == 403
    assert client.get(f"{BASE}/activities/activity-2", headers=member).status_code == 200
    for id_ in ("activity-0", "activity-01", "activity-x", "activity-999999999999999999999", "%00"):
        assert client.get(f"{BASE}/activities/{id_}", headers=member).status_code == 404


def test_lists_are_filtered_and_paged(
    client: TestClient, propose: Callable[..., Any], send: Send, member: dict[str, str], chair: dict[str, str],
) -> None:  # fmt: skip
    event = send("/external-events", etag="", title="Forum", day="2008-10-27").json()["id"]
    propose(purposes=[1], areas=[], external=event)
    propose(kind="gap analysis", purposes=[11, 12], partners=[])
    propose(chair, lead="iom", partners=["ilo"], purposes=[1, 2])
    propose(chair, lead="wb", partners=[], purposes=[2])
    send(f"{ONE}/discontinue", reason="Not now")

    def ids(query: str) -> list[str]:
        found = client.get(f"{BASE}/activities?{query}", headers=member)
        assert found.status_code == 200, found.text
        return [one["id"][9:] for one in found.json()["activities"]]

    assert ids("") == ["4", "3", "2", "1"]
    assert ids("purpose=1") == ["3", "1"]
    assert ids("purpose=2") == ["4", "3"]
    assert ids("purpose=3") == []
    assert ids("member=ilo") == ["3", "2", "1"]
    assert ids("member=wb") == ["4", "1"]
    assert ids("kind=gap+analysis") == ["2"]
    assert ids("area=Migration+and+Development") == ["4", "3", "2"]
    assert ids("area=migration%25") == []
    assert ids("status=discontinued") == ["1"]
    assert ids(f"external={event}") == ["1"]
    assert ids("programme=turn-5") == []
    first = client.get(f"{BASE}/activities?limit=3&purpose=1", headers=member).json()
    assert first["next"] is None
    page = client.get(f"{BASE}/activities?limit=3", headers=member).json()
    assert [one["id"] for one in page["activities"]] == ["activity-4", "activity-3", "activity-2"]
    assert ids(f"limit=3&after={page['next']}") == ["1"]
    for wrong in ("after=x", f"purpose=1&after={page['next']}"):
        assert client.get(f"{BASE}/activities?{wrong}", headers=member).status_code == 400, wrong
    for wrong in ("purpose=0", "status=lost", "member=%00", "limit=0", "nothing=1"):
        assert client.get(f"{BASE}/activities?{wrong}", headers=member).status_code == 422, wrong
    log = client.get(f"{BASE}{ONE}/reports?limit=1", headers=member).json()
    assert [one["what"] for one in log["reports"]] == ["discontinued"]
    rest = client.get(f"{BASE}{ONE}/reports?limit=1&after={log['next']}", headers=member).json()
    assert ([one["what"] for one in rest["reports"]], rest["next"]) == (["proposed"], None)
