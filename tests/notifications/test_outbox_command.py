"""`gmg outbox`: the same answers on the command line."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from service.audit import AuditRow
from service.database import reading, writing
from service.events import Event
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.commandline import Gmg
from tests.conftest import Time


@pytest.fixture
def outbox(
    database_url: str, engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Gmg:  # fmt: skip
    """The command on a group whose members were reminded of the handover in July."""
    time.at += timedelta(days=20)
    plan(engine)
    return Gmg(database_url, monkeypatch, capsys)


def first(engine: Engine, **values: object) -> DeliveryRow:
    with writing(engine) as session:
        row = session.exec(select(DeliveryRow).order_by(DeliveryRow.recipient)).first()
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        return row


def test_show_lists_an_event_a_delivery_and_the_newest(outbox: Gmg, engine: Engine) -> None:
    row = first(engine, state="failed", answer="550 no such user")
    listed = outbox("outbox", "show", "--state", "failed")
    assert listed.code == 0
    assert row.id in listed.out
    assert "the other side: 550 no such user" in listed.out
    assert "1 deliveries." in listed.out
    told = json.loads(outbox("outbox", "show", row.event_id, "--format", "json", "--limit", "200").out)
    assert told["event"]["id"] == row.event_id
    assert row.id in [one["id"] for one in told["deliveries"]]
    whole = outbox("outbox", "show", row.id).out
    assert row.message_id in whole
    assert json.loads(outbox("outbox", "show", row.id, "--format", "json").out)["recipient"] == row.recipient
    mine = json.loads(outbox("outbox", "show", "--to", row.recipient, "--format", "json").out)["deliveries"]
    assert {one["recipient"] for one in mine} == {row.recipient}
    assert outbox("outbox", "show", "--kind", "handover.reminder", "--limit", "1").out.count("see --limit") == 1


def test_send_again_and_release(outbox: Gmg, engine: Engine, time: Time) -> None:
    row = first(engine, state="expired", not_after=time.at - timedelta(hours=1))
    refused = outbox("outbox", "send-again", row.id)
    assert (refused.code, "Its last instant has passed" in refused.err) == (1, True)
    done = outbox("outbox", "send-again", row.id, "--until", "2008-06-06")
    assert done.code == 0, done.err
    assert "goes out with the next look, until 2008-06-05 22:00Z" in done.out
    first(engine, state="held")
    assert "1 go out with the next look" in outbox("outbox", "release", "--since", "2008-06-01").out
    with reading(engine) as session:
        assert {one.by for one in session.exec(select(AuditRow).where(AuditRow.what == "delivery"))} == {"command line"}
        kinds = [event.kind for event in session.exec(select(Event)) if event.kind.startswith("delivery.")]
    assert sorted(kinds) == ["delivery.released", "delivery.sent-again"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (("show", "none"), 1),
        (("show", "--state", "lost"), 2),
        (("show", "--limit", "0"), 2),
        (("show", "--group", "other"), 1),
        (("send-again", "none"), 1),
        (("send-again",), 2),
        (("send-again", "none", "--until", "soon"), 2),
        (("release",), 2),
        (("release", "--since", "soon"), 2),
        (("forecast", "--days", "401"), 2),
        (("forecast", "--group", "other"), 1),
    ],
)
def test_exit_codes(outbox: Gmg, said: tuple[str, ...], code: int) -> None:
    assert outbox("outbox", *said).code == code
