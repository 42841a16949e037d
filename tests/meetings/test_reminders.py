"""Reminders of meetings: each once, to those who have not acted, and none for what has moved, passed or ended."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from service.database import reading
from service.notifications import planner
from service.notifications.channels.files import Files
from service.notifications.look import Look
from service.notifications.meetings.rules import RULES, kind_of
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import next_due, plan
from tests.conftest import Time
from tests.mailtext import read
from tests.meetings.conftest import BASE, FIRST, OTHER, Mails, Send, at

MOVED = "working-level-2008-08-07"


def reminded(engine: Engine, kind: str, states: tuple[str, ...] = ("pending",)) -> set[str]:
    """Who is reminded of something: the recipients of what waits to go out."""
    with reading(engine) as session:
        rows = session.exec(select(DeliveryRow).where(col(DeliveryRow.state).in_(states))).all()
    return {row.recipient for row in rows if kind_of(row.dedupe_key) == kind}


def run(engine: Engine, time: Time, until: str) -> list[str]:
    """Let time pass from due to due; the kinds of the reminders planned, each with its local day."""
    while (due := next_due(engine)) is not None and due <= at(until):
        time.at = max(due, time.at)
        plan(engine)
    time.at = at(until)
    with reading(engine) as session:
        rows = session.exec(select(DeliveryRow).order_by(col(DeliveryRow.created_at))).all()
    return [
        f"{kind_of(row.dedupe_key)} {row.created_at:%m-%d}"
        for row in rows
        if kind_of(row.dedupe_key) and row.recipient == OTHER
    ]


def test_a_called_meeting_reminds_a_member_at_its_days(engine: Engine, send: Send, time: Time) -> None:
    send(f"/meetings/{FIRST}/call")
    send("/agenda-items", etag="", meeting=FIRST, title="Item")
    assert run(engine, time, "2008-06-26T11:00") == [
        "agenda-call 06-05",
        "missing 06-16",
        "documents 06-19",
        "tomorrow 06-25",
    ]


def test_the_chair_alone_is_reminded_of_what_is_missing(engine: Engine, send: Send, time: Time) -> None:
    send(f"/meetings/{FIRST}/call")
    run(engine, time, "2008-06-12T14:00")
    assert reminded(engine, "no-agenda") == {"gmg@unfpa.example"}
    time.at = at("2008-06-26T14:00")
    send(f"/meetings/{FIRST}/hold", present=[])
    # The chair has passed on 1 July: who chairs now writes them, and the one of that day may not any more.
    run(engine, time, "2008-07-11T14:00")
    assert reminded(engine, "no-minutes") == {"gmg@unhcr.example"}


def test_who_will_host_is_told_and_who_chairs_now_acts(engine: Engine, send: Send, time: Time, mails: Mails) -> None:
    run(engine, time, "2008-07-11T08:00")
    found = {mail["To"].addresses[0].addr_spec: mail for mail in mails() if "to be called" in mail["Subject"]}
    assert set(found) == {"gmg@unfpa.example", "gmg@unhcr.example"}
    for address, said in (("gmg@unfpa.example", "you host it"), ("gmg@unhcr.example", "you host it")):
        assert said in read(found[address])


def test_a_reminder_that_waits_is_withdrawn_for_who_acts_alone(
    engine: Engine, send: Send, time: Time, member: dict[str, str]
) -> None:
    send(f"/meetings/{FIRST}/call")
    send("/agenda-items", etag="", meeting=FIRST, title="Item")
    run(engine, time, "2008-06-16T14:00")
    assert {OTHER, "gmg@iom.example"} <= reminded(engine, "missing")
    send(f"/meetings/{FIRST}/respond", member, etag="", member="ilo", answer="accepted", sequence=1)
    assert OTHER in reminded(engine, "missing"), "its news is still missing"
    send(f"/meetings/{FIRST}/news", member, etag="", member="ilo", text="News.")
    assert OTHER not in reminded(engine, "missing")
    assert "gmg@iom.example" in reminded(engine, "missing")


def test_who_has_acted_is_not_reminded(
    engine: Engine, send: Send, time: Time, member: dict[str, str], client: TestClient
) -> None:
    send(f"/meetings/{FIRST}/call")
    send("/agenda-items", etag="", meeting=FIRST, title="Item")
    send(f"/meetings/{FIRST}/respond", member, etag="", member="ilo", answer="declined", sequence=1)
    send(f"/meetings/{FIRST}/news", member, etag="", member="ilo", text="News.")
    run(engine, time, "2008-06-26T11:00")
    assert reminded(engine, "no-agenda", ("pending", "superseded")) == set()
    assert OTHER not in reminded(engine, "missing")
    assert "gmg@iom.example" in reminded(engine, "missing")
    assert OTHER not in reminded(engine, "tomorrow")
    assert "gmg@iom.example" in reminded(engine, "tomorrow")


def test_what_has_become_pointless_while_it_waited_is_withdrawn(engine: Engine, send: Send, time: Time) -> None:
    send(f"/meetings/{FIRST}/call")
    run(engine, time, "2008-06-12T14:00")
    assert reminded(engine, "no-agenda")
    send("/agenda-items", etag="", meeting=FIRST, title="Item")
    assert reminded(engine, "no-agenda") == set()
    assert reminded(engine, "no-agenda", ("superseded",)) == {"gmg@unfpa.example"}


def test_a_moved_meeting_reminds_at_its_new_day_alone(engine: Engine, send: Send, time: Time) -> None:
    send(f"/meetings/{FIRST}/call")
    run(engine, time, "2008-06-05T14:00")
    assert OTHER in reminded(engine, "agenda-call")
    send(f"/meetings/{FIRST}/move", day="2008-07-31")
    assert reminded(engine, "agenda-call") == set()
    assert run(engine, time, "2008-07-12T11:00") == ["agenda-call 06-05", "agenda-call 07-10"]


def test_a_cancelled_meeting_reminds_nobody(engine: Engine, send: Send, time: Time) -> None:
    send(f"/meetings/{FIRST}/call")
    run(engine, time, "2008-06-19T14:00")
    assert reminded(engine, "documents")
    send(f"/meetings/{FIRST}/cancel", reason="No time.")
    assert not any(reminded(engine, rule.kind) for rule in RULES if rule.kind != "uncalled")
    run(engine, time, "2008-07-20T14:00")
    assert not {kind for kind in ("tomorrow", "no-minutes") if reminded(engine, kind)}


def test_what_was_not_sent_before_the_meeting_begins_is_not_sent(
    engine: Engine, send: Send, time: Time, environment: Any
) -> None:
    send(f"/meetings/{FIRST}/call")
    run(engine, time, "2008-06-25T14:00")
    assert reminded(engine, "tomorrow")
    time.at = at("2008-06-26T12:30")
    Dispatcher(engine, lambda *_: Files(environment / "mail"), lease=60).run()
    assert reminded(engine, "tomorrow", ("accepted",)) == set()
    assert OTHER in reminded(engine, "tomorrow", ("expired",))


def test_a_service_that_slept_sends_what_still_has_a_point(engine: Engine, send: Send, time: Time) -> None:
    send(f"/meetings/{FIRST}/call")
    plan(engine)
    time.at = at("2008-06-27T09:00")
    plan(engine)
    assert not any(reminded(engine, rule.kind) for rule in RULES if rule.lead > 0 and rule.kind != "uncalled")


def test_called_late_is_not_flooded_with_what_was_due_before(engine: Engine, send: Send, time: Time) -> None:
    time.at = at("2008-06-18T12:00")
    send(f"/meetings/{FIRST}/call")
    time.at += timedelta(minutes=2)
    plan(engine)
    assert not any(reminded(engine, kind) for kind in ("agenda-call", "missing", "no-agenda"))


@pytest.mark.parametrize("hours", [0, 24])
def test_planning_twice_plans_once(engine: Engine, send: Send, time: Time, hours: int) -> None:
    send(f"/meetings/{FIRST}/call")
    run(engine, time, "2008-06-26T11:00")
    with reading(engine) as session:
        before = session.exec(select(DeliveryRow.dedupe_key)).all()
    time.at -= timedelta(hours=hours)
    plan(engine)
    with reading(engine) as session:
        after = session.exec(select(DeliveryRow.dedupe_key)).all()
    assert sorted(before) == sorted(after)
    assert len(set(after)) == len(after)


def test_a_group_that_owes_nothing_is_not_looked_at(engine: Engine, group: str, time: Time, monkeypatch: Any) -> None:
    plan(engine)
    looked: list[str] = []
    real = planner.plan_group

    def looks(session: Session, id_: str) -> Look:
        looked.append(id_)
        return real(session, id_)

    monkeypatch.setattr(planner, "plan_group", looks)
    due = next_due(engine)
    assert due is not None
    time.at = due - timedelta(seconds=1)
    plan(engine)
    assert looked == []
    time.at = due
    plan(engine)
    assert looked == [group]


def test_the_page_tells_of_coming_meetings(client: TestClient, send: Send) -> None:
    send(f"/meetings/{FIRST}/call")
    page = client.get("/groups/gmg").text
    assert "Thursday, 26 June 2008, 14:00 to 15:30 (Europe/Zurich)" in page
    assert "proposed, not called yet" in page
    assert client.get(f"{BASE}/meetings/{FIRST}").json()["details"] is None
