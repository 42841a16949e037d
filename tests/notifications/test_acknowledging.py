"""Who has seen that the turn is theirs says so: by the link, by the API, or in a calendar."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading, writing
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.notifications.choices.tables import AbsenceRow, ChoiceRow, ContactRow
from service.scheduler import plan
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time, happened, put
from tests.meetings.conftest import BASE
from tests.notifications.turn import (  # noqa: F401 - fixtures
    DEPUTY,
    FOCAL,
    HANDOVER,
    SECRETARIAT,
    decide,
    deliveries,
    go_on,
    invitation,
    invited,
    link_in,
    mail,
    post,
    reminder,
    reply,
    run,
    staff,
    whom,
    words,
)

HTML = {"Accept": "text/html"}
WEEK_BEFORE = datetime(2008, 6, 24, 16, tzinfo=UTC)
Answer = Callable[[bytes], Any]


@pytest.fixture
def reminded(engine: Engine, staff: Charter, time: Time) -> str:
    """A week before, when everybody has been reminded; where the link of UNHCR's focal point leads."""
    time.at = WEEK_BEFORE
    run(engine)
    return link_in(reminder(engine))


@pytest.fixture
def answer(client: TestClient, secretariat: dict[str, str]) -> Answer:
    def send(body: bytes) -> Any:
        headers = secretariat | {"Content-Type": "text/calendar"}
        return client.post(f"{BASE}/meetings/replies", content=body, headers=headers)

    return send


def id_of(engine: Engine, address: str) -> str:
    with reading(engine) as session:
        return session.exec(select(PersonRow.id).where(PersonRow.email == address)).one()


def test_looking_at_the_page_says_nothing_and_the_button_does(
    engine: Engine, client: TestClient, reminded: str
) -> None:
    for _ in range(3):
        shown = client.get(reminded, headers=HTML)
        assert (shown.status_code, "UNHCR takes the chair" in shown.text) == (200, True)
        assert "I have seen it</button>" in shown.text
        client.head(reminded)
    assert words(engine) == []
    assert client.post(reminded, headers=HTML).status_code == 409, "a scanner that posts knows no revision"
    foreign = client.post(reminded, data={"revision": "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert words(engine) == []
    for _ in range(2):
        assert "it is noted that you have seen it" in post(client, reminded)
    assert words(engine) == [("unhcr", "link", 1)]
    (event,) = happened(engine, "handover.acknowledged")
    assert (event.actor, event.subject, event.data["way"]) == ("GMG focal point of UNHCR", "turn-6", "link")
    with reading(engine) as session:
        (kept,) = session.exec(select(AuditRow).where(AuditRow.what == "acknowledgement")).all()
    assert (kept.by, kept.verb, kept.authority) == (f"person:{event.occurrence[-36:]}", "handover.acknowledge", "own")
    assert reminded.rpartition("/")[2] not in str(kept.request), "the link is a key, and stands in no record"


def test_only_the_incoming_chair_has_the_link_and_only_until_one_of_them_has_said_so(
    engine: Engine, client: TestClient, reminded: str, time: Time
) -> None:
    for row in deliveries(engine, "handover.reminder:gmg:turn-6:"):
        assert ("/seen/" in mail(row).as_string()) == row.recipient.endswith("@unhcr.example")
    post(client, reminded)
    go_on(engine, time, datetime(2008, 7, 2, tzinfo=UTC))
    last = reminder(engine, DEPUTY)
    assert "/seen/" not in mail(last).as_string()
    assert invitation(last) is None


def test_a_link_of_before_a_change_shows_the_handover_as_it_is_now(
    engine: Engine, client: TestClient, reminded: str
) -> None:
    decide(engine, extend=date(2008, 1, 1), until=date(2008, 8, 1))
    shown = client.get(reminded, headers=HTML).text
    assert "This handover has changed" in shown
    assert "Friday, 1 August 2008" in shown
    assert 'name="revision" value="2"' in shown
    stale = client.post(reminded, data={"revision": "1"}, headers=HTML)
    assert (stale.status_code, words(engine)) == (409, [])
    post(client, reminded, revision=2)
    assert words(engine) == [("unhcr", "link", 2)]


def test_whose_turn_it_is_no_more_is_told_so(engine: Engine, client: TestClient, reminded: str) -> None:
    decide(engine, **{"pass": "unhcr", "term": date(2008, 7, 1)})
    shown = post(client, reminded, revision=2)
    assert "UNICEF takes the chair" in shown
    assert "It is not your turn" in shown
    assert words(engine) == []


def test_links_that_are_not_good(engine: Engine, client: TestClient, staff: Charter, reminded: str, time: Time) -> None:
    for bad in (reminded[:-1], reminded + "x", "/groups/gmg/seen/x", reminded.replace("/gmg/", "/other/")):
        assert client.get(bad, headers=HTML).status_code == 404
        assert client.post(bad, data={"revision": "1"}, headers=HTML).status_code == 404
    time.at = HANDOVER + timedelta(hours=24)
    assert "There is nothing to acknowledge any more" in post(client, reminded)
    put(engine, staff.model_copy(update={"people": [one for one in staff.people if one.email != FOCAL]}))
    assert client.get(reminded, headers=HTML).status_code == 410
    assert words(engine) == []


def test_by_the_api_the_incoming_chairs_people_alone(
    engine: Engine, client: TestClient, reminded: str, token: Tokens
) -> None:
    address = f"{BASE}/handovers/turn-6/acknowledge"

    def send(email: str | None, etag: str | None) -> Any:
        headers = {"Authorization": f"Bearer {token(email)}"} | ({"If-Match": etag} if etag else {})
        return client.post(address, headers=headers)

    mine = {"Authorization": f"Bearer {token(DEPUTY)}"}
    seen = client.get(f"{BASE}/handovers/turn-6", headers=mine).headers["etag"]
    for somebody in ("gmg@unfpa.example", "gmg@ilo.example", SECRETARIAT, None):
        assert send(somebody, seen).status_code == 403, somebody
    assert (send(DEPUTY, None).status_code, send(DEPUTY, '"1"').status_code) == (428, 412)
    for _ in range(2):
        said = send(DEPUTY, seen)
        assert said.status_code == 200, said.text
    assert said.json()["acknowledged"] is True
    assert [(one["person"], one["way"]) for one in said.json()["acknowledgements"]] == [(f"Person {DEPUTY}", "link")]
    shown = client.get(f"{BASE}/handovers/turn-6/acknowledgements", headers=mine)
    assert shown.json() == said.json()
    assert words(engine) == [("unhcr", "link", 1)]


def test_the_term_is_an_invitation_to_who_is_to_acknowledge_it_and_a_file_to_everybody_else(
    engine: Engine, reminded: str
) -> None:
    for row in deliveries(engine, "handover.reminder:gmg:turn-6:"):
        found = invitation(row)
        assert (found is not None) == row.recipient.endswith("@unhcr.example")
        if found is not None:
            method, event = found
            (attendee,) = [event["ATTENDEE"]]
            assert (method, str(attendee)) == ("REQUEST", f"mailto:{row.recipient}")
            assert (attendee.params["RSVP"], event["TRANSP"]) == ("TRUE", "TRANSPARENT")
            assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date(2008, 7, 1), date(2009, 1, 1))
            assert "decides nothing about the turn" in event["DESCRIPTION"]
        else:
            assert [part for part in mail(row).walk() if part.get_content_type() == "text/calendar"]


@pytest.mark.parametrize("said", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_an_answer_in_a_calendar_says_that_it_was_seen_and_decides_nothing(
    engine: Engine, client: TestClient, reminded: str, answer: Answer, time: Time, said: str
) -> None:
    _, event = invited(reminder(engine, DEPUTY))
    taken = answer(reply(event, DEPUTY, said, time.at))
    assert taken.status_code == 200, taken.text
    body = taken.json()
    assert (body["handover"], body["member"], body["answer"]) == ("turn-6", "unhcr", said.lower())
    assert (body["meeting"], body["taken"]) == (None, True)
    assert "decides nothing" in body["detail"]
    assert answer(reply(event, DEPUTY, said, time.at)).json()["taken"] is False, "once is enough"
    assert words(engine) == [("unhcr", "rsvp", 1)]
    term = client.get(f"{BASE}/chair?at=2008-07-01").json()["term"]
    assert (term["chair"], term["status"]) == (["unhcr"], "projected")
    go_on(engine, time, datetime(2008, 7, 3, tzinfo=UTC))
    assert whom(engine) == []


def test_answers_in_a_calendar_that_are_none(engine: Engine, reminded: str, answer: Answer, time: Time) -> None:
    _, event = invited(reminder(engine))
    assert answer(reply(event, "gmg@ilo.example", "ACCEPTED", time.at)).json()["type"] == "/problems/not-invited"
    assert answer(reply(event, FOCAL, "DELEGATED", time.at)).json()["type"] == "/problems/no-answer"
    assert answer(reply(event, FOCAL, "ACCEPTED", time.at, sequence=99)).json()["type"] == "/problems/unknown-sequence"
    assert answer(reply(event | {"UID": "x"}, FOCAL, "ACCEPTED", time.at)).status_code == 404
    early = time.at
    time.at += timedelta(hours=1)
    decide(engine, extend=date(2008, 1, 1), until=date(2008, 8, 1))
    stale = answer(reply(event, FOCAL, "ACCEPTED", time.at))
    assert (stale.json()["taken"], "earlier state" in stale.json()["detail"]) == (False, True)
    decide(engine, withdraw="d1")
    late = answer(reply(event, FOCAL, "ACCEPTED", early, sequence=2))
    assert late.json()["taken"] is False, "it was written before the day had moved and come back"
    decide(engine, **{"pass": "unhcr", "term": date(2008, 7, 1)})
    assert answer(reply(event, FOCAL, "ACCEPTED", time.at)).status_code == 422, "it is the turn of UNICEF now"
    assert words(engine) == []


def test_an_answer_to_what_was_sent_before_the_term_was_decided_still_counts(
    engine: Engine, reminded: str, answer: Answer, time: Time
) -> None:
    """The decided term has another SEQUENCE, and the handover is the same."""
    _, event = invited(reminder(engine))
    time.at += timedelta(hours=1)
    decide(engine, extend=date(2008, 7, 1), until=date(2009, 2, 1))
    assert answer(reply(event, FOCAL, "ACCEPTED", time.at)).json()["taken"] is True


def test_who_is_in_the_chair_no_more_takes_the_entry_out_again(engine: Engine, reminded: str, time: Time) -> None:
    asked = invited(reminder(engine))[1]
    time.at += timedelta(hours=1)
    decide(engine, **{"pass": "unhcr", "term": date(2008, 7, 1)})
    run(engine)
    news = {row.recipient: row for row in deliveries(engine, "handover.changed:gmg:turn-6:")}
    method, event = invited(news[FOCAL])
    assert (method, event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", asked["UID"])
    assert event["SEQUENCE"] >= asked["SEQUENCE"]
    method, event = invited(news["gmg@unicef.example"])
    assert (method, event["UID"]) == ("REQUEST", asked["UID"])
    assert invitation(news["gmg@ilo.example"]) is None


def test_whoever_stands_in_acknowledges_for_who_is_away(
    engine: Engine, client: TestClient, staff: Charter, time: Time, answer: Answer
) -> None:
    stand_in = DEPUTY
    with writing(engine) as session:
        session.add(
            AbsenceRow(
                id="a",
                group_id="gmg",
                person_id=id_of(engine, FOCAL),
                alternate=id_of(engine, stand_in),
                from_day=date(2008, 6, 20),
                until_day=date(2008, 7, 5),
            )
        )
    time.at = WEEK_BEFORE
    run(engine)
    row = reminder(engine)
    assert row.address == stand_in
    _, event = invited(row)
    assert str(event["ATTENDEE"]) == f"mailto:{stand_in}"
    assert answer(reply(event, stand_in, "ACCEPTED", time.at)).json()["taken"] is True
    assert "it is noted" in post(client, link_in(row))
    assert words(engine) == [("unhcr", "rsvp", 1)]


def test_who_reads_in_a_chat_channel_is_reminded_there(engine: Engine, staff: Charter, time: Time) -> None:
    person = id_of(engine, FOCAL)
    with writing(engine) as session:
        session.add(
            ContactRow(
                id="c", group_id="gmg", person_id=person, channel="slack", label="Mine", secret=b"", created_at=time.at
            )
        )
        session.add(ChoiceRow(person_id=person, kind="chair", group_id="gmg", contact_id="c"))
    time.at = WEEK_BEFORE
    plan(engine)
    row = next(one for one in deliveries(engine, "handover.reminder:gmg:turn-6:") if one.person_id == person)
    assert (row.channel, b"/seen/" in row.body) == ("slack", True)
