"""UNHCR takes the chair from UNFPA on 1 July 2008, at 22:00 UTC of the day before; and what is said of it."""

import re
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading, writing
from service.groups.charter import Charter
from service.groups.decision import Proposal
from service.notifications.handovers.tables import AcknowledgementRow
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.commands import take_decision
from service.scheduler import next_due, plan
from tests.conftest import Changed, Time, events_of, put
from tests.notifications.test_planner import send

FOCAL, DEPUTY, HEAD, OFFICE = "gmg@unhcr.example", "deputy@unhcr.example", "head@unhcr.example", "office@unhcr.example"
SECRETARIAT = "secretariat@gmg.example"
# 24 and 12 hours before the handover.
FIRST, SECOND, HANDOVER = (datetime(2008, 6, day, hour, tzinfo=UTC) for day, hour in ((29, 22), (30, 10), (30, 22)))
UNACKNOWLEDGED, REMINDER = "handover.unacknowledged:", "handover.reminder:"


def staffed(gmg: Charter, *people: tuple[str, str | None, str]) -> list[dict[str, Any]]:
    """The people of the shipped group, and more of them: address, organization (None for the group), role."""
    more = [
        {"name": f"Person {address}", "email": address,
         "appointments": [{"organization": organization, "role": role, "from": date(2008, 1, 1)}]}
        for address, organization, role in people
    ]  # fmt: skip
    return [*(person.model_dump(by_alias=True) for person in gmg.people), *more]


WHOLE = (
    (HEAD, "unhcr", "head"), (DEPUTY, "unhcr", "alternate"), (OFFICE, "unhcr", "chair-office"),
    (SECRETARIAT, None, "secretariat"),
)  # fmt: skip


@pytest.fixture
def staff(engine: Engine, group: str, changed: Changed, gmg: Charter) -> Charter:
    """UNHCR with a head, an alternate and a chair's office besides its focal point; and a secretariat."""
    charter = changed(people=staffed(gmg, *WHOLE))
    put(engine, charter)
    return charter


def decide(engine: Engine, **said: object) -> None:
    """Put a decision on the chair on record."""
    with writing(engine) as session:
        take_decision(session, "gmg", Proposal.model_validate(said), actor="test")


class Told(NamedTuple):
    """One message: when it was put into the outbox, to whom, and about what."""

    at: datetime
    to: str
    subject: str


def deliveries(engine: Engine, kind: str, *states: str) -> list[DeliveryRow]:
    with reading(engine) as session:
        asked = select(DeliveryRow).where(col(DeliveryRow.dedupe_key).startswith(kind))
        found = session.exec(asked.order_by(col(DeliveryRow.created_at), col(DeliveryRow.recipient))).all()
    return [row for row in found if not states or row.state in states]


def told(engine: Engine, *states: str) -> list[Told]:
    """Who was told that nobody has acknowledged; by default in whatever state."""
    rows = deliveries(engine, UNACKNOWLEDGED, *states)
    return [Told(row.created_at, row.recipient, str(mail(row)["Subject"])) for row in rows]


def whom(engine: Engine, *states: str) -> list[tuple[datetime, str]]:
    return [(one.at, one.to) for one in told(engine, *states)]


def mail(row: DeliveryRow) -> EmailMessage:
    found = message_from_bytes(row.body, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def link_in(row: DeliveryRow, kind: str = "seen") -> str:
    """The address of the link of a kind in a mail, without the host."""
    body = mail(row).get_body(("plain",))
    assert body is not None
    match = re.search(rf"http://127\.0\.0\.1:8000(/groups/gmg/{kind}/\S+)", body.get_content())
    assert match is not None, body.get_content()
    return match.group(1)


def invitation(row: DeliveryRow) -> tuple[str, Any] | None:
    """The iTIP method of a mail and its one event; None where there is but a file."""
    for part in mail(row).walk():
        if part.get_content_type() == "text/calendar" and part.get_param("method"):
            (event,) = events_of(part.get_payload(decode=True))
            return str(part.get_param("method")), event
    return None


def invited(row: DeliveryRow) -> tuple[str, Any]:
    """As `invitation`, of a mail that is one."""
    found = invitation(row)
    assert found is not None
    return found


def reminder(engine: Engine, to: str = FOCAL) -> DeliveryRow:
    """The newest reminder of the handover to somebody."""
    return [row for row in deliveries(engine, f"{REMINDER}gmg:turn-6:") if row.recipient == to][-1]


def post(client: TestClient, address: str, revision: int = 1) -> str:
    """Press the button of the page at an address; the page after it."""
    answer = client.post(address, data={"revision": str(revision)}, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def words(engine: Engine) -> list[tuple[str, str, int]]:
    """Who has acknowledged: organization, way and revision."""
    with reading(engine) as session:
        rows = session.exec(select(AcknowledgementRow).order_by(col(AcknowledgementRow.at))).all()
    return [(row.organization, row.way, row.revision) for row in rows]


def run(engine: Engine) -> None:
    plan(engine)
    send(engine)


def go_on(engine: Engine, time: Time, until: datetime) -> None:
    """Let time pass, looking whenever something is due."""
    run(engine)
    while (due := next_due(engine)) is not None and due <= until:
        time.at = max(due, time.at)
        run(engine)
    time.at = until


def reply(event: Any, address: str, partstat: str, stamp: datetime, sequence: int | None = None) -> bytes:
    """What a calendar program answers to an invitation."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{event['UID']}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}", f"SEQUENCE:{event['SEQUENCE'] if sequence is None else sequence}",
        "ORGANIZER:mailto:gmg@localhost", f"ATTENDEE;PARTSTAT={partstat}:mailto:{address}", "END:VEVENT",
        "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()
