"""Decisions on the chair through the API: every kind, with preview, and what cannot be decided."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.access.conftest import CHARTER, DECISIONS, Decide, Tokens
from tests.conftest import Time, happened

# The shipped charter in May 2008: UNFPA chairs until July, then UNHCR, UNICEF, UNITAR, …
KINDS = [
    ({"pass": "unhcr", "term": "2008-07-01"}, "2008-07-01", ["unicef"], "regular"),
    ({"swap": ["unhcr", "unitar"], "term": "2008-07-01"}, "2008-07-01", ["unitar"], "swapped"),
    ({"appoint": "iom", "term": "2008-07-01"}, "2008-07-01", ["iom"], "appointed"),
    ({"appoint": ["wb", "ilo"], "term": "2008-07-01", "until": "2008-10-01"}, "2008-09-30", ["wb", "ilo"], "appointed"),
    ({"extend": "2008-01-01", "until": "2008-09-01"}, "2008-08-31", ["unfpa"], "extended"),
    ({"accept": "unhcr", "term": "2008-07-01"}, "2008-07-01", ["unhcr"], "regular"),
    ({"vacant": "2008-06-01", "until": "2008-06-15"}, "2008-06-01", [], "vacant"),
    ({"interim": "iom", "from": "2008-07-01", "until": "2008-08-01"}, "2008-07-15", ["iom"], "interim"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "day", "chair", "kind"), KINDS)
def test_every_kind_is_previewed_taken_and_withdrawn(
    client: TestClient, decide: Decide, body: dict[str, object], day: str, chair: list[str], kind: str
) -> None:
    def sitting() -> tuple[list[str], str, str]:
        term = client.get(f"/api/v1/groups/gmg/chair?at={day}").json()["term"]
        return term["chair"], term["kind"], term["status"]

    before = sitting()
    seen = decide(preview=True, **body)
    assert (seen.status_code, seen.json()["saved"]) == (200, False)
    assert sitting() == before
    taken = decide(reason="Agreed by the principals.", source="Minutes of 14 May", **body)
    assert taken.status_code == 201, taken.text
    assert taken.json()["changes"] == [
        change | {"after": change["after"] and change["after"] | {"why": after["after"]["why"]}}
        for change, after in zip(seen.json()["changes"], taken.json()["changes"], strict=True)
    ]
    assert sitting() == (chair, kind, "decided")
    id_ = taken.json()["decision"]["id"]
    assert taken.headers["location"] == f"{DECISIONS}/{id_}"
    assert decide(withdraw=id_).status_code == 201
    assert sitting() == before


def test_a_decision_is_on_record_with_who_took_it(
    client: TestClient, decide: Decide, engine: Engine, secretariat: dict[str, str]
) -> None:
    taken = decide(id="d-2008-1", pass_="unhcr", term="2008-07-01", taken="2008-05-03", reason="Staff")
    assert taken.json()["decision"]["taken"] == "2008-05-03"
    one = client.get(f"{DECISIONS}/d-2008-1", headers=secretariat).json()
    assert (one["pass"], one["term"], one["reason"]) == ("unhcr", "2008-07-01", "Staff")
    assert [d["id"] for d in client.get(DECISIONS, headers=secretariat).json()["decisions"]] == ["d-2008-1"]
    (event,) = happened(engine, "chair.decided")
    assert (event.subject, event.actor, event.data["decision"]["pass"]) == ("d-2008-1", "secretariat", "unhcr")
    assert client.get("/api/v1/groups/gmg/chair").headers["etag"] == taken.headers["etag"]


REFUSED = [
    # days before today, by each way of reaching them
    ({"extend": "2008-01-01", "until": "2008-05-01"}, 409, "past-would-change", "2008-05-01"),
    ({"extend": "2008-01-01", "until": "2008-05-15"}, 409, "past-would-change", "2008-05-15"),
    ({"vacant": "2008-05-01", "until": "2008-06-01"}, 409, "past-would-change", "2008-05-01"),
    ({"interim": "iom", "from": "2008-03-01", "until": "2008-04-01"}, 409, "past-would-change", "2008-03-01"),
    # what the engine cannot lay names what to write instead
    ({"pass": "unhcr", "term": "2008-07-02"}, 422, "decision-does-not-fit", "write term: 2008-07-01"),
    ({"pass": "iom", "term": "2008-07-01"}, 422, "decision-does-not-fit", "name unhcr"),
    ({"extend": "2008-07-02", "until": "2008-09-01"}, 422, "decision-does-not-fit", "write extend: 2008-07-01"),
    ({"withdraw": "d99"}, 422, "decision-does-not-fit", "no decision here"),
    ({"pass": "nobody", "term": "2008-07-01"}, 422, "member-unknown", "the ids are"),
    ({"appoint": "iom", "term": "2001-01-01"}, 422, "before-founding", "2006-05-09"),
    ({"pass": "unhcr", "term": "2008-07-01", "taken": "2008-05-16"}, 422, "decision-lies-ahead", "write today"),
]


@pytest.mark.parametrize(("body", "status", "kind", "says"), REFUSED)
def test_refusals_say_what_to_do_and_save_nothing(
    client: TestClient, decide: Decide, secretariat: dict[str, str], body: dict[str, object], status: int, kind: str,
    says: str,
) -> None:  # fmt: skip
    before = client.get(CHARTER, headers=secretariat)
    for preview in (True, False):
        answer = decide(preview=preview, **body)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
        assert says in answer.json()["detail"]
    after = client.get(CHARTER, headers=secretariat)
    assert (after.headers["etag"], after.content) == (before.headers["etag"], before.content)


def test_a_decision_that_leaves_another_without_its_term_names_both(decide: Decide) -> None:
    assert decide(id="yes", accept="unhcr", term="2008-07-01").status_code == 201
    answer = decide(id="longer", extend="2008-01-01", until="2008-09-01")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/decision-leaves-another")
    assert answer.json()["decisions"] == ["longer", "yes"]
    assert "longer would leave yes without its term" in answer.json()["detail"]
    assert decide(withdraw="yes").status_code == 201
    assert decide(id="longer", extend="2008-01-01", until="2008-09-01").status_code == 201


def test_two_that_fill_one_term_and_an_id_in_use(decide: Decide) -> None:
    assert decide(id="one", appoint="iom", term="2008-07-01").status_code == 201
    second = decide(id="two", appoint="ilo", term="2008-07-01")
    assert (second.status_code, "both fill the term" in second.json()["detail"]) == (422, True)
    again = decide(id="one", pass_="unicef", term="2009-01-01")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/decision-exists")


def test_a_withdrawal_that_rewrites_the_past_is_refused(decide: Decide, time: Time) -> None:
    assert decide(id="gone", pass_="unhcr", term="2008-07-01").status_code == 201
    time.at = datetime(2008, 7, 3, tzinfo=UTC)
    answer = decide(withdraw="gone")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/past-would-change")
    assert "2008-07-01" in answer.json()["detail"]


def test_a_member_accepts_or_passes_its_own_turn_and_nothing_else(decide: Decide, token: Tokens) -> None:
    unhcr = {"Authorization": f"Bearer {token('gmg@unhcr.example')}"}
    iom = {"Authorization": f"Bearer {token('gmg@iom.example')}"}
    attempts: list[tuple[dict[str, str], dict[str, object]]] = [
        (iom, {"accept": "unhcr", "term": "2008-07-01"}),
        (iom, {"pass": "unhcr", "term": "2008-07-01"}),
        (unhcr, {"appoint": "unhcr", "term": "2008-07-01"}),
        (unhcr, {"extend": "2008-01-01", "until": "2008-09-01"}),
        (unhcr, {"vacant": "2008-07-01", "until": "2008-09-01"}),
        (unhcr, {"swap": ["unhcr", "iom"], "term": "2008-07-01"}),
    ]
    for headers, body in attempts:
        for preview in (True, False):
            answer = decide(headers, preview, **body)
            whose = "not-yours" if {"accept", "pass"} & body.keys() else "secretariat-only"
            assert (answer.status_code, answer.json()["type"]) == (403, f"/problems/{whose}"), body
    assert decide(unhcr, accept="unhcr", term="2008-07-01").status_code == 201


def test_the_people_of_a_seat_answer_for_the_turn_that_it_will_hold(decide: Decide, token: Tokens) -> None:
    """Seats change on 1 August; the turn of 1 July 2010 belongs to the seat of its first day."""
    assert decide(preview=True, accept="unrc", term="2010-07-01").status_code == 200
    holder = {"Authorization": f"Bearer {token('gmg@ece.example')}"}
    other = {"Authorization": f"Bearer {token('gmg@eca.example')}"}
    assert decide(other, accept="unrc", term="2010-07-01").status_code == 403
    assert decide(holder, accept="unrc", term="2010-07-01").status_code == 201
