"""Handovers where the terms change: extended, shared, vacant, interim or taken back; and the seat behind a chair."""

from starlette.testclient import TestClient

from tests.access.conftest import Decide, Tokens, decide, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.handing_over import NEXT, coming, seen  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, Send, at, chair, send  # noqa: F401 - fixtures


def test_an_extended_term_takes_its_handover_along(
    client: TestClient, send: Send, chair: dict[str, str], coming: dict[str, str], time: Time, decide: Decide
) -> None:
    time.at = at("2008-06-10T08:00")
    send(f"{NEXT}/fill", chair, answers=[{"heading": "files", "text": "All there.", "done": True}])
    send(f"{NEXT}/confirm", chair, member="unfpa")
    old = client.get(f"{BASE}{NEXT}", headers=chair).headers["etag"]
    assert decide(extend="2008-01-01", until="2008-09-01").status_code == 201
    found = seen(client, chair)
    assert (found["day"], found["state"]) == ("2008-09-01", "ahead")
    assert found["checklist"][0]["text"] == "All there."
    assert found["outgoing"]["confirmed_at"] is None, "it was said of another day"
    time.at = at("2008-08-10T08:00")
    assert send(f"{NEXT}/confirm", coming, etag=old, member="unhcr").status_code == 412
    found = send(f"{NEXT}/confirm", coming, member="unhcr").json()
    assert (found["outgoing"]["confirmed_at"], found["incoming"]["member"]) == (None, "unhcr")
    assert send(f"{NEXT}/confirm", chair, member="unfpa").json()["state"] == "confirmed"


def test_of_co_chairs_any_one_confirms(
    send: Send, chair: dict[str, str], coming: dict[str, str], token: Tokens, decide: Decide, time: Time
) -> None:
    assert decide(appoint=["unfpa", "unhcr"], term="2008-07-01").status_code == 201
    time.at = at("2008-07-01T08:00")
    assert send(f"{NEXT}/confirm", chair, member="unfpa").json()["type"] == "/problems/name-the-side"
    assert send(f"{NEXT}/confirm", chair, member="unfpa", side="outgoing").status_code == 200
    done = send(f"{NEXT}/confirm", coming, member="unhcr").json()
    assert (done["state"], done["incoming"]["member"]) == ("confirmed", "unhcr")
    again = send(f"{NEXT}/confirm", chair, member="unfpa", side="incoming")
    assert again.json()["type"] == "/problems/side-has-confirmed"


def test_the_secretariat_stands_for_a_vacant_side(
    client: TestClient,
    send: Send,
    chair: dict[str, str],
    coming: dict[str, str],
    secretariat: dict[str, str],
    decide: Decide,
    time: Time,
) -> None:
    assert decide(vacant="2008-07-01", until="2008-08-01").status_code == 201
    time.at = at("2008-07-02T08:00")
    into, out = "/handovers/gap-2008-07-01", NEXT
    assert seen(client, chair, into)["incoming"] == {
        "members": [], "vacant": True, "confirmed_at": None, "member": None, "by": None,
    }  # fmt: skip
    assert send(f"{into}/confirm", chair, side="incoming").json()["type"] == "/problems/secretariat-only"
    assert send(f"{into}/confirm", secretariat, side="outgoing").json()["type"] == "/problems/name-the-member"
    assert send(f"{into}/confirm", secretariat, side="incoming").status_code == 200
    assert send(f"{into}/confirm", chair, member="unfpa").json()["state"] == "confirmed"
    assert seen(client, chair, out)["day"] == "2008-08-01"
    assert send(f"{out}/confirm", secretariat, side="outgoing").status_code == 200
    assert send(f"{out}/confirm", coming, member="unhcr").json()["state"] == "confirmed"


def test_an_interim_chair_hands_over_like_any_other(
    client: TestClient, send: Send, chair: dict[str, str], token: Tokens, decide: Decide, time: Time
) -> None:
    assert decide(interim="ilo", from_="2008-06-01", until="2008-07-01").status_code == 201
    time.at = at("2008-06-02T08:00")
    interim = {"Authorization": f"Bearer {token('gmg@ilo.example')}"}
    assert send("/handovers/gap-2008-06-01/confirm", chair, member="unfpa").status_code == 200
    assert send("/handovers/gap-2008-06-01/confirm", interim, member="ilo").json()["state"] == "confirmed"
    assert seen(client, chair)["outgoing"]["members"] == ["ilo"]
    assert send(f"{NEXT}/confirm", interim, member="ilo").status_code == 200


def test_a_withdrawn_handover_keeps_what_was_filled_in_and_takes_nothing_more(
    client: TestClient, send: Send, chair: dict[str, str], decide: Decide
) -> None:
    send(f"{NEXT}/fill", chair, answers=[{"heading": "files", "text": "All there."}])
    decision = decide(appoint="unfpa", term="2008-07-01").json()["decision"]["id"]
    found = seen(client, chair)
    assert (found["state"], found["checklist"][0]["text"]) == ("withdrawn", "All there.")
    assert NEXT.rpartition("/")[2] not in [one["turn"] for one in seen(client, chair, "/handovers")["handovers"]]
    for verb, body in (("fill", {"documents": []}), ("confirm", {"member": "unfpa"})):
        assert send(f"{NEXT}/{verb}", chair, **body).json()["type"] == "/problems/handover-is-withdrawn"
    for what in ("dossier", "acknowledgements"):
        told = client.get(f"{BASE}{NEXT}/{what}", headers=chair)
        assert (told.status_code, told.json()["type"]) == (409, "/problems/handover-is-withdrawn")
    assert decide(withdraw=decision).status_code == 201
    assert seen(client, chair)["state"] == "ahead"


def test_the_seat_that_holds_the_chair_speaks_for_its_side(
    client: TestClient, send: Send, token: Tokens, decide: Decide, time: Time
) -> None:
    """The regional commissions chair until January 2010; ECE holds their seat from August 2009 on, for a year."""
    assert decide(appoint="unrc", term="2009-07-01", until="2010-01-01").status_code == 201
    time.at = at("2010-01-20T08:00")
    out = next(one for one in seen(client, _of(token, "gmg@ece.example"), "/handovers")["handovers"]
               if one["outgoing"]["members"] == ["unrc"])["turn"]  # fmt: skip
    path = f"/handovers/{out}/confirm"
    assert send(path, _of(token, "gmg@eca.example"), member="unrc").json()["type"] == "/problems/not-yours"
    time.at = at("2010-08-20T08:00")
    assert send(path, _of(token, "gmg@eca.example"), member="unrc").json()["type"] == "/problems/not-yours"
    assert send(path, _of(token, "gmg@ece.example"), member="unrc").status_code == 200, "it held the seat in the chair"


def _of(token: Tokens, address: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(address)}"}
