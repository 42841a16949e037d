"""Absences by the API: on which days, by whose hand, and who may stand in."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading
from service.scheduler import plan
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.meetings.conftest import BASE, CHAIR, OTHER
from tests.notifications.choosing import ABSENCES, Ask, ask, id_of, recorded, type_of  # noqa: F401 - fixtures

ADA = {"name": "Ada Lovelace", "email": "ada@ilo.example", "organization": "ilo", "role": "alternate"}


@pytest.fixture
def ada(ask: Ask) -> str:
    """An alternate of ILO, appointed from today on; her id."""
    made = ask("POST", "/people", **ADA)
    assert made.status_code == 201
    return str(made.json()["id"])


def test_somebody_stands_in_and_comes_off_again(ask: Ask, engine: Engine, ada: str) -> None:
    made = ask("POST", ABSENCES, from_="2008-06-01", until="2008-06-15", alternate="ADA@ilo.example")
    assert made.status_code == 201
    absence = made.json()
    assert absence | {"id": ""} == {
        "id": "", "from": "2008-06-01", "until": "2008-06-15", "alternate": ada, "name": "Ada Lovelace",
    }  # fmt: skip
    assert ask("GET", ABSENCES).json() == {"absences": [absence]}
    assert ask("GET", f"/people/{id_of(engine, OTHER)}/absences", as_="ada@ilo.example").json() == {
        "absences": [absence]
    }
    gone = ask("DELETE", f"{ABSENCES}/{absence['id']}")
    assert (gone.status_code, gone.json()) == (200, {"absences": []})
    assert type_of(ask("DELETE", f"{ABSENCES}/{absence['id']}")) == (404, "not-found")
    kinds = ("absence.entered", "absence.taken-back")
    assert [(one.kind, one.subject, one.data) for one in recorded(engine, *kinds)] == [
        (kind, id_of(engine, OTHER), {}) for kind in kinds
    ]


def test_days_are_half_open_and_do_not_overlap(ask: Ask, ada: str) -> None:
    def enter(begin: str, end: str) -> Any:
        return ask("POST", ABSENCES, from_=begin, until=end, alternate=ada)

    assert enter("2008-06-10", "2008-06-20").status_code == 201
    assert enter("2008-06-20", "2008-06-25").status_code == 201
    assert enter("2008-06-05", "2008-06-10").status_code == 201
    for begin, end in (("2008-06-19", "2008-07-01"), ("2008-06-01", "2008-06-06"), ("2008-06-12", "2008-06-13")):
        assert type_of(enter(begin, end)) == (409, "absence-overlaps")
    assert [one["from"] for one in ask("GET", ABSENCES).json()["absences"]] == [
        "2008-06-05",
        "2008-06-10",
        "2008-06-20",
    ]


@pytest.mark.parametrize(
    ("begin", "end", "problem"),
    [
        ("2008-06-10", "2008-06-10", "invalid-input"),
        ("2008-06-10", "2008-06-09", "invalid-input"),
        ("2008-06-10", "2009-06-12", "invalid-input"),
        ("2008-05-01", "2008-05-15", "absence-has-passed"),
        ("2008-06-31", "2008-07-02", "invalid-input"),
    ],
)
def test_days_that_cannot_be(ask: Ask, ada: str, begin: str, end: str, problem: str) -> None:
    assert type_of(ask("POST", ABSENCES, from_=begin, until=end, alternate=ada)) == (422, problem)


def test_an_absence_may_have_begun_and_is_gone_once_it_has_passed(ask: Ask, ada: str, time: Time) -> None:
    made = ask("POST", ABSENCES, from_="2008-05-01", until="2008-05-16", alternate=ada)
    assert made.status_code == 201
    time.at += timedelta(days=1)
    assert ask("GET", ABSENCES).json() == {"absences": []}
    assert ask("DELETE", f"{ABSENCES}/{made.json()['id']}").status_code == 404


def test_days_are_those_of_the_duty_station(ask: Ask, time: Time) -> None:
    """22:30 UTC on the 31st: in Geneva it is 1 June, in New York still 31 May."""
    time.at = time.at.replace(day=31, hour=22, minute=30)
    for of, email, status in (("ilo", OTHER, 422), ("unfpa", CHAIR, 201)):
        name = f"Ada of {of}"
        person = {"name": name, "email": f"ada@{of}.example", "organization": of, "role": "alternate"}
        assert ask("POST", "/people", as_=None, **person).status_code == 201
        # In the group's zone she is appointed on 1 June; who stands in has to serve from the first day on.
        made = ask("POST", ABSENCES, as_=email, from_="2008-06-01", until="2008-06-02", alternate=f"ada@{of}.example")
        assert made.status_code == 201
        again = ask("POST", ABSENCES, as_=email, from_="2008-05-20", until="2008-06-01", alternate=f"ada@{of}.example")
        assert type_of(again)[1] == ("absence-has-passed" if status == 422 else "alternate-does-not-serve")


def test_who_cannot_stand_in(ask: Ask, engine: Engine, ada: str) -> None:
    ask("POST", "/people", **ADA | {"name": "Eve", "email": "eve@ilo.example"}, from_="2008-06-10", until="2008-06-20")
    answers = set()
    for alternate in ("nobody@ilo.example", CHAIR, OTHER, id_of(engine, OTHER), "eve@ilo.example"):
        answer = ask("POST", ABSENCES, from_="2008-06-01", until="2008-06-15", alternate=alternate)
        assert answer.status_code == 422, alternate
        answers.add(answer.json()["detail"])
    assert len(answers) == 1, "nobody is told whose address is known here"
    body = {"from_": "2008-06-10", "until": "2008-06-20"}
    assert ask("POST", ABSENCES, **body, alternate="eve@ilo.example").status_code == 201


def test_two_may_stand_in_for_each_other(ask: Ask, engine: Engine, ada: str) -> None:
    body = {"from_": "2008-06-01", "until": "2008-06-15"}
    assert ask("POST", ABSENCES, **body, alternate=ada).status_code == 201
    back = ask("POST", ABSENCES, as_="ada@ilo.example", **body, alternate=OTHER)
    assert back.status_code == 201
    plan(engine)


def test_an_agencys_own_people_and_the_secretariat_enter_it_for_others(ask: Ask, engine: Engine, ada: str) -> None:
    path = f"/people/{ada}/absences"
    body = {"from_": "2008-06-01", "until": "2008-06-15", "alternate": OTHER}
    assert type_of(ask("POST", path, as_=CHAIR, **body)) == (403, "not-yours")
    assert type_of(ask("POST", "/people/nobody/absences", as_=CHAIR, **body)) == (403, "not-yours")
    assert ask("GET", path, as_=CHAIR).status_code == 403
    made = ask("POST", path, **body)
    assert made.status_code == 201
    assert ask("DELETE", f"{path}/{made.json()['id']}", as_=CHAIR).status_code == 403
    assert ask("DELETE", f"{ABSENCES}/{made.json()['id']}").status_code == 404, "it is not one's own"
    assert ask("DELETE", f"{path}/{made.json()['id']}", as_=None).status_code == 200
    assert ask("POST", path, as_=None, **body).status_code == 201
    assert type_of(ask("POST", "/people/nobody/absences", as_=None, **body)) == (404, "not-found")
    with reading(engine) as session:
        kept = session.exec(select(AuditRow).where(AuditRow.what == "absence")).all()
    assert {(row.verb, row.authority) for row in kept} == {("people.appoint", "own"), ("people.appoint", "secretariat")}


def test_a_repetition_enters_one_absence(client: TestClient, ask: Ask, token: Tokens, ada: str) -> None:
    headers = {"Authorization": f"Bearer {token(OTHER)}", "Idempotency-Key": "once"}
    body = {"from": "2008-06-01", "until": "2008-06-15", "alternate": ada}
    first, second = (client.post(f"{BASE}{ABSENCES}", json=body, headers=headers) for _ in range(2))
    assert (first.json(), second.headers["idempotent-replayed"]) == (second.json(), "true")
    assert len(ask("GET", ABSENCES).json()["absences"]) == 1
