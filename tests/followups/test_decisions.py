"""Decisions of the group: by consensus, by silence, answered, contested, revised, withdrawn, superseded."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading
from service.events import Event
from service.groups.charter import Charter
from service.scheduler import plan
from tests.access.conftest import Decide, Tokens, decide, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Changed, Time, put
from tests.followups.decided import ENDS, LAST, ONE, decision, with_member, with_person
from tests.meetings.conftest import (  # noqa: F401 - fixtures
    BASE,
    FIRST,
    NEXT_CHAIR,
    Send,
    at,
    chair,
    member,
    send,
)

ANSWER = f"{ONE}/answer"


@pytest.fixture
def opened(send: Send) -> dict[str, Any]:
    """A silence procedure until the end of 30 May 2008, opened by UNFPA."""
    made = send("/decisions", etag="", **decision())
    assert made.status_code == 201, made.text
    return dict(made.json())


@pytest.fixture
def held(send: Send, time: Time) -> str:
    """A meeting that was held, with two outcomes in its minutes; UNFPA still chairs."""
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T14:00")
    send(f"/meetings/{FIRST}/hold", presided_by="The Executive Director")
    send(f"/meetings/{FIRST}/minutes", etag="", text="The group met.", outcomes=[{"text": "One."}, {"text": "Two."}])
    return FIRST


def of(token: Tokens, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(f'gmg@{name}.example')}"}


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
    with reading(engine) as session:
        (event,) = session.exec(select(Event).where(Event.kind == "decision.adopted")).all()
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


@pytest.mark.parametrize("choice", ["change", "dissociate", "object"])
@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": None}])
def test_a_reason_is_due_for_all_but_an_endorsement(
    opened: dict[str, Any], send: Send, member: dict[str, str], choice: str, reason: dict[str, Any]
) -> None:
    refused = send(ANSWER, member, member="ilo", answer=choice, round=1, **reason)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/reason-required")


def test_two_people_of_a_member_speak_with_one_voice(
    send: Send,
    client: TestClient,
    engine: Engine,
    changed: Changed,
    gmg: Charter,
    member: dict[str, str],
    token: Tokens,
) -> None:
    put(engine, with_person(changed, gmg, "deputy@ilo.example", organization="ilo", role="alternate"))
    deputy = {"Authorization": f"Bearer {token('deputy@ilo.example')}"}
    send("/decisions", etag="", **decision())
    send(ANSWER, member, member="ilo", answer="object", reason="No.", round=1)
    told = send(ANSWER, deputy, member="ilo", answer="endorse", round=1).json()
    assert (told["state"], [one["by"] for one in told["answers"]]) == ("open", ["The one at deputy@ilo.example"])
    same = send(ANSWER, deputy, member="ilo", answer="endorse", round=1).json()
    assert same["version"] == told["version"]
    kept = client.get(f"{BASE}{ONE}/history", headers=member).json()["rounds"][0]["answers"]
    assert [(one["answer"], one["stands"]) for one in kept] == [("object", False), ("endorse", True)]


def test_who_belongs_to_the_group_on_the_day_answers(
    send: Send, client: TestClient, engine: Engine, changed: Changed, gmg: Charter, token: Tokens, time: Time
) -> None:
    days = {"unitar": {"joined": date(2008, 5, 20)}, "unodc": {"left": date(2008, 5, 25)}}
    put(engine, with_member(changed, gmg, **days))
    comes, goes = of(token, "unitar"), of(token, "unodc")
    made = send("/decisions", etag="", **decision()).json()
    assert "unitar" not in made["silent"]
    early = send(ANSWER, comes, member="unitar", answer="endorse", round=1)
    assert (early.status_code, early.json()["type"]) == (422, "/problems/no-such-member")
    send(ANSWER, goes, member="unodc", answer="object", reason="No.", round=1)
    time.at = at("2008-05-19T22:00")
    assert "unitar" in client.get(f"{BASE}{ONE}", headers=comes).json()["silent"]
    assert send(ANSWER, comes, member="unitar", answer="endorse", round=1).status_code == 200
    time.at = at("2008-05-24T22:00")
    late = send(ANSWER, goes, member="unodc", answer="endorse", round=1)
    assert (late.status_code, late.json()["type"]) == (422, "/problems/no-such-member")
    # What it said while it belonged to the group counts on.
    time.at = at("2008-06-10T08:00")
    found = client.get(f"{BASE}{ONE}", headers=comes).json()
    assert (found["state"], found["endorsing"], "unodc" in found["silent"]) == ("contested", ["unitar"], False)
    new = send(f"{ONE}/revise", text="The group adopts another one.", until="2008-06-20").json()
    assert (new["state"], len(new["silent"])) == ("open", 13)


def test_the_people_of_the_seat_that_holds_a_place_answer_for_it(
    send: Send, client: TestClient, token: Tokens, time: Time
) -> None:
    time.at = at("2009-09-01T08:00")
    leads = of(token, client.get(f"{BASE}/chair").json()["term"]["chair"][0])
    send("/decisions", leads, etag="", **decision(until="2009-09-20"))
    answer = "/decisions/2009-1/answer"
    assert send(answer, of(token, "eca"), member="unrc", answer="endorse", round=1).status_code == 403
    told = send(answer, of(token, "ece"), member="unrc", answer="endorse", round=1)
    assert (told.status_code, told.json()["endorsing"]) == (200, ["unrc"])
    seat = send(answer, of(token, "ece"), member="ece", answer="endorse", round=1)
    assert (seat.status_code, seat.json()["type"]) == (422, "/problems/no-such-member")


def test_the_chair_answers_for_its_own_member_and_for_no_other(
    opened: dict[str, Any], send: Send, secretariat: dict[str, str]
) -> None:
    assert send(ANSWER, member="unfpa", answer="endorse", round=1).json()["endorsing"] == ["unfpa"]
    for headers, whose in ((None, "ilo"), (secretariat, "ilo")):
        refused = send(ANSWER, headers, member=whose, answer="endorse", round=1)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-yours")
    assert send(ANSWER, member="nobody", answer="endorse", round=1).status_code == 404


def test_observers_see_what_the_public_sees(
    send: Send, client: TestClient, engine: Engine, changed: Changed, gmg: Charter, token: Tokens, time: Time
) -> None:
    put(engine, with_person(changed, gmg, "guest@example.org", organization="ilo", role="observer"))
    guest = {"Authorization": f"Bearer {token('guest@example.org')}"}
    send("/decisions", etag="", **decision(visibility="public", position=True))
    send("/decisions", etag="", **decision())
    send(ANSWER, member="unfpa", answer="endorse", round=1)
    send(ANSWER, of(token, "ilo"), member="ilo", answer="dissociate", reason="A matter of our own.", round=1)
    assert send(ANSWER, guest, member="ilo", answer="endorse", round=1, etag='"1"').status_code == 403
    assert send("/decisions", guest, etag="", **decision()).status_code == 403
    for headers in (guest, {}):
        assert client.get(f"{BASE}{ONE}", headers=headers).status_code == 404
        assert client.get(f"{BASE}/decisions", headers=headers).json() == {"decisions": [], "next": None}
    time.at = at("2008-06-10T08:00")
    for headers in (guest, {}):
        found = client.get(f"{BASE}{ONE}", headers=headers).json()
        assert (found["state"], found["endorsing"]) == ("adopted", ["unfpa"])
        assert found["dissociating"] == [{"member": "ilo", "reason": None}]
        assert (found["answers"], found["silent"], found["by"]) == ([], [], None)
        assert [one["id"] for one in client.get(f"{BASE}/decisions", headers=headers).json()["decisions"]] == ["2008-1"]
        assert client.get(f"{BASE}/decisions/2008-2", headers=headers).status_code == 404
    assert client.get(f"{BASE}{ONE}/history", headers=guest).status_code == 403
    assert client.get(f"{BASE}{ONE}/history").status_code == 401


def test_a_procedure_goes_on_under_another_chair(
    send: Send, client: TestClient, chair: dict[str, str], member: dict[str, str], token: Tokens, time: Time
) -> None:
    time.at = at("2008-06-25T12:00")
    for _ in range(2):
        send("/decisions", etag="", **decision(until="2008-07-10"))
    time.at = at("2008-06-30T22:00")
    new = {"Authorization": f"Bearer {token(NEXT_CHAIR)}"}
    told = send(ANSWER, member, member="ilo", answer="endorse", round=1).json()
    assert (told["state"], told["endorsing"]) == ("open", ["ilo"])
    for verb, body in (("revise", {"text": "Another.", "until": "2008-07-20"}), ("withdraw", {"reason": "No."})):
        old = send(f"{ONE}/{verb}", chair, **body)
        assert (old.status_code, old.json()["type"]) == (403, "/problems/chair-term-ended")
    assert send(f"{ONE}/revise", new, text="Another.", until="2008-07-20").json()["round"] == 2
    gone = send("/decisions/2008-2/withdraw", new, reason="It is overtaken.").json()
    assert (gone["state"], gone["reason"]) == ("withdrawn", "It is overtaken.")
    time.at = at("2008-07-11T08:00")
    assert client.get(f"{BASE}/decisions/2008-2", headers=new).json()["state"] == "withdrawn"
    assert send("/decisions/2008-2/withdraw", new, reason="Again.").status_code == 409
    late = send("/decisions/2008-2/answer", member, member="ilo", answer="endorse", round=1)
    assert late.json()["type"] == "/problems/decision-is-withdrawn"


def test_the_secretariat_steers_while_nobody_chairs(
    held: str, send: Send, decide: Decide, secretariat: dict[str, str], token: Tokens, time: Time, engine: Engine
) -> None:
    assert send("/decisions", secretariat, etag="", **decision(until="2008-07-20")).status_code == 403
    assert send("/decisions", secretariat, etag="", **decision(until=None, meeting=held)).status_code == 201
    assert decide(vacant="2008-07-01", until="2008-10-01").status_code == 201
    time.at = at("2008-07-02T08:00")
    made = send("/decisions", secretariat, etag="", **decision(until="2008-07-20"))
    assert (made.status_code, made.json()["id"]) == (201, "2008-2")
    taken = send("/decisions", secretariat, etag="", **decision(until=None, meeting=held, outcome=2))
    assert (taken.status_code, taken.json()["state"]) == (201, "adopted")
    refused = send("/decisions", {"Authorization": f"Bearer {token(NEXT_CHAIR)}"}, etag="", **decision())
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/chair-term-not-begun")
    with reading(engine) as session:
        rows = session.exec(select(AuditRow).where(AuditRow.what == "group_decision")).all()
    assert [(row.verb, row.authority) for row in rows] == [
        ("decision.record", "secretariat"), ("decision.open", "chair"), ("decision.record", "chair"),
    ]  # fmt: skip


def test_either_of_two_who_chair_together(send: Send, decide: Decide, token: Tokens, time: Time) -> None:
    assert decide(appoint=["iom", "ilo"], term="2008-07-01").status_code == 201
    time.at = at("2008-07-02T08:00")
    assert send("/decisions", of(token, "iom"), etag="", **decision(until="2008-07-20")).status_code == 201
    assert send(f"{ONE}/withdraw", of(token, "ilo"), reason="We meet before.").json()["state"] == "withdrawn"
    assert send("/decisions", of(token, "unfpa"), etag="", **decision(until="2008-07-20")).status_code == 403


def test_consensus_at_a_meeting(held: str, send: Send, client: TestClient, member: dict[str, str]) -> None:
    apart = [{"member": "wb", "reason": "Our board has not met."}]
    taken = send(
        "/decisions", etag="", **decision(until=None, meeting=held, outcome=1, position=True, operative="endorsed"),
        endorsing=["unfpa", "ilo"], dissociating=apart,
    ).json()  # fmt: skip
    assert (taken["id"], taken["state"], taken["way"], taken["round"]) == ("2008-1", "adopted", "consensus", 0)
    assert (taken["adopted_at"], taken["until"], taken["silent"]) == (taken["opened_at"], None, [])
    assert (taken["endorsing"], taken["dissociating"]) == (["ilo", "unfpa"], apart)
    late = send(ANSWER, member, member="ilo", answer="object", reason="No.", round=0)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/decision-is-adopted")
    told = client.get(f"{BASE}{ONE}/history", headers=member).json()
    assert [one["what"] for one in told["events"]] == ["decision.recorded", "decision.adopted"]


@pytest.mark.parametrize(
    ("more", "status", "kind"),
    [
        ({"until": None}, 422, "meeting-required"),
        ({"until": None, "meeting": "nowhere"}, 404, "not-found"),
        ({"until": None, "meeting": "principals-turn-6"}, 409, "meeting-is-proposed"),
        ({"outcome": 1}, 422, "meeting-required"),
        ({"meeting": FIRST, "outcome": 3}, 422, "no-such-outcome"),
        ({"meeting": "principals-turn-6", "outcome": 1}, 422, "no-such-outcome"),
        ({"until": None, "meeting": FIRST, "position": True}, 422, "endorsing-required"),
        ({"until": None, "meeting": FIRST, "endorsing": ["ilo", "ilo"]}, 422, "repeated-member"),
        ({"until": None, "meeting": FIRST, "endorsing": ["nobody"]}, 422, "no-such-member"),
        ({"until": None, "meeting": FIRST, "endorsing": ["ece"]}, 422, "no-such-member"),
        ({"until": None, "meeting": FIRST, "dissociating": [{"member": "ilo", "reason": ""}]}, 422, "reason-required"),
        ({"endorsing": ["ilo"]}, 422, "members-answer"),
        ({"purposes": [13]}, 422, "no-such-purpose"),
        ({"until": "2008-06-27"}, 422, "invalid-deadline"),
        ({"until": "2008-12-27"}, 422, "invalid-deadline"),
        ({"until": "2008-06-01"}, 422, "invalid-deadline"),
        ({"until": "2199-12-31"}, 422, "invalid-deadline"),
        ({"text": ""}, 422, "empty-field"),
        ({"title": " "}, 422, "invalid-input"),
        ({"operative": "noted"}, 422, "invalid-input"),
        ({"text": "a\0b"}, 422, "invalid-input"),
        ({"visibility": "chair"}, 422, "invalid-input"),
        ({"purposes": ["7"]}, 422, "invalid-input"),
        ({"links": [{"title": "Note", "url": "http://plain.example"}]}, 422, "invalid-input"),
        ({"meeting": "x" * 81}, 422, "invalid-input"),
        ({"supersedes": "2008-1"}, 422, "invalid-input"),
    ],
)
def test_decisions_that_make_no_sense(
    held: str, send: Send, client: TestClient, more: dict[str, Any], status: int, kind: str
) -> None:
    refused = send("/decisions", etag="", **decision(**{"until": "2008-07-10"} | more))
    assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{kind}"), refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert send("/decisions", etag="", **decision(until="2008-07-10")).json()["id"] == "2008-1", "no number is lost"


@pytest.mark.parametrize("how", ["cancelled", "withdrawn"])
def test_a_meeting_that_is_not_to_be_is_no_source(
    send: Send, client: TestClient, engine: Engine, changed: Changed, member: dict[str, str], how: str
) -> None:
    send("/decisions", etag="", **decision(meeting=FIRST))
    if how == "cancelled":
        send(f"/meetings/{FIRST}/cancel", reason="Not needed.")
    else:
        put(engine, changed(cadences=[]))
    for body in (decision(meeting=FIRST), decision(meeting=FIRST, until=None)):
        refused = send("/decisions", etag="", **body)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/meeting-is-cancelled")
    going = client.get(f"{BASE}{ONE}", headers=member).json()
    assert (going["state"], going["meeting"]) == ("open", FIRST)


def test_what_is_adopted_is_superseded_and_never_edited(
    opened: dict[str, Any], send: Send, client: TestClient, member: dict[str, str], time: Time
) -> None:
    new = decision(title="Fact sheet, second edition", until="2008-06-30")
    early = send(f"{ONE}/supersede", **new)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/decision-is-open")
    time.at = at("2008-06-10T08:00")
    made = send(f"{ONE}/supersede", **new)
    assert (made.status_code, made.json()["id"], made.json()["supersedes"]) == (201, "2008-2", "2008-1")
    assert client.get(f"{BASE}{ONE}", headers=member).json()["state"] == "adopted"
    both = send(f"{ONE}/supersede", **new)
    assert (both.status_code, both.json()["type"]) == (409, "/problems/already-in-hand")
    send("/decisions/2008-2/withdraw", reason="Not yet.")
    assert send(f"{ONE}/supersede", **new).json()["id"] == "2008-3"
    time.at = at("2008-06-30T21:59:59")
    assert client.get(f"{BASE}{ONE}", headers=member).json()["superseded_by"] is None
    time.at = at("2008-06-30T22:00")
    old = client.get(f"{BASE}{ONE}", headers=member).json()
    assert (old["state"], old["superseded_by"], old["text"]) == ("superseded", "2008-3", opened["text"])
    listed = {
        state: [one["id"] for one in client.get(f"{BASE}/decisions?state={state}", headers=member).json()["decisions"]]
        for state in ("open", "contested", "adopted", "withdrawn", "superseded")
    }
    assert listed == {
        "open": [], "contested": [], "adopted": ["2008-3"], "withdrawn": ["2008-2"], "superseded": ["2008-1"]
    }  # fmt: skip


def test_only_the_chair_supersedes_and_for_what_it_has_seen(
    held: str, send: Send, client: TestClient, member: dict[str, str], secretariat: dict[str, str]
) -> None:
    taken = decision(until=None, meeting=held)
    send("/decisions", etag="", **taken)
    assert send(f"{ONE}/supersede", member, **taken).status_code == 403
    assert send(f"{ONE}/supersede", secretariat, **decision(until="2008-07-10")).status_code == 403
    assert send("/decisions/2008-9/supersede", etag="", **taken).status_code == 404
    assert send(f"{ONE}/supersede", etag='"7"', **taken).status_code == 412
    assert send(f"{ONE}/supersede", secretariat, etag='"1"', **taken).json()["id"] == "2008-2"
    old = client.get(f"{BASE}{ONE}", headers=member)
    assert (old.json()["state"], old.headers["etag"]) == ("superseded", '"2"')
    again = send(f"{ONE}/supersede", **taken)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/decision-is-superseded")


def test_numbers_begin_anew_with_the_year_of_the_groups_zone(send: Send, token: Tokens, time: Time) -> None:
    time.at = at("2008-12-31T22:59:59")
    chairs = of(token, "unhcr")
    ids = [send("/decisions", chairs, etag="", **decision(until="2009-01-20")).json()["id"] for _ in range(2)]
    time.at = at("2008-12-31T23:00:00")
    ids.append(send("/decisions", of(token, "unicef"), etag="", **decision(until="2009-01-20")).json()["id"])
    assert ids == ["2008-1", "2008-2", "2009-1"]


def test_a_revision_is_made_for_what_was_seen(opened: dict[str, Any], send: Send, member: dict[str, str]) -> None:
    send(ANSWER, member, member="ilo", answer="change", reason="Shorter, please.", round=1)
    body = {"text": "Another.", "until": LAST}
    assert send(f"{ONE}/revise", etag='"1"', **body).status_code == 412
    assert send(f"{ONE}/revise", member, **body).status_code == 403
    assert send(f"{ONE}/revise", **body | {"until": "2008-05-16"}).status_code == 422
    assert send(f"{ONE}/revise", **body | {"text": ""}).status_code == 422
    assert send(f"{ONE}/withdraw", reason="").status_code == 422
    assert send(f"{ONE}/revise", **body, title="A better title").json()["title"] == "A better title"


def test_a_repeated_creation_is_one_decision(client: TestClient, chair: dict[str, str]) -> None:
    headers = chair | {"Idempotency-Key": "once"}
    made = [client.post(f"{BASE}/decisions", json=decision(), headers=headers) for _ in range(2)]
    assert [one.json()["id"] for one in made] == ["2008-1", "2008-1"]
    assert made[1].headers["idempotent-replayed"] == "true"


def test_lists_by_what_is_asked_in_pages(
    held: str, send: Send, client: TestClient, member: dict[str, str], time: Time
) -> None:
    send("/decisions", etag="", **decision(until=None, meeting=held, purposes=[1]))
    send("/decisions", etag="", **decision(until="2008-07-10", purposes=[11, 2], operative="took-note"))
    send("/decisions", etag="", **decision(until="2008-07-10", purposes=[2, 1, 12], position=True))
    for number in range(9):
        send("/decisions", etag="", **decision(until="2008-07-10", purposes=[], title=f"Further {number}"))

    def ids(query: str) -> list[str]:
        found = client.get(f"{BASE}/decisions?{query}", headers=member).json()["decisions"]
        return [one["id"].partition("-")[2] for one in found]

    assert ids("purpose=1") == ["3", "1"]
    assert ids("purpose=2") == ["3", "2"]
    assert ids("purpose=12") == ["3"]
    assert ids("position=true") == ["3"]
    assert ids(f"meeting={held}") == ["1"]
    assert ids("operative=took-note") == ["2"]
    assert ids("state=adopted&year=2008") == ["1"]
    assert ids("year=2009") == []
    seen: list[str] = []
    after = ""
    while True:
        found = client.get(f"{BASE}/decisions?limit=5{after}", headers=member).json()
        seen += [one["id"] for one in found["decisions"]]
        if found["next"] is None:
            break
        after = f"&after={found['next']}"
    assert seen == [f"2008-{number}" for number in range(12, 0, -1)]
    first = client.get(f"{BASE}/decisions?limit=5", headers=member).json()["next"]
    for query in (f"after={first}&year=2008", "after=x", "after=", "limit=0", "state=gone", "year=x", "meeting=%00"):
        assert client.get(f"{BASE}/decisions?{query}", headers=member).status_code in (400, 422), query
    assert client.get(f"{BASE}/decisions?after={first}").status_code == 400, "a cursor is for who it was given to"


@pytest.mark.parametrize("id_", ["2008-99", "0", "%00", "2008-1'--", "9" * 500, "2008-٣"])
def test_addresses_of_nothing(opened: dict[str, Any], client: TestClient, member: dict[str, str], id_: str) -> None:
    assert client.get(f"{BASE}/decisions/{id_}", headers=member).status_code == 404


def test_rounds_come_to_an_end(send: Send) -> None:
    send("/decisions", etag="", **decision())
    for _ in range(19):
        assert send(f"{ONE}/revise", text="Another.", until=LAST).status_code == 200
    often = send(f"{ONE}/revise", text="Another.", until=LAST)
    assert (often.status_code, often.json()["type"]) == (409, "/problems/revised-too-often")
