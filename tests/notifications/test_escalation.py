"""A handover that nobody acknowledges is told on: exactly to whom and when, on both databases."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.database import writing
from service.groups.charter import Charter
from service.notifications.handovers import escalating
from service.notifications.handovers.escalation_rules import next_contacts, steps
from service.notifications.mailing.tables import MailboxRow
from service.scheduler import next_due, plan
from service.simulate import simulate
from tests.conftest import Changed, Time, happened, put
from tests.mailtext import read as text
from tests.notifications.turn import (  # noqa: F401 - fixtures
    DEPUTY,
    FIRST,
    FOCAL,
    HANDOVER,
    HEAD,
    OFFICE,
    SECOND,
    SECRETARIAT,
    WHOLE,
    decide,
    deliveries,
    go_on,
    link_in,
    mail,
    post,
    reminder,
    run,
    staff,
    staffed,
    told,
    whom,
    words,
)

HOUR = timedelta(hours=1)


def test_nobody_acknowledges_so_the_next_contact_is_told_and_then_the_secretariat(
    engine: Engine, staff: Charter, time: Time
) -> None:
    go_on(engine, time, datetime(2008, 7, 3, tzinfo=UTC))
    subject = "Not acknowledged: GMG: {} tomorrow (1 July 2008)"
    assert told(engine, "accepted") == told(engine) == [
        (FIRST, DEPUTY, subject.format("UNHCR takes the chair")),
        (SECOND, SECRETARIAT, subject.format("the chair passes to UNHCR")),
    ]  # fmt: skip
    found = happened(engine, "handover.unacknowledged")
    assert [(one.data["step"], one.effective_at, one.recorded_at) for one in found] == [
        ("contact", FIRST, FIRST),
        ("secretariat", SECOND, SECOND),
    ]
    assert {row.kind for row in deliveries(engine, "handover.unacknowledged:")} == {"chair"}


def test_an_agency_with_a_focal_point_alone_has_it_told_again(engine: Engine, group: str, time: Time) -> None:
    go_on(engine, time, datetime(2008, 7, 3, tzinfo=UTC))
    assert whom(engine, "accepted") == [(FIRST, FOCAL)], "and there is no secretariat to tell"
    assert len(happened(engine, "handover.unacknowledged")) == 2, "but it is on record that nobody has acknowledged"


def test_a_word_before_is_enough_and_one_between_spares_the_secretariat(
    engine: Engine, staff: Charter, time: Time, client: TestClient
) -> None:
    time.at = FIRST + HOUR
    run(engine)
    assert whom(engine, "accepted") == [(FIRST + HOUR, DEPUTY)], "late is late, and not never"
    post(client, link_in(deliveries(engine, "handover.unacknowledged:")[0]))
    go_on(engine, time, datetime(2008, 7, 3, tzinfo=UTC))
    assert whom(engine) == [(FIRST + HOUR, DEPUTY)]
    assert words(engine) == [("unhcr", "link", 1)]


def test_what_waits_to_be_told_on_is_taken_back(engine: Engine, staff: Charter, time: Time, client: TestClient) -> None:
    time.at = datetime(2008, 6, 24, 16, tzinfo=UTC)
    run(engine)
    time.at = FIRST
    plan(engine)
    assert [row.state for row in deliveries(engine, "handover.unacknowledged:")] == ["pending"]
    post(client, link_in(reminder(engine)))
    assert [row.state for row in deliveries(engine, "handover.unacknowledged:")] == ["superseded"]


def test_a_turn_accepted_on_record_takes_it_back_as_well(engine: Engine, staff: Charter, time: Time) -> None:
    time.at = FIRST
    plan(engine)
    decide(engine, accept="unhcr", term=date(2008, 7, 1))
    assert [row.state for row in deliveries(engine, "handover.unacknowledged:")] == ["superseded"]
    assert words(engine) == [], "it is read from the term, not written a second time"
    go_on(engine, time, datetime(2008, 7, 3, tzinfo=UTC))
    assert whom(engine, "accepted") == []


def test_a_later_reminder_does_not_take_back_that_nobody_has_acknowledged(
    engine: Engine, staff: Charter, time: Time
) -> None:
    time.at = FIRST
    plan(engine)
    time.at = datetime(2008, 6, 30, 8, tzinfo=UTC)
    plan(engine)
    assert [row.state for row in deliveries(engine, "handover.unacknowledged:")] == ["pending"]


def test_a_handover_that_moves_is_told_on_before_its_new_day(engine: Engine, staff: Charter, time: Time) -> None:
    go_on(engine, time, FIRST + HOUR)
    assert whom(engine) == [(FIRST, DEPUTY)]
    decide(engine, extend=date(2008, 1, 1), until=date(2008, 7, 8))
    go_on(engine, time, datetime(2008, 7, 10, tzinfo=UTC))
    week = timedelta(days=7)
    assert whom(engine)[1:] == [(FIRST + week, DEPUTY), (SECOND + week, SECRETARIAT)]


def test_whoever_was_told_on_hears_that_it_has_moved_and_why_they_do(
    engine: Engine, staff: Charter, time: Time
) -> None:
    go_on(engine, time, SECOND + HOUR)
    decide(engine, extend=date(2008, 1, 1), until=date(2008, 7, 8))
    run(engine)
    changes = {row.recipient: text(mail(row)) for row in deliveries(engine, "handover.changed:")}
    assert "because you are the secretariat" in changes[SECRETARIAT]
    assert "the turn of UNHCR" in changes[DEPUTY]


def test_who_learns_hours_before_that_the_turn_is_theirs_is_told_on_at_once(
    engine: Engine, staff: Charter, time: Time
) -> None:
    go_on(engine, time, HANDOVER - 6 * HOUR)
    decide(engine, appoint="unicef", term=date(2008, 7, 1), until=date(2009, 1, 1))
    before = len(whom(engine))
    go_on(engine, time, datetime(2008, 7, 3, tzinfo=UTC))
    assert whom(engine)[before:] == [
        (HANDOVER - 6 * HOUR, "gmg@unicef.example"),
        (HANDOVER - 6 * HOUR, SECRETARIAT),
    ]


def test_a_word_for_the_old_day_is_none_for_the_new_one(
    engine: Engine, staff: Charter, time: Time, client: TestClient
) -> None:
    time.at = datetime(2008, 6, 24, 16, tzinfo=UTC)
    run(engine)
    post(client, link_in(reminder(engine)))
    decide(engine, extend=date(2008, 1, 1), until=date(2008, 7, 8))
    go_on(engine, time, datetime(2008, 7, 10, tzinfo=UTC))
    assert len(whom(engine, "accepted")) == 2


def test_a_service_that_slept_through_tells_the_secretariat_once(engine: Engine, staff: Charter, time: Time) -> None:
    go_on(engine, time, HANDOVER - 30 * HOUR)
    time.at = HANDOVER + HOUR
    for _ in range(3):
        run(engine)
    assert whom(engine, "accepted") == [(HANDOVER + HOUR, DEPUTY), (HANDOVER + HOUR, SECRETARIAT)]
    go_on(engine, time, HANDOVER + 30 * HOUR)
    assert len(whom(engine)) == 2


def test_a_service_that_slept_a_day_longer_tells_nobody(engine: Engine, staff: Charter, time: Time) -> None:
    go_on(engine, time, HANDOVER - 30 * HOUR)
    time.at = HANDOVER + 24 * HOUR
    run(engine)
    assert whom(engine) == []


def test_a_vacancy_has_nobody_to_acknowledge_it(engine: Engine, staff: Charter, time: Time) -> None:
    decide(engine, vacant=date(2008, 7, 1), until=date(2008, 9, 1))
    go_on(engine, time, datetime(2008, 7, 3, tzinfo=UTC))
    assert whom(engine) == []


def test_who_reminds_nobody_tells_nothing_on(engine: Engine, staff: Charter, time: Time) -> None:
    put(engine, staff.model_copy(update={"reminders": staff.reminders.model_copy(update={"leads": []})}))
    go_on(engine, time, datetime(2008, 7, 3, tzinfo=UTC))
    assert whom(engine) == []


def test_a_mailbox_that_gives_mail_back_is_passed_over(engine: Engine, staff: Charter, time: Time) -> None:
    with writing(engine) as session:
        session.add(MailboxRow(group_id="gmg", address=DEPUTY, paused_at=time.at))
    go_on(engine, time, FIRST)
    assert whom(engine) == [(FIRST, OFFICE)]


def test_the_clock_is_set_for_both_steps(engine: Engine, staff: Charter, time: Time) -> None:
    time.at = FIRST - HOUR
    run(engine)
    assert next_due(engine) == FIRST
    time.at = FIRST
    run(engine)
    time.at = SECOND - timedelta(minutes=1)
    run(engine)
    assert next_due(engine) == SECOND


def test_the_simulation_shows_it(gmg: Charter, changed: Changed, tmp_path: Path) -> None:
    simulate(changed(people=staffed(gmg, *WHOLE)), date(2008, 6, 20), date(2008, 7, 3), tmp_path)
    with (tmp_path / "ledger.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["event"] == "handover.unacknowledged"]
    assert [(row["at"], row["subject"], row["recipient"]) for row in rows] == [
        ("2008-06-29T22:00:00Z", "turn-6:2008-07-01:1:contact", DEPUTY),
        ("2008-06-30T10:00:00Z", "turn-6:2008-07-01:1:secretariat", SECRETARIAT),
    ]


def test_the_planted_bug_is_seen(
    engine: Engine, staff: Charter, time: Time, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telling on whatever was acknowledged: those who said they had seen it are complained of all the same."""
    monkeypatch.setattr(escalating, "is_acknowledged", lambda *_: False)
    with pytest.raises(AssertionError):
        test_a_word_before_is_enough_and_one_between_spares_the_secretariat(engine, staff, time, client)


CONTACTS = [
    ((), (), FOCAL),
    ((FOCAL,), (), DEPUTY),
    ((FOCAL, DEPUTY), (), OFFICE),
    ((FOCAL, DEPUTY, OFFICE), (), HEAD),
    ((FOCAL, DEPUTY, OFFICE, HEAD), (), DEPUTY),
    ((), (FOCAL,), DEPUTY),
    ((), (FOCAL, DEPUTY, OFFICE, HEAD), FOCAL),
]


@pytest.mark.parametrize(("reminded", "unreachable", "next_"), CONTACTS)
def test_who_is_the_next_contact(
    changed: Changed, gmg: Charter, reminded: tuple[str, ...], unreachable: tuple[str, ...], next_: str
) -> None:
    charter = changed(people=staffed(gmg, *WHOLE))
    found = next_contacts(charter, ["unhcr"], date(2008, 7, 1), set(reminded), set(unreachable))
    assert [(one.person.email, one.organization) for one in found] == [(next_, "unhcr")]


def test_each_of_two_agencies_has_a_contact_of_its_own(gmg: Charter) -> None:
    found = next_contacts(gmg, ["unhcr", "ilo"], date(2008, 7, 1), set(), set())
    assert [one.person.email for one in found] == [FOCAL, "gmg@ilo.example"]


def test_what_was_learned_after_the_handover_is_not_told_on() -> None:
    assert steps(HANDOVER, HANDOVER) == []
    assert [step.at for step in steps(HANDOVER, HANDOVER - 18 * HOUR)] == [HANDOVER - 18 * HOUR, SECOND]
