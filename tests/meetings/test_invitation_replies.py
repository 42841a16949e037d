"""Answers to invitations: by the link in the mail, which shows on GET, and by the replies of calendar programs."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conftest import Time
from tests.mailtext import read
from tests.meetings.conftest import BASE, FIRST, OTHER, Mails, Send, Settle, at


def test_the_link_shows_on_get_and_answers_on_post(
    client: TestClient, send: Send, settle: Settle, mails: Mails
) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    said = read(mails(OTHER)[0])
    link = next(line for line in said.splitlines() if "/rsvp/" in line).partition("/groups")[2]
    for _ in range(3):
        page = client.get(f"/groups{link}")
        assert page.status_code == 200
    assert "will ILO come?" in page.text
    assert client.get(f"{BASE}/meetings/next").status_code == 200
    empty = client.post(f"/groups{link}", data={"sequence": "1", "representative": "Ms X"})
    assert (empty.status_code, "Choose one" in empty.text, "Ms X" in empty.text) == (422, True, True)
    done = client.post(
        f"/groups{link}", data={"sequence": "1", "choice": "accepted", "representative": "Ms X", "rank": "alternate"}
    )
    assert "ILO comes" in done.text
    send(f"/meetings/{FIRST}/move", at="16:00")
    stale = client.post(f"/groups{link}", data={"sequence": "1", "choice": "declined"})
    assert (stale.status_code, "has changed" in stale.text) == (409, True)
    assert "earlier time" in client.get(f"/groups{link}").text
    assert client.get("/groups/gmg/rsvp/forged").status_code == 404
    assert client.get(f"/groups{link.replace('/rsvp/', '/answer/')}").status_code == 404


def reply(uid: str, address: str, partstat: str, sequence: int, stamp: str, **params: str) -> bytes:
    more = "".join(f';{name.replace("_", "-")}="mailto:{value}"' for name, value in params.items())
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{uid}",
        f"DTSTAMP:{stamp}", "DTSTART:20080626T120000Z", f"SEQUENCE:{sequence}", "ORGANIZER:mailto:gmg@localhost",
        f"ATTENDEE;PARTSTAT={partstat};CN=Mr Y{more}:mailto:{address}", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


@pytest.fixture
def answer(client: TestClient, secretariat: dict[str, str]) -> Callable[[bytes], Any]:
    def post(body: bytes) -> Any:
        headers = secretariat | {"Content-Type": "text/calendar"}
        return client.post(f"{BASE}/meetings/replies", content=body, headers=headers)

    return post


def test_replies_of_calendar_programs(
    client: TestClient, send: Send, answer: Callable[[bytes], Any], secretariat: dict[str, str], time: Time
) -> None:
    uid = send(f"/meetings/{FIRST}/call").json()["meeting"]["uid"]

    def known() -> dict[str, Any]:
        found = client.get(f"{BASE}/meetings/{FIRST}/attendance", headers=secretariat).json()["attendance"]
        return {one["member"]: one for one in found}

    assert answer(reply(uid, OTHER, "ACCEPTED", 1, "20080515T115000Z")).json()["taken"] is True
    # An older mail that comes later changes nothing.
    assert answer(reply(uid, OTHER, "DECLINED", 1, "20080515T114000Z")).json()["taken"] is False
    assert known()["ilo"]["answer"] == "accepted"
    # A delegate answers for who delegated.
    assert (
        answer(reply(uid, OTHER, "DELEGATED", 1, "20080515T115500Z", DELEGATED_TO="d@ilo.example")).json()["taken"]
        is True
    )
    assert known()["ilo"]["representative"] == "d@ilo.example"
    delegate = reply(uid, "d@ilo.example", "ACCEPTED", 1, "20080515T115800Z", DELEGATED_FROM=OTHER)
    assert answer(delegate).json()["member"] == "ilo"
    assert known()["ilo"]["representative"] == "Mr Y"
    # An answer to an old SEQUENCE is kept, and does not stand.
    send(f"/meetings/{FIRST}/move", at="16:00")
    assert answer(reply(uid, "gmg@iom.example", "ACCEPTED", 1, "20080515T115900Z")).json()["taken"] is True
    assert (known()["iom"]["answer"], known()["iom"]["stands"]) == ("accepted", False)
    # A REPLY need not say when the meeting is.
    bare = reply(uid, "gmg@wb.example", "DECLINED", 2, "20080515T120000Z")
    assert answer(bare.replace(b"DTSTART:20080626T120000Z\r\n", b"")).json()["taken"] is True
    # Nobody answers who was not asked, nor for a meeting that is not known, nor with something else.
    assert answer(reply(uid, "stranger@example.org", "ACCEPTED", 2, "20080515T120000Z")).status_code == 422
    assert answer(reply("unknown", OTHER, "ACCEPTED", 2, "20080515T120000Z")).status_code == 404
    assert answer(reply(uid, OTHER, "ACCEPTED", 9, "20080515T120000Z")).status_code == 422
    assert answer(reply(uid, OTHER, "MAYBE", 2, "20080515T120000Z")).status_code == 422
    assert answer(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n").status_code == 422
    # Late answers are refused: the chair's office notes who is there.
    time.at = at("2008-06-26T14:00")
    late = answer(reply(uid, OTHER, "DECLINED", 2, "20080626T140000Z"))
    assert (late.status_code, late.json()["type"]) == (409, "/problems/too-late")
