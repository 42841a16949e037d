"""Answerability: who was told what, by which channel, and what each answered to what it was asked."""

from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading, writing
from service.events import Event
from service.notifications.handovers.tables import AcknowledgementRow, BoundaryRow
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.access.conftest import Decide, decide, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.meetings.conftest import FIRST, OTHER, Send, at, chair, member, send, settle  # noqa: F401 - fixtures
from tests.notifications.deliveries import Headers, get, told  # noqa: F401 - fixtures


def test_who_was_told_of_a_meeting_and_what_they_answered(
    client: TestClient, told: str, send: Send, member: Headers, chair: Headers
) -> None:
    answered = send(f"/meetings/{FIRST}/respond", member, etag="", member="ilo", answer="accepted", sequence=1)
    assert answered.status_code == 200, answered.text
    found = get(client, chair, f"/events/{told}/deliveries")
    assert (found["event"]["kind"], found["event"]["subject"]) == ("meeting.told", FIRST)
    by_mailbox = {line["recipient"]: line for line in found["deliveries"]}
    ilo, wb = by_mailbox[OTHER], by_mailbox["gmg@wb.example"]
    assert (ilo["state"], ilo["channel"], ilo["name"]) == ("accepted", "mail", "GMG focal point of ILO")
    assert ilo["accepted_at"].startswith("2008-05-15T")
    assert ilo["answer"].endswith(".eml"), "what the other side said"
    assert ilo["asked"] == wb["asked"] == "attendance"
    assert [(a["member"], a["answer"]) for a in ilo["answers"]] == [("ilo", "accepted")]
    assert wb["answers"] == []


def test_what_a_coming_chair_and_the_members_answered(
    client: TestClient, engine: Engine, send: Send, secretariat: Headers, decide: Decide, member: Headers, time: Time
) -> None:
    text = {"operative": "adopted", "title": "A decision", "text": "The group agrees."}
    assert send("/decisions", etag="", until="2008-06-20", **text).status_code == 201
    time.at = at("2008-06-05T12:00")
    plan(engine)
    with reading(engine) as session:
        ids = dict(session.exec(select(Event.kind, Event.id).where(col(Event.kind).in_(("chair.asked",)))).all())
        opened = session.exec(select(Event.id).where(Event.kind == "decision.opened")).one()
    asked = get(client, secretariat, f"/events/{ids['chair.asked']}/deliveries")["deliveries"]
    assert {line["asked"] for line in asked} == {"chair"}
    assert all(line["answers"] == [] for line in asked)
    assert decide(accept="unhcr", term="2008-07-01").status_code == 201
    said = send("/decisions/2008-1/answer", member, etag="", member="ilo", answer="endorse", round=1)
    assert said.status_code == 200, said.text
    asked = get(client, secretariat, f"/events/{ids['chair.asked']}/deliveries")["deliveries"]
    assert {tuple((a["member"], a["answer"]) for a in line["answers"]) for line in asked} == {(("unhcr", "accepted"),)}
    lines = {line["recipient"]: line for line in get(client, secretariat, f"/events/{opened}/deliveries")["deliveries"]}
    assert [a["answer"] for a in lines[OTHER]["answers"]] == ["endorse"]
    assert lines["gmg@wb.example"]["asked"] == "decision"
    assert lines["gmg@wb.example"]["answers"] == []


def test_who_has_seen_that_a_turn_is_theirs(client: TestClient, engine: Engine, chair: Headers, time: Time) -> None:
    time.at = at("2008-06-02T12:00")
    plan(engine)
    with writing(engine) as session:
        row = session.exec(
            select(DeliveryRow)
            .join(Event, col(Event.id) == col(DeliveryRow.event_id))
            .where(Event.kind == "handover.reminder", DeliveryRow.recipient == "gmg@unhcr.example")
        ).one()
        boundary = session.get(BoundaryRow, ("gmg", row.subject))
        assert boundary is not None
        assert boundary.incoming == ["unhcr"]
        event, key, revision, person = row.event_id, row.subject or "", row.revision, row.person_id
    lines = {x["recipient"]: x for x in get(client, chair, f"/events/{event}/deliveries")["deliveries"]}
    assert lines["gmg@unhcr.example"]["asked"] == "acknowledgement"
    assert lines["gmg@unhcr.example"]["answers"] == []
    assert lines[OTHER]["asked"] is None, "who does not chair next is asked nothing"
    with writing(engine) as session:
        session.add(
            AcknowledgementRow(
                group_id="gmg", key=key, revision=revision, person_id=person, organization="unhcr", way="link",
                at=time.at,
            )
        )  # fmt: skip
    lines = {x["recipient"]: x for x in get(client, chair, f"/events/{event}/deliveries")["deliveries"]}
    assert [a["answer"] for a in lines["gmg@unhcr.example"]["answers"]] == ["seen"]
