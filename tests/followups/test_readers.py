"""Mails about follow-ups are for one reader each: in their language, with their own links, and as they have chosen."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.access.links import read_decision
from service.database import reading, writing
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.language.catalogues import LANGUAGES
from service.notifications.choices.tables import AbsenceRow, ChoiceRow, ReaderRow
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Changed, Time, put
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.followups.decided import ONE, decision, with_person
from tests.mailtext import read
from tests.meetings.conftest import OTHER, Mails, Send, at, chair, mails, member, send  # noqa: F401 - fixtures

SECOND = "second@ilo.example"
# How the last day for silence, 30 May 2008, is said.
DAYS = {
    "ar": "30 أيار/مايو 2008",
    "zh": "2008年5月30日",
    "en": "30 May 2008",
    "fr": "30 mai 2008",
    "ru": "30 мая 2008",
    "es": "30 de mayo de 2008",
}


def person(engine: Engine, email: str) -> str:
    with reading(engine) as session:
        return session.exec(select(PersonRow.id).where(PersonRow.email == email)).one()


def speaks(engine: Engine, email: str, language: str) -> None:
    id_ = person(engine, email)
    with writing(engine) as session:
        session.add(ReaderRow(person_id=id_, group_id="gmg", language=language))


def kinds(engine: Engine, subject: str) -> set[tuple[str, str]]:
    """Which kinds of messages there are, and how they stand."""
    with reading(engine) as session:
        rows = session.exec(select(DeliveryRow).where(col(DeliveryRow.subject).startswith(subject))).all()
    return {(row.kind, row.state) for row in rows}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reads_of_a_decision_in_their_own_language(
    language: str, send: Send, engine: Engine, mails: Mails
) -> None:
    speaks(engine, OTHER, language)
    send("/decisions", etag="", **decision())
    plan(engine)
    (told,) = mails(OTHER, subject="decision-")
    assert DAYS[language] in told["Subject"]
    assert told["Content-Language"] == language
    assert "The group adopts the fact sheet." in read(told), "what others have written stays as it is"
    (other,) = mails("gmg@wb.example", subject="decision-")
    assert DAYS["en"] in other["Subject"]


def test_who_stands_in_answers_by_a_link_of_their_own(
    send: Send, engine: Engine, mails: Mails, changed: Changed, gmg: Charter, client: TestClient
) -> None:
    put(engine, with_person(changed, gmg, SECOND, organization="ilo", role="alternate"))
    away, second = person(engine, OTHER), person(engine, SECOND)
    with writing(engine) as session:
        session.add(
            AbsenceRow(
                id=str(uuid4()), group_id="gmg", person_id=away, alternate=second, from_day=date(2008, 5, 1),
                until_day=date(2008, 6, 1),
            )
        )  # fmt: skip
    send("/decisions", etag="", **decision())
    plan(engine)
    (told,) = mails(OTHER, subject="decision-")
    assert told["To"].addresses[0].addr_spec == SECOND
    address = next(line for line in read(told).splitlines() if "/decision/" in line).partition("/groups")[2]
    assert read_decision(address.rpartition("/")[2], "gmg").person_id == second
    answered = client.post(f"/groups{address}", data={"round": 1, "choice": "endorse"})
    assert (answered.status_code, "ILO" in answered.text) == (200, True)


def test_news_may_be_switched_off_and_what_waits_for_an_answer_may_not(
    send: Send, engine: Engine, mails: Mails
) -> None:
    id_ = person(engine, OTHER)
    with writing(engine) as session:
        for kind in ("decisions", "decision-news"):
            session.add(ChoiceRow(person_id=id_, kind=kind, group_id="gmg", form="none"))
    send("/decisions", etag="", **decision())
    plan(engine)
    assert len(mails(OTHER, subject="decision-")) == 1
    send(f"{ONE}/withdraw", reason="We meet before.")
    plan(engine)
    assert mails(OTHER, subject="decision-") == []
    assert len(mails("gmg@wb.example", subject="decision-")) == 1


def test_what_the_chair_has_to_act_on_is_its_duty(
    send: Send, member: dict[str, str], opened: Opened, engine: Engine, time: Time
) -> None:
    send("/decisions", etag="", **decision())
    plan(engine)
    asked = {("decisions", "pending"), ("decision-news", "pending")}
    assert kinds(engine, "decision-") == asked, "seats that hold no place only read"
    send(f"{ONE}/answer", member, member="ilo", answer="object", reason="Paragraph two.", round=1)
    plan(engine)
    assert kinds(engine, "decision-") == {("chair", "pending"), *asked}
    opened(due="2008-05-19")
    time.at = at("2008-05-20T14:00")
    plan(engine)
    assert kinds(engine, "action-") == {("actions", "pending")}
    time.at = at("2008-06-09T14:00")
    plan(engine)
    assert kinds(engine, "actions-overview") == {("chair", "pending")}
