"""What would be sent: as it then really is; and to ask changes nothing and reaches nobody."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, select
from starlette.testclient import TestClient

from service import settings
from service.database import reading, writing
from service.groups import commands as groups
from service.groups.tables import HolidayRow
from service.notifications.channels.files import Files
from service.notifications.outbox import forecasting
from service.notifications.outbox.forecasting import LEFT_OUT, _mine
from service.notifications.outbox.showing import title
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from service.simulate import _looking, _run, foresee
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.access.signing import another_browser, sign_in
from tests.chaos.test_every_verb import whole
from tests.commandline import Gmg
from tests.conftest import Time
from tests.meetings.conftest import BASE, CHAIR, FIRST, OTHER, Send, chair, member, send  # noqa: F401 - fixtures
from tests.notifications.sink import Sink, running

Headers = dict[str, str]


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The mail server that the settings name; nothing may arrive there."""
    with running() as found:
        monkeypatch.setenv("GMG_MAIL_URL", f"smtp://127.0.0.1:{found.port}")
        settings.current.cache_clear()
        yield found


@pytest.fixture
def ready(client: TestClient, engine: Engine, send: Send, member: Headers, time: Time) -> None:
    """A confirmed group with a called meeting that some have answered, an action, a decision, and mail that waits."""
    with writing(engine) as session:
        groups.confirm(session, "gmg")
    send(f"/meetings/{FIRST}/call")
    send("/actions", etag="", title="An action", owner="ilo", due="2008-06-05")
    # Not due yet: it goes out when it is, whatever else falls due.
    later = time.at + timedelta(hours=5)
    text = {"operative": "adopted", "title": "A decision", "text": "The group agrees."}
    assert send("/decisions", etag="", until="2008-06-20", **text).status_code == 201
    time.at += timedelta(minutes=2)
    plan(engine)
    with writing(engine) as session:
        row = session.exec(select(DeliveryRow).where(DeliveryRow.state == "pending")).first()
        assert row is not None
        row.next_attempt_at = later
        session.add(row)
    send(f"/meetings/{FIRST}/respond", member, etag="", member="ilo", answer="accepted", sequence=1)


def test_it_says_what_then_happens_and_changes_nothing(
    engine: Engine, ready: None, sink: Sink, time: Time, tmp_path: Path
) -> None:
    before = whole(engine)
    found = foresee(engine, "gmg", 40)
    assert whole(engine) == before, "every row of every table is as it was"
    assert (sink.connections, sink.accepted) == (0, [])
    assert (found.at, found.until) == (time.at, time.at + timedelta(days=40))
    with reading(engine) as session:
        gone = set(session.exec(select(DeliveryRow.id).where(DeliveryRow.state == "accepted")))
    _run(engine, found.at, found.until, Files(tmp_path / "mail"))
    with reading(engine) as session:
        sent = [
            (row.accepted_at, row.recipient, row.channel, title(row.body))
            for row in session.exec(select(DeliveryRow).where(DeliveryRow.state == "accepted"))
            if row.id not in gone
        ]
    assert sorted(sent, key=repr) == sorted(((x.at, x.recipient, x.channel, x.title) for x in found.lines), key=repr)
    assert any(FIRST in line.title or "invit" in line.kind or "meeting" in line.kind for line in found.lines)
    assert len({line.kind for line in found.lines}) >= 3
    assert all(line.title for line in found.lines)
    assert found.at + timedelta(hours=5) - timedelta(minutes=2) in [line.at for line in found.lines]


def test_what_would_be_written_to_the_live_database_is_refused_by_it(engine: Engine, group: str) -> None:
    before = whole(engine)
    for _ in range(2):
        with _looking(engine) as live, pytest.raises(DBAPIError, match=r"read-?only"):
            live.execute(insert(HolidayRow).values(group_id="gmg", city="Geneva", day=date(2008, 6, 1)))
    assert whole(engine) == before
    with writing(engine) as session:
        groups.confirm(session, "gmg")


def test_every_table_is_copied_or_left_out_by_name() -> None:
    taken: dict[str, Any] = {}
    for table in SQLModel.metadata.sorted_tables:
        mine = _mine(table, "gmg", taken)
        assert (mine is None) == (table.name in LEFT_OUT), f"say in forecasting.py how {table.name} belongs to a group"
        if mine is not None:
            taken[table.name] = mine


def test_it_is_made_elsewhere_and_kept_until_something_changes(
    client: TestClient, engine: Engine, ready: None, sink: Sink, chair: Headers, send: Send,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    before = whole(engine)
    first = client.get(f"{BASE}/deliveries/forecast?days=30", headers=chair)
    assert first.status_code == 200, first.text
    assert first.json()["lines"] == foresee(engine, "gmg", 30).model_dump(mode="json")["lines"]
    assert whole(engine) == before
    assert sink.connections == 0
    monkeypatch.setattr(forecasting, "LONGEST", 0.05)
    kept = client.get(f"{BASE}/deliveries/forecast?days=30", headers=chair)
    assert kept.json() == first.json(), "no second process was started: it could not have ended in time"
    send("/actions", etag="", title="Another action", owner="ilo", due="2008-06-05")
    late = client.get(f"{BASE}/deliveries/forecast?days=30", headers=chair)
    assert (late.status_code, late.json()["type"]) == (503, "/problems/forecast-took-too-long")
    assert late.headers["retry-after"]
    for days in (0, 401):
        assert client.get(f"{BASE}/deliveries/forecast?days={days}", headers=chair).status_code == 422


def test_a_process_that_fails_is_told_as_such(
    client: TestClient, group: str, chair: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.current()
    monkeypatch.setenv("GMG_SQLITE_WAL", "perhaps")
    failed = client.get(f"{BASE}/deliveries/forecast?days=9", headers=chair)
    assert (failed.status_code, failed.json()["type"]) == (503, "/problems/forecast-failed")


def test_the_page_shows_it_day_by_day(client: TestClient, engine: Engine, ready: None) -> None:
    browser = another_browser(client)
    sign_in(browser, engine, CHAIR)
    shown = browser.get("/groups/gmg/outbox/forecast?days=30").text
    assert "Nothing of this was sent or saved." in shown
    assert "Thursday, 15 May 2008" in shown
    assert "In the coming 30 days" in shown


def test_the_command_prints_it_in_three_forms(
    database_url: str, ready: None, engine: Engine, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    before = whole(engine)
    gmg = Gmg(database_url, monkeypatch, capsys)
    told = json.loads(gmg("outbox", "forecast", "--days", "20", "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(gmg("outbox", "forecast", "--days", "20", "--format", "csv").out)))
    assert len(rows) == len(told["lines"]) > 0
    assert list(rows[0]) == ["at", "kind", "title", "recipient", "channel"]
    table = gmg("outbox", "forecast", "--days", "20").out
    assert f"{len(rows)} messages from 2008-05-15 12:02Z until 2008-06-04 12:02Z; nothing was sent." in table
    assert whole(engine) == before
