"""Who did what when: the audit, and the events for other systems."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select
from starlette.testclient import TestClient

from service import audit, scheduler, settings
from service.access import events_api
from service.access.commands import revoke_token
from service.access.tables import TokenRow
from service.audit import AuditRow, audited, forget
from service.database import reading, writing
from service.main import create_app
from tests.access.conftest import Decide, Tokens
from tests.access.serve import serving
from tests.commandline import Gmg
from tests.conftest import Time
from tests.meetings.conftest import BASE, FIRST, Send, chair, send  # noqa: F401 - fixtures

AUDIT, EVENTS = f"{BASE}/audit", f"{BASE}/events"


def entries(engine: Engine, what: str) -> list[AuditRow]:
    with reading(engine) as session:
        return audited(session, "gmg", what=what)


def test_a_write_is_on_record_with_person_authority_before_and_after(
    client: TestClient,
    send: Send,
    secretariat: dict[str, str],
) -> None:
    send(f"/meetings/{FIRST}/call")
    send(f"/meetings/{FIRST}/move", at="16:00")
    found = client.get(AUDIT, params={"what": "meeting", "key": f"gmg/{FIRST}"}, headers=secretariat).json()["entries"]
    moved, called = found[:2]
    assert (moved["name"], moved["verb"], moved["authority"]) == ("GMG focal point of UNFPA", "meeting.move", "chair")
    assert moved["by"].startswith("person:")
    assert moved["request"] == f"POST {BASE}/meetings/{FIRST}/move"
    assert (moved["before"]["start"], moved["after"]["start"]) == (
        "2008-06-26T12:00:00+00:00",
        "2008-06-26T14:00:00+00:00",
    )
    assert (called["before"]["state"], called["after"]["state"]) == ("proposed", "called")
    assert set(called["after"]) == {"state", "sequence", "schedules", "settled_at", "version", "changed_at"} & set(
        called["after"]
    ), "what has not changed does not stand there"


def test_every_door_is_on_record(client: TestClient, engine: Engine, decide: Decide, token: Tokens) -> None:
    assert decide(pass_="unhcr", term="2008-07-01").status_code == 201
    (taken,) = entries(engine, "chair_decision")
    assert (taken.verb, taken.authority, taken.before) == ("chair.decide", "secretariat", None)
    assert taken.after is not None
    assert taken.after["what"] == {"pass": "unhcr", "term": "2008-07-01"}
    assert entries(engine, "token")[0].name == "test", "the command line says who acts"
    assert entries(engine, "person")[0].by == "test", "and so does a charter that is applied"


def test_what_was_refused_or_previewed_is_not_on_record(
    client: TestClient,
    engine: Engine,
    send: Send,
    decide: Decide,
    secretariat: dict[str, str],
) -> None:
    before = len(entries(engine, "meeting"))
    send(f"/meetings/{FIRST}/call?preview=true")
    assert send(f"/meetings/{FIRST}/call", secretariat).status_code == 403
    decide(preview=True, pass_="unhcr", term="2008-07-01")
    assert len(entries(engine, "meeting")) == before
    assert entries(engine, "chair_decision") == []


def test_no_secret_is_on_record(engine: Engine, token: Tokens) -> None:
    made = token()
    with reading(engine) as session:
        rows = audited(session, "gmg", most=200)
    assert made[4:] not in json.dumps([row.model_dump(mode="json") for row in rows])


@pytest.mark.parametrize("statement", ["UPDATE audit SET name = 'x'", "DELETE FROM audit"])
def test_the_audit_only_grows(engine: Engine, token: Tokens, time: Time, statement: str) -> None:
    """For a year at least, by the clock of the database."""
    time.at = datetime.now(UTC) - timedelta(days=360)
    token()
    with pytest.raises(DatabaseError, match="only grows"), writing(engine) as session:
        session.connection().execute(text(statement))


YEAR = timedelta(days=366)


def every_entry(engine: Engine) -> list[AuditRow]:
    with reading(engine) as session:
        return list(session.exec(select(AuditRow)))


def test_an_entry_is_let_go_when_its_years_are_over(engine: Engine, group: str, time: Time) -> None:
    before = every_entry(engine)
    newest = max(entry.at for entry in before)
    time.at = newest + 7 * YEAR
    with writing(engine) as session:
        forget(session, 8 * YEAR)
    assert every_entry(engine) == before
    time.at += timedelta(seconds=1)
    with writing(engine) as session:
        forget(session, 7 * YEAR)
    left = every_entry(engine)
    assert {(entry.what, entry.by) for entry in left} == {("audit", "clock")}
    let_go = {entry.group_id: (entry.before or {})["entries"] for entry in left}
    assert let_go == Counter(entry.group_id for entry in before), "each group is told of its own"


def test_entries_are_let_go_a_few_at_a_time(
    engine: Engine, group: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST", 5)
    old = {entry.id for entry in every_entry(engine)}
    time.at += 8 * YEAR
    for look in (1, 2, 3):
        scheduler.forget(engine, settings.current())
        assert len(old & {entry.id for entry in every_entry(engine)}) == len(old) - 5 * look


def test_the_command_prints_it_oldest_first(
    database_url: str, group: str, token: Tokens, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    token()
    done = Gmg(database_url, monkeypatch, capsys)("audit")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [line["id"] for line in lines] == sorted(line["id"] for line in lines)
    assert lines[-1]["what"] == "token"


def test_the_audit_is_for_the_secretariat_page_by_page(
    client: TestClient, secretariat: dict[str, str], token: Tokens
) -> None:
    member = {"Authorization": f"Bearer {token('gmg@ilo.example')}"}
    assert client.get(AUDIT, headers=member).json()["type"] == "/problems/secretariat-only"
    seen: list[int] = []
    after: dict[str, str] = {}
    while True:
        page = client.get(AUDIT, params={"limit": 7, **after}, headers=secretariat).json()
        seen += [one["id"] for one in page["entries"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) > 20
    assert client.get(AUDIT, params={"what": "meeting", **after}, headers=secretariat).status_code == 400
    assert client.get(AUDIT, params={"after": "forged"}, headers=secretariat).status_code == 400


def test_the_audit_of_a_verb_and_of_a_day(client: TestClient, send: Send, secretariat: dict[str, str]) -> None:
    send(f"/meetings/{FIRST}/call")

    def asked(**params: str) -> list[dict[str, Any]]:
        found = client.get(AUDIT, params=params, headers=secretariat)
        assert found.status_code == 200
        return list(found.json()["entries"])

    assert {one["verb"] for one in asked(verb="meeting.call")} == {"meeting.call"}
    assert {one["verb"] for one in asked(day="2008-05-15")} >= {"meeting.call", None}
    assert asked(day="2008-05-14") == asked(day="2008-05-16") == []
    assert client.get(AUDIT, params={"day": "soon"}, headers=secretariat).status_code == 422


def test_events_are_read_in_order_and_none_is_missed(
    client: TestClient,
    send: Send,
    token: Tokens,
    secretariat: dict[str, str],
) -> None:
    send(f"/meetings/{FIRST}/call")
    member = {"Authorization": f"Bearer {token('gmg@ilo.example')}"}
    found: list[dict[str, Any]] = []
    after = 0
    while page := client.get(EVENTS, params={"after": after, "limit": 50}, headers=secretariat).json():
        if page["next"] == after:
            break
        found += page["events"]
        after = page["next"]
    assert [int(one["sequence"]) for one in found] == list(range(1, len(found) + 1))
    last = next(one for one in found if one["type"] == "meeting.called")
    assert (last["specversion"], last["subject"], last["source"]) == ("1.0", FIRST, "http://127.0.0.1:8000/groups/gmg")
    assert last["data"]["actor"] == "GMG focal point of UNFPA"
    theirs = client.get(EVENTS, params={"limit": 200}, headers=member).json()["events"]
    assert "token.made" in {one["type"] for one in found}
    assert "token.made" not in {one["type"] for one in theirs}
    assert "meeting.called" in {one["type"] for one in client.get(
        EVENTS, params={"after": int(last["sequence"]) - 1}, headers=member).json()["events"]}  # fmt: skip
    assert client.get(EVENTS).status_code == 401
    assert client.get(EVENTS, params={"after": -1}, headers=member).status_code == 422


def messages(answer: HTTPResponse) -> Iterator[dict[str, str]]:
    """The messages of a stream of server-sent events, as a browser reads them."""
    said: dict[str, str] = {}
    for raw in answer:
        line = raw.decode().rstrip("\n")
        if not line and said:
            yield said
            said = {}
        name, _, value = line.partition(": ")
        if name in ("id", "event", "data"):
            said[name] = value


def test_a_stream_tells_what_happens_goes_on_and_ends_with_the_token(
    engine: Engine,
    client: TestClient,
    send: Send,
    token: Tokens,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events_api, "PACE", 0.01)
    mine = token("gmg@ilo.example")
    start = client.get(EVENTS, params={"limit": 1, "after": 0}, headers={"Authorization": f"Bearer {mine}"})
    assert start.status_code == 200
    with serving(create_app(engine)) as (host, port):

        def open_(**headers: str) -> HTTPResponse:
            connection = HTTPConnection(host, port, timeout=20)
            connection.request("GET", f"{EVENTS}/stream", headers={"Authorization": f"Bearer {mine}", **headers})
            return connection.getresponse()

        stream = open_()
        assert stream.getheader("content-type", "").startswith("text/event-stream")
        told = messages(stream)
        first = next(told)
        send(f"/meetings/{FIRST}/call")
        called = next(one for one in told if one["event"] == "meeting.called")
        assert json.loads(called["data"])["subject"] == FIRST
        again = next(messages(open_(**{"Last-Event-ID": first["id"]})))
        assert int(again["id"]) > int(first["id"])
        with writing(engine) as session:
            row = session.exec(select(TokenRow).where(TokenRow.name == "GMG focal point of ILO")).one()
            revoke_token(session, row.id, actor="test")
        ended = [one["event"] for one in told]
        assert ended[-1] == "problem"
        stream.close()


@pytest.fixture
def ask(client: TestClient, token: Tokens) -> Callable[[], Any]:
    return lambda: client.get(f"{EVENTS}/stream", headers={"Authorization": f"Bearer {token('gmg@ilo.example')}"})


def test_too_many_streams_are_refused(ask: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_api, "STREAMS", 0)
    answer = ask()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
