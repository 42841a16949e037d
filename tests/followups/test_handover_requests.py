"""Requests to confirm a handover: to sides that have not, eight times at most, and none that are beside the point."""

from collections import Counter
from datetime import UTC, date, datetime

from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.access.conftest import token  # noqa: F401 - a fixture
from tests.conftest import Changed, Time, happened, put
from tests.followups.handing_over import NEXT, Run, coming, run  # noqa: F401 - fixtures
from tests.mailtext import read
from tests.meetings.conftest import NEXT_CHAIR, Mails, Send, at, chair, mails, send  # noqa: F401 - fixtures


def requests(engine: Engine) -> list[DeliveryRow]:
    """The requests to confirm, oldest first."""
    asked = select(DeliveryRow).where(col(DeliveryRow.dedupe_key).startswith("unconfirmed:"))
    with reading(engine) as session:
        return list(session.exec(asked.order_by(col(DeliveryRow.created_at), col(DeliveryRow.recipient))))


def test_sides_that_have_not_confirmed_are_asked_eight_times_each_at_nine_of_their_own(
    engine: Engine, run: Run, client: TestClient
) -> None:
    run("2008-12-01T12:00")
    found = requests(engine)
    assert Counter(row.recipient for row in found) == {"gmg@unfpa.example": 8, NEXT_CHAIR: 8}
    times = [row.accepted_at for row in found if row.recipient == NEXT_CHAIR]
    assert times[:2] == [at("2008-07-01T07:00"), at("2008-07-08T07:00")]
    assert next(row.accepted_at for row in found if row.recipient == "gmg@unfpa.example") == at("2008-07-01T13:00")
    assert {row.state for row in found} == {"accepted"}


def test_whoever_has_confirmed_is_not_asked_again(
    client: TestClient,
    send: Send,
    chair: dict[str, str],
    coming: dict[str, str],
    engine: Engine,
    run: Run,
    time: Time,
    mails: Mails,
) -> None:
    run("2008-07-01T14:00")
    assert len(requests(engine)) == 2
    send(f"{NEXT}/fill", chair, answers=[{"heading": "files", "done": True}])
    send(f"{NEXT}/confirm", chair, member="unfpa")
    run("2008-07-08T14:00")
    assert [row.recipient for row in requests(engine)][2:] == [NEXT_CHAIR]
    text = read(mails(NEXT_CHAIR, "turn-6", ("accepted",))[-1])
    assert "the incoming side has not confirmed the handover yet" in text
    assert "- Files: done" in text
    assert "- Contacts: not done yet" in text
    assert "http://127.0.0.1:8000/groups/gmg/handovers/turn-6" in text
    time.at = at("2008-07-15T08:00")
    plan(engine)
    assert requests(engine)[-1].state == "pending"
    send(f"{NEXT}/confirm", coming, member="unhcr")
    assert requests(engine)[-1].state == "superseded", "it has not gone out, and says nothing true any more"
    run("2008-09-30T12:00")
    assert len(requests(engine)) == 4


def test_a_newer_request_takes_the_place_of_one_that_has_not_gone_out(engine: Engine, time: Time, group: str) -> None:
    for instant in ("2008-07-01T14:00", "2008-07-08T14:00"):
        time.at = at(instant)
        plan(engine)
        plan(engine)
    assert Counter(row.state for row in requests(engine)) == {"superseded": 2, "pending": 2}


def test_requests_stop_when_the_day_is_corrected(engine: Engine, time: Time, group: str, changed: Changed) -> None:
    time.at = at("2008-07-01T14:00")
    plan(engine)
    assert {row.state for row in requests(engine)} == {"pending"}
    history = [entry.model_dump(by_alias=True) for entry in changed().history]
    history[-1]["until"] = date(2008, 9, 1)
    put(engine, changed(history=history), correct="The term went on")
    assert {row.state for row in requests(engine)} == {"superseded"}
    plan(engine)
    assert len(requests(engine)) == 2


def test_nobody_is_asked_about_handovers_that_were_over_before_they_were_known(engine: Engine, group: str) -> None:
    plan(engine)
    assert not requests(engine)
    assert not happened(engine, "dossier.frozen")


def test_a_vacant_side_is_asked_for_by_its_secretariat(
    engine: Engine, time: Time, changed: Changed, group: str
) -> None:
    people = [person.model_dump(by_alias=True) for person in changed().people]
    role = {"organization": None, "role": "secretariat", "from": date(2006, 5, 9)}
    people.append({"name": "Secretariat", "email": "office@gmg.example", "appointments": [role]})
    gap = {"id": "d1", "vacant": date(2008, 7, 1), "until": date(2008, 8, 1), "taken": date(2008, 5, 15)}
    put(engine, changed(people=people, decisions=[gap]))
    time.at = datetime(2008, 7, 1, 14, tzinfo=UTC)
    plan(engine)
    assert {row.recipient for row in requests(engine)} == {"gmg@unfpa.example", "office@gmg.example"}
