"""Handovers: which there are, filled in and confirmed by both sides; what passes on the day, and who is asked."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading
from service.events import Event
from service.followups.handovers.rules import ASKS, CHECKLIST, asks, boundaries, near, side_of, state
from service.notifications.channels.files import Files
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.engine import terms
from service.scheduler import next_due, plan
from service.settings import current
from tests.access.conftest import Decide, Tokens, decide, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Changed, Time, put
from tests.mailtext import read
from tests.meetings.conftest import BASE, NEXT_CHAIR, Mails, Send, at, chair, mails, member, send  # noqa: F401
from tests.rotation.build import day, recorded
from tests.rotation.build import group as built

NEXT = "/handovers/turn-6"
A_DAY = timedelta(days=1)


@pytest.fixture
def coming(token: Tokens) -> dict[str, str]:
    """The headers of the focal point of the member that chairs from 1 July 2008 on."""
    return {"Authorization": f"Bearer {token(NEXT_CHAIR)}"}


Run = Callable[[str], None]


@pytest.fixture
def run(engine: Engine, time: Time) -> Run:
    """Lets time pass until an instant in UTC, looking and sending whenever something is due."""

    def until(text: str) -> None:
        end = at(text)
        while True:
            plan(engine)
            Dispatcher(engine, lambda *_: Files(current().home / "mail"), lease=60).run()
            due = next_due(engine)
            if due is None or due > end:
                break
            time.at = due
        time.at = end
        plan(engine)
        Dispatcher(engine, lambda *_: Files(current().home / "mail"), lease=60).run()

    return until


def seen(client: TestClient, headers: dict[str, str], path: str = NEXT) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{BASE}{path}", headers=headers).json()
    return found


def requests(engine: Engine) -> list[DeliveryRow]:
    """The requests to confirm, oldest first."""
    asked = select(DeliveryRow).where(col(DeliveryRow.dedupe_key).startswith("unconfirmed:"))
    with reading(engine) as session:
        return list(session.exec(asked.order_by(col(DeliveryRow.created_at), col(DeliveryRow.recipient))))


def happened(engine: Engine, kind: str) -> list[Event]:
    with reading(engine) as session:
        return list(session.exec(select(Event).where(Event.kind == kind).order_by(col(Event.position))))


# -- rules


def test_a_handover_is_where_the_chair_changes_and_covers_all_days_of_the_chair_before() -> None:
    history = [
        recorded("2008-01", "2008-04", "a"),
        recorded("2008-04", "2008-07", "a", "extended"),
        recorded("2008-07", "2009-01", "b"),
    ]
    laid = terms(built("ab", history=history, rotation=[]), day("2009-01"))
    (found,) = boundaries(laid)
    assert (found.key, found.since, found.day, found.until) == (
        "turn-3", day("2008-01-01"), day("2008-07-01"), day("2009-01-01"),
    )  # fmt: skip
    assert (found.chair("outgoing"), found.chair("incoming")) == (("a",), ("b",))


def test_near_are_the_last_two_and_the_next_two() -> None:
    found = list(boundaries(terms(built("ab", months=1), day("2009-01"))))
    days = [one.day for one in near(found, day("2008-05-01"))]
    assert days == [day(f"2008-0{month}-01") for month in (4, 5, 6, 7)]
    assert [one.day for one in near(found, day("2008-01-15"))] == [day("2008-02-01"), day("2008-03-01")]


def test_a_handover_opens_thirty_days_ahead_and_is_overdue_from_the_day_after() -> None:
    boundary = date(2008, 7, 1)
    stands = [state(boundary + days * A_DAY, boundary, confirmed=False) for days in (31, 30, 0, -1)]
    assert stands == ["ahead", "open", "open", "overdue"]
    assert state(boundary, date(2009, 1, 1), confirmed=True) == "confirmed"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sets(st.integers(0, 60)))
def test_nobody_is_asked_more_than_eight_times_nor_on_a_day_of_rest(boundary: date, rests: set[int]) -> None:
    holidays = {boundary + days * A_DAY for days in rests}
    found = asks(boundary, time(9), "Asia/Bangkok", holidays)
    assert 1 <= len(found) <= ASKS
    assert found == sorted(set(found))
    for instant in found:
        asked = (instant + timedelta(hours=7)).date()
        assert asked >= boundary
        assert asked.weekday() < 5
        assert asked not in holidays


def test_who_stays_in_the_chair_is_on_both_sides() -> None:
    history = [recorded("2008-01", "2008-07", "ab", "appointed"), recorded("2008-07", "2009-01", "b")]
    (found,) = boundaries(terms(built("abc", history=history, rotation=[]), day("2009-01")))
    assert side_of(found, "a", None) == "outgoing"
    assert side_of(found, "b", None) is None
    assert side_of(found, "b", "incoming") == "incoming"
    assert side_of(found, "a", "incoming") is side_of(found, "c", None) is None


# -- filling in and confirming


def test_handovers_exist_without_anybody_having_made_them(client: TestClient, member: dict[str, str]) -> None:
    found = seen(client, member, "/handovers")["handovers"]
    assert [one["turn"] for one in found] == ["turn-4", "turn-5", "turn-6", "turn-7"]
    coming = found[2]
    assert coming == seen(client, member)
    assert (coming["state"], coming["day"], coming["at"]) == ("ahead", "2008-07-01", "2008-06-30T22:00:00Z")
    assert (coming["outgoing"]["members"], coming["incoming"]["members"]) == (["unfpa"], ["unhcr"])
    assert [one["heading"] for one in coming["checklist"]] == [heading.key for heading in CHECKLIST]
    assert found[1]["state"] == "overdue"
    for turn in ("turn-1", "turn-999", "gap-2008-07-01", "x" * 500, "turn-6%00"):
        assert client.get(f"{BASE}/handovers/{turn}", headers=member).status_code == 404
    assert client.get(f"{BASE}{NEXT}").status_code == 401


def test_both_sides_fill_in_one_checklist(
    client: TestClient, send: Send, chair: dict[str, str], coming: dict[str, str], secretariat: dict[str, str]
) -> None:
    link = {"title": "Working files", "url": "https://files.example/gmg", "symbol": "GMG/2008/1", "language": "en"}
    first = send(f"{NEXT}/fill", chair, answers=[{"heading": "files", "text": "All there.", "links": [link]}])
    assert first.status_code == 200
    answers = [{"heading": "files", "done": True}, {"heading": "staff-and-budget", "text": "Ms X stays."}]
    send(f"{NEXT}/fill", coming, answers=answers, documents=[link])
    found = seen(client, coming)
    files, staff = found["checklist"][0], found["checklist"][4]
    assert (files["text"], files["done"], files["side"]) == ("All there.", True, "incoming"), "what is left out stays"
    assert files["links"][0]["symbol"] == "GMG/2008/1"
    assert (staff["text"], staff["done"], staff["by"]) == ("Ms X stays.", False, "GMG focal point of UNHCR")
    assert found["documents"][0]["url"] == "https://files.example/gmg"
    send(f"{NEXT}/fill", secretariat, answers=[{"heading": "contacts", "text": "In the charter."}])
    assert seen(client, coming)["checklist"][1]["side"] == "secretariat"


def test_what_does_not_fit_is_refused(
    client: TestClient, send: Send, chair: dict[str, str], member: dict[str, str], time: Time
) -> None:
    files = {"heading": "files", "text": "Here."}
    assert send(f"{NEXT}/fill", member, answers=[files]).json()["type"] == "/problems/not-yours"
    assert send(f"{NEXT}/fill", chair, answers=[files, files]).json()["type"] == "/problems/repeated-heading"
    assert send(f"{NEXT}/fill", chair, answers=[]).json()["type"] == "/problems/nothing-filled-in"
    for wrong in ({"heading": "weather"}, files | {"links": [{"title": "x", "url": "javascript:x"}]}, files | {"x": 1}):
        assert send(f"{NEXT}/fill", chair, answers=[wrong]).status_code == 422
    assert send(f"{NEXT}/fill", chair, etag='"1"', answers=[files]).status_code == 412
    assert client.post(f"{BASE}{NEXT}/fill", json={"answers": [files]}, headers=chair).status_code == 428
    assert send(f"{NEXT}/confirm", chair, member="unfpa").json()["type"] == "/problems/handover-is-ahead"
    time.at = at("2008-06-10T08:00")
    for member_, problem in (("unhcr", "not-yours"), ("ilo", "not-on-this-side"), ("nobody", "not-found")):
        assert send(f"{NEXT}/confirm", chair, member=member_).json()["type"] == f"/problems/{problem}"
    assert send(f"{NEXT}/confirm", chair, side="outgoing").json()["type"] == "/problems/name-the-member"
    reserved = send(f"{NEXT}/confirm", chair, member="unfpa", reservations="None of it.")
    assert reserved.json()["type"] == "/problems/not-yours-to-reserve"
    assert seen(client, chair)["version"] == seen(client, member)["version"]


def test_each_side_confirms_once(
    client: TestClient, send: Send, chair: dict[str, str], coming: dict[str, str], time: Time, engine: Engine
) -> None:
    time.at = at("2008-06-10T08:00")
    first = send(f"{NEXT}/confirm", chair, member="unfpa").json()
    assert (first["state"], first["outgoing"]["member"]) == ("open", "unfpa")
    assert first["outgoing"]["confirmed_at"] == "2008-06-10T08:00:00Z"
    assert send(f"{NEXT}/confirm", chair, member="unfpa").json()["type"] == "/problems/side-has-confirmed"
    both = send(f"{NEXT}/confirm", coming, member="unhcr", reservations="The budget is missing.").json()
    assert (both["state"], both["reservations"]) == ("confirmed", "The budget is missing.")
    refused = send(f"{NEXT}/fill", coming, answers=[{"heading": "files", "done": True}])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/handover-is-confirmed")
    assert [event.data["side"] for event in happened(engine, "handover.confirmed")] == ["outgoing", "incoming"]


def test_the_outgoing_side_may_still_confirm_when_the_chair_has_passed(
    client: TestClient, send: Send, chair: dict[str, str], time: Time
) -> None:
    time.at = at("2008-07-20T08:00")
    assert seen(client, chair)["state"] == "overdue"
    assert send(f"{NEXT}/confirm", chair, member="unfpa").status_code == 200


# -- when the terms change


def test_an_extended_term_takes_its_handover_along(
    client: TestClient, send: Send, chair: dict[str, str], coming: dict[str, str], time: Time, decide: Decide
) -> None:
    time.at = at("2008-06-10T08:00")
    send(f"{NEXT}/fill", chair, answers=[{"heading": "files", "text": "All there.", "done": True}])
    send(f"{NEXT}/confirm", chair, member="unfpa")
    old = client.get(f"{BASE}{NEXT}", headers=chair).headers["etag"]
    assert decide(extend="2008-01-01", until="2008-09-01").status_code == 201
    found = seen(client, chair)
    assert (found["day"], found["state"]) == ("2008-09-01", "ahead")
    assert found["checklist"][0]["text"] == "All there."
    assert found["outgoing"]["confirmed_at"] is None, "it was said of another day"
    time.at = at("2008-08-10T08:00")
    assert send(f"{NEXT}/confirm", coming, etag=old, member="unhcr").status_code == 412
    found = send(f"{NEXT}/confirm", coming, member="unhcr").json()
    assert (found["outgoing"]["confirmed_at"], found["incoming"]["member"]) == (None, "unhcr")
    assert send(f"{NEXT}/confirm", chair, member="unfpa").json()["state"] == "confirmed"


def test_of_co_chairs_any_one_confirms(
    send: Send, chair: dict[str, str], coming: dict[str, str], token: Tokens, decide: Decide, time: Time
) -> None:
    assert decide(appoint=["unfpa", "unhcr"], term="2008-07-01").status_code == 201
    time.at = at("2008-07-01T08:00")
    assert send(f"{NEXT}/confirm", chair, member="unfpa").json()["type"] == "/problems/name-the-side"
    assert send(f"{NEXT}/confirm", chair, member="unfpa", side="outgoing").status_code == 200
    done = send(f"{NEXT}/confirm", coming, member="unhcr").json()
    assert (done["state"], done["incoming"]["member"]) == ("confirmed", "unhcr")
    again = send(f"{NEXT}/confirm", chair, member="unfpa", side="incoming")
    assert again.json()["type"] == "/problems/side-has-confirmed"


def test_the_secretariat_stands_for_a_vacant_side(
    client: TestClient,
    send: Send,
    chair: dict[str, str],
    coming: dict[str, str],
    secretariat: dict[str, str],
    decide: Decide,
    time: Time,
) -> None:
    assert decide(vacant="2008-07-01", until="2008-08-01").status_code == 201
    time.at = at("2008-07-02T08:00")
    into, out = "/handovers/gap-2008-07-01", NEXT
    assert seen(client, chair, into)["incoming"] == {
        "members": [], "vacant": True, "confirmed_at": None, "member": None, "by": None,
    }  # fmt: skip
    assert send(f"{into}/confirm", chair, side="incoming").json()["type"] == "/problems/secretariat-only"
    assert send(f"{into}/confirm", secretariat, side="outgoing").json()["type"] == "/problems/name-the-member"
    assert send(f"{into}/confirm", secretariat, side="incoming").status_code == 200
    assert send(f"{into}/confirm", chair, member="unfpa").json()["state"] == "confirmed"
    assert seen(client, chair, out)["day"] == "2008-08-01"
    assert send(f"{out}/confirm", secretariat, side="outgoing").status_code == 200
    assert send(f"{out}/confirm", coming, member="unhcr").json()["state"] == "confirmed"


def test_an_interim_chair_hands_over_like_any_other(
    client: TestClient, send: Send, chair: dict[str, str], token: Tokens, decide: Decide, time: Time
) -> None:
    assert decide(interim="ilo", from_="2008-06-01", until="2008-07-01").status_code == 201
    time.at = at("2008-06-02T08:00")
    interim = {"Authorization": f"Bearer {token('gmg@ilo.example')}"}
    assert send("/handovers/gap-2008-06-01/confirm", chair, member="unfpa").status_code == 200
    assert send("/handovers/gap-2008-06-01/confirm", interim, member="ilo").json()["state"] == "confirmed"
    assert seen(client, chair)["outgoing"]["members"] == ["ilo"]
    assert send(f"{NEXT}/confirm", interim, member="ilo").status_code == 200


def test_a_withdrawn_handover_keeps_what_was_filled_in_and_takes_nothing_more(
    client: TestClient, send: Send, chair: dict[str, str], decide: Decide
) -> None:
    send(f"{NEXT}/fill", chair, answers=[{"heading": "files", "text": "All there."}])
    decision = decide(appoint="unfpa", term="2008-07-01").json()["decision"]["id"]
    found = seen(client, chair)
    assert (found["state"], found["checklist"][0]["text"]) == ("withdrawn", "All there.")
    assert NEXT.rpartition("/")[2] not in [one["turn"] for one in seen(client, chair, "/handovers")["handovers"]]
    for verb, body in (("fill", {"documents": []}), ("confirm", {"member": "unfpa"})):
        assert send(f"{NEXT}/{verb}", chair, **body).json()["type"] == "/problems/handover-is-withdrawn"
    assert decide(withdraw=decision).status_code == 201
    assert seen(client, chair)["state"] == "ahead"


def test_the_seat_that_holds_the_chair_speaks_for_its_side(
    client: TestClient, send: Send, token: Tokens, decide: Decide, time: Time
) -> None:
    """The regional commissions chair until January 2010; ECE holds their seat from August 2009 on, for a year."""
    assert decide(appoint="unrc", term="2009-07-01", until="2010-01-01").status_code == 201
    time.at = at("2010-01-20T08:00")
    out = next(one for one in seen(client, _of(token, "gmg@ece.example"), "/handovers")["handovers"]
               if one["outgoing"]["members"] == ["unrc"])["turn"]  # fmt: skip
    path = f"/handovers/{out}/confirm"
    assert send(path, _of(token, "gmg@eca.example"), member="unrc").json()["type"] == "/problems/not-yours"
    time.at = at("2010-08-20T08:00")
    assert send(path, _of(token, "gmg@eca.example"), member="unrc").json()["type"] == "/problems/not-yours"
    assert send(path, _of(token, "gmg@ece.example"), member="unrc").status_code == 200, "it held the seat in the chair"


def _of(token: Tokens, address: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(address)}"}


# -- the day, and after it


def open_action(send: Send, title: str, owner: str = "chair", **more: object) -> str:
    made = send("/actions", etag="", title=title, owner=owner, **more)
    assert made.status_code == 201, made.text
    id_: str = made.json()["id"]
    return id_


def test_what_the_chair_has_to_do_passes_on_with_the_chair(
    client: TestClient, send: Send, chair: dict[str, str], engine: Engine, run: Run, time: Time, mails: Mails
) -> None:
    kept, done, of_ilo = (
        open_action(send, "Write to the donors", due="2008-07-20"),
        open_action(send, "Book the room"),
        open_action(send, "Draft the note", owner="ilo"),
    )
    assert send(f"/actions/{done}/finish", chair, text="Booked.").status_code == 200
    assert [one["id"] for one in seen(client, chair)["actions"]] == [kept]
    time.at = at("2008-06-30T21:59:59")
    plan(engine)
    assert not happened(engine, "action.passed")
    run("2008-07-01T12:00")
    (event,) = happened(engine, "action.passed")
    assert (event.subject, event.effective_at) == (kept, at("2008-06-30T22:00"))
    assert event.data == {"turn": "turn-6", "outgoing": ["unfpa"], "incoming": ["unhcr"]}
    assert of_ilo not in event.subject
    (mail,) = mails(None, "passed-", ("accepted",))
    assert mail["To"].addresses[0].addr_spec == NEXT_CHAIR
    assert mail["Subject"] == "GMG: what passes to UNHCR with the chair"
    text = read(mail)
    assert f"- {kept}: Write to the donors, due on 20 July 2008" in text
    assert "Book the room" not in text
    plan(engine)
    plan(engine)
    assert len(happened(engine, "action.passed")) == 1


def test_a_service_that_slept_over_two_handovers_records_both_and_tells_nobody_of_the_old_one(
    send: Send, engine: Engine, time: Time, mails: Mails
) -> None:
    kept = open_action(send, "Write to the donors")
    time.at = at("2009-01-02T12:00")
    plan(engine)
    passed = [
        (event.subject, event.data["incoming"], event.effective_at) for event in happened(engine, "action.passed")
    ]
    assert passed == [
        (kept, ["unhcr"], at("2008-06-30T22:00")),
        (kept, ["unicef"], at("2008-12-31T23:00")),
    ]
    assert [mail["To"].addresses[0].addr_spec for mail in mails(None, "passed-")] == ["gmg@unicef.example"]


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


def test_an_inner_change_of_seat_is_no_handover_of_the_chair(
    client: TestClient, member: dict[str, str], engine: Engine, time: Time
) -> None:
    assert client.get(f"{BASE}/handovers/seat-unrc-turn-2", headers=member).status_code == 404
    time.at = at("2010-08-02T12:00")
    plan(engine)
    assert [event.subject for event in happened(engine, "seat.handover")] == ["seat-unrc-turn-2"]
    assert not [event for event in happened(engine, "dossier.frozen") if event.subject.startswith("seat-")]
