"""From a change or the passing of time to deliveries, on both databases."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from service import clock
from service.database import reading
from service.events import Event
from service.notifications.channels.files import Files
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import next_due, plan
from service.settings import current
from tests.conftest import Changed, Time, events_of, put

# Who is told that nobody has acknowledged stands in test_escalation.py.
REMINDER = "handover.reminder:"


def deliveries(engine: Engine, state: str | None = None, kind: str = "handover.") -> list[DeliveryRow]:
    """What is in the outbox of a kind; questions to the coming chair have tests of their own."""
    with reading(engine) as session:
        asked = select(DeliveryRow).order_by(col(DeliveryRow.created_at), col(DeliveryRow.recipient))
        found = [row for row in session.exec(asked) if row.dedupe_key.startswith(kind)]
    return [row for row in found if state is None or row.state == state]


def events(engine: Engine, kind: str) -> list[Event]:
    with reading(engine) as session:
        return list(session.exec(select(Event).where(Event.kind == kind).order_by(col(Event.effective_at))))


def send(engine: Engine) -> int:
    return Dispatcher(engine, lambda *_: Files(current().home / "mail"), lease=60).run()


def run_until(engine: Engine, time: Time, end: datetime) -> None:
    """Let time pass, looking whenever something is due."""
    while True:
        plan(engine)
        send(engine)
        due = next_due(engine)
        if due is None or due > end:
            break
        time.at = due
    time.at = end


def read(row: DeliveryRow) -> EmailMessage:
    found = message_from_bytes(row.body, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_term_learnt_of_late_gets_only_the_leads_still_ahead(engine: Engine, group: str, time: Time) -> None:
    """Known on 15 May 2008, the handover of 1 July still has the leads 30, 7, 1 and 0."""
    run_until(engine, time, datetime(2008, 7, 2, tzinfo=UTC))
    leads = Counter(event.data["lead"] for event in events(engine, "handover.reminder") if event.subject == "turn-6")
    assert leads == {30: 1, 7: 1, 1: 1, 0: 1}
    sent = Counter(row.recipient for row in deliveries(engine, "accepted", REMINDER) if row.subject == "turn-6")
    assert len(sent) == 19
    assert set(sent.values()) == {4}


def test_looking_twice_or_from_two_sides_owes_nothing_more(engine: Engine, group: str, time: Time) -> None:
    time.at = datetime(2008, 6, 24, 16, tzinfo=UTC)
    plan(engine)
    before = len(deliveries(engine))
    for _ in range(3):
        plan(engine)
    assert len(deliveries(engine)) == before == 19


@pytest.mark.promise("P8")
def test_a_service_that_slept_records_each_handover_and_sends_only_the_newest(
    engine: Engine, group: str, time: Time
) -> None:
    """Promise P8: down across two handovers; each is one event with its own instant, the old reminders stay unsent."""
    time.at = datetime(2009, 7, 1, 13, 30, tzinfo=UTC)
    plan(engine)
    found = events(engine, "chair.handover")
    assert [event.effective_at for event in found] == [
        datetime(2008, 6, 30, 22, tzinfo=UTC),
        datetime(2008, 12, 31, 23, tzinfo=UTC),
        datetime(2009, 6, 30, 22, tzinfo=UTC),
    ]
    assert all(event.recorded_at == time.at for event in found)
    chair = [row for row in deliveries(engine, kind=REMINDER) if row.subject == "turn-8"]
    assert {row.dedupe_key.split(":")[4] for row in chair} == {"0"}
    assert not [row for row in deliveries(engine) if row.subject in ("turn-6", "turn-7")]


@pytest.mark.promise("P9")
def test_a_clock_set_back_sends_nothing_twice(engine: Engine, group: str, time: Time) -> None:
    """Promise P9."""
    time.at = datetime(2008, 6, 24, 16, tzinfo=UTC)
    plan(engine)
    send(engine)
    count = len(deliveries(engine))
    time.at -= timedelta(hours=1)
    plan(engine)
    send(engine)
    time.at += timedelta(hours=2)
    plan(engine)
    send(engine)
    assert len(deliveries(engine, "accepted")) == count == 19


@pytest.mark.promise("P9")
def test_a_clock_set_forward_three_days_expires_what_has_no_point(engine: Engine, group: str, time: Time) -> None:
    time.at = datetime(2008, 6, 30, 16, tzinfo=UTC)
    plan(engine)
    time.at += timedelta(days=3)
    send(engine)
    assert {row.state for row in deliveries(engine)} == {"expired"}


@pytest.mark.promise("P9")
def test_an_untimely_retry_after_the_clock_went_back_is_not_frozen(engine: Engine, group: str, time: Time) -> None:
    time.at = datetime(2008, 6, 24, 16, tzinfo=UTC)
    plan(engine)
    time.at -= timedelta(days=2)
    assert send(engine) == 21, "19 reminders, a question to the coming chair, and a meeting for it to call"


def extended(changed: Changed, until: date) -> object:
    return changed(decisions=[{"id": "d1", "extend": date(2008, 1, 1), "until": until, "taken": date(2008, 5, 15)}])


def test_those_told_get_a_correction_and_those_not_yet_told_only_the_new_word(
    engine: Engine, group: str, time: Time, changed: Changed
) -> None:
    """At 09:00 in Geneva only Europe, Africa and Asia have been told of the lead of 30 days; New York has not."""
    time.at = datetime(2008, 5, 30, 8, tzinfo=UTC)
    plan(engine)
    send(engine)
    told = {row.recipient for row in deliveries(engine, "accepted")}
    assert "gmg@iom.example" in told
    assert "gmg@undp.example" not in told
    put(engine, extended(changed, date(2008, 9, 1)))  # type: ignore[arg-type]
    plan(engine)
    corrections = {row.recipient for row in deliveries(engine) if row.dedupe_key.startswith("handover.changed:")}
    own_turn = {f"gmg@{id_}.example" for id_ in ("unhcr", "unicef", "unitar", "unodc", "wb", "ilo", "iom")}
    assert told <= corrections
    assert own_turn <= corrections
    mail = read(
        next(
            row
            for row in deliveries(engine)
            if row.recipient == "gmg@iom.example" and "changed:" in row.dedupe_key and row.subject == "turn-6"
        )
    )
    assert mail["Subject"] == "Changed: GMG: handover of 1 July 2008"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "UNFPA hands over to UNHCR on Monday, 1 September 2008" in text


def test_what_has_not_gone_out_is_superseded_by_a_change(
    engine: Engine, group: str, time: Time, changed: Changed
) -> None:
    time.at = datetime(2008, 6, 24, 16, tzinfo=UTC)
    plan(engine)
    assert {row.state for row in deliveries(engine)} == {"pending"}
    put(engine, extended(changed, date(2008, 9, 1)))  # type: ignore[arg-type]
    assert {row.state for row in deliveries(engine)} == {"superseded"}
    plan(engine)
    bothered = {row.recipient for row in deliveries(engine, "pending") if row.subject == "turn-6"}
    assert bothered == {"gmg@unhcr.example"}, "nobody had been told, so only whose own turn it is"


def test_a_day_moved_away_and_back_is_announced_again(engine: Engine, group: str, time: Time, changed: Changed) -> None:
    time.at = datetime(2008, 6, 24, 16, tzinfo=UTC)
    plan(engine)
    send(engine)
    put(engine, extended(changed, date(2008, 9, 1)))  # type: ignore[arg-type]
    time.at += timedelta(hours=1)
    plan(engine)
    send(engine)
    put(engine, changed())
    run_until(engine, time, datetime(2008, 7, 2, tzinfo=UTC))
    sent = Counter(
        row.dedupe_key.split(":")[4]
        for row in deliveries(engine, "accepted")
        if row.recipient == "gmg@undp.example" and row.dedupe_key.startswith("handover.reminder:gmg:turn-6:3:")
    )
    assert sent == {"1": 1, "0": 1}


def test_the_mail_reads_well_and_carries_the_term(engine: Engine, group: str, time: Time) -> None:
    time.at = datetime(2008, 6, 24, 16, tzinfo=UTC)
    plan(engine)
    mails = {row.recipient: read(row) for row in deliveries(engine)}
    mail = mails["gmg@unhcr.example"]
    assert mail["Subject"] == "GMG: UNHCR takes the chair in 7 days (1 July 2008)"
    assert mail["Reply-To"].addresses[0].addr_spec == "gmg@unfpa.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "UNHCR takes the chair of GMG on Tuesday, 1 July 2008" in text
    assert "by rule, not on record" in text
    assert "[ ] Staff and budget" in text
    assert "[ ]" not in mails["gmg@iom.example"].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (attached,) = mail.iter_attachments()
    event = events_of(attached.get_payload(decode=True))[0]
    assert (event.start, event.end) == (date(2008, 7, 1), date(2009, 1, 1))
    assert event["STATUS"] == "TENTATIVE"


def test_each_delivery_keeps_its_bytes_and_message_id(engine: Engine, group: str, time: Time) -> None:
    time.at = datetime(2008, 6, 24, 16, tzinfo=UTC)
    plan(engine)
    for row in deliveries(engine):
        assert read(row)["Message-ID"] == row.message_id
        assert row.id in row.message_id
    assert clock.now() == time.at
