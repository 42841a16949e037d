"""One of everything that can be named in an address, in the last days of UNFPA's term; and who asks for it."""

from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.access.tables import TokenRow
from service.database import reading, writing
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.notifications.mailing.tables import MailboxRow
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.queries import standing
from service.scheduler import plan
from tests.access.conftest import Decide, Tokens
from tests.conftest import Changed, Time, put
from tests.meetings.conftest import FIRST, Send, at

SECOND = "working-level-2008-08-07"
ROLES = {
    "nobody": (None, "P"),
    "observer": ("state@observer.example", "PX"),
    "own": ("gmg@ilo.example", "PXMO"),
    "other": ("gmg@wb.example", "PXM"),
    "chair": ("gmg@unfpa.example", "PXMC"),
    "coming chair": ("gmg@unhcr.example", "PXMI"),
    "secretariat": ("", "PXS"),
}


@pytest.fixture
def made(
    engine: Engine,
    client: TestClient,
    send: Send,
    token: Tokens,
    decide: Decide,
    time: Time,
    changed: Changed,
    gmg: Charter,
) -> dict[str, str]:
    """One of everything, in the last days of UNFPA's term; what `{…}` stands for."""
    people = [p.model_dump(by_alias=True) for p in gmg.people]
    guest = {"name": "A state", "email": ROLES["observer"][0]}
    guest["appointments"] = [{"organization": None, "role": "observer", "from": at("2008-01-01").date()}]  # type: ignore[assignment]
    put(engine, changed(people=[*people, guest]))
    ilo = {"Authorization": f"Bearer {token('gmg@ilo.example')}"}

    def new(path: str, headers: dict[str, str] | None = None, **body: object) -> Any:
        answer = send(path, headers, etag="", **body)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    decided = decide(accept="unhcr", term="2008-07-01").json()["decision"]["id"]
    event = new("/external-events", title="Forum", day="2008-10-27")["id"]
    for id_ in (FIRST, SECOND):
        send(f"/meetings/{id_}/call")
    item = new("/agenda-items", ilo, title="An item", member="ilo", meeting=SECOND)["id"]
    guest_ = new(f"/meetings/{SECOND}/observers", name="A state", kind="state")["id"]
    slots = ["2008-08-05T12:00:00Z", "2008-08-06T12:00:00Z"]
    poll = new(f"/meetings/{SECOND}/polls", slots=slots, deadline="2008-07-20T12:00:00Z")["id"]
    time.at = at("2008-06-27T09:00")
    assert send(f"/meetings/{FIRST}/hold", present=[]).status_code == 200
    new(f"/meetings/{FIRST}/minutes", text="The group met.")
    send(f"/meetings/{FIRST}/minutes/circulate", until="2008-07-20")
    text: dict[str, Any] = {"operative": "adopted", "title": "A decision", "text": "The group agrees."}
    decision = new("/decisions", until="2008-07-20", **text)["id"]
    notice = new("/notices", ilo, member="ilo", theme="Data", text="A survey.")["id"]
    survey = {"lead": "ilo", "kind": "survey", "title": "Survey", "objective": "To know.", "purposes": [6]}
    survey |= {"from": "2008-07-01", "until": "2008-12-31", "milestones": [{"title": "Draft", "due": "2008-09-01"}]}
    activity = new("/activities", ilo, **survey)["id"]
    action = new("/actions", ilo, title="An action", owner="ilo")["id"]
    webhook = new("/webhooks", ilo, url="https://93.184.215.14/in", member="ilo")["id"]
    slack = "https://hooks.slack.com/services/T0/B0/x"
    new("/people", ilo, name="Ada", email="ada@ilo.example", organization="ilo", role="alternate")
    july = ("2008-07-01", "2008-07-08", "2008-07-15")
    absences = [
        new("/me/absences", ilo, from_=begin, until=end, alternate="ada@ilo.example")["id"]
        for begin, end in pairwise(july)
    ]
    contact = new("/me/contacts", ilo, channel="slack", label="Mine", url=slack)["id"]
    with reading(engine) as session:
        now = standing(session, "gmg").now
        person = session.exec(select(PersonRow.id).where(PersonRow.email == "gmg@ilo.example")).one()
        own = session.exec(select(TokenRow.id).where(col(TokenRow.person_id) == person)).first()
    plan(engine)
    with reading(engine) as session:
        told = session.exec(select(DeliveryRow)).first()
    assert told is not None
    with writing(engine) as session:
        session.add(MailboxRow(group_id="gmg", address="gmg@ilo.example", paused_at=time.at))
    assert now.term is not None
    assert now.next is not None
    new(f"/programmes/{now.term.key}", theme="A theme")
    return {
        "group": "gmg", "member": "ilo", "cadence": "working-level", "meeting": SECOND, "held": FIRST, "item": item,
        "observer": guest_, "poll": poll, "event": event, "decision": decision, "notice": notice,
        "activity": activity, "number": "1", "action": action, "turn": now.term.key, "next_turn": now.next.key,
        "person": person, "address": "gmg@ilo.example", "own_token": own or "", "token": "x", "name": "gmg",
        "chair_decision": decided,
        "webhook": webhook, "contact": contact, "own_absence": absences[0], "absence": absences[1],
        "delivery": told.id, "told": told.event_id,
    }  # fmt: skip
