"""Reminders of actions: due soon, then overdue step by step up to the chair's overview; each once for a due date."""

from collections.abc import Callable
from datetime import date, timedelta
from datetime import time as clock_time
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from service.database import reading
from service.events import Event
from service.groups.charter import Charter
from service.notifications.followups.steps import at as step_at
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import next_due, plan
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Changed, Time, put
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.mailtext import read
from tests.meetings.conftest import CHAIR, FIRST, NEXT_CHAIR, OTHER, Mails, Send, at, chair, mails, member, send, settle  # noqa: F401 - fixtures

ALTERNATE, WORKER = "alternate@ilo.example", "worker@ilo.example"
Live = Callable[[str], None]


@pytest.fixture
def staffed(engine: Engine, group: str, changed: Changed, gmg: Charter) -> Charter:
    """The group with an alternate at ILO, and somebody there who does the work."""
    people = [person.model_dump(by_alias=True) for person in gmg.people]
    for name, email, role in (("Alternate", ALTERNATE, "alternate"), ("Worker", WORKER, "chair-office")):
        serves = {"organization": "ilo", "role": role, "from": date(2008, 1, 1)}
        people.append({"name": name, "email": email, "appointments": [serves]})
    found = changed(people=people)
    put(engine, found)
    return found


@pytest.fixture
def live(engine: Engine, time: Time) -> Live:
    """Lets the planner run whenever something is owed, until an instant."""

    def until(text: str) -> None:
        plan(engine)
        while (coming := next_due(engine)) is not None and coming <= at(text):
            time.at = max(coming, time.at + timedelta(seconds=1))
            plan(engine)
        time.at = at(text)
        plan(engine)

    return until


@pytest.fixture
def out(engine: Engine) -> Callable[..., list[tuple[str, str]]]:
    """When which mails about actions were put into the outbox, and to whom."""

    def found(*states: str) -> list[tuple[str, str]]:
        asked = select(DeliveryRow).where(col(DeliveryRow.subject).startswith("action"))
        if states:
            asked = asked.where(col(DeliveryRow.state).in_(states))
        with reading(engine) as session:
            rows = session.exec(asked.order_by(col(DeliveryRow.created_at), col(DeliveryRow.recipient))).all()
        return [(f"{row.created_at:%Y-%m-%d %H:%M}", row.recipient) for row in rows]

    return found


Out = Callable[..., list[tuple[str, str]]]


def test_one_step_up_after_the_other(
    staffed: Charter,
    opened: Opened,
    live: Live,
    out: Out,
    mails: Mails,
    engine: Engine,
) -> None:
    opened(due="2008-06-02", assignee=WORKER)
    live("2008-08-30T00:00")
    # Nine in Geneva is seven in UTC; nine in New York is one in the afternoon. 2 June 2008 is a Monday.
    assert out() == [
        ("2008-05-26 07:00", WORKER),
        ("2008-06-03 07:00", WORKER),
        ("2008-06-09 07:00", OTHER),
        ("2008-06-16 07:00", ALTERNATE),
        ("2008-06-23 13:00", CHAIR),
    ]
    first, second = mails(WORKER, "action", ("pending", "expired"))
    assert first["Subject"] == "GMG: due 2 June 2008: Draft the note"
    assert second["Subject"] == "GMG: overdue since 2 June 2008: Draft the note"
    text = read(second)
    assert "This was due by 2 June 2008, 1 day ago." in text
    assert "Finish it, log how far it is, or move its due date with the reason." in text
    assert "Owner: ILO" in text
    assert "Who does it: Worker" in text
    (overview,) = mails(CHAIR, "action", ("pending", "expired"))
    assert overview["Subject"] == "GMG: overdue actions (1)"
    with reading(engine) as session:
        steps = session.exec(select(Event).where(Event.kind == "action.reminder").order_by(col(Event.position))).all()
    assert [event.data["step"] for event in steps] == ["due-soon", "assignee", "focal-point", "alternate"]
    assert steps[1].effective_at == at("2008-06-03T07:00")


def test_without_an_assignee_the_focal_point_is_told_in_its_place_once(
    staffed: Charter,
    opened: Opened,
    live: Live,
    out: Out,
) -> None:
    opened(due="2008-06-02")
    live("2008-06-22T00:00")
    assert out() == [("2008-05-26 07:00", OTHER), ("2008-06-03 07:00", OTHER), ("2008-06-16 07:00", ALTERNATE)]


def test_days_of_rest_are_given_way_to(opened: Opened, live: Live, out: Out) -> None:
    opened(due="2008-06-06")
    opened(due="2008-05-31", owner="undp")
    live("2008-06-12T00:00")
    # A week before Saturday 31 May is a Saturday; the day after Friday 6 June as well.
    assert out() == [
        ("2008-05-23 13:00", "gmg@undp.example"),
        ("2008-05-30 07:00", OTHER),
        ("2008-06-02 13:00", "gmg@undp.example"),
        ("2008-06-09 07:00", OTHER),
    ]


ENDS: list[tuple[str, dict[str, Any]]] = [
    ("finish", {"text": "Done."}),
    ("drop", {"reason": "No"}),
    ("reschedule", {"due": "2009-01-15", "reason": "Later"}),
    ("reschedule", {"due": None, "reason": "Whenever"}),
]


@pytest.mark.parametrize(("verb", "body"), ENDS)
def test_what_is_settled_reminds_nobody(
    opened: Opened,
    send: Send,
    live: Live,
    out: Out,
    verb: str,
    body: dict[str, Any],
) -> None:
    opened(due="2008-06-02")
    live("2008-06-03T08:00")
    assert len(out("pending", "expired")) == 2
    assert out("pending")[-1] == ("2008-06-03 07:00", OTHER)
    send(f"/actions/action-1/{verb}", **body)
    assert ("2008-06-03 07:00", OTHER) in out("superseded")
    live("2008-08-30T00:00")
    assert len(out()) == 2


def test_a_due_date_that_moved_is_a_new_one(opened: Opened, send: Send, live: Live, out: Out) -> None:
    opened(due="2008-06-02")
    live("2008-06-04T00:00")
    send("/actions/action-1/reschedule", due="2008-06-18", reason="Later")
    live("2008-06-20T00:00")
    assert [when for when, _ in out()] == [
        "2008-05-26 07:00",
        "2008-06-03 07:00",
        "2008-06-11 07:00",
        "2008-06-19 07:00",
    ]


def test_what_follows_a_meeting_is_reminded_of_at_its_new_day(
    opened: Opened,
    send: Send,
    live: Live,
    out: Out,
) -> None:
    opened(before="next")
    send(f"/meetings/{FIRST}/move", day="2008-07-03")
    live("2008-07-04T00:00")
    assert out() == [("2008-06-25 07:00", OTHER), ("2008-07-03 07:00", OTHER)]


def test_who_answers_for_it_by_now_is_told(opened: Opened, send: Send, live: Live, out: Out) -> None:
    opened(due="2008-06-02")
    live("2008-06-03T08:00")
    send("/actions/action-1/transfer", owner="wb", reason="They have the data")
    assert ("2008-06-03 07:00", OTHER) in out("superseded")
    live("2008-06-12T00:00")
    assert {to for _, to in out("pending", "expired")} == {"gmg@wb.example"}


def test_what_the_chair_owns_is_asked_of_who_chairs(opened: Opened, live: Live, out: Out) -> None:
    opened(due="2008-07-03", owner="chair")
    live("2008-07-12T00:00")
    assert out() == [
        ("2008-06-26 13:00", CHAIR),
        ("2008-07-01 07:00", NEXT_CHAIR),
        ("2008-07-04 07:00", NEXT_CHAIR),
    ]


def test_the_overview_is_one_mail_with_each_action_once(
    opened: Opened,
    send: Send,
    live: Live,
    out: Out,
    mails: Mails,
) -> None:
    opened(title="First", due="2008-05-19", owner="iom")
    opened(title="Second", due="2008-05-19", owner="wb")
    opened(title="Third", due="2008-05-20")
    live("2008-06-09T14:00")
    (mail,) = mails(CHAIR, "actions-overview")
    listed = read(mail)
    assert "- First (IOM), due 19 May 2008, action-1\n- Second (World Bank), due 19 May 2008, action-2\n" in listed
    assert "Third" not in listed
    send("/actions/action-1/finish", text="Done.")
    assert mails(CHAIR, "actions-overview") == []
    live("2008-06-09T15:00")
    (mail,) = mails(CHAIR, "actions-overview")
    listed = read(mail)
    assert ("Second" in listed, "First" in listed) == (True, False)
    live("2008-06-12T00:00")
    assert mail["Subject"] == "GMG: overdue actions (1)"
    assert len(mails(CHAIR, "actions-overview")) == 2
    live("2008-06-20T00:00")
    assert len(mails(CHAIR, "actions-overview")) == 2


def test_who_was_away_for_weeks_is_not_flooded(opened: Opened, time: Time, engine: Engine, out: Out) -> None:
    opened(due="2008-06-02")
    plan(engine)
    time.at = at("2008-06-17T12:00")
    plan(engine)
    plan(engine)
    assert out() == []
    time.at = at("2008-06-23T14:00")
    plan(engine)
    assert [to for _, to in out()] == [CHAIR]


def test_what_was_overdue_when_it_was_put_on_record_is_not_told_anew(
    client: Any,
    chair: dict[str, str],
    live: Live,
    out: Out,
) -> None:
    headers = chair | {"Content-Type": "text/csv", "Idempotency-Key": "k"}
    body = "title,owner,due\nOld,ilo,2008-05-06\nOlder,ilo,2007-01-01\n"
    client.post("/api/v1/groups/gmg/actions/import", content=body, headers=headers)
    live("2008-07-30T00:00")
    assert {to for _, to in out()} == {CHAIR}


@pytest.mark.parametrize(
    ("days", "when"),
    [(-7, "2008-05-26T07:00"), (1, "2008-06-03T07:00"), (7, "2008-06-10T07:00"), (21, "2008-06-23T07:00")],
)
def test_a_day_of_rest_after_the_due_day_puts_it_off(days: int, when: str) -> None:
    found = step_at(date(2008, 6, 2), days, clock_time(9), "Europe/Zurich", {date(2008, 6, 9)})
    assert found == at(when)


def test_who_is_given_an_action_is_told_and_who_took_it_is_not(
    opened: Opened, send: Send, settle: Callable[[], None], mails: Mails, member: dict[str, str]
) -> None:
    own = opened(member)["id"]
    given = opened()["id"]
    settle()
    settle()
    (mail,) = mails(subject="given-")
    assert mail["To"].addresses[0].addr_spec == OTHER
    assert mail["Subject"] == "GMG: an action for ILO: Draft the note"
    assert "GMG focal point of UNFPA has given this to ILO." in read(mail)
    assert given in read(mail)
    send(f"/actions/{own}/transfer", owner="iom", reason="They have the data.")
    settle()
    assert [one["To"].addresses[0].addr_spec for one in mails(subject="given-")] == [OTHER, "gmg@iom.example"]
