"""The day of a handover: what the chair has to do passes on with it, once; a seat within it hands over nothing."""

from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.scheduler import plan
from tests.access.conftest import token  # noqa: F401 - a fixture
from tests.conftest import Time, happened
from tests.followups.handing_over import Run, run, seen  # noqa: F401 - fixtures
from tests.mailtext import read
from tests.meetings.conftest import BASE, NEXT_CHAIR, Mails, Send, at, chair, mails, member, send  # noqa: F401


def open_action(send: Send, title: str, owner: str = "chair", **more: object) -> str:
    made = send("/actions", etag="", title=title, owner=owner, **more)
    assert made.status_code == 201, made.text
    id_: str = made.json()["id"]
    return id_


def test_what_the_chair_has_to_do_passes_on_with_the_chair(
    client: TestClient, send: Send, chair: dict[str, str], engine: Engine, run: Run, time: Time, mails: Mails
) -> None:
    kept, done, of_ilo = (
        open_action(send, "Write to the donors", due="2008-07-20"),
        open_action(send, "Book the room"),
        open_action(send, "Draft the note", owner="ilo"),
    )
    assert send(f"/actions/{done}/finish", chair, text="Booked.").status_code == 200
    assert [one["id"] for one in seen(client, chair)["actions"]] == [kept]
    time.at = at("2008-06-30T21:59:59")
    plan(engine)
    assert not happened(engine, "action.passed")
    run("2008-07-01T12:00")
    (event,) = happened(engine, "action.passed")
    assert (event.subject, event.effective_at) == (kept, at("2008-06-30T22:00"))
    assert event.data == {"turn": "turn-6", "outgoing": ["unfpa"], "incoming": ["unhcr"]}
    assert of_ilo not in event.subject
    (mail,) = mails(None, "passed-", ("accepted",))
    assert mail["To"].addresses[0].addr_spec == NEXT_CHAIR
    assert mail["Subject"] == "GMG: what passes to UNHCR with the chair"
    text = read(mail)
    assert f"- {kept}: Write to the donors, due on 20 July 2008" in text
    assert "Book the room" not in text
    plan(engine)
    plan(engine)
    assert len(happened(engine, "action.passed")) == 1


def test_a_service_that_slept_over_two_handovers_records_both_and_tells_nobody_of_the_old_one(
    send: Send, engine: Engine, time: Time, mails: Mails
) -> None:
    kept = open_action(send, "Write to the donors")
    time.at = at("2009-01-02T12:00")
    plan(engine)
    passed = [
        (event.subject, event.data["incoming"], event.effective_at) for event in happened(engine, "action.passed")
    ]
    assert passed == [
        (kept, ["unhcr"], at("2008-06-30T22:00")),
        (kept, ["unicef"], at("2008-12-31T23:00")),
    ]
    assert [mail["To"].addresses[0].addr_spec for mail in mails(None, "passed-")] == ["gmg@unicef.example"]


def test_an_inner_change_of_seat_is_no_handover_of_the_chair(
    client: TestClient, member: dict[str, str], engine: Engine, time: Time
) -> None:
    assert client.get(f"{BASE}/handovers/seat-unrc-turn-2", headers=member).status_code == 404
    time.at = at("2010-08-02T12:00")
    plan(engine)
    assert [event.subject for event in happened(engine, "seat.handover")] == ["seat-unrc-turn-2"]
    assert not [event for event in happened(engine, "dossier.frozen") if event.subject.startswith("seat-")]
