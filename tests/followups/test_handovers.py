"""Handovers: there without anybody having made them, filled in and confirmed by both sides."""

from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.followups.handovers.rules import CHECKLIST
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time, happened
from tests.followups.handing_over import NEXT, coming, seen  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, Send, at, chair, member, send  # noqa: F401 - fixtures


def test_handovers_exist_without_anybody_having_made_them(client: TestClient, member: dict[str, str]) -> None:
    found = seen(client, member, "/handovers")["handovers"]
    assert [one["turn"] for one in found] == ["turn-4", "turn-5", "turn-6", "turn-7"]
    coming = found[2]
    assert coming == seen(client, member)
    assert (coming["state"], coming["day"], coming["at"]) == ("ahead", "2008-07-01", "2008-06-30T22:00:00Z")
    assert (coming["outgoing"]["members"], coming["incoming"]["members"]) == (["unfpa"], ["unhcr"])
    assert [one["heading"] for one in coming["checklist"]] == [heading.key for heading in CHECKLIST]
    assert found[1]["state"] == "overdue"
    for turn in ("turn-1", "turn-999", "gap-2008-07-01", "x" * 500, "turn-6%00"):
        assert client.get(f"{BASE}/handovers/{turn}", headers=member).status_code == 404
    assert client.get(f"{BASE}{NEXT}").status_code == 401


def test_both_sides_fill_in_one_checklist(
    client: TestClient, send: Send, chair: dict[str, str], coming: dict[str, str], secretariat: dict[str, str]
) -> None:
    link = {"title": "Working files", "url": "https://files.example/gmg", "symbol": "GMG/2008/1", "language": "en"}
    first = send(f"{NEXT}/fill", chair, answers=[{"heading": "files", "text": "All there.", "links": [link]}])
    assert first.status_code == 200
    answers = [{"heading": "files", "done": True}, {"heading": "staff-and-budget", "text": "Ms X stays."}]
    send(f"{NEXT}/fill", coming, answers=answers, documents=[link])
    found = seen(client, coming)
    files, staff = found["checklist"][0], found["checklist"][4]
    assert (files["text"], files["done"], files["side"]) == ("All there.", True, "incoming"), "what is left out stays"
    assert files["links"][0]["symbol"] == "GMG/2008/1"
    assert (staff["text"], staff["done"], staff["by"]) == ("Ms X stays.", False, "GMG focal point of UNHCR")
    assert found["documents"][0]["url"] == "https://files.example/gmg"
    send(f"{NEXT}/fill", secretariat, answers=[{"heading": "contacts", "text": "In the charter."}])
    assert seen(client, coming)["checklist"][1]["side"] == "secretariat"


def test_what_does_not_fit_is_refused(
    client: TestClient, send: Send, chair: dict[str, str], member: dict[str, str], time: Time
) -> None:
    files = {"heading": "files", "text": "Here."}
    assert send(f"{NEXT}/fill", member, answers=[files]).json()["type"] == "/problems/not-yours"
    assert send(f"{NEXT}/fill", chair, answers=[files, files]).json()["type"] == "/problems/repeated-heading"
    assert send(f"{NEXT}/fill", chair, answers=[]).json()["type"] == "/problems/nothing-filled-in"
    for wrong in ({"heading": "weather"}, files | {"links": [{"title": "x", "url": "javascript:x"}]}, files | {"x": 1}):
        assert send(f"{NEXT}/fill", chair, answers=[wrong]).status_code == 422
    assert send(f"{NEXT}/fill", chair, etag='"1"', answers=[files]).status_code == 412
    assert client.post(f"{BASE}{NEXT}/fill", json={"answers": [files]}, headers=chair).status_code == 428
    assert send(f"{NEXT}/confirm", chair, member="unfpa").json()["type"] == "/problems/handover-is-ahead"
    time.at = at("2008-06-10T08:00")
    for member_, problem in (("unhcr", "not-yours"), ("ilo", "not-on-this-side"), ("nobody", "not-found")):
        assert send(f"{NEXT}/confirm", chair, member=member_).json()["type"] == f"/problems/{problem}"
    assert send(f"{NEXT}/confirm", chair, side="outgoing").json()["type"] == "/problems/name-the-member"
    reserved = send(f"{NEXT}/confirm", chair, member="unfpa", reservations="None of it.")
    assert reserved.json()["type"] == "/problems/not-yours-to-reserve"
    assert seen(client, chair)["version"] == seen(client, member)["version"]


def test_each_side_confirms_once(
    client: TestClient, send: Send, chair: dict[str, str], coming: dict[str, str], time: Time, engine: Engine
) -> None:
    time.at = at("2008-06-10T08:00")
    first = send(f"{NEXT}/confirm", chair, member="unfpa").json()
    assert (first["state"], first["outgoing"]["member"]) == ("open", "unfpa")
    assert first["outgoing"]["confirmed_at"] == "2008-06-10T08:00:00Z"
    assert send(f"{NEXT}/confirm", chair, member="unfpa").json()["type"] == "/problems/side-has-confirmed"
    both = send(f"{NEXT}/confirm", coming, member="unhcr", reservations="The budget is missing.").json()
    assert (both["state"], both["reservations"]) == ("confirmed", "The budget is missing.")
    refused = send(f"{NEXT}/fill", coming, answers=[{"heading": "files", "done": True}])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/handover-is-confirmed")
    assert [event.data["side"] for event in happened(engine, "handover.confirmed")] == ["outgoing", "incoming"]


def test_the_outgoing_side_may_still_confirm_when_the_chair_has_passed(
    client: TestClient, send: Send, chair: dict[str, str], time: Time
) -> None:
    time.at = at("2008-07-20T08:00")
    assert seen(client, chair)["state"] == "overdue"
    assert send(f"{NEXT}/confirm", chair, member="unfpa").status_code == 200
