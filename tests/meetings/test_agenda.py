"""Agendas: proposed, accepted, settled, carried forward, referred; and what each agency has to tell."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.access.conftest import Tokens
from tests.conftest import Time, events_of
from tests.meetings.conftest import BASE, FIRST, Send, at

NEXT = "working-level-2008-08-07"


def agenda(client: TestClient, headers: dict[str, str], meeting: str = FIRST) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{BASE}/meetings/{meeting}/agenda", headers=headers).json()["items"]
    return found


def test_a_member_proposes_and_the_chair_takes(
    client: TestClient, send: Send, member: dict[str, str], chair: dict[str, str]
) -> None:
    paper = {"title": "Note", "url": "https://ilo.example/note.pdf", "symbol": "GMG/2008/1", "language": "en"}
    item = {"title": "Labour migration", "meeting": FIRST, "purposes": [1, 3], "minutes": 30, "presenter": "Ms X"}
    made = send("/agenda-items", member, etag="", member="ilo", links=[paper], **item)
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    id_ = made.json()["id"]
    assert send(f"/agenda-items/{id_}/accept", member).status_code == 403
    assert send(f"/agenda-items/{id_}/edit", member, title="Labour migration, again").json()["title"].endswith("again")
    assert send(f"/agenda-items/{id_}/edit", member, kind="decide").json()["kind"] == "decide"
    assert send(f"/agenda-items/{id_}/accept").json()["state"] == "accepted"
    (shown,) = agenda(client, member)
    assert (shown["starts"], shown["links"][0]["symbol"]) == ("2008-06-26T12:00:00Z", "GMG/2008/1")
    assert send("/agenda-items", member, etag="", member="iom", **item).status_code == 403
    assert send("/agenda-items", member, etag="", **item).status_code == 422
    assert send("/agenda-items", etag="", member="unfpa", **(item | {"purposes": [99]})).status_code == 422


def test_the_chairs_own_items_stand_at_once_and_times_follow_the_order(
    client: TestClient, send: Send, chair: dict[str, str]
) -> None:
    first = send("/agenda-items", etag="", meeting=FIRST, title="One", minutes=20).json()["id"]
    second = send("/agenda-items", etag="", meeting=FIRST, title="Two", minutes=10).json()["id"]
    ordered = send(f"/meetings/{FIRST}/order", etag="", items=[second, first]).json()["items"]
    assert [(one["title"], one["starts"][11:16]) for one in ordered] == [("Two", "12:00"), ("One", "12:10")]
    assert send(f"/meetings/{FIRST}/order", etag="", items=[second]).status_code == 422


def test_what_comes_after_the_agenda_is_settled_is_late(send: Send, member: dict[str, str], time: Time) -> None:
    before = send("/agenda-items", member, etag="", member="ilo", meeting=FIRST, title="In time").json()
    time.at = at("2008-06-18T21:59:59")
    assert send(f"/agenda-items/{before['id']}/edit", member, title="Still in time").status_code == 200
    time.at = at("2008-06-18T22:00:00")
    late = send("/agenda-items", member, etag="", member="ilo", meeting=FIRST, title="Late").json()
    assert (before["late"], late["late"]) == (False, True)
    refused = send(f"/agenda-items/{before['id']}/edit", member, title="Too late")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/agenda-is-settled")
    assert send(f"/agenda-items/{late['id']}/accept").status_code == 200


def test_unfinished_items_carry_forward_with_their_lineage(
    client: TestClient, send: Send, time: Time, secretariat: dict[str, str], token: Tokens
) -> None:
    done = send("/agenda-items", etag="", meeting=FIRST, title="Done").json()["id"]
    left = send("/agenda-items", etag="", meeting=FIRST, title="Left").json()["id"]
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T14:00")
    send(f"/agenda-items/{done}/conclude", conclusion="Agreed.")
    send(f"/meetings/{FIRST}/hold", present=[])
    then = {one["title"]: one["state"] for one in agenda(client, secretariat)}
    assert then == {"Done": "concluded", "Left": "deferred", "Information exchange": "concluded"}
    (carried,) = agenda(client, secretariat, NEXT)
    assert (carried["title"], carried["origin"], carried["carried"], carried["state"]) == (
        "Left",
        left,
        True,
        "proposed",
    )
    assert send(f"/agenda-items/{carried['id']}/accept", secretariat).json()["type"] == "/problems/chair-only"
    kept = send(f"/agenda-items/{carried['id']}/accept").json()
    assert (kept["state"], kept["carried"]) == ("accepted", False)
    assert send(f"/agenda-items/{left}/accept").status_code == 409


def test_a_carried_item_may_be_dropped_and_the_backlog_keeps_the_rest(
    client: TestClient, send: Send, member: dict[str, str]
) -> None:
    idea = send("/agenda-items", member, etag="", member="ilo", title="An idea").json()
    assert [one["title"] for one in client.get(f"{BASE}/agenda-items", headers=member).json()["items"]] == ["An idea"]
    assert send(f"/agenda-items/{idea['id']}/accept").status_code == 409
    placed = send(f"/agenda-items/{idea['id']}/place", meeting=FIRST).json()
    assert (placed["meeting"], placed["state"]) == (FIRST, "accepted")
    deferred = send(f"/agenda-items/{idea['id']}/defer").json()
    assert (deferred["meeting"], deferred["origin"]) == (NEXT, idea["id"])
    assert send(f"/agenda-items/{deferred['id']}/drop", reason="Overtaken.").json()["state"] == "dropped"


def test_an_item_is_referred_to_the_other_level_and_back(client: TestClient, send: Send) -> None:
    below = send("/agenda-items", etag="", meeting=FIRST, title="For the principals").json()["id"]
    above = send(f"/agenda-items/{below}/refer").json()
    assert (above["meeting"], above["level"], above["origin"]) == ("principals-turn-6", "principals", below)
    assert send(f"/agenda-items/{above['id']}/place", meeting=FIRST).status_code == 409
    back = send(f"/agenda-items/{above['id']}/refer").json()
    assert (back["meeting"], back["level"], back["origin"]) == (FIRST, "focal-points", above["id"])


def test_news_are_each_agencys_own(client: TestClient, send: Send, member: dict[str, str], time: Time) -> None:
    send(f"/meetings/{FIRST}/news", member, etag="", member="ilo", text="A new report.")
    told = send(f"/meetings/{FIRST}/news", member, etag="", member="ilo", text="A new report, and a course.").json()
    assert [(one["member"], one["text"]) for one in told["news"]] == [("ilo", "A new report, and a course.")]
    assert send(f"/meetings/{FIRST}/news", member, etag="", member="iom", text="Not mine.").status_code == 403
    time.at = at("2008-06-26T13:30")
    assert send(f"/meetings/{FIRST}/news", member, etag="", member="ilo", text="Too late.").status_code == 409


def test_the_agenda_reaches_the_groups_own_people_and_not_the_public(
    client: TestClient, send: Send, token: Tokens
) -> None:
    send("/agenda-items", etag="", meeting=FIRST, title="Confidential matter")
    mine = token("gmg@ilo.example", kind="feed")
    own = next(
        one
        for one in events_of(client.get(f"/calendars/p/{mine}/gmg.ics").content)
        if "26" in str(one["DTSTART"].dt) and "Working" in one["SUMMARY"]
    )
    assert "1. Confidential matter" in own["DESCRIPTION"]
    for address in ("gmg.ics", "gmg/meetings.ics", "gmg/members/ilo.ics"):
        assert b"Confidential" not in client.get(f"/calendars/{address}").content


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"title": ""}, 422),
        ({"title": "a\nb"}, 422),
        ({"minutes": 0}, 422),
        ({"minutes": 10**9}, 422),
        ({"links": [{"title": "x", "url": "javascript:alert(1)"}]}, 422),
        ({"links": [{"title": "x", "url": "https://x.example"}] * 31}, 422),
        ({"meeting": "no-such-meeting"}, 404),
        ({"meeting": "../../etc"}, 422),
        ({"state": "accepted"}, 422),
        ({"kind": "exchange"}, 422),
    ],
)
def test_bad_input(send: Send, body: dict[str, Any], status: int) -> None:
    assert send("/agenda-items", etag="", **({"title": "Item", "meeting": FIRST} | body)).status_code == status


def test_an_agenda_has_an_end(send: Send) -> None:
    answers = [send("/agenda-items", etag="", meeting=FIRST, title=f"Item {n}").status_code for n in range(101)]
    assert answers == [201] * 100 + [409]


def test_a_meeting_that_is_over_takes_no_items(send: Send, time: Time) -> None:
    send(f"/meetings/{FIRST}/cancel", reason="No time.")
    time.at += timedelta(days=1)
    assert send("/agenda-items", etag="", meeting=FIRST, title="Item").status_code == 409


def test_what_stood_on_a_cancelled_agenda_goes_on(client: TestClient, send: Send, secretariat: dict[str, str]) -> None:
    left = send("/agenda-items", etag="", meeting=FIRST, title="Left").json()["id"]
    send(f"/meetings/{FIRST}/call")
    send(f"/meetings/{FIRST}/cancel", reason="No time.")
    then = {one["title"]: one["state"] for one in agenda(client, secretariat)}
    assert then == {"Left": "deferred", "Information exchange": "withdrawn"}
    (carried,) = agenda(client, secretariat, NEXT)
    assert (carried["title"], carried["origin"], carried["carried"]) == ("Left", left, True)


def test_what_stood_on_a_withdrawn_proposal_goes_to_the_backlog(
    client: TestClient, send: Send, secretariat: dict[str, str]
) -> None:
    send("/agenda-items", etag="", meeting=NEXT, title="Left")
    tag = client.get(f"{BASE}/cadences").headers["etag"]
    send("/cadences/working-level/end", secretariat, etag=tag, until="2008-07-01")
    backlog = client.get(f"{BASE}/agenda-items", headers=secretariat).json()["items"]
    assert [one["title"] for one in backlog] == ["Left"]
