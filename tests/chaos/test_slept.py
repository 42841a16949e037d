"""Promise P8: a service that was down across handovers shows the right chair before any job has run."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading
from service.groups.charter import Charter
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.rules import Sitting, sitting
from service.scheduler import plan
from tests.conftest import Time, happened
from tests.promises.collecting import Evidence

# The handovers after the group's first instant here: when each holds from, in Geneva, and who sits then.
HANDOVERS = [
    (datetime(2008, 6, 30, 22, tzinfo=UTC), "unhcr"),
    (datetime(2008, 12, 31, 23, tzinfo=UTC), "unicef"),
    (datetime(2009, 6, 30, 22, tzinfo=UTC), "unitar"),
    (datetime(2009, 12, 31, 23, tzinfo=UTC), "unodc"),
    (datetime(2010, 6, 30, 22, tzinfo=UTC), "unrc"),
]
WAKES = {1: datetime(2008, 7, 1, 9, 30, tzinfo=UTC), 2: datetime(2009, 1, 1, 9, tzinfo=UTC)}
WAKES[5] = datetime(2010, 7, 1, 9, 30, tzinfo=UTC)


def chair(client: TestClient) -> list[str]:
    found: list[str] = client.get("/api/v1/groups/gmg/chair").json()["term"]["chair"]
    return found


def sleep(engine: Engine, time: Time, slept: int) -> None:
    """The service has looked once, and then not for so many handovers."""
    plan(engine)
    time.at = WAKES[slept]


def told(engine: Engine) -> set[str]:
    """The handovers that anybody is told of by mail."""
    with reading(engine) as session:
        asked = select(DeliveryRow.dedupe_key).where(col(DeliveryRow.dedupe_key).startswith("handover.reminder:"))
        return {key.split(":")[2] for key in session.exec(asked) if key.split(":")[2].startswith("turn-")}


@pytest.mark.promise("P8")
@pytest.mark.parametrize("slept", WAKES)
def test_the_chair_is_right_before_any_job_has_run(
    client: TestClient, engine: Engine, time: Time, slept: int, evidence: Evidence
) -> None:
    assert chair(client) == ["unfpa"]
    sleep(engine, time, slept)
    assert chair(client) == [HANDOVERS[slept - 1][1]], "nothing has run since"
    woke = time.at
    for _ in range(3):
        plan(engine)
    events = happened(engine, "chair.handover")
    assert [(event.effective_at, event.data["incoming"]) for event in events] == [
        (at, [who]) for at, who in HANDOVERS[:slept]
    ]
    assert {event.recorded_at for event in events} == {woke}
    assert told(engine) == {f"turn-{slept + 5}"}, "the newest, which begins today"
    evidence(cases=slept)


@pytest.mark.planted("chair_of_the_job", promise="P8")
def test_the_planted_chair_of_the_job_is_seen(
    client: TestClient, engine: Engine, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """chair_of_the_job: who sits is what the last look has found."""
    looked: list[date] = []

    def as_last_seen(charter: Charter, _: date) -> Sitting:
        return sitting(charter, looked[-1])

    looked.append(time.at.date())
    monkeypatch.setattr("service.rotation.api.sitting", as_last_seen)
    sleep(engine, time, 2)
    assert chair(client) == ["unfpa"], "two chairs behind"


@pytest.mark.planted("tells_each", promise="P8")
def test_the_planted_word_of_each_is_seen(
    engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tells_each: what was missed is told as if it were news."""
    ages = datetime.max.replace(tzinfo=UTC)
    monkeypatch.setattr("service.notifications.look._OVER", timedelta(days=800))
    monkeypatch.setattr("service.notifications.handovers.reminders.not_after", lambda *_: ages)
    sleep(engine, time, 2)
    for _ in range(3):
        plan(engine)
    assert len(told(engine)) > 1, "more than the newest"
