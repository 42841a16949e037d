"""Mails about meetings heed what their readers have chosen, and say what they say in whole sentences."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading, writing
from service.groups.tables import PersonRow
from service.notifications.choices.tables import AbsenceRow, ChoiceRow
from service.notifications.meetings.reminder_words import Coming, reminder
from service.notifications.meetings.rules import RULES, Facts
from service.notifications.meetings.saying import when
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.wording.message import Reader
from service.scheduler import next_due, plan
from tests.conftest import Changed, Time, put
from tests.mailtext import read
from tests.meetings.conftest import FIRST, OTHER, Mails, Send, at

SLOTS = ["2008-06-24T12:00:00Z", "2008-06-25T12:00:00Z"]
SAID = {
    "state": "proposed",
    "title": "Working-level meeting",
    "start": "2008-06-26T12:00:00+00:00",
    "minutes": 90,
    "zone": "Europe/Zurich",
    "place": "",
    "link": None,
    "chair": ["unfpa"],
}


def person(engine: Engine, address: str) -> str:
    with reading(engine) as session:
        return session.exec(select(PersonRow.id).where(PersonRow.email == address)).one()


def choose(engine: Engine, address: str, kind: str, form: str) -> None:
    row = ChoiceRow(person_id=person(engine, address), kind=kind, group_id="gmg", form=form)
    with writing(engine) as session:
        session.add(row)


def rows(engine: Engine, to: str = OTHER) -> list[DeliveryRow]:
    """What was made for somebody about meetings, oldest first."""
    asked = select(DeliveryRow).where(DeliveryRow.recipient == to, col(DeliveryRow.subject).startswith("meeting-"))
    with reading(engine) as session:
        return list(session.exec(asked.order_by(col(DeliveryRow.created_at))))


@pytest.mark.parametrize("end", ["answered", "closed"])
def test_a_question_that_waits_in_a_digest_is_withdrawn_once_it_is_needless(
    engine: Engine, send: Send, settle: Callable[[], None], member: dict[str, str], end: Literal["answered", "closed"]
) -> None:
    choose(engine, OTHER, "polls", "weekly")
    choose(engine, "gmg@iom.example", "polls", "weekly")
    poll = send(f"/meetings/{FIRST}/polls", etag="", slots=SLOTS, deadline="2008-06-01T12:00:00Z").json()["id"]
    settle()
    assert [row.state for row in rows(engine)] == ["gathered"]
    if end == "answered":
        assert send(f"/polls/{poll}/vote", member, etag="", member="ilo", answers=["yes", "no"]).is_success
    else:
        assert send(f"/polls/{poll}/close", etag="").is_success
    settle()
    assert [row.state for row in rows(engine)] == ["superseded"]
    others = [row.state for row in rows(engine, "gmg@iom.example")]
    assert others == (["gathered"] if end == "answered" else ["superseded"])


def test_a_question_that_a_digest_would_bring_too_late_goes_at_once(
    engine: Engine, send: Send, settle: Callable[[], None]
) -> None:
    choose(engine, OTHER, "polls", "weekly")
    send(f"/meetings/{FIRST}/polls", etag="", slots=SLOTS, deadline="2008-05-18T12:00:00Z")
    settle()
    (mine,) = rows(engine)
    assert (mine.state, mine.not_after) == ("pending", at("2008-05-18T12:00"))


def test_minutes_in_silence_are_not_gathered_beyond_the_silence(
    engine: Engine, send: Send, time: Time, secretariat: dict[str, str]
) -> None:
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T14:00")
    send(f"/meetings/{FIRST}/hold", present=[])
    time.at = at("2008-07-02T08:00")
    choose(engine, OTHER, "minutes", "weekly")
    send(f"/meetings/{FIRST}/minutes", secretariat, etag="", text="The group met.", outcomes=[])
    send(f"/meetings/{FIRST}/minutes/circulate", secretariat, until="2008-07-16")
    plan(engine)
    (mine,) = [row for row in rows(engine) if row.kind == "minutes"]
    assert (mine.state, mine.not_after) == ("gathered", at("2008-07-16T22:00"))


def test_of_two_versions_of_the_minutes_a_digest_has_the_one_that_counts(
    engine: Engine, send: Send, time: Time, secretariat: dict[str, str]
) -> None:
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T14:00")
    send(f"/meetings/{FIRST}/hold", present=[])
    time.at = at("2008-07-02T08:00")
    choose(engine, OTHER, "minutes", "weekly")
    for version, text in enumerate(("The group met.", "The group met, and agreed.")):
        etag = f'"{version}"' if version else ""
        assert send(f"/meetings/{FIRST}/minutes", secretariat, etag=etag, text=text, outcomes=[]).is_success
        assert send(f"/meetings/{FIRST}/minutes/circulate", secretariat, until="2008-07-16").is_success
        plan(engine)
        time.at += timedelta(minutes=1)
    found = [(row.state, (row.said or {})["text"]) for row in rows(engine) if row.kind == "minutes"]
    assert found == [("superseded", "The group met."), ("gathered", "The group met, and agreed.")]


def test_what_the_chair_has_to_do_is_its_duty_and_the_rest_may_be_chosen(
    engine: Engine, send: Send, time: Time
) -> None:
    send(f"/meetings/{FIRST}/call")
    while (due := next_due(engine)) is not None and due <= at("2008-07-11T14:00"):
        time.at = max(due, time.at)
        plan(engine)
    with reading(engine) as session:
        made = session.exec(select(DeliveryRow.dedupe_key, DeliveryRow.kind)).all()
    found = {(key.partition(":")[0], kind) for key, kind in made if key.startswith("meeting")}
    assert ("meeting.told.new", "invitations") in found
    duties = {rule.kind: "chair" if rule.to == "chair" else "meetings" for rule in RULES}
    reminders = {(name.partition(".")[2], kind) for name, kind in found if name.startswith("meeting-reminder.")}
    assert reminders == set(duties.items())


def test_who_stands_in_answers_by_a_link_of_their_own(
    client: TestClient, engine: Engine, send: Send, settle: Callable[[], None], mails: Mails, changed: Changed, gmg: Any
) -> None:
    role = {"organization": "ilo", "role": "alternate", "from": date(2008, 1, 1)}
    people = [one.model_dump(by_alias=True) for one in gmg.people]
    deputy = {"name": "Deputy", "email": "deputy@ilo.example", "appointments": [role]}
    put(engine, changed(people=[*people, deputy]))
    away = AbsenceRow(
        id="a", group_id="gmg", person_id=person(engine, OTHER), from_day=date(2008, 5, 1), until_day=date(2008, 6, 1),
        alternate=person(engine, "deputy@ilo.example"),
    )  # fmt: skip
    with writing(engine) as session:
        session.add(away)
    send(f"/meetings/{FIRST}/call")
    settle()
    (mine,) = mails(OTHER)
    assert mine["To"].addresses[0].addr_spec == "deputy@ilo.example"
    said = read(mine)
    assert "who is away until 1 June 2008; you stand in." in said
    link = next(line for line in said.splitlines() if "/rsvp/" in line).partition("/groups")[2]
    done = client.post(f"/groups{link}", data={"sequence": "1", "choice": "accepted"})
    assert "ILO comes" in done.text
    answer = client.get(f"/groups{link}")
    assert "Deputy" in answer.text


def test_hours_past_midnight_name_both_days() -> None:
    late = SAID | {"start": "2008-06-26T21:00:00+00:00"}
    assert when(late) == "Thursday, 26 June 2008, 23:00 to Friday, 27 June 2008, 00:30 (Europe/Zurich)"


@pytest.mark.parametrize(
    ("chair", "said"),
    [
        (["unfpa"], "By the rotation UNFPA hosts it: it is to be called, moved or cancelled, so that the others know."),
        (["unfpa", "ilo"], "By the rotation UNFPA and ILO host it: it is to be called, moved or cancelled, so that "),
        ([], "By the rotation nobody hosts it: it is to be called, moved or cancelled, so that the others know."),
        (["unhcr"], "By the rotation you host it: it is to be called, moved or cancelled, so that the others know."),
    ],
)
def test_who_hosts_is_said_in_a_sentence_of_its_own(gmg: Any, chair: list[str], said: str) -> None:
    reader = Reader("Ms X", "x@unhcr.example", "unhcr", "", "Europe/Zurich")
    nothing = Facts("proposed", False, None, frozenset(), frozenset(), frozenset())
    coming = Coming(SAID | {"chair": chair}, nothing, date(2008, 6, 19), ("unfpa",), "unhcr")
    message = reminder(gmg, "uncalled", coming, reader)
    assert message.subject == "GMG: Working-level meeting, Thursday 26 June 2008, 14:00: to be called"
    assert message.notes[0].startswith(said)
    assert message.notes[1] == "Until the chair passes this is for UNFPA to do; tell them what suits you."
    assert message.because.startswith("You get this because you serve UNHCR in ")
