"""Promise P14: no change is lost to another that was made at the same time."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from service.access import door
from service.groups import queries
from service.groups.tables import GroupRow
from service.rotation.commands import apply_charter as apply
from tests.access.conftest import CHARTER, DECISIONS, Decide
from tests.promises.collecting import Evidence

pytestmark = pytest.mark.promise("P14")

ROUNDS = 500 if "PROVE_LONG" in os.environ else 12


def renamed(charter: dict[str, Any], about: str) -> dict[str, Any]:
    return charter | {"group": charter["group"] | {"about": about}, "revision": None}


def test_a_change_names_the_version_that_it_changes(client: TestClient, secretariat: dict[str, str]) -> None:
    seen = client.get(CHARTER, headers=secretariat)
    mine = renamed(seen.json(), "Mine")

    def put(tag: str | None, preview: bool = False) -> Any:
        headers = secretariat | ({"If-Match": tag} if tag else {})
        return client.put(CHARTER + ("?preview=true" if preview else ""), json=mine, headers=headers)

    assert put(None, preview=True).json()["saved"] is False
    for tag, status in ((None, 428), ("*", 428), ("1", 400), (f"W/{seen.headers['etag']}", 412), ('"99"', 412)):
        answer = put(tag)
        assert answer.status_code == status, tag
    assert answer.headers["etag"] == seen.headers["etag"], "what is there now"
    assert client.get(CHARTER, headers=secretariat).content == seen.content
    done = put(f'"99", {seen.headers["etag"]}')
    assert done.status_code == 200
    assert done.headers["etag"] != seen.headers["etag"]
    assert put(seen.headers["etag"]).status_code == 412


def test_a_decision_may_be_held_to_what_was_previewed(
    client: TestClient, decide: Decide, secretariat: dict[str, str]
) -> None:
    seen = decide(preview=True, pass_="unhcr", term="2008-07-01").headers["etag"]
    assert decide(accept="unhcr", term="2008-07-01").status_code == 201
    answer = client.post(
        DECISIONS,
        json={"pass": "unicef", "term": "2009-01-01"},
        headers=secretariat | {"Idempotency-Key": "held", "If-Match": seen},
    )
    assert answer.status_code == 412


def two_writers(client: TestClient, headers: dict[str, str]) -> tuple[int, int]:
    """Both read, change and write again and again; how many were accepted, and how often the version moved."""
    first = client.get(CHARTER, headers=headers)

    def write(who: str) -> int:
        accepted = 0
        for number in range(ROUNDS):
            seen = client.get(CHARTER, headers=headers)
            mine = renamed(seen.json(), f"{who} {number}")
            answer = client.put(CHARTER, json=mine, headers=headers | {"If-Match": seen.headers["etag"]})
            assert answer.status_code in (200, 412), answer.text
            accepted += answer.status_code == 200
        return accepted

    with ThreadPoolExecutor(2) as pool:
        accepted = sum(pool.map(write, ("one", "two")))
    last = client.get(CHARTER, headers=headers)
    return accepted, int(json.loads(last.headers["etag"])) - int(json.loads(first.headers["etag"]))


def test_of_two_writers_none_overwrites_the_other_unseen(
    client: TestClient, secretariat: dict[str, str], evidence: Evidence
) -> None:
    accepted, moved = two_writers(client, secretariat)
    assert accepted == moved
    assert accepted >= ROUNDS
    evidence(cases=2 * ROUNDS, lost=0)


@pytest.mark.planted("deferred_tx", promise="P14")
def test_the_planted_bug_is_seen(
    client: TestClient, secretariat: dict[str, str], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """deferred_tx: the version is checked before the lock is held, so that both writers find it as expected."""
    real = queries.group_row

    @contextmanager
    def deferred(engine: Engine) -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def unlocked(session: Session, group_id: str, *, lock: bool = False) -> GroupRow:
        return real(session, group_id)

    seen = client.get(CHARTER, headers=secretariat)
    tag = {"If-Match": seen.headers["etag"]}
    other = renamed(seen.json(), "Other")
    monkeypatch.setattr(door, "writing", deferred)
    monkeypatch.setattr("service.rotation.writing_api.groups.group_row", unlocked)
    applied: list[int] = []

    def meanwhile(session: Session, *args: object, **more: object) -> Any:
        if not applied:
            applied.append(0)
            applied.append(client.put(CHARTER, json=other, headers=secretariat | tag).status_code)
        return apply(session, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("service.rotation.writing_api.commands.apply_charter", meanwhile)
    mine = client.put(CHARTER, json=renamed(seen.json(), "Mine"), headers=secretariat | tag)
    accepted = [applied[1], mine.status_code].count(200)
    assert accepted == 2 or 503 in (applied[1], mine.status_code), "both were accepted, or one fell over its snapshot"
