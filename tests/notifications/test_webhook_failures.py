"""Webhooks that fail: the steps of their retries, disabling, enabling, replay."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from service import settings
from service.database import reading, writing
from service.events import Event
from service.groups.commands import confirm
from service.notifications.outbox.rules import PAUSE
from service.notifications.webhooks.commands import planned
from service.notifications.webhooks.queries import last_position
from service.notifications.webhooks.rules import ATTEMPTS, PATIENCE, RETRY_AFTER, steps
from service.notifications.webhooks.tables import WebhookRow
from service.scheduler import Ticker, plan
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.chaos.kill import STRIDE, killed_at
from tests.conftest import Time
from tests.notifications.hooking import (  # noqa: F401
    DAY,
    ILO,
    OTHER,
    WEBHOOKS,
    Ask,
    ask,
    happen,
    made,
    row_of,
    rows,
    there,
    took,
    work,
)
from tests.notifications.receiver import Endpoint, endpoint, hangs, says


def test_each_attempt_has_the_same_id_and_bytes_but_a_stamp_of_its_own(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], time: Time
) -> None:
    there.answers(says(500), says(200))
    happen(engine, "sample.moved")
    work()
    assert [row.state for row in rows(engine)] == ["pending"]
    time.at += timedelta(seconds=6.1)
    work()
    first, second = there.asked
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 6
    assert row_of(engine, made["id"]).failing_since is None


def test_ten_attempts_on_the_steps_of_the_specification(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], time: Time
) -> None:
    there.answers(says(500))
    happen(engine, "sample.moved")
    work()
    for number, step in enumerate(RETRY_AFTER, 1):
        (row,) = rows(engine)
        assert (row.state, row.attempts) == ("pending", number)
        assert step * 0.8 - timedelta(seconds=1) <= row.next_attempt_at - time.at <= step * 1.2
        time.at = row.next_attempt_at - timedelta(seconds=1)
        work()
        assert len(there.asked) == number, "not before its time"
        time.at += timedelta(seconds=1)
        work()
    (row,) = rows(engine)
    assert (row.state, row.attempts, len(there.asked)) == ("failed", ATTEMPTS, ATTEMPTS)
    assert row.answer is not None
    assert "HTTP 500" in row.answer


def test_jitter_stays_within_a_fifth() -> None:
    from random import Random

    made = [steps(Random(seed)) for seed in range(200)]
    for number, step in enumerate(RETRY_AFTER):
        assert all(0.8 * step <= one[number] <= 1.2 * step for one in made)
    assert len({one[0] for one in made}) > 100


@pytest.mark.parametrize(("asked", "most"), [("1", 1.2), ("8", 1.7), ("99999", 2.4)])
def test_the_endpoint_may_ask_for_up_to_twice_the_step(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], time: Time, asked: str, most: float
) -> None:
    there.answers(says(503, Retry_After=asked))
    happen(engine, "sample.moved")
    work()
    (row,) = rows(engine)
    assert 0.8 <= (row.next_attempt_at - time.at) / RETRY_AFTER[0] <= most


def test_a_redirect_is_a_failure(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None]
) -> None:
    """T34."""
    with endpoint() as inside:
        there.answers(says(307, Location=inside.url))
        happen(engine, "sample.moved")
        work()
        assert (rows(engine)[0].state, rows(engine)[0].answer, inside.asked) == ("pending", "HTTP 307", [])


def test_410_disables_at_once_and_enabling_goes_on(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], ask: Ask
) -> None:
    there.answers(says(410))
    happen(engine, "sample.moved")
    work()
    row = row_of(engine, made["id"])
    assert (row.disabled_at is not None, row.why) == (True, "it answered 410 Gone")
    happen(engine, "sample.called")
    work()
    assert len(there.asked) == 1
    with reading(engine) as session:
        assert session.exec(
            select(Event.kind).where(Event.subject == made["id"], Event.kind == "webhook.disabled")
        ).all()
    assert ask("POST", f"/{made['id']}/test").status_code == 409
    there.answers(says(200))
    assert ask("POST", f"/{made['id']}/enable").json()["disabled_at"] is None
    work()
    assert [json.loads(one.body)["type"] for one in there.asked] == ["sample.moved", "sample.called"]
    since = json.loads(there.asked[0].body)["id"]
    with reading(engine) as session:
        position = session.exec(select(Event.position).where(Event.id == since)).one()
    assert ask("POST", f"/{made['id']}/replay", {"since": position - 1}).status_code == 200
    work()
    again = there.asked[2:]
    assert {one.headers["webhook-id"]: one.body for one in again} == {
        one.headers["webhook-id"]: one.body for one in there.asked[:2]
    }
    assert len(again) == 2
    assert ask("POST", f"/{made['id']}/enable").status_code == 409


def test_five_days_of_failures_disable_and_hold_what_waits(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], time: Time, ask: Ask
) -> None:
    there.answers(says(500))
    happen(engine, "sample.moved")
    work()
    time.at += PATIENCE - timedelta(minutes=1)
    happen(engine, "sample.called")
    work()
    assert row_of(engine, made["id"]).disabled_at is None
    time.at += timedelta(minutes=2)
    work()
    row = row_of(engine, made["id"])
    assert row.disabled_at is not None
    assert "5 days" in (row.why or "")
    there.answers(says(200))
    ask("POST", f"/{made['id']}/enable")
    time.at += timedelta(hours=1)
    work()
    assert row_of(engine, made["id"]).failing_since is None
    assert rows(engine)[-1].state == "accepted"


def test_one_success_ends_the_count(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], time: Time
) -> None:
    there.answers(says(500), says(200), says(500))
    happen(engine, "sample.moved")
    work()
    time.at += timedelta(minutes=1)
    work()
    time.at += PATIENCE + DAY
    happen(engine, "sample.called")
    work()
    assert row_of(engine, made["id"]).disabled_at is None


def test_who_does_not_answer_is_left_alone_for_a_while(
    engine: Engine, made: dict[str, Any], there: Endpoint, ask: Ask, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.scheduler.outgoing.DEADLINE", 0.3)
    ticker = Ticker(engine, settings.current())
    with endpoint() as other:
        assert ask("POST", "", {"url": other.url, "member": "ilo", "kinds": ["sample.*"]}).status_code == 201
        with writing(engine) as session:
            confirm(session, "gmg")
        there.answers(hangs(1))
        happen(engine, *["sample.moved"] * 4)
        plan(engine)
        ticker.dispatcher.run()
        assert len(there.asked) == 1, "the others wait"
        assert len(other.asked) == 4, "and hold up nobody else"
        time.at += PAUSE + timedelta(seconds=1)
        there.answers(says(200))
        ticker.dispatcher.run()
        ticker.dispatcher.run()
    assert {row.state for row in rows(engine)} == {"accepted"}


def test_a_disabled_endpoint_is_not_told_of_itself(
    engine: Engine, ask: Ask, there: Endpoint, work: Callable[[], None], time: Time
) -> None:
    """The secretariat sees what happens to webhooks; that its own is disabled does not go to itself, for ever on."""
    own = ask("POST", "", {"url": there.url}, by=None).json()["id"]
    there.answers(says(410))
    happen(engine, "sample.moved")
    work()
    there.answers(says(200))
    assert ask("POST", f"/{own}/enable", by=None).status_code == 200
    for _ in range(3):
        work()
        time.at += timedelta(minutes=1)
    assert not [one for one in rows(engine, own) if json.loads(one.body)["subject"] == own]


def test_a_name_that_turned_private_is_not_called(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T30 at send: whatever was saved."""
    happen(engine, "sample.moved")
    monkeypatch.setenv("GMG_OUTGOING_PRIVATE", "")
    settings.current.cache_clear()
    work()
    (row,) = rows(engine)
    assert row.state == "failed"
    assert (row.answer or "").startswith("blocked address")
    assert there.asked == []


def killed_everywhere(
    engine: Engine, url: str, webhook: str, stride: int, work: Callable[[Engine], None] = plan
) -> int:
    """Kill what feeds three events at every so many statements; how many kills there were."""
    plan(engine)
    happen(engine, *["sample.moved"] * 3)
    kills, number = 0, 1
    while killed_at(number, url, work):
        with reading(engine) as session:
            fed = row_of(engine, webhook).position == last_position(session, "gmg")
        assert len(rows(engine)) == (3 if fed else 0), f"killed at statement {number}, some were lost"
        kills, number = kills + 1, number + stride
    return kills


@pytest.mark.promise("P1")
def test_a_kill_at_any_statement_of_feeding_loses_nothing(
    engine: Engine, database_url: str, made: dict[str, Any], there: Endpoint, work: Callable[[], None]
) -> None:
    """P1: how far an endpoint has come and what is planned for it are one change."""
    assert killed_everywhere(engine, database_url, made["id"], 2 * STRIDE + 1) >= 2
    work()
    assert [row.state for row in rows(engine)] == ["accepted"] * 3


@pytest.mark.planted("position_apart", promise="P1")
def test_a_position_that_moves_apart_is_seen(engine: Engine, database_url: str, made: dict[str, Any]) -> None:
    """The planted bug: how far it has come is committed before what is planned."""

    def apart(engine: Engine) -> None:
        with writing(engine) as session:
            row = session.exec(select(WebhookRow)).one()
            found = session.exec(select(Event).where(col(Event.position) > row.position)).all()
            row.position = last_position(session, "gmg")
            session.add(row)
        with writing(engine) as session:
            session.add_all([planned(row, event) for event in found])

    with pytest.raises(AssertionError, match="some were lost"):
        killed_everywhere(engine, database_url, made["id"], 1, apart)
