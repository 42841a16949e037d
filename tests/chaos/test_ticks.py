"""Promise P5: any number of processes may find the same thing due at the same time; it is recorded and told once."""

import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from service import events
from service.database import connect, reading, writing
from service.events import Event
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.conftest import Time
from tests.promises.collecting import Evidence

pytestmark = pytest.mark.promise("P5")

TICKERS, OCCURRENCES = 4, 2500 if "PROVE_LONG" in os.environ else 150
UNIQUE = "uq_event_group_id_kind_subject_occurrence"


def together(url: str, do: Callable[[Engine], None]) -> list[BaseException]:
    """Let several tickers, each with connections of its own, do the same at the same time; what went wrong."""
    ready, wrong = threading.Barrier(TICKERS), []

    def run() -> None:
        engine = connect(url)
        try:
            ready.wait(20)
            do(engine)
        except BaseException as error:
            wrong.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=run) for _ in range(TICKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return wrong


def record_all(engine: Engine) -> None:
    for number in range(OCCURRENCES):
        with writing(engine) as session:
            events.record(session, "gmg", "test.due", "test", str(number))


def recorded(engine: Engine) -> Counter[str]:
    with reading(engine) as session:
        return Counter(session.exec(select(Event.occurrence).where(Event.kind == "test.due")))


def test_each_occurrence_is_recorded_once(engine: Engine, database_url: str, group: str, evidence: Evidence) -> None:
    assert together(database_url, record_all) == []
    assert recorded(engine) == Counter({str(number): 1 for number in range(OCCURRENCES)})
    evidence(cases=TICKERS * OCCURRENCES, lost=0, duplicated=0)
    with reading(engine) as session:
        places = list(session.exec(select(Event.position).where(Event.group_id == "gmg").order_by(col(Event.position))))
    assert places == list(range(1, len(places) + 1)), "and the order of a group's events has no gap"


@pytest.mark.planted("no_unique", promise="P5")
def test_the_planted_bug_no_unique_is_seen(
    engine: Engine, database_url: str, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the constraint, and with a look that forgets, the same thing is recorded by each."""
    monkeypatch.setattr(events, "select", lambda *_: select(Event.id).where(col(Event.id) == ""))
    wrong = together(database_url, record_all)
    broken = [str(error) for error in wrong if isinstance(error, IntegrityError)]
    assert any(UNIQUE in error or "event.occurrence" in error for error in broken), (
        "the constraint is what holds it then"
    )
    if engine.dialect.name == "postgresql":
        with writing(engine) as session:
            session.connection().execute(text(f"ALTER TABLE event DROP CONSTRAINT {UNIQUE}"))
        together(database_url, record_all)
        assert max(recorded(engine).values()) > 1


def test_several_ticks_at_once_tell_everybody_once(engine: Engine, database_url: str, group: str, time: Time) -> None:
    time.at += timedelta(days=40)
    assert together(database_url, plan) == []
    with reading(engine) as session:
        keys = Counter(session.exec(select(DeliveryRow.dedupe_key)))
        told = Counter(session.exec(select(DeliveryRow.recipient).where(col(DeliveryRow.subject).startswith("turn-"))))
    assert keys
    assert set(keys.values()) == {1}
    assert told["gmg@unhcr.example"] >= 1
