"""Answers to a decision: who gives them for a member on the day, with one voice and with a reason."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.groups.charter import Charter
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Changed, Time, put
from tests.followups.decided import (  # noqa: F401 - fixtures
    ANSWER,
    ONE,
    decision,
    of,
    opened,
    with_member,
    with_person,
)
from tests.meetings.conftest import BASE, Send, at, chair, member, send  # noqa: F401 - fixtures


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
