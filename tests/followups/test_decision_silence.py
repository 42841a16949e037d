"""Silence procedures: adopted at the deadline, contested by an objection, revised in rounds that come to an end."""

from typing import Any

from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.scheduler import plan
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.conftest import Time, happened
from tests.followups.decided import ANSWER, ENDS, LAST, ONE, decision, of, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, Send, at, chair, member, send  # noqa: F401 - fixtures


def test_silence_adopts_at_the_deadline_without_any_job(
    opened: dict[str, Any], client: TestClient, send: Send, member: dict[str, str], time: Time, engine: Engine
) -> None:
    assert (opened["id"], opened["state"], opened["round"], opened["way"]) == ("2008-1", "open", 1, "silence")
    assert (opened["until"], opened["adopted_at"], opened["purposes"]) == (f"{ENDS}Z", None, [4, 7])
    assert len(opened["silent"]) == 14
    time.at = at("2008-05-30T21:59:59")
    last = send(ANSWER, member, member="ilo", answer="endorse", round=1)
    assert (last.status_code, last.json()["endorsing"], len(last.json()["silent"])) == (200, ["ilo"], 13)
    time.at = at(ENDS)
    found = client.get(f"{BASE}{ONE}", headers=member).json()
    assert (found["state"], found["adopted_at"], found["endorsing"]) == ("adopted", f"{ENDS}Z", ["ilo"])
    late = send(ANSWER, member, member="ilo", answer="object", reason="No.", round=1)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/decision-is-adopted")
    time.at = at("2008-08-30T08:00")
    plan(engine)
    plan(engine)
    (event,) = happened(engine, "decision.adopted")
    assert (event.effective_at, event.subject) == (at(ENDS), "2008-1")
    assert client.get(f"{BASE}{ONE}", headers=member).json()["state"] == "adopted"


def test_an_objection_contests_it_at_once_and_can_be_taken_back_in_time(
    opened: dict[str, Any], client: TestClient, send: Send, member: dict[str, str], token: Tokens, time: Time
) -> None:
    told = send(ANSWER, member, member="ilo", answer="object", reason="Paragraph two.", round=1).json()
    assert (told["state"], told["answers"][0]["reason"]) == ("contested", "Paragraph two.")
    again = send(ANSWER, member, member="ilo", answer="dissociate", reason="Paragraph two.", round=1).json()
    assert (again["state"], again["dissociating"]) == ("open", [{"member": "ilo", "reason": "Paragraph two."}])
    send(ANSWER, of(token, "iom"), member="iom", answer="object", reason="All of it.", round=1)
    time.at = at("2008-06-10T08:00")
    assert client.get(f"{BASE}{ONE}", headers=member).json()["state"] == "contested"
    late = send(ANSWER, of(token, "iom"), member="iom", answer="endorse", round=1)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/decision-is-contested")


def test_a_revision_asks_all_anew(
    opened: dict[str, Any], client: TestClient, send: Send, member: dict[str, str], time: Time
) -> None:
    send(ANSWER, member, member="ilo", answer="object", reason="No.", round=1)
    time.at = at("2008-06-10T08:00")
    new = send(f"{ONE}/revise", text="The group adopts the shorter fact sheet.", until="2008-06-20").json()
    assert (new["state"], new["round"], new["answers"], len(new["silent"])) == ("open", 2, [], 14)
    old = send(ANSWER, member, member="ilo", answer="endorse", round=1)
    assert (old.status_code, old.json()["type"]) == (409, "/problems/other-round")
    send(ANSWER, member, member="ilo", answer="endorse", round=2)
    time.at = at("2008-06-20T22:00")
    assert client.get(f"{BASE}{ONE}", headers=member).json()["endorsing"] == ["ilo"]
    for verb, body in (("revise", {"text": "Another.", "until": "2008-06-30"}), ("withdraw", {"reason": "No."})):
        refused = send(f"{ONE}/{verb}", **body)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/decision-is-adopted")
    told = client.get(f"{BASE}{ONE}/history", headers=member).json()
    assert [(one["round"], len(one["answers"])) for one in told["rounds"]] == [(1, 1), (2, 1)]
    assert told["rounds"][0]["text"].startswith("The group adopts the fact sheet.\n\nIt is")
    assert [one["answers"][0]["stands"] for one in told["rounds"]] == [False, True]
    assert [one["what"] for one in told["events"]] == [
        "decision.opened", "decision.answered", "decision.contested", "decision.revised", "decision.answered",
    ]  # fmt: skip


def test_a_revision_is_made_for_what_was_seen(opened: dict[str, Any], send: Send, member: dict[str, str]) -> None:
    send(ANSWER, member, member="ilo", answer="change", reason="Shorter, please.", round=1)
    body = {"text": "Another.", "until": LAST}
    assert send(f"{ONE}/revise", etag='"1"', **body).status_code == 412
    assert send(f"{ONE}/revise", member, **body).status_code == 403
    assert send(f"{ONE}/revise", **body | {"until": "2008-05-16"}).status_code == 422
    assert send(f"{ONE}/revise", **body | {"text": ""}).status_code == 422
    assert send(f"{ONE}/withdraw", reason="").status_code == 422
    assert send(f"{ONE}/revise", **body, title="A better title").json()["title"] == "A better title"


def test_rounds_come_to_an_end(send: Send) -> None:
    send("/decisions", etag="", **decision())
    for _ in range(19):
        assert send(f"{ONE}/revise", text="Another.", until=LAST).status_code == 200
    often = send(f"{ONE}/revise", text="Another.", until=LAST)
    assert (often.status_code, often.json()["type"]) == (409, "/problems/revised-too-often")
