"""Through a real Postfix: a mail arrives as it was written, and one that comes back is taken for what it is."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading, writing
from service.events import record
from service.groups.commands import confirm
from service.notifications.channels.smtp import Smtp
from service.notifications.mailing.mail import Envelope, mail_bytes, message_id
from service.notifications.mailing.tables import BounceRow, MailboxRow
from service.notifications.mailing.verp import delivery_of
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.wording.rendering import Wording
from service.settings import current
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.prove.postfix import Server, running, wait_until
from tests.prove.starting import free_port

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Postfix is started by root alone")
BASE, FROM = "/api/v1/groups/gmg", "gmg@gmg.example"
ENTRY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nPRODID:-//gmg//EN\r\nEND:VCALENDAR\r\n"
UNSUBSCRIBE = f"https://gmg.example/groups/gmg/unsubscribe/{'x' * 180}"


@pytest.fixture(scope="module")
def postfix() -> Iterator[Server]:
    with running(free_port()) as server:
        yield server


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GMG_MAIL_FROM", FROM)
    current.cache_clear()
    return FROM


def put(engine: Engine, address: str) -> DeliveryRow:
    """A whole mail of the service in the outbox."""
    id_, now = str(uuid4()), datetime.now(UTC)
    envelope = Envelope(
        "Global Migration Group", FROM, "Ana Sölberg", address, ("The chair", "chair@test.example"), "gmg.gmg.example",
        unsubscribe=UNSUBSCRIBE, language="fr",
    )  # fmt: skip
    wording = Wording("Réunion du 26 juin – ordre du jour", ".Un point au début\nÀ bientôt\n", "<p>À bientôt</p>")
    body = mail_bytes(envelope, wording, id_, now, None, ("REQUEST", ENTRY))
    with writing(engine) as session:
        confirm(session, "gmg")
        event = record(session, "gmg", "test", "test")
        assert event is not None
        session.flush()
        row = DeliveryRow(
            id=id_, dedupe_key=id_, group_id="gmg", event_id=event.id, recipient=address, address=address,
            channel="mail", message_id=message_id(id_, FROM), body=body, body_hash=sha256(body).hexdigest(),
            created_at=now, next_attempt_at=now, not_after=now + timedelta(days=1),
        )  # fmt: skip
        session.add(row)
    return row


def send(engine: Engine, postfix: Server) -> int:
    channel = Smtp(f"smtp://127.0.0.1:{postfix.port}", FROM, 10, current().secret())
    accepted = Dispatcher(engine, lambda *_: channel, 60).run()
    channel.close()
    return accepted


def test_a_mail_arrives_as_it_was_written(engine: Engine, group: str, sender: str, postfix: Server) -> None:
    before = len(postfix.mails("ana"))
    row = put(engine, "ana@test.example")
    assert send(engine, postfix) == 1
    wait_until(lambda: len(postfix.mails("ana")) > before)
    arrived = postfix.mails("ana")[-1]
    # The server puts its own lines in front and ends lines as its files do; what was sent stands below.
    assert arrived.endswith(row.body.replace(b"\r\n", b"\n"))
    mail = message_from_bytes(arrived, policy=default)
    assert delivery_of(str(mail["Return-Path"]), current().secret()) == row.id
    assert mail["Message-ID"] == row.message_id
    assert mail["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (mail["Content-Language"], mail["Auto-Submitted"]) == ("fr", "auto-generated")
    assert (mail["Subject"], mail["List-Id"]) == ("Réunion du 26 juin – ordre du jour", "<gmg.gmg.example>")
    invitation = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert (invitation.get_param("method"), invitation.get_payload(decode=True)) == ("REQUEST", ENTRY)


def test_a_mail_to_nobody_comes_back_and_counts(
    engine: Engine, client: TestClient, token: Tokens, sender: str, postfix: Server
) -> None:
    before = len(postfix.mails("returns"))
    row = put(engine, "nobody@test.example")
    assert send(engine, postfix) == 1, "the relay takes it and finds out later"
    wait_until(lambda: len(postfix.mails("returns")) > before)
    returned = postfix.mails("returns")[-1]
    headers = {"Authorization": f"Bearer {token()}", "Content-Type": "message/rfc822", "Idempotency-Key": "one"}
    answer = client.post(f"{BASE}/bounces", content=returned, headers=headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["delivery"], told["counted"], told["status"]) == (row.id, "hard", "5.1.1")
    assert "unknown user" in told["diagnostic"]
    with reading(engine) as session:
        assert session.exec(select(BounceRow)).one().way == "dsn"
        assert session.exec(select(MailboxRow)).one().bounces == 1
        assert session.exec(select(DeliveryRow.state).where(col(DeliveryRow.id) == row.id)).one() == "failed"
    # With its letters mixed up on the way it still is ours; with another signature it is not.
    local = returned.split(b"To: gmg+b.", 1)[1].split(b"@", 1)[0]
    assert (
        client.post(
            f"{BASE}/bounces",
            content=returned.replace(local, local.upper()),
            headers=headers | {"Idempotency-Key": "two"},
        ).json()["counted"]
        is None
    )
    forged = returned.replace(local, local[:-4] + b"aaaa")
    refused = client.post(f"{BASE}/bounces", content=forged, headers=headers | {"Idempotency-Key": "three"})
    assert refused.status_code == 422
