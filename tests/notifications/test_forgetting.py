"""The text of a message is let go a month after it went; that it went, to whom, when and about what stays."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, default

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service import audit, scheduler, settings
from service.database import reading, writing
from service.notifications.outbox import forgetting
from service.notifications.outbox.queries import STATES
from service.notifications.outbox.showing import title
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import Ticker, plan
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.access.signing import HTML, another_browser, sign_in
from tests.conftest import Time
from tests.meetings.conftest import BASE, FIRST, NEXT_CHAIR, Send, chair, send, settle  # noqa: F401 - fixtures

Headers = dict[str, str]
MONTH = timedelta(days=30)


@pytest.fixture
def told(engine: Engine, send: Send, settle: Callable[[], None]) -> list[DeliveryRow]:
    """Invitations, the first of which was accepted at once; the others wait."""
    assert send(f"/meetings/{FIRST}/call").status_code == 200
    settle()
    with writing(engine) as session:
        asked = select(DeliveryRow).where(DeliveryRow.subject == f"meeting-{FIRST}").order_by(DeliveryRow.recipient)
        found = list(session.exec(asked))
        found[0].state, found[0].accepted_at = "accepted", found[0].created_at
        session.add(found[0])
    return found


def forget(engine: Engine) -> None:
    scheduler.forget(engine, settings.current())


def row(engine: Engine, id_: str) -> DeliveryRow:
    with reading(engine) as session:
        found = session.get(DeliveryRow, id_)
        assert found is not None
        return found


def test_a_text_is_let_go_when_its_days_are_over(engine: Engine, told: list[DeliveryRow], time: Time) -> None:
    id_ = told[0].id
    time.at = told[0].created_at + MONTH
    forget(engine)
    before = row(engine, id_)
    assert before.forgotten_at is None
    time.at += timedelta(seconds=1)
    forget(engine)
    after = row(engine, id_)
    assert after.forgotten_at == time.at
    assert b"text/calendar" in before.body
    assert (after.said, after.body_hash, after.answer) == (None, before.body_hash, before.answer)
    assert title(after.body) == title(before.body)
    assert len(after.body) < 400
    assert b"http" not in after.body


def test_a_worker_lets_go_by_itself(engine: Engine, told: list[DeliveryRow], time: Time) -> None:
    time.at = told[0].created_at + MONTH + timedelta(seconds=1)
    Ticker(engine, settings.current()).tick()
    assert row(engine, told[0].id).forgotten_at is not None


def test_nothing_is_let_go_by_a_plan_that_runs_ahead(engine: Engine, told: list[DeliveryRow], time: Time) -> None:
    """As a simulation and a forecast do, for years: the database would refuse to let go what is young by its clock."""
    time.at = datetime.now(UTC)
    with writing(engine) as session:
        audit.note(session, "gmg", "sample", "1", None, {"made": "now"})
    time.at += 8 * 366 * timedelta(days=1)
    plan(engine)
    assert row(engine, told[0].id).forgotten_at is None


@pytest.mark.parametrize("state", STATES)
def test_what_may_still_go_out_keeps_its_text(engine: Engine, told: list[DeliveryRow], time: Time, state: str) -> None:
    with writing(engine) as session:
        one = session.merge(told[1])
        one.state, one.accepted_at = state, one.created_at if state == "accepted" else None
        session.add(one)
    time.at = told[1].not_after + 10 * MONTH
    forget(engine)
    kept = row(engine, told[1].id).forgotten_at is None
    assert kept == (state in ("pending", "sending", "held", "gathered"))


def test_they_are_let_go_a_few_at_a_time(
    engine: Engine, told: list[DeliveryRow], time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "MOST", 2)
    with writing(engine) as session:
        for one in told:
            session.merge(one).state = "expired"
    time.at = max(one.not_after for one in told) + MONTH + timedelta(days=1)
    for left in (len(told) - 2, max(0, len(told) - 4)):
        forget(engine)
        assert sum(row(engine, one.id).forgotten_at is None for one in told) == left


def test_who_looks_is_told_that_it_is_no_longer_kept(
    client: TestClient, engine: Engine, told: list[DeliveryRow], time: Time, secretariat: Headers
) -> None:
    with writing(engine) as session:
        session.merge(told[1]).state = "failed"
    time.at = told[1].not_after + MONTH + timedelta(days=1)
    forget(engine)
    address = f"{BASE}/deliveries/{told[1].id}"
    shown = client.get(address, headers=secretariat)
    assert shown.status_code == 200, shown.text
    assert (shown.json()["text"], shown.json()["title"]) == ("", title(told[1].body))
    assert shown.json()["forgotten_at"] == f"{time.at:%Y-%m-%dT%H:%M:%SZ}"
    refused = client.post(f"{address}/send-again", json={}, headers=secretariat | {"Idempotency-Key": "again-1"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/text-is-forgotten")
    browser = another_browser(client)
    sign_in(browser, engine, NEXT_CHAIR)
    page = browser.get(f"/groups/gmg/outbox/{told[1].id}", headers=HTML).text
    assert "its text is no longer kept" in page
    assert "send-again" not in page


@pytest.mark.parametrize("subject", ["Très longue \N{SNOWMAN} " * 20, "x" * 200, "بعد 32 يوما (1 تموز) " * 5])
@pytest.mark.parametrize("policy", [SMTP, default])
def test_of_a_mail_its_subject_is_left_however_it_is_written(subject: str, policy: EmailPolicy) -> None:
    mail = EmailMessage()
    mail["Message-ID"], mail["To"], mail["Subject"] = "<one@host>", "someone@ilo.example", subject
    mail.set_content("Subject: not this one")
    whole = mail.as_bytes(policy=policy)
    left = forgetting.head(whole)
    assert title(left) == title(whole)
    assert b"ilo" not in left
    assert forgetting.head(left) == left


@pytest.mark.parametrize("body", [b"", b'{"type": "sample.moved"}', b"\xff\xfe\x00", b"Subject: x\r\n\r\nSecret"])
def test_of_what_is_no_mail_nothing_is_left(body: bytes) -> None:
    assert forgetting.head(body) == b""
