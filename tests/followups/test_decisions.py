"""Decisions of the group: taken by consensus at a meeting, refused where they make no sense, numbered, superseded."""

from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Changed, Time, put
from tests.followups.decided import ANSWER, ONE, decision, held, of, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, FIRST, Send, at, chair, member, send  # noqa: F401 - fixtures


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


def test_a_repeated_creation_is_one_decision(client: TestClient, chair: dict[str, str]) -> None:
    headers = chair | {"Idempotency-Key": "once"}
    made = [client.post(f"{BASE}/decisions", json=decision(), headers=headers) for _ in range(2)]
    assert [one.json()["id"] for one in made] == ["2008-1", "2008-1"]
    assert made[1].headers["idempotent-replayed"] == "true"
