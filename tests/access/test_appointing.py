"""Agencies appoint their own people, the secretariat everybody; and it is told by mail of what an agency does."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading
from service.events import Event
from service.groups import queries
from service.groups.export import as_yaml
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.check import load
from service.scheduler import plan
from tests.access.agency import ADA, BASE, Call, call, charter, id_of, iom, roles  # noqa: F401 - fixtures
from tests.access.conftest import Tokens
from tests.access.signing import FOCAL_POINT
from tests.conftest import Time, put


def test_a_successor_takes_over_without_a_gap(
    client: TestClient, engine: Engine, call: Call, iom: dict[str, str]
) -> None:
    before = version(engine)
    made = call("/people", **ADA, from_="2008-06-01")
    assert made.status_code == 201
    assert made.json()["appointments"] == [
        {"from": "2008-06-01", "until": None, "organization": "iom", "role": "focal-point"}
    ]
    assert made.headers["etag"] == f'"{before + 1}"'
    me = id_of(client, iom, FOCAL_POINT)
    ended = call(f"/people/{me}/end", organization="iom", role="focal-point", until="2008-06-01")
    assert (ended.status_code, ended.json()["appointments"][0]["until"]) == (200, "2008-06-01")
    assert roles(engine, "ada@iom.example") == [("iom", "focal-point", "2008-06-01", None)]
    with reading(engine) as session:
        found = session.exec(
            select(Event).where(col(Event.kind).startswith("people.")).order_by(col(Event.position))
        ).all()
        kept = session.exec(
            select(AuditRow).where(AuditRow.what == "appointment", col(AuditRow.verb).is_not(None))
        ).all()
    assert [(event.kind, event.data["name"]) for event in found] == [
        ("people.appointed", "Ada Lovelace"), ("people.ended", "GMG focal point of IOM"),
    ]  # fmt: skip
    assert {(row.verb, row.authority, row.name) for row in kept} == {
        ("people.appoint", "own", "GMG focal point of IOM"), ("people.end", "own", "GMG focal point of IOM"),
    }  # fmt: skip
    assert not any("@" in str(event.data) for event in found), "members who read events see no addresses"


def version(engine: Engine) -> int:
    with reading(engine) as session:
        return queries.group_row(session, "gmg").version


def test_the_charter_has_it_and_comes_back_the_same(engine: Engine, call: Call) -> None:
    call("/people", **ADA)
    found = charter(engine)
    assert found.people[-1].email == "ada@iom.example"
    again = load(as_yaml(found), "again")
    assert again == found
    put(engine, again)
    assert charter(engine).people == found.people


def test_leave_cover_for_a_known_address_keeps_its_person(call: Call, engine: Engine) -> None:
    cover = {"name": "GMG focal point of ILO", "email": "GMG@ilo.example", "organization": "iom", "role": "alternate"}
    assert call("/people", **cover, from_="2008-06-01", until="2008-07-01").status_code == 201
    assert roles(engine, "gmg@ilo.example")[-1] == ("iom", "alternate", "2008-06-01", "2008-07-01")
    twice = call("/people", **cover, from_="2008-06-15")
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/appointed-already")
    assert call("/people", **cover, from_="2008-07-01", until="2008-08-01").status_code == 201
    renamed = call("/people", **cover | {"name": "Eve", "role": "head"})
    assert (renamed.status_code, renamed.json()["type"]) == (409, "/problems/address-is-taken")
    assert "ILO" not in renamed.text, "nor is told whose it is"


REFUSED: list[tuple[dict[str, object], int, str]] = [
    ({"organization": "ilo"}, 403, "not-yours"),
    ({"organization": "ilo", "role": "head", "email": FOCAL_POINT, "name": "GMG focal point of IOM"}, 403, "not-yours"),
    ({"organization": "nobody"}, 403, "not-yours"),
    ({"role": "secretariat"}, 403, "not-yours"),
    ({"role": "secretariat", "organization": None}, 403, "not-yours"),
    ({"role": "observer"}, 403, "not-yours"),
    ({"role": "boss"}, 422, "invalid-input"),
    ({"organization": None}, 422, "invalid-input"),
    ({"email": "a@b.example, evil@x.example"}, 422, "invalid-input"),
    ({"name": "a\r\nBcc: x"}, 422, "invalid-input"),
    ({"from": "2008-05-14"}, 422, "invalid-day"),
    ({"from": "2008-06-01", "until": "2008-06-01"}, 422, "invalid-input"),
    ({"from": "9999-01-01"}, 422, "invalid-input"),
    ({"id": "x"}, 422, "invalid-input"),
]


@pytest.mark.parametrize(("change", "status", "type_"), REFUSED, ids=str)
def test_whom_an_agency_does_not_appoint(
    engine: Engine, call: Call, change: dict[str, object], status: int, type_: str
) -> None:
    before = charter(engine)
    answer = call("/people", **ADA | change)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{type_}")
    assert charter(engine) == before


def test_the_secretariat_appoints_everybody(engine: Engine, call: Call, secretariat: dict[str, str]) -> None:
    for given in (
        {"organization": "ilo"},
        {"organization": None, "role": "secretariat"},
        {"organization": None, "role": "observer"},
    ):
        assert call("/people", secretariat, **ADA | given).status_code == 201
    assert len(roles(engine, "ada@iom.example")) == 3
    unknown = call("/people", secretariat, **ADA | {"organization": "nobody"})
    assert unknown.status_code == 404


def test_a_seat_keeps_its_own_people_and_not_those_of_the_member(
    client: TestClient, engine: Engine, call: Call, secretariat: dict[str, str], token: Tokens, time: Time
) -> None:
    time.at = datetime(2010, 5, 15, 12, tzinfo=UTC)
    call("/people", secretariat, name="Seat", email="gmg@ece.example", organization="ece", role="focal-point")
    seat = {"Authorization": f"Bearer {token('gmg@ece.example')}"}
    assert client.get(f"{BASE}/chair").json()["seats"]["unrc"]["id"] == "ece"
    assert call("/people", seat, **ADA | {"organization": "ece"}).status_code == 201
    assert call("/people", seat, **ADA | {"organization": "unrc"}).status_code == 403
    assert call("/people", seat, **ADA | {"organization": "eca"}).status_code == 403


def told(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        asked = select(DeliveryRow).where(col(DeliveryRow.subject).startswith("person-"))
        rows = session.exec(asked.order_by(col(DeliveryRow.created_at), col(DeliveryRow.dedupe_key))).all()
    return [(row.recipient, row.dedupe_key.partition(":")[0]) for row in rows]


def test_the_secretariat_is_told_by_mail_of_what_an_agency_does(
    client: TestClient, engine: Engine, call: Call, secretariat: dict[str, str], time: Time
) -> None:
    call("/people", **ADA)
    plan(engine)
    assert told(engine) == [], "where nobody is the secretariat, the event stands alone"
    call("/people", secretariat, name="Sec", email="sec@gmg.example", role="secretariat")
    time.at += timedelta(days=31)
    made = call("/people", **ADA | {"role": "alternate"}).json()
    call(f"/people/{made['id']}/end", organization="iom", role="alternate")
    for _ in range(2):
        plan(engine)
    assert told(engine) == [("sec@gmg.example", "people.appointed"), ("sec@gmg.example", "people.ended")]
    with reading(engine) as session:
        bodies = [row.body.decode() for row in session.exec(select(DeliveryRow)) if row.recipient == "sec@gmg.example"]
    assert any("Subject: GMG: Ada Lovelace is alternate of IOM" in body for body in bodies)
    assert any("Subject: GMG: Ada Lovelace ends as alternate of IOM" in body for body in bodies)
