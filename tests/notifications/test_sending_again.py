"""Sending again what did not go out: the same message, by whom it may be asked for, and what never goes twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading, writing
from service.events import Event
from service.groups import commands as groups
from service.notifications.channels.smtp import Smtp
from service.notifications.mailing.tables import MailboxRow
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.signing import mail_link
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.meetings.conftest import (  # noqa: F401 - fixtures
    BASE,
    CHAIR,
    FIRST,
    OTHER,
    Send,
    chair,
    member,
    send,
    settle,
)
from tests.notifications.deliveries import Again, Headers, again, get, one, told  # noqa: F401 - fixtures
from tests.notifications.sink import running


def test_a_mail_to_sign_in_is_never_shown_nor_sent_again(
    client: TestClient, engine: Engine, chair: Headers, again: Again
) -> None:
    with writing(engine) as session:
        mail_link(session, "gmg", OTHER, browser="b" * 43, next_="/")
    (line,) = get(client, chair, "/deliveries", kind="sign-in.asked")["deliveries"]
    whole = get(client, chair, f"/deliveries/{line['id']}")
    assert whole["text"] is None
    assert "sign-in/" not in client.get(f"{BASE}/deliveries/{line['id']}", headers=chair).text
    with writing(engine) as session:
        row = session.get(DeliveryRow, line["id"])
        assert row is not None
        row.state = "failed"
    refused = again(f"{line['id']}/send-again")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/ask-for-a-new-link")


@pytest.mark.parametrize("state", ["failed", "held", "expired"])
def test_what_is_sent_again_is_the_same_message(
    client: TestClient, engine: Engine, told: str, again: Again, time: Time, chair: Headers, state: str
) -> None:
    late = state == "expired"
    id_ = one(engine, state=state, accepted_at=None, attempts=7, answer="450 later")
    if late:
        one(engine, not_after=time.at - timedelta(hours=1))
    with writing(engine) as session:
        groups.confirm(session, "gmg")
        row = session.get(DeliveryRow, id_)
        assert row is not None
        hash_, message_id = row.body_hash, row.message_id
    until = (time.at + timedelta(days=2)).isoformat()
    if late:
        refused = again(f"{id_}/send-again")
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/last-instant-needed")
        for wrong in (time.at + timedelta(days=7, seconds=1), time.at - timedelta(seconds=1)):
            assert again(f"{id_}/send-again", until=wrong.isoformat()).status_code == 422
    answer = again(f"{id_}/send-again", **({"until": until} if late else {}))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["attempts"]) == ("pending", 0)
    twice = again(f"{id_}/send-again")
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/delivery-is-pending")
    with running() as sink:
        smtp = Smtp(f"smtp://127.0.0.1:{sink.port}", "gmg@sender.example", 5)
        Dispatcher(engine, lambda *_: smtp, 90).run()
        smtp.close()
    assert [(mid, digest) for mid, digest, to in sink.accepted if to == OTHER] == [(message_id, hash_)]
    with reading(engine) as session:
        (entry,) = session.exec(select(AuditRow).where(AuditRow.what == "delivery", AuditRow.key == id_)).all()
        assert (entry.before, entry.after, entry.authority) == ({"state": state}, {"state": "pending"}, "chair")
        event = session.exec(select(Event).where(Event.kind == "delivery.sent-again")).one()
        assert (event.subject, event.data) == (id_, {"was": state})


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("accepted", "delivery-was-accepted"),
        ("superseded", "delivery-was-superseded"),
        ("pending", "delivery-is-pending"),
        ("sending", "delivery-is-sending"),
        ("gathered", "delivery-is-gathered"),
        ("merged", "delivery-is-merged"),
        ("declined", "delivery-is-declined"),
    ],
)
def test_what_is_not_sent_again(engine: Engine, told: str, again: Again, state: str, says: str) -> None:
    id_ = one(engine, state=state)
    refused = again(f"{id_}/send-again")
    assert (refused.status_code, refused.json()["type"]) == (409, f"/problems/{says}")
    assert one(engine, state=state) == id_


def test_a_superseded_one_names_what_took_its_place(
    engine: Engine, told: str, again: Again, send: Send, settle: Callable[[], None]
) -> None:
    id_ = one(engine, state="superseded", accepted_at=None)
    assert "no longer so" in again(f"{id_}/send-again").json()["detail"]
    assert send(f"/meetings/{FIRST}/move", at="16:00").status_code == 200
    settle()
    refused = again(f"{id_}/send-again").json()
    with reading(engine) as session:
        newer = session.get(DeliveryRow, refused["superseded_by"])
    assert newer is not None
    assert (newer.recipient, newer.subject) == (OTHER, f"meeting-{FIRST}")
    assert newer.id in refused["detail"]


def test_a_message_that_could_not_be_made_or_whose_mailbox_is_paused(
    engine: Engine, told: str, again: Again, time: Time
) -> None:
    id_ = one(engine, state="held", accepted_at=None)
    with writing(engine) as session:
        session.add(MailboxRow(group_id="gmg", address=OTHER, bounces=3, paused_at=time.at))
    assert again(f"{id_}/send-again").json()["type"] == "/problems/mailbox-is-paused"
    with writing(engine) as session:
        mailbox = session.get(MailboxRow, ("gmg", OTHER))
        session.delete(mailbox)
    one(engine, state="failed", body=b"")
    assert again(f"{id_}/send-again").json()["type"] == "/problems/nothing-to-send"


def test_only_the_chair_and_the_secretariat_send_again(
    client: TestClient, engine: Engine, told: str, again: Again, member: Headers, secretariat: Headers, token: Tokens
) -> None:
    id_ = one(engine, state="failed", accepted_at=None)
    assert again(f"{id_}/send-again", member).status_code == 403
    assert again("release", member, since="2008-05-01T00:00:00Z").status_code == 403
    narrow = {"Authorization": f"Bearer {token(CHAIR, scope='meetings')}"}
    assert again(f"{id_}/send-again", narrow).json()["type"] == "/problems/scope-missing"
    assert again(f"{id_}/send-again", secretariat).status_code == 200


def test_what_is_held_is_let_go_since_an_instant(
    client: TestClient, engine: Engine, told: str, again: Again, time: Time
) -> None:
    made = time.at
    held = one(engine, state="held", accepted_at=None)
    old = one(engine, "gmg@wb.example", state="held", accepted_at=None, created_at=made - timedelta(days=3))
    late = one(engine, "gmg@iom.example", state="held", accepted_at=None, not_after=made - timedelta(hours=1))
    paused = one(engine, "gmg@unicef.example", state="held", accepted_at=None)
    with writing(engine) as session:
        session.add(MailboxRow(group_id="gmg", address="gmg@unicef.example", bounces=3, paused_at=made))
    since = (made - timedelta(days=1)).isoformat()
    answer = again("release", since=since)
    assert answer.json() == {"released": 1, "expired": 1, "paused": 1}
    with reading(engine) as session:
        states = {id_: row.state for id_ in (held, old, late, paused) if (row := session.get(DeliveryRow, id_))}
    assert states == {held: "pending", old: "held", late: "expired", paused: "held"}
    assert again("release", since="yesterday").status_code == 422
    assert again("release").status_code == 422
