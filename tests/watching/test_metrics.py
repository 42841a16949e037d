"""/metrics says what is so: the same from every web process, of every worker, and nothing of anybody."""

import math
import re
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update
from starlette.testclient import TestClient

from service import settings, ticks, zones
from service.database import connect, reading, writing
from service.keeping.backups import note_backup
from service.notifications.handovers.reminders import REMINDER
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.outbox.channel import Channel, Down, NotNow, Parcel, Refused
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.pulse import Pulse
from service.scheduler import Ticker, plan
from service.watching.handovers import next_handover
from tests.conftest import HOME, Time, app_on
from tests.notifications.planting import plant_messages
from tests.watching.conftest import Figure, samples

# The names that are promised; whoever has built on them is not to be surprised.
PROMISED = [
    "gmg_outbox_pending",
    "gmg_outbox_oldest_age_seconds",
    "gmg_delivery_attempts_total",
    "gmg_deliveries_total",
    "gmg_delivery_latency_seconds_bucket",
    "gmg_scheduler_last_tick_timestamp_seconds",
    "gmg_handover_next_timestamp_seconds",
    "gmg_feed_requests_total",
    "gmg_auth_failures_total",
    "gmg_preconditions_total",
    "gmg_idempotency_replays_total",
    "gmg_backup_last_success_timestamp_seconds",
    "gmg_db_bytes",
    "gmg_build_info",
    "gmg_handovers_unreached",
    "gmg_handover_undelivered",
    "gmg_outbox_held",
    "gmg_relays_down",
    "gmg_workers",
    "gmg_database_up",
    "gmg_disk_bytes",
    "gmg_disk_free_bytes",
]
LABELS = {"channel", "result", "outcome", "code", "reason", "le", "class", "version", "revision"}


class Says(Channel):
    """A way out that answers as the test has written."""

    retry_after = (timedelta(minutes=1),)

    def __init__(self, *answers: Exception | str) -> None:
        self.answers = list(answers)

    def send(self, message: Parcel) -> str:
        answer = self.answers.pop(0) if self.answers else "250 kept"
        if isinstance(answer, Exception):
            raise answer
        return answer


def send(engine: Engine, *answers: Exception | str) -> None:
    """One look of a worker."""
    way = Says(*answers)
    worker = Dispatcher(engine, lambda *_: way, 60)
    worker.run()
    Pulse(engine, worker.tally, "").looked()


def everything(near: TestClient, engine: Engine, time: Time) -> str:
    """An answer after a bit of everything has happened."""
    settings.current().home.mkdir(parents=True, exist_ok=True)
    plant_messages(engine, "gmg", 2, time.at)
    send(engine, "250 kept", Refused("550 no", "5.1.1"))
    near.get("/calendars/gmg.ics")
    near.get("/api/v1/groups/gmg/people")
    return near.get("/metrics").text


def test_every_promised_name_is_there(near: TestClient, engine: Engine, time: Time) -> None:
    names = {name for name, _ in samples(everything(near, engine, time))}
    assert not set(PROMISED) - names


def test_no_label_names_anybody(near: TestClient, engine: Engine, time: Time) -> None:
    text = everything(near, engine, time)
    assert {name for _, labels in samples(text) for name, _ in labels} <= LABELS
    assert "@" not in re.sub(r"(?m)^#.*$", "", text)
    with reading(engine) as session:
        agencies = {one for row in session.exec(select(BoundaryRow)) for one in row.incoming}
    values = {value for _, labels in samples(text) for _, value in labels}
    assert agencies
    assert not agencies & values


def test_what_waits_and_for_how_long(figure: Figure, engine: Engine, time: Time) -> None:
    # What the shipped group is told of itself goes out first, so that only the planted messages count.
    plan(engine)
    with writing(engine) as session:
        session.exec(update(DeliveryRow).where(col(DeliveryRow.state) == "pending").values(state="superseded"))
    plant_messages(engine, "gmg", 3, time.at)
    assert figure("gmg_outbox_pending", channel="mail") == 3
    assert figure("gmg_outbox_oldest_age_seconds", channel="mail") == 60
    time.at += timedelta(minutes=20)
    assert figure("gmg_outbox_oldest_age_seconds", channel="mail") == 60 + 1200
    send(engine, NotNow("451 later"), NotNow("451 later"), NotNow("451 later"))
    assert figure("gmg_outbox_oldest_age_seconds", channel="mail") == 1200, "what is put off has not gone out"
    with writing(engine) as session:
        later = time.at + timedelta(hours=8)
        session.exec(update(DeliveryRow).values(attempts=0, next_attempt_at=later))
    assert figure("gmg_outbox_oldest_age_seconds", channel="mail") == 0, "what is to wait for the morning is not late"


def test_what_workers_did_is_told_by_every_web_process(figure: Figure, engine: Engine, time: Time) -> None:
    plant_messages(engine, "gmg", 4, time.at)
    with writing(engine) as session:
        session.exec(update(DeliveryRow).where(col(DeliveryRow.recipient) == "r0@test.example").values(
            not_after=time.at - timedelta(seconds=1)))  # fmt: skip
    send(engine, "250 kept", NotNow("451 later"), Refused("550 no", "5.1.1"))
    assert figure("gmg_delivery_attempts_total", channel="mail", result="accepted") == 1
    assert figure("gmg_delivery_attempts_total", channel="mail", result="postponed") == 1
    assert figure("gmg_delivery_attempts_total", channel="mail", result="refused") == 1
    assert figure("gmg_deliveries_total", channel="mail", outcome="accepted") == 1
    assert figure("gmg_deliveries_total", channel="mail", outcome="failed") == 1
    assert figure("gmg_deliveries_total", channel="mail", outcome="expired") == 1
    assert figure("gmg_delivery_latency_seconds_count", channel="mail") == 1
    assert figure("gmg_delivery_latency_seconds_sum", channel="mail") == 60
    assert figure("gmg_delivery_latency_seconds_bucket", channel="mail", le="60.0") == 1
    assert figure("gmg_delivery_latency_seconds_bucket", channel="mail", le="15.0") == 0
    with TestClient(app_on(engine), base_url=HOME, client=("127.0.0.1", 50001)) as other:
        told = samples(other.get("/metrics").text)
    assert told["gmg_deliveries_total", (("channel", "mail"), ("outcome", "accepted"))] == 1


def test_a_relay_that_does_not_answer(figure: Figure, engine: Engine, time: Time) -> None:
    plant_messages(engine, "gmg", 2, time.at)
    assert figure("gmg_relays_down", channel="mail") == 0
    send(engine, Down("no answer"))
    assert figure("gmg_relays_down", channel="mail") == 1
    assert figure("gmg_relays_shut") == 1
    assert figure("gmg_delivery_attempts_total", channel="mail", result="down") == 1
    time.at += timedelta(minutes=10)
    send(engine)
    assert figure("gmg_relays_down", channel="mail") == 0


def test_when_a_worker_last_looked(figure: Figure, engine: Engine, time: Time) -> None:
    assert figure("gmg_scheduler_last_tick_timestamp_seconds") == 0
    ticker = Ticker(engine, settings.current())
    ticker.tick()
    assert figure("gmg_scheduler_last_tick_timestamp_seconds") == time.at.timestamp()
    assert figure("gmg_workers") == 1
    time.at += timedelta(minutes=4)
    assert figure("gmg_workers") == 0, "it has not been seen for too long"
    assert figure("gmg_scheduler_last_tick_timestamp_seconds") == time.at.timestamp() - 240


def test_a_look_that_fails_is_no_look(
    figure: Figure, engine: Engine, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr("service.scheduler.plan", fails)
    Ticker(engine, settings.current()).tick()
    assert figure("gmg_scheduler_last_tick_timestamp_seconds") == 0


def test_a_worker_that_ends_is_no_longer_waited_for_and_its_counts_stay(
    figure: Figure, engine: Engine, time: Time
) -> None:
    ticker = Ticker(engine, settings.current())
    ticker.tick()
    ticker.dispatcher.tally.attempt("mail", "accepted")
    before = figure("gmg_delivery_attempts_total", channel="mail", result="accepted")
    ticker.pulse.stopped()
    assert figure("gmg_workers") == 0
    after = figure("gmg_delivery_attempts_total", channel="mail", result="accepted")
    assert after == (0 if math.isnan(before) else before) + 1


def test_counts_of_two_workers_are_added(engine: Engine, time: Time) -> None:
    for _ in range(2):
        tally = ticks.Tally()
        tally.outcome("mail", "accepted")
        Pulse(engine, tally, "").looked()
    with reading(engine) as session:
        assert [row.count for row in ticks.tallies(session)] == [2]


def test_the_next_handover(figure: Figure, engine: Engine, time: Time) -> None:
    with reading(engine) as session:
        asked = select(BoundaryRow).where(BoundaryRow.member == "", BoundaryRow.day > time.at.date())
        first = min(row.day for row in session.exec(asked))
    at = zones.midnight(first, "Europe/Zurich")
    assert figure("gmg_handover_next_timestamp_seconds") == at.timestamp()
    time.at = at.astimezone(UTC) - timedelta(seconds=1)
    assert figure("gmg_handover_next_timestamp_seconds") == at.timestamp()
    time.at += timedelta(seconds=1)
    assert figure("gmg_handover_next_timestamp_seconds") > at.timestamp(), "its second has come"


def handover(engine: Engine, time: Time) -> BoundaryRow:
    with reading(engine) as session:
        at = next_handover(session, time.at)
        asked = select(BoundaryRow).where(BoundaryRow.member == "", BoundaryRow.day > time.at.date())
        row = min(session.exec(asked), key=lambda one: one.day)
        assert at == zones.midnight(row.day, "Europe/Zurich")
    return row


def test_a_handover_of_which_the_incoming_chair_was_not_reached(figure: Figure, engine: Engine, time: Time) -> None:
    row = handover(engine, time)
    at = zones.midnight(row.day, "Europe/Zurich").astimezone(UTC)
    time.at = at - timedelta(hours=25)
    plan(engine)
    assert figure("gmg_handovers_unreached") == 0, "there is time"
    time.at = at - timedelta(hours=23)
    assert figure("gmg_handovers_unreached") == 1
    with reading(engine) as session:
        reminders = list(
            session.exec(
                select(DeliveryRow)
                .where(DeliveryRow.subject == row.key, col(DeliveryRow.dedupe_key).startswith(REMINDER))
                .where(DeliveryRow.revision == row.revision)
            )
        )
    member = next(one for one in reminders if one.kind == "handovers")
    mine = next(one for one in reminders if one.kind == "chair" and row.incoming[0] in one.recipient)
    for reminder, left in ((member, 1), (mine, 0)):
        with writing(engine) as session:
            session.exec(update(DeliveryRow).where(col(DeliveryRow.id) == reminder.id).values(state="accepted"))
        assert figure("gmg_handovers_unreached") == left, "only the incoming chair's own people count"
    time.at = at + timedelta(seconds=1)
    assert figure("gmg_handovers_unreached") == 0


def test_messages_of_a_handover_that_were_not_delivered(figure: Figure, engine: Engine, time: Time) -> None:
    time.at += timedelta(days=40)
    plan(engine)
    with writing(engine) as session:
        ours = col(DeliveryRow.dedupe_key).startswith("handover.")
        ids = list(session.exec(select(DeliveryRow.id).where(ours).limit(3)))
        for id_, state in zip(ids, ("failed", "expired", "expired"), strict=True):
            session.exec(update(DeliveryRow).where(col(DeliveryRow.id) == id_).values(state=state))
        last = max(session.exec(select(DeliveryRow.not_after).where(col(DeliveryRow.id).in_(ids))))
    assert figure("gmg_handover_undelivered", outcome="failed") == 1
    assert figure("gmg_handover_undelivered", outcome="expired") == 2
    time.at = last + timedelta(days=8)
    assert figure("gmg_handover_undelivered", outcome="expired") == 0, "an alarm does not ring for ever"


def test_requests_are_counted_in_their_process(near: TestClient, figure: Figure) -> None:
    def now() -> list[float]:
        found = [
            figure("gmg_feed_requests_total", code="200"),
            figure("gmg_feed_requests_total", code="304"),
            figure("gmg_feed_requests_total", code="404"),
            figure("gmg_auth_failures_total", reason="token-required"),
            figure("gmg_preconditions_total", code="428"),
        ]
        return [0 if math.isnan(one) else one for one in found]

    before = now()
    first = near.get("/calendars/gmg.ics")
    near.get("/calendars/gmg.ics", headers={"If-None-Match": first.headers["etag"]})
    near.get(f"/calendars/p/feed_{'x' * 43}/gmg.ics")
    near.get("/api/v1/groups/gmg/people")
    assert [after - was for after, was in zip(now(), before, strict=True)] == [1, 1, 1, 1, 0]


def test_the_last_backup(figure: Figure, environment: Path, time: Time) -> None:
    assert figure("gmg_backup_last_success_timestamp_seconds") == 0
    note_backup(environment, time.at, environment / "one.zip", "0" * 64)
    assert figure("gmg_backup_last_success_timestamp_seconds") == time.at.timestamp()


def test_without_a_database_the_rest_is_told(near: TestClient) -> None:
    near.app.state.engine = _away()  # type: ignore[attr-defined]
    found = samples(near.get("/metrics").text)
    assert found["gmg_database_up", ()] == 0
    assert ("gmg_outbox_held", ()) not in found
    assert any(name == "gmg_build_info" for name, _ in found)


def _away() -> Engine:
    return connect("postgresql+psycopg://nobody:nothing@127.0.0.1:1/nowhere")
