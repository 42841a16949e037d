"""Mail that came back: what it counts as, that nobody makes it up (threat T70), and when a mailbox is paused."""

import io
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update
from starlette.testclient import TestClient

from service.commandline import bounces as command
from service.database import reading, writing
from service.events import Event
from service.notifications.channels.smtp import Smtp
from service.notifications.mailing import commands
from service.notifications.mailing.bounces import PAUSED
from service.notifications.mailing.rules import MOST_BOUNCES
from service.notifications.mailing.tables import BounceRow, MailboxRow
from service.notifications.mailing.verp import delivery_of, return_path
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.settings import current
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.notifications.planting import plant_messages
from tests.notifications.sink import Sink, running
from tests.test_command import COMMAND

BASE = "/api/v1/groups/gmg"
SENDER, SECRET = "gmg@sender.example", b"s" * 32
Post = Callable[..., object]


def report(to: str, message_id: str | None, *, action: str = "failed", status: str = "5.1.1", said: str = "") -> bytes:
    """A notification as Postfix writes it."""
    returned = f"Message-ID: {message_id}\r\nSubject: Hello\r\n" if message_id else "Subject: Hello\r\n"
    diagnostic = f"Diagnostic-Code: smtp; {said}\r\n" if said else ""
    return (
        "From: MAILER-DAEMON@mx.example\r\n"
        f"To: {to}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\nArrival-Date: Thu, 15 May 2008 12:00:00 +0000\r\n\r\n"
        f"Final-Recipient: rfc822; somebody@test.example\r\nAction: {action}\r\nStatus: {status}\r\n{diagnostic}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--b--\r\n"
    ).encode()


@pytest.fixture
def sent(engine: Engine, group: str, time: Time) -> list[DeliveryRow]:
    """Ten mails to one mailbox that the relay has taken."""
    plant_messages(engine, group, 10, time.at)
    with writing(engine) as session:
        session.exec(update(DeliveryRow).values(state="accepted", address="gmg@ilo.example"))
    with reading(engine) as session:
        return list(session.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))))


@pytest.fixture
def post(client: TestClient, token: Tokens) -> Post:
    given_ = token(None)

    def send(raw: bytes, key: str | None = None, path: str = f"{BASE}/bounces") -> object:
        headers = {"Authorization": f"Bearer {given_}", "Content-Type": "message/rfc822"}
        return client.post(path, content=raw, headers=headers | {"Idempotency-Key": key or str(uuid4())})

    return send


def path_of(row: DeliveryRow) -> str:
    return return_path(current().sender, row.id, current().secret())


def mailbox(engine: Engine) -> MailboxRow | None:
    with reading(engine) as session:
        return session.exec(select(MailboxRow)).one_or_none()


def kinds(engine: Engine) -> Counter[str]:
    with reading(engine) as session:
        return Counter(session.exec(select(Event.kind).where(col(Event.kind).startswith("mail"))))


def test_the_return_path_goes_out_with_the_mail(engine: Engine, group: str, time: Time) -> None:
    plant_messages(engine, group, 2, time.at)
    with running() as sink:
        worker(engine, sink).run()
        with reading(engine) as session:
            rows = list(session.exec(select(DeliveryRow).order_by(col(DeliveryRow.not_after), col(DeliveryRow.id))))
        assert [delivery_of(path, SECRET) for path in sink.paths] == [row.id for row in rows]


def worker(engine: Engine, sink: Sink) -> Dispatcher:
    channel = Smtp(f"smtp://127.0.0.1:{sink.port}", SENDER, 2, SECRET)
    return Dispatcher(engine, lambda *_: channel, 60)


@pytest.mark.parametrize(
    ("reply", "state", "kind", "bounces"),
    [
        ("550 5.1.1 no such user", "failed", "hard", 1),
        ("552 5.2.2 full", "failed", "soft", None),
        ("452 4.2.2 full", "pending", "soft", None),
        ("554 5.7.1 spam", "failed", "policy", None),
        ("450 4.7.1 greylisted", "pending", None, None),
    ],
)
def test_what_the_relay_refuses_at_once(
    engine: Engine, group: str, time: Time, reply: str, state: str, kind: str | None, bounces: int | None
) -> None:
    plant_messages(engine, group, 1, time.at)
    with running() as sink:
        sink.answer = lambda step, _: reply if step == "RCPT" else None
        worker(engine, sink).run()
    with reading(engine) as session:
        assert session.exec(select(DeliveryRow.state)).one() == state
        rows = session.exec(select(BounceRow)).all()
        assert [(row.kind, row.status, row.way) for row in rows] == ([(kind, reply.split()[1], "smtp")] if kind else [])
        found = session.exec(select(MailboxRow)).one_or_none()
        assert (found.bounces if found else None) == bounces
    assert kinds(engine) == ({"mail.bounced": 1} if kind else {})


def test_a_notification_counts_once_for_each_mail(
    engine: Engine, post: Callable[..., SimpleNamespace], sent: list[DeliveryRow]
) -> None:
    row = sent[0]
    raw = report(path_of(row), row.message_id, said="550 5.1.1 <somebody>: no such user")
    first = post(raw)
    assert first.status_code == 200, first.text
    assert (first.json()["counted"], first.json()["delivery"]) == ("hard", row.id)
    assert post(raw).json()["counted"] is None
    found = mailbox(engine)
    assert found is not None
    assert (found.bounces, found.paused_at) == (1, None)
    assert kinds(engine) == {"mail.bounced": 1}
    with reading(engine) as session:
        assert session.exec(select(DeliveryRow).where(DeliveryRow.id == row.id)).one().state == "failed"


def test_what_is_found_by_the_headers_that_came_back(
    post: Callable[..., SimpleNamespace], sent: list[DeliveryRow]
) -> None:
    """A server that sends to another address, such as that of a list, still returns our own path."""
    raw = report("postmaster@sender.example", sent[0].message_id)
    assert post(raw).status_code == 422, "our Message-ID alone is known to everybody who got the mail"
    returned = b"text/rfc822-headers\r\n\r\nReturn-Path: <" + path_of(sent[0]).encode() + b">\r\n"
    answer = post(raw.replace(b"text/rfc822-headers\r\n\r\n", returned))
    assert (answer.status_code, answer.json()["counted"]) == (200, "hard")


def forged(row: DeliveryRow, other: DeliveryRow) -> dict[str, bytes]:
    good = path_of(row)
    local, _, host = good.partition("@")
    plain, id_, _mac = local.rsplit(".", 2)
    return {
        "no return path": report(current().sender, row.message_id),
        "another signature": report(f"{plain}.{id_}.{'a' * 12}@{host}", row.message_id),
        "a signature of another": report(
            f"{plain}.{id_}.{path_of(other).partition('@')[0].rsplit('.', 1)[1]}@{host}", row.message_id
        ),
        "another key": report(return_path(current().sender, row.id, b"k" * 32), row.message_id),
        "a mail that is not there": report(
            return_path(current().sender, str(uuid4()), current().secret()), row.message_id
        ),
        "of another mail": report(good, other.message_id),
        "no notification": f"To: {good}\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n".encode(),
        "nothing": b"",
    }


def test_what_is_made_up_has_no_effect(
    engine: Engine, post: Callable[..., SimpleNamespace], sent: list[DeliveryRow]
) -> None:
    """Threat T70."""
    for name, raw in forged(sent[0], sent[1]).items():
        answer = post(raw)
        assert answer.status_code == 422, (name, answer.text)
    assert mailbox(engine) is None
    assert kinds(engine) == {}
    with reading(engine) as session:
        assert set(session.exec(select(DeliveryRow.state))) == {"accepted"}


def test_the_planted_bug_of_an_unsigned_path_is_seen(
    engine: Engine, post: Callable[..., SimpleNamespace], sent: list[DeliveryRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    """any_path: who takes the word of whoever writes silences a focal point with five mails."""
    monkeypatch.setattr(
        commands,
        "delivery_of",
        lambda text, _: next((row.id for row in sent if f"+b.{path_of(row).split('.')[1]}." in text), None),
    )
    assert post(forged(sent[0], sent[1])["another signature"]).json()["counted"] == "hard"


def test_a_delay_is_none_and_a_later_failure_counts(
    post: Callable[..., SimpleNamespace], sent: list[DeliveryRow]
) -> None:
    to, id_ = path_of(sent[0]), sent[0].message_id
    assert post(report(to, id_, action="delayed", status="4.4.1")).json()["counted"] is None
    assert post(report(to, id_, action="delivered", status="2.0.0")).json()["counted"] is None
    assert post(report(to, id_, status="4.4.7")).json()["counted"] == "soft", "they have given up"
    assert post(report(to, id_)).json()["counted"] == "hard", "what is worse counts"
    assert post(report(to, id_, status="5.7.1")).json()["counted"] is None


def bounce_days(
    post: Callable[..., SimpleNamespace], sent: list[DeliveryRow], time: Time, days: int, each: int = 1
) -> None:
    rows = iter(sent)
    for _ in range(days):
        for _ in range(each):
            row = next(rows)
            assert post(report(path_of(row), row.message_id)).status_code == 200
        time.at += timedelta(days=1)


def test_many_in_one_day_count_as_one(
    engine: Engine, post: Callable[..., SimpleNamespace], sent: list[DeliveryRow], time: Time
) -> None:
    bounce_days(post, sent, time, 1, each=8)
    found = mailbox(engine)
    assert found is not None
    assert (found.bounces, found.paused_at) == (1, None)


def test_after_five_days_a_mailbox_is_paused_and_works_again_when_its_agency_says_so(
    engine: Engine, client: TestClient, post: Callable[..., SimpleNamespace], sent: list[DeliveryRow], time: Time,
    token: Tokens,
) -> None:  # fmt: skip
    soon, late, restored = sent[7], sent[8], sent[9]
    with writing(engine) as session:
        for row, days, state in ((soon, 20, "pending"), (late, 4, "pending"), (restored, 20, "held")):
            at = {"not_after": time.at + timedelta(days=days), "next_attempt_at": time.at + timedelta(days=9)}
            session.exec(
                update(DeliveryRow).where(col(DeliveryRow.id) == row.id).values(state=state, accepted_at=None, **at)
            )
    bounce_days(post, sent, time, MOST_BOUNCES - 1)
    assert (found := mailbox(engine)) is not None
    assert found.paused_at is None
    bounce_days(post, sent[MOST_BOUNCES - 1 :], time, 1)
    assert (found := mailbox(engine)) is not None
    assert found.paused_at is not None
    assert kinds(engine) == {"mail.bounced": MOST_BOUNCES, "mailbox.paused": 1}
    with reading(engine) as session:
        event = session.exec(select(Event).where(Event.kind == "mailbox.paused")).one()
        assert event.data == {"address": "gmg@ilo.example", "organizations": ["ilo"]}
        row = session.exec(select(DeliveryRow).where(DeliveryRow.id == soon.id)).one()
        assert (row.state, row.answer) == ("held", PAUSED)
    with running() as sink:
        worker(engine, sink).run()
        assert sink.accepted == []
    own, other = ({"Authorization": f"Bearer {token(f'gmg@{name}.example')}"} for name in ("ilo", "wb"))
    shown = client.get(f"{BASE}/mailboxes", headers=own).json()["mailboxes"]
    assert [(one["address"], one["bounces"], one["held"]) for one in shown] == [("gmg@ilo.example", 5, 2)]
    assert client.get(f"{BASE}/mailboxes", headers=other).json()["mailboxes"] == []
    address = f"{BASE}/mailboxes/gmg@ilo.example/resume"
    key = {"Idempotency-Key": "again"}
    assert client.post(address, headers=other | key).status_code == 403
    assert client.post(address, headers=own).status_code == 400, "it is done once"
    time.at += timedelta(minutes=1)
    assert client.post(address, headers=own | key).json() == {"address": "gmg@ilo.example", "let_go": 1}
    assert client.post(address, headers=own | key).json()["let_go"] == 1, "a repetition is told the same"
    with reading(engine) as session:
        states = {row.id: row.state for row in session.exec(select(DeliveryRow))}
    assert (states[soon.id], states[late.id], states[restored.id]) == ("pending", "expired", "held")
    with running() as sink:
        worker(engine, sink).run()
        assert sink.ids() == [soon.message_id]
    assert kinds(engine)["mailbox.resumed"] == 1
    unknown = f"{BASE}/mailboxes/nobody@ilo.example/resume"
    assert client.post(unknown, headers=own | {"Idempotency-Key": "unknown"}).status_code == 403


def test_parts_in_parts_in_parts(post: Callable[..., SimpleNamespace]) -> None:
    deep = b"".join(
        b'Content-Type: multipart/report; boundary="%d"\r\n\r\n--%d\r\n' % (number, number) for number in range(3000)
    )
    assert post(deep).status_code == 422


def test_the_command_for_the_pipe_of_a_mail_server(
    engine: Engine, database_url: str, sent: list[DeliveryRow], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("GMG_DATABASE_URL", database_url)
    current.cache_clear()
    raw = report(path_of(sent[0]), sent[0].message_id)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    command.bounce(None)
    assert "gmg@ilo.example: 5.1.1, counted as hard." in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"Subject: I am away\r\n\r\n")))
    command.bounce(None)
    assert "nothing was done" in capsys.readouterr().out


def test_the_command_says_no_to_what_is_made_up(
    engine: Engine, database_url: str, sent: list[DeliveryRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GMG_DATABASE_URL", database_url)
    raw = report(return_path(current().sender, sent[0].id, b"k" * 32), sent[0].message_id)
    found = subprocess.run([*COMMAND, "bounce"], input=raw, capture_output=True, timeout=60, check=False)
    assert found.returncode == 1, found.stderr
    assert b"does not name a mail" in found.stderr
    assert mailbox(engine) is None
