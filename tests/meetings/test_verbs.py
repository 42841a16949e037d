"""Meetings through the API: proposed by the rhythm, called, moved, cancelled, held."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.database import reading
from service.meetings.queries import meetings
from service.scheduler import plan
from tests.access.conftest import Tokens
from tests.conftest import Changed, Time, put
from tests.meetings.conftest import BASE, FIRST, NEXT_CHAIR, Mails, Send, at


def proposed(engine: Engine) -> dict[str, Any]:
    with reading(engine) as session:
        return {row.id: row for row in meetings(session, "gmg")}


def test_the_rhythm_proposes_and_proposing_again_changes_nothing(
    engine: Engine, group: str, changed: Changed, gmg: Any
) -> None:
    before = proposed(engine)
    assert before[FIRST].chair == ["unfpa"]
    assert before["principals-turn-6"].chair == ["unhcr"]
    assert {row.state for row in before.values()} == {"proposed"}
    put(engine, changed(areas=["something else"]))
    assert {id_: row.model_dump() for id_, row in proposed(engine).items()} == {
        id_: row.model_dump() for id_, row in before.items()
    }


def test_time_alone_proposes_more(engine: Engine, group: str, time: Time) -> None:
    last = max(row.start for row in proposed(engine).values())
    time.at += timedelta(days=200)
    plan(engine)
    assert max(row.start for row in proposed(engine).values()) > last + timedelta(days=150)


def test_the_public_sees_title_and_date_alone(client: TestClient, member: dict[str, str]) -> None:
    public = client.get(f"{BASE}/meetings").json()
    assert public["meetings"][0]["id"] == FIRST
    assert all(one["details"] is None for one in public["meetings"])
    assert "New York" not in str(public)
    inside = client.get(f"{BASE}/meetings", headers=member).json()
    assert inside["meetings"][0]["details"]["place"] == "New York"


def test_an_observer_sees_what_the_public_sees(
    client: TestClient, engine: Engine, changed: Changed, token: Tokens, gmg: Any
) -> None:
    people = [person.model_dump(by_alias=True) for person in gmg.people]
    guest = {
        "name": "Guest",
        "email": "guest@example.org",
        "appointments": [{"role": "observer", "from": date(2008, 1, 1)}],
    }
    put(engine, changed(people=[*people, guest]))
    headers = {"Authorization": f"Bearer {token('guest@example.org')}"}
    assert client.get(f"{BASE}/meetings/{FIRST}", headers=headers).json()["details"] is None
    assert client.get(f"{BASE}/meetings/{FIRST}/attendance", headers=headers).status_code == 403


def test_the_next_meeting_has_a_stable_address(client: TestClient, send: Send, time: Time) -> None:
    assert client.get(f"{BASE}/meetings/next").json()["id"] == FIRST
    assert client.get(f"{BASE}/meetings/next?level=principals").json()["id"] == "principals-turn-6"
    send(f"/meetings/{FIRST}/cancel", reason="Not needed.")
    assert client.get(f"{BASE}/meetings/next").json()["id"] == "working-level-2008-08-07"
    time.at = at("2008-08-07T12:30")
    assert client.get(f"{BASE}/meetings/next").json()["id"] == "working-level-2008-08-07"


def test_call_move_cancel_count_the_sequence(client: TestClient, send: Send) -> None:
    uid = client.get(f"{BASE}/meetings/{FIRST}").json()["uid"]
    called = send(f"/meetings/{FIRST}/call").json()["meeting"]
    assert (called["state"], called["sequence"]) == ("called", 1)
    moved = send(f"/meetings/{FIRST}/move", day="2008-06-27", at="15:30").json()["meeting"]
    assert (moved["start"], moved["sequence"]) == ("2008-06-27T13:30:00Z", 2)
    same = send(f"/meetings/{FIRST}/move", day="2008-06-27").json()["meeting"]
    assert (same["sequence"], same["details"]["version"]) == (2, moved["details"]["version"])
    titled = send(f"/meetings/{FIRST}/edit", title="A better title").json()["meeting"]
    assert (titled["sequence"], titled["title"]) == (2, "A better title")
    ended = send(f"/meetings/{FIRST}/cancel", reason="Too few can come.").json()["meeting"]
    assert (ended["state"], ended["sequence"], ended["uid"]) == ("cancelled", 3, uid)
    assert [one["sequence"] for one in ended["details"]["schedules"]] == [0, 1, 2, 3]
    again = send(f"/meetings/{FIRST}/cancel", reason="Again.")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/meeting-is-cancelled")


def test_a_local_time_that_does_not_exist_is_refused_with_the_next(send: Send) -> None:
    wrong = send(f"/meetings/{FIRST}/move", day="2009-03-29", at="02:30")
    assert wrong.status_code == 422
    assert "03:00" in wrong.json()["detail"]


def test_a_meeting_that_no_cadence_asks_for(client: TestClient, send: Send) -> None:
    made = send("/meetings", title="Retreat", day="2008-06-10", at="09:00", minutes=480, etag="")
    assert made.status_code == 201
    assert made.headers["location"] == f"{BASE}/meetings/on-2008-06-10"
    assert made.json()["meeting"]["details"]["place"] == "New York"
    assert (
        send("/meetings", title="Another", day="2008-06-10", at="09:00", etag="").json()["meeting"]["id"]
        == "on-2008-06-10-2"
    )


def test_preview_says_who_is_mailed_and_saves_nothing(client: TestClient, chair: dict[str, str], mails: Mails) -> None:
    shown = client.post(f"{BASE}/meetings/{FIRST}/call?preview=true", headers=chair).json()
    assert shown["saved"] is False
    assert {one["news"] for one in shown["mails"]} == {"new"}
    assert {"ilo", "unhcr", "wb"} <= {one["member"] for one in shown["mails"]}
    assert client.get(f"{BASE}/meetings/{FIRST}").json()["state"] == "proposed"
    assert mails() == []


def test_a_change_names_the_version_that_it_changes(client: TestClient, chair: dict[str, str]) -> None:
    address = f"{BASE}/meetings/{FIRST}"
    assert client.post(f"{address}/call", headers=chair).status_code == 428
    assert client.post(f"{address}/call", headers=chair | {"If-Match": '"9"'}).status_code == 412
    assert client.post(f"{address}/call", headers=chair | {"If-Match": '"1"'}).status_code == 200


def test_authority_follows_the_chair(
    client: TestClient, send: Send, member: dict[str, str], token: Tokens, time: Time, chair: dict[str, str]
) -> None:
    later = "working-level-2008-08-07"
    assert send(f"/meetings/{later}/call", member).status_code == 403
    coming = {"Authorization": f"Bearer {token(NEXT_CHAIR)}"}
    time.at = at("2008-06-30T21:59:59")
    assert send(f"/meetings/{later}/call", coming).status_code == 403
    time.at = at("2008-06-30T22:00:00")
    assert send(f"/meetings/{later}/call", chair).status_code == 403
    assert send(f"/meetings/{later}/call", coming).status_code == 200


def test_held_freezes_the_chair(
    client: TestClient, send: Send, time: Time, engine: Engine, changed: Changed, secretariat: dict[str, str]
) -> None:
    send(f"/meetings/{FIRST}/call")
    early = send(f"/meetings/{FIRST}/hold", present=[])
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-begun")
    time.at = at("2008-06-26T14:00")
    present = [{"member": "ilo", "presence": "in-person", "representative": "Ms X", "rank": "alternate"}]
    held = send(f"/meetings/{FIRST}/hold", presided_by="The Executive Director", present=present).json()["meeting"]
    assert (held["state"], held["sequence"], held["details"]["chair"]) == ("held", 1, ["unfpa"])
    history = [{"from": date(2006, 5, 9), "until": date(2008, 7, 1), "chair": ["iom"]}]
    put(
        engine,
        changed(history=history, rotation=[{"from": date(2008, 7, 1), "months": 6, "order": ["iom", "ilo"]}]),
        "wrong",
    )
    assert client.get(f"{BASE}/meetings/{FIRST}", headers=secretariat).json()["details"]["chair"] == ["unfpa"]


def test_unconfirmed_meetings_follow_the_rotation_and_called_ones_stand(
    client: TestClient, send: Send, engine: Engine, token: Tokens, secretariat: dict[str, str]
) -> None:
    called = "working-level-2008-08-07"
    send(f"/meetings/{called}/call")
    before = {id_: row.sequence for id_, row in proposed(engine).items()}
    taken = send("/chair-decisions", secretariat, etag="", pass_="unhcr", term="2008-07-01")
    assert taken.status_code == 201
    after = proposed(engine)
    assert (after[called].chair, after[called].place) == (["unicef"], "Geneva")
    assert after[called].sequence == before[called]
    other = after["working-level-2008-09-18"]
    assert (other.chair, other.place, other.sequence) == (["unicef"], "New York", 1)
    assert after["principals-turn-6"].place == "New York"


def test_a_term_that_moves_takes_its_meeting_with_it(engine: Engine, send: Send, secretariat: dict[str, str]) -> None:
    before = proposed(engine)["principals-turn-7"]
    send("/chair-decisions", secretariat, etag="", extend="2008-07-01", until="2009-03-01")
    after = proposed(engine)["principals-turn-7"]
    assert (before.start, after.start) == (at("2009-03-10T14:00"), at("2009-05-12T13:00"))
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)


def test_a_cadence_that_ends_withdraws_what_nobody_has_called(
    client: TestClient, send: Send, engine: Engine, secretariat: dict[str, str]
) -> None:
    send("/meetings/working-level-2008-08-07/call")
    tag = client.get(f"{BASE}/cadences").headers["etag"]
    ended = send("/cadences/working-level/end", secretariat, etag=tag, until="2008-07-01")
    assert ended.status_code == 200
    found = proposed(engine)
    assert found["working-level-2008-09-18"].state == "cancelled"
    assert found["working-level-2008-08-07"].state == "called"
    tag = client.get(f"{BASE}/cadences").headers["etag"]
    send("/cadences/working-level/end", secretariat, etag=tag, until="2009-07-01")
    assert proposed(engine)["working-level-2008-09-18"].state == "proposed"


def test_cadences_by_api(client: TestClient, send: Send, engine: Engine, secretariat: dict[str, str]) -> None:
    one = {
        "id": "data",
        "title": "Working group on data",
        "when": "every 2 months on the first monday",
        "from_": "2008-07-01",
    }
    body = {"at": "10:00", "members": ["ilo", "iom", "wb"]} | one
    assert send("/cadences", etag="", **body).status_code == 403
    body["from"] = body.pop("from_")
    shown = client.post(f"{BASE}/cadences?preview=true", json=body, headers=secretariat).json()
    assert [one["start"] for one in shown["next"]][:2] == ["2008-07-07T10:00:00+02:00", "2008-09-01T10:00:00+02:00"]
    assert "data-2008-07" not in proposed(engine)
    made = client.post(f"{BASE}/cadences", json=body, headers=secretariat | {"Idempotency-Key": "once"})
    assert made.status_code == 201
    assert proposed(engine)["data-2008-07"].members == ["ilo", "iom", "wb"]
    assert (
        client.post(f"{BASE}/cadences", json=body, headers=secretariat | {"Idempotency-Key": "twice"}).status_code
        == 409
    )
    assert len(client.get(f"{BASE}/cadences").json()["cadences"]) == 3


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"minutes": 0}, 422),
        ({"minutes": -5}, 422),
        ({"minutes": 5 * 365 * 24 * 60}, 422),
        ({"day": "2008-02-30"}, 422),
        ({"day": "9999-01-01"}, 422),
        ({"day": "2030-01-01"}, 422),
        ({"day": "2008-05-01"}, 409),
        ({"at": "24:00"}, 422),
        ({"zone": "../../etc/passwd"}, 422),
        ({"zone": "Mars/Olympus"}, 422),
        ({"title": "a\r\nATTENDEE:mailto:evil@example.org"}, 422),
        ({"link": "javascript:alert(1)"}, 422),
        ({"link": "data:text/html,x"}, 422),
        ({"link": "http://example.org"}, 422),
        ({"members": ["nobody"]}, 422),
        ({"members": ["ilo"] * 600}, 422),
        ({"quorum": 10**19}, 422),
        ({"rrule": "FREQ=SECONDLY"}, 422),
        ({"id": "mine", "sequence": 7}, 422),
        ({"level": "everybody"}, 422),
    ],
)
def test_bad_input(send: Send, body: dict[str, Any], status: int) -> None:
    good = {"title": "Meeting", "day": "2008-06-10", "at": "10:00"}
    refused = send("/meetings", etag="", **(good | body))
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_called_meeting_that_nobody_has_put_on_record_is_overdue(client: TestClient, send: Send, time: Time) -> None:
    def overdue() -> bool:
        return bool(client.get(f"{BASE}/meetings/{FIRST}").json()["overdue"])

    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T13:29:59")
    assert not overdue()
    time.at = at("2008-06-26T13:30")
    assert overdue()
    send(f"/meetings/{FIRST}/hold", present=[])
    assert not overdue()
