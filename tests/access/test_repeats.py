"""Promise P13: the same creation with the same Idempotency-Key is done once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, delete, func, select
from starlette.testclient import TestClient

from service import database, repeats
from service.database import connect, reading, writing
from service.events import Event
from service.groups.tables import DecisionRow
from service.repeats import RepeatRow
from tests.access.conftest import DECISIONS, Tokens
from tests.chaos.kill import killed_after_commit
from tests.conftest import HOME, Time, app_on
from tests.promises.collecting import Evidence

pytestmark = pytest.mark.promise("P13")

ACCEPT = {"accept": "unhcr", "term": "2008-07-01"}
PASS = {"pass": "unhcr", "term": "2008-07-01"}


def made(engine: Engine) -> int:
    with reading(engine) as session:
        rows = session.scalar(select(func.count()).select_from(DecisionRow))
        told = session.scalar(select(func.count()).select_from(Event).where(Event.kind == "chair.decided"))
    assert rows == told
    return int(rows or 0)


def post(client: TestClient, headers: dict[str, str], body: object = ACCEPT, key: str = "k") -> Any:
    return client.post(DECISIONS, json=body, headers=headers | {"Idempotency-Key": key})


def test_a_repetition_gets_the_first_answer(client: TestClient, engine: Engine, secretariat: dict[str, str]) -> None:
    first, again = post(client, secretariat), post(client, secretariat)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (again.headers["etag"], again.headers["location"]) == (first.headers["etag"], first.headers["location"])
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    assert made(engine) == 1


def test_another_body_under_the_same_key(client: TestClient, engine: Engine, secretariat: dict[str, str]) -> None:
    assert post(client, secretariat).status_code == 201
    answer = post(client, secretariat, PASS)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/key-reused")
    assert made(engine) == 1


def test_fifty_at_once_are_one(
    client: TestClient, engine: Engine, secretariat: dict[str, str], evidence: Evidence
) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: post(client, secretariat, PASS), range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert made(engine) == 1
    evidence(cases=50, duplicated=0)


def test_a_refused_creation_leaves_its_key_free(
    client: TestClient, engine: Engine, secretariat: dict[str, str]
) -> None:
    wrong = {"pass": "iom", "term": "2008-07-01"}
    assert post(client, secretariat, wrong).status_code == 422
    assert post(client, secretariat).status_code == 201
    assert made(engine) == 1


def test_keys_belong_to_who_sent_them(client: TestClient, token: Tokens) -> None:
    unhcr = {"Authorization": f"Bearer {token('gmg@unhcr.example')}"}
    same = {"Authorization": f"Bearer {token('gmg@unhcr.example')}"}
    secretariat = {"Authorization": f"Bearer {token()}"}
    first = post(client, unhcr)
    assert post(client, same).content == first.content, "another token of the same person"
    other = post(client, secretariat, {"pass": "unicef", "term": "2009-01-01"})
    assert (other.status_code, other.headers.get("idempotent-replayed")) == (201, None)


def test_a_key_is_kept_for_a_day(client: TestClient, engine: Engine, secretariat: dict[str, str], time: Time) -> None:
    assert post(client, secretariat).status_code == 201
    time.at += timedelta(hours=23, minutes=59)
    assert post(client, secretariat).headers["idempotent-replayed"] == "true"
    time.at += timedelta(minutes=1)
    later = post(client, secretariat, {"pass": "unicef", "term": "2009-01-01"})
    assert (later.status_code, later.headers.get("idempotent-replayed")) == (201, None)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(RepeatRow)) == 1


@contextmanager
def claimed(engine: Engine, caller: str) -> Iterator[None]:
    """The first request is still inside its transaction."""
    with writing(engine) as session:
        repeats.claim(session, caller, "k", "still running")
        yield
        session.rollback()


def test_a_creation_still_running_is_told(
    database_url: str, engine: Engine, token: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """409 on PostgreSQL, where only the key is held; SQLite has one writer, who is waited for: 503. Nothing is done."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    headers = {"Authorization": f"Bearer {token()}"}
    with reading(engine) as session:
        caller = f"token:{session.exec(select(Event.subject).where(Event.kind == 'token.made')).one()}"
    second = connect(database_url)
    with claimed(engine, caller):
        answer = send(second, headers, ACCEPT)
        assert answer.status_code == (409 if engine.dialect.name == "postgresql" else 503)
        assert int(answer.headers["retry-after"]) > 0
    assert made(engine) == 0
    assert send(second, headers, ACCEPT).status_code == 201
    second.dispose()


def send(engine: Engine, headers: dict[str, str], body: object) -> Any:
    with TestClient(app_on(engine), base_url=HOME, raise_server_exceptions=False) as client:
        return post(client, headers, body)


def test_a_crash_between_commit_and_answer_is_made_good_by_a_repetition(
    database_url: str, engine: Engine, secretariat: dict[str, str]
) -> None:
    killed_after_commit(database_url, lambda crashing: send(crashing, secretariat, PASS))
    fresh = connect(database_url)
    assert made(fresh) == 1
    answer = send(fresh, secretariat, PASS)
    assert (answer.status_code, answer.headers["idempotent-replayed"]) == (201, "true")
    assert made(fresh) == 1
    fresh.dispose()


@pytest.mark.planted("key_after_commit", promise="P13")
def test_the_planted_bug_is_seen(
    database_url: str, secretariat: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """key_after_commit: a key that is kept in a transaction of its own is lost with the crash."""
    real = repeats.claim

    def forget(session: Session) -> None:
        session.flush()
        session.exec(delete(RepeatRow))

    def apart(session: Session, caller: str, key: str, of: str) -> RepeatRow:
        event.listen(session, "before_commit", forget)
        return real(session, caller, key, of)

    monkeypatch.setattr("service.access.door.repeats.claim", apart)
    killed_after_commit(database_url, lambda crashing: send(crashing, secretariat, PASS))
    fresh = connect(database_url)
    assert made(fresh) == 1
    answer = send(fresh, secretariat, PASS)
    assert answer.status_code == 409, "the repetition was taken for a second decision"
    fresh.dispose()
