"""Promise P1 through the doors: killed at any statement of a request, the whole database is as it was before.

Nothing is left out of the comparison: every row of every table counts. What went through has its events and
its entries on the audit.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
import sqlmodel
from sqlalchemy import Engine, select
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from service import clock
from service.audit import AuditRow
from service.database import reading, writing
from service.events import Event
from service.notifications.outbox.tables import DeliveryRow
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.chaos.kill import STRIDE, killed_at
from tests.conftest import HOME, Time, app_on
from tests.meetings.conftest import BASE, CHAIR, FIRST, NEXT_CHAIR, OTHER, Send, chair, member, send  # noqa: F401 - fixtures
from tests.promises.collecting import Evidence

pytestmark = pytest.mark.promise("P1")

SLOTS = ["2008-06-24T12:00:00Z", "2008-06-25T12:00:00Z"]
SURVEY = {
    "lead": "ilo", "kind": "survey", "title": "Survey", "objective": "To know.", "purposes": [6], "from": "2008-07-01",
    "until": "2008-12-31", "milestones": [{"title": "Draft", "due": "2008-09-01"}],
}  # fmt: skip
WRITES: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "move": (CHAIR, f"/meetings/{FIRST}/move", {"at": "16:00"}),
    "cancel": (CHAIR, f"/meetings/{FIRST}/cancel", {"reason": "No time."}),
    "respond": (OTHER, f"/meetings/{FIRST}/respond", {"member": "ilo", "answer": "accepted", "sequence": 1}),
    "agenda": (OTHER, "/agenda-items", {"title": "An item", "member": "ilo", "meeting": FIRST}),
    "poll": (
        CHAIR,
        f"/meetings/{FIRST}/polls",
        {"slots": SLOTS, "deadline": "2008-06-01T12:00:00Z"},
    ),
    "external": (CHAIR, "/external-events", {"title": "Forum", "day": "2008-10-27"}),
    "notice": (OTHER, "/notices", {"member": "ilo", "theme": "Data", "text": "A survey."}),
    "action": (CHAIR, "/actions", {"title": "A note", "owner": "ilo", "before": FIRST}),
    "transfer": (CHAIR, "/actions/action-1/transfer", {"owner": "iom", "reason": "They have the data."}),
    "activity": (OTHER, "/activities", SURVEY),
    "programme": (CHAIR, "/programmes/{turn}", {"theme": "A theme"}),
    "fill": (CHAIR, "/handovers/{next}/fill", {"answers": [{"heading": "files", "text": "Here."}]}),
    "acknowledge": (NEXT_CHAIR, "/handovers/{next}/acknowledge", None),
    "absence": (CHAIR, "/me/absences", {"from": "2008-06-01", "until": "2008-06-15", "alternate": "ada@unfpa.example"}),
    "token": (OTHER, "/tokens", {"name": "A program"}),
    "send-again": (CHAIR, "/deliveries/{delivery}/send-again", {}),
    "release": (CHAIR, "/deliveries/release", {"since": "2008-05-15T00:00:00Z"}),
    "webhook": (OTHER, "/webhooks", {"member": "ilo", "url": "https://93.184.215.14/in"}),
    "contact": (OTHER, "/me/contacts", {"channel": "slack", "label": "Ours", "url": "https://hooks.slack.com/x"}),
}


def whole(engine: Engine) -> str:
    """A digest of every row of every table."""
    found = sha256()
    with engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(select(table).order_by(*table.primary_key)):
                found.update(repr((table.name, tuple(row))).encode())
    return found.hexdigest()


@pytest.fixture
def ready(client: TestClient, engine: Engine, send: Send) -> dict[str, str]:
    """A called meeting with an agenda, and an action that may be given to others; the terms on either side.

    And a delivery that is held.
    """
    send(f"/meetings/{FIRST}/call")
    send("/agenda-items", etag="", title="On the agenda", meeting=FIRST)
    send("/people", etag="", name="Ada", email="ada@unfpa.example", organization="unfpa", role="alternate")
    send("/actions", etag="", title="An action", owner="ilo")
    keys = [term["key"] for term in client.get(f"{BASE}/terms?from=2008-01-01&until=2008-12-31").json()]
    return {"turn": keys[0], "next": keys[1], "delivery": held(engine)}


def held(engine: Engine) -> str:
    """The id of a delivery that waits until somebody lets it go."""
    now = clock.now()
    with writing(engine) as session:
        event = session.exec(sqlmodel.select(Event.id).limit(1)).one()
        row = DeliveryRow(
            id=str(uuid4()), dedupe_key="held", group_id="gmg", event_id=event, recipient=OTHER, address=OTHER,
            channel="mail", message_id="<held@gmg.example>", body=b"Subject: x\r\n\r\nText.\r\n", body_hash="0" * 64,
            state="held", created_at=now, next_attempt_at=now, not_after=now + timedelta(days=1),
        )  # fmt: skip
        session.add(row)
    return row.id


@pytest.mark.parametrize("name", WRITES)
def test_a_kill_at_any_statement_leaves_everything_as_it_was(
    database_url: str,
    engine: Engine,
    ready: dict[str, str],
    token: Tokens,
    time: Time,
    name: str,
    evidence: Evidence,
) -> None:
    email, path, body = WRITES[name]
    path = path.format(**ready)
    given = token(email)
    headers = {"Authorization": f"Bearer {given}", "Idempotency-Key": "once"}
    if path.endswith(("/move", "/cancel", "/transfer", "/fill", "/acknowledge")):
        with TestClient(app_on(engine), base_url=HOME) as client:
            seen = client.get(f"{BASE}{path.rpartition('/')[0]}", headers=headers)
        headers["If-Match"] = seen.headers["etag"]

    def do(crashing: Engine) -> None:
        with TestClient(app_on(crashing), base_url=HOME) as client:
            answer = client.post(f"{BASE}{path}", json=body, headers=headers)
            assert answer.status_code in (200, 201), answer.text

    before, events = whole(engine), counted(engine, Event)
    audited = counted(engine, AuditRow)
    kills, number = 0, 1
    while killed_at(number, database_url, do):
        assert whole(engine) == before, f"killed at statement {number}, something was left behind"
        kills, number = kills + 1, number + 2 * STRIDE - 1
    assert kills >= 2
    evidence(kills=kills, cases=1, lost=0)
    assert whole(engine) != before
    assert counted(engine, Event) > events, "what was done has its event"
    assert counted(engine, AuditRow) > audited, "and is on the audit"


def counted(engine: Engine, table: type[SQLModel]) -> int:
    with reading(engine) as session:
        return len(session.exec(select(table)).all())  # type: ignore[call-overload]
