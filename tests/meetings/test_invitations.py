"""Invitations as their readers get them: who is invited, told of a change or of a cancellation, once and with what."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.scheduler import plan
from service.settings import current
from tests.conftest import Changed, Time, put
from tests.mailtext import read
from tests.meetings.conftest import BASE, CHAIR, FIRST, OTHER, Mails, Send, Settle, at
from tests.meetings.invitation import invitation


def test_a_called_meeting_invites_each_person_once(send: Send, settle: Settle, mails: Mails) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    settle()
    found = mails()
    assert len({mail["To"].addresses[0].addr_spec for mail in found}) == len(found) > 14
    mine = mails(OTHER)[0]
    assert mine["Subject"] == "New: GMG: Working-level meeting, Thursday 26 June 2008, 14:00"
    method, event = invitation(mine)
    assert method == "REQUEST"
    assert event["ORGANIZER"] == f"mailto:{current().sender}"
    parties = {str(one): one.params for one in event["ATTENDEE"]}
    assert parties[f"mailto:{OTHER}"]["PARTSTAT"] == "NEEDS-ACTION"
    assert parties[f"mailto:{CHAIR}"]["ROLE"] == "CHAIR"
    assert (int(event["SEQUENCE"]), event["STATUS"], event["LOCATION"]) == (1, "CONFIRMED", "New York")
    said = read(mine)
    assert "Thursday, 26 June 2008, 14:00 to 15:30 (Europe/Zurich)" in said
    assert "You get this because you serve ILO" in said
    assert "For you" not in said
    assert "For you: Thursday, 26 June 2008, 08:00 to 09:30 (New York)" in read(mails("gmg@undp.example")[0])


def test_edits_settle_into_one_mail_with_the_net_change(
    send: Send, settle: Settle, mails: Mails, time: Time, engine: Engine
) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    before = len(mails())
    send(f"/meetings/{FIRST}/move", day="2008-06-27")
    time.at += timedelta(seconds=30)
    plan(engine)
    send(f"/meetings/{FIRST}/move", at="10:00", place="Palais des Nations")
    time.at += timedelta(seconds=45)
    plan(engine)
    assert len(mails()) == before
    settle()
    (mine,) = [mail for mail in mails(OTHER) if mail["Subject"].startswith("Changed")]
    assert "When: Thursday, 26 June 2008, 14:00 to 15:30" in read(mine)
    assert "→ Friday, 27 June 2008, 10:00 to 11:30 (Europe/Zurich)" in read(mine)
    assert "Where: New York → Palais des Nations" in read(mine)
    assert "Please answer again." in read(mine)
    method, event = invitation(mine)
    assert (method, int(event["SEQUENCE"])) == ("REQUEST", 3)
    # What was not sent yet would come after the newer one.
    assert not [mail for mail in mails(OTHER) if mail["Subject"].startswith("New")]


def test_there_and_back_is_no_news_and_a_title_neither(send: Send, settle: Settle, mails: Mails) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    before = len(mails())
    send(f"/meetings/{FIRST}/move", at="16:00")
    send(f"/meetings/{FIRST}/move", at="14:00")
    send(f"/meetings/{FIRST}/edit", title="Working level")
    settle()
    assert len(mails()) == before


def test_a_new_way_in_is_told_without_asking_again(
    client: TestClient, send: Send, settle: Settle, mails: Mails
) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    send(f"/meetings/{FIRST}/respond", etag="", member="unfpa", answer="accepted", sequence=1)
    send(f"/meetings/{FIRST}/edit", link="https://meet.example/gmg")
    settle()
    (mine,) = [mail for mail in mails(OTHER) if mail["Subject"].startswith("Changed")]
    assert "answer again" not in read(mine)
    _, event = invitation(mine)
    assert (int(event["SEQUENCE"]), event["CONFERENCE"]) == (1, "https://meet.example/gmg")
    found = send(f"/meetings/{FIRST}/respond", etag="", member="unfpa", answer="accepted", sequence=1).json()
    assert found["attendance"][0]["stands"] is True


def test_a_cancellation_goes_at_once_and_takes_the_way_in_out(
    send: Send, settle: Settle, mails: Mails, engine: Engine
) -> None:
    send(f"/meetings/{FIRST}/edit", link="https://meet.example/gmg")
    send(f"/meetings/{FIRST}/call")
    settle()
    send(f"/meetings/{FIRST}/cancel", reason="The host is on strike.")
    plan(engine)
    (mine,) = [mail for mail in mails(OTHER) if mail["Subject"].startswith("Cancelled")]
    assert "is cancelled: The host is on strike." in read(mine)
    assert "meet.example" not in mine.as_string()
    method, event = invitation(mine)
    assert (method, event["STATUS"], int(event["SEQUENCE"])) == ("CANCEL", "CANCELLED", 2)
    plan(engine)
    assert len([mail for mail in mails(OTHER) if mail["Subject"].startswith("Cancelled")]) == 1


def test_who_was_never_told_is_not_told_of_a_cancellation(send: Send, settle: Settle, mails: Mails) -> None:
    send(f"/meetings/{FIRST}/call")
    send(f"/meetings/{FIRST}/cancel", reason="A mistake.")
    settle()
    assert mails() == []


def test_a_handover_breaks_no_invitation(
    send: Send, settle: Settle, mails: Mails, secretariat: dict[str, str], client: TestClient
) -> None:
    later = "working-level-2008-08-07"
    send(f"/meetings/{later}/call")
    settle()
    _, before = invitation(mails(OTHER)[0])
    send(f"/meetings/{later}/respond", secretariat, etag="", member="ilo", answer="accepted", sequence=1)
    send("/chair-decisions", secretariat, etag="", pass_="unhcr", term="2008-07-01")
    settle()
    (mine,) = [mail for mail in mails(OTHER) if mail["Subject"].startswith("Changed: GMG: Working")]
    _, after = invitation(mine)
    assert (after["UID"], after["ORGANIZER"], after["SEQUENCE"]) == (
        before["UID"],
        before["ORGANIZER"],
        before["SEQUENCE"],
    )
    assert "Chair: UNHCR → UNICEF" in read(mine)
    assert "answer again" not in read(mine)
    found = client.get(f"{BASE}/meetings/{later}/attendance", headers=secretariat).json()
    assert found["attendance"][0]["stands"] is True


def test_who_comes_later_is_invited_and_who_goes_is_told(
    engine: Engine, send: Send, settle: Settle, mails: Mails, changed: Changed, gmg: Any
) -> None:
    send(f"/meetings/{FIRST}/call")
    settle()
    people = [person.model_dump(by_alias=True) for person in gmg.people if person.email != OTHER]
    new = {"name": "New", "email": "new@ilo.example"}
    role = {"organization": "ilo", "role": "focal-point", "from": date(2008, 1, 1)}
    put(engine, changed(people=[*people, new | {"appointments": [role]}]))
    settle()
    assert [mail["Subject"][:4] for mail in mails("new@ilo.example")] == ["New:"]
    gone = mails(OTHER)[-1]
    assert gone["Subject"].startswith("Cancelled for you")
    assert invitation(gone)[0] == "CANCEL"


def test_the_host_that_was_reminded_hears_that_it_hosts_no_more(
    engine: Engine, send: Send, mails: Mails, time: Time, secretariat: dict[str, str]
) -> None:
    later = "working-level-2008-08-07"
    time.at = at("2008-07-10T12:00")
    plan(engine)
    (asked,) = [
        mail for mail in mails(subject=f"meeting-{later}") if mail["To"].addresses[0].addr_spec == "gmg@unhcr.example"
    ]
    assert "to be called" in asked["Subject"]
    send("/chair-decisions", secretariat, etag="", appoint="iom", term="2008-07-01", until="2009-01-01")
    send("/chair-decisions", secretariat, etag="", interim="ilo", from_="2008-08-01", until="2008-09-01")
    time.at += timedelta(minutes=2)
    plan(engine)
    told = [mail for mail in mails("gmg@unhcr.example", f"meeting-{later}") if mail["Subject"].startswith("Changed")]
    assert "Chair: UNHCR → ILO" in read(told[0])
    assert not [part for part in told[0].walk() if part.get_content_type() == "text/calendar"]


def test_observers_get_what_they_are_given_and_no_more(
    client: TestClient, send: Send, settle: Settle, mails: Mails, chair: dict[str, str]
) -> None:
    send(f"/meetings/{FIRST}/edit", link="https://meet.example/gmg")
    given = send("/agenda-items", etag="", meeting=FIRST, title="Open part").json()["id"]
    send("/agenda-items", etag="", meeting=FIRST, title="Closed part")
    send(f"/meetings/{FIRST}/call")
    guest = {"name": "Mission of X", "kind": "state", "email": "x@state.example", "items": [given]}
    made = send(f"/meetings/{FIRST}/observers", etag="", **guest)
    assert made.status_code == 201
    settle()
    (mail,) = mails("x@state.example")
    whole = mail.as_string() + invitation(mail)[1].to_ical().decode()
    assert "Open part" in whole
    assert "Closed part" not in whole
    assert "meet.example" not in whole
    assert "rsvp" not in whole
    asked = invitation(mail)[1]["ATTENDEE"]
    mine = next(one for one in (asked if isinstance(asked, list) else [asked]) if "state.example" in one)
    assert (mine.params["ROLE"], mine.params["RSVP"]) == ("NON-PARTICIPANT", "FALSE"), "a guest is asked for no answer"
    client.post(f"{BASE}/meetings/{FIRST}/observers/{made.json()['id']}/withdraw", headers=chair)
    settle()
    assert invitation(mails("x@state.example")[-1])[0] == "CANCEL"
