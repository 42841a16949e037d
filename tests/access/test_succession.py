"""Succession: the coming chair is asked, answers by link or API, and whoever moves up is asked in turn."""

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.access.links import AnswerLink, sign
from service.database import reading
from service.events import Event
from service.groups.charter import Charter
from service.notifications.channels.files import Files
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.engine import terms
from service.rotation.succession import asked_member
from service.scheduler import next_due, plan
from service.settings import current
from tests.access.conftest import Decide
from tests.conftest import Changed, Time, put
from tests.rotation.build import day, group

HTML = {"Accept": "text/html"}
TERM = "/api/v1/groups/gmg/chair?at=2008-07-01"


def run(engine: Engine) -> None:
    plan(engine)
    Dispatcher(engine, lambda *_: Files(current().home / "mail"), lease=60).run()


def asked(engine: Engine) -> list[tuple[str, EmailMessage]]:
    """Whoever was asked, with the mail."""
    with reading(engine) as session:
        rows = [row for row in session.exec(select(DeliveryRow)) if row.dedupe_key.startswith("chair.asked:")]
    rows.sort(key=lambda row: (row.revision, row.recipient))
    found = []
    for row in rows:
        mail = message_from_bytes(row.body, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        found.append((row.recipient, mail))
    return found


def link_in(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    match = re.search(r"http://127\.0\.0\.1:8000(/groups/gmg/answer/\S+)", body.get_content())
    assert match is not None
    return match.group(1)


def status(client: TestClient) -> tuple[list[str], str]:
    term = client.get(TERM).json()["term"]
    return term["chair"], term["status"]


def decisions(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [event.data["decision"]["id"] for event in session.exec(select(Event)) if event.kind == "chair.decided"]


def test_the_coming_chair_is_asked_once_180_days_ahead_at_nine_at_its_duty_station(
    engine: Engine, client: TestClient, time: Time
) -> None:
    run(engine)
    before = len(asked(engine))
    # UNICEF's turn begins on 2009-01-01; 180 days ahead is Saturday 5 July, so it is asked on Friday in New York.
    time.at = datetime(2008, 7, 4, 12, 59, tzinfo=UTC)
    run(engine)
    assert len(asked(engine)) == before
    assert next_due(engine) == datetime(2008, 7, 4, 13, tzinfo=UTC)
    time.at = datetime(2008, 7, 4, 13, tzinfo=UTC)
    for _ in range(2):
        run(engine)
        time.at += timedelta(days=3)
    new = asked(engine)[before:]
    assert [recipient for recipient, _ in new] == ["gmg@unicef.example"]
    mail = new[0][1]
    for kind in ("plain", "html"):
        said = mail.get_body((kind,))
        assert said is not None
        assert "by rule, not on record" in said.get_content()
    assert mail["Subject"] == "GMG: will UNICEF take the chair on 1 January 2009?"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "until Wednesday, 1 July 2009" in text
    assert "[ ] Staff and budget" in text
    assert list(mail.iter_attachments())


def test_acceptance_by_the_link_turns_a_projected_term_into_a_decided_one(engine: Engine, client: TestClient) -> None:
    run(engine)
    ((recipient, mail),) = asked(engine)
    assert recipient == "gmg@unhcr.example"
    address = link_in(mail)
    for _ in range(3):
        shown = client.get(address, headers=HTML)
        assert shown.status_code == 200
        assert "Will UNHCR take the chair?" in shown.text
        client.head(address)
    assert status(client) == (["unhcr"], "projected"), "looking at the form decides nothing"
    for _ in range(2):
        answered = client.post(address, data={"choice": "accept", "reason": "With pleasure."}, headers=HTML)
        assert answered.status_code == 200
        assert "UNHCR takes the chair" in answered.text
    assert status(client) == (["unhcr"], "decided")
    assert decisions(engine) == ["d1"], "the same answer twice is one decision"
    assert "UNHCR takes the chair" in client.get(address, headers=HTML).text
    run(engine)
    assert len(asked(engine)) == 1


def test_a_pass_asks_the_next_one_at_once_and_who_passed_can_not_undo_it_by_the_link(
    engine: Engine, client: TestClient, decide: Decide
) -> None:
    run(engine)
    first = link_in(asked(engine)[0][1])
    answered = client.post(first, data={"choice": "pass", "reason": "No staff this year"}, headers=HTML)
    assert "UNHCR gives up this turn" in answered.text
    assert status(client) == (["unicef"], "decided")
    run(engine)
    (_, (recipient, mail)) = asked(engine)
    assert recipient == "gmg@unicef.example"
    late = client.post(first, data={"choice": "accept"}, headers=HTML)
    assert "is the turn of UNICEF" in late.text
    assert status(client) == (["unicef"], "decided")
    assert client.post(link_in(mail), data={"choice": "accept"}, headers=HTML).status_code == 200
    assert decisions(engine) == ["d1", "d2"]
    assert decide(preview=True, withdraw="d1").json()["decisions"] == ["d3", "d2"], "UNICEF has said yes meanwhile"


def test_who_is_next_again_is_asked_again(engine: Engine, client: TestClient, decide: Decide) -> None:
    run(engine)
    assert decide(id="p", pass_="unhcr", term="2008-07-01").status_code == 201
    run(engine)
    assert decide(withdraw="p").status_code == 201
    run(engine)
    assert [recipient for recipient, _ in asked(engine)] == [
        "gmg@unhcr.example",
        "gmg@unicef.example",
        "gmg@unhcr.example",
    ]


def test_a_form_that_is_wrong_keeps_what_was_typed_and_says_what_to_do(engine: Engine, client: TestClient) -> None:
    run(engine)
    address = link_in(asked(engine)[0][1])
    none = client.post(address, data={"reason": "We <b>think</b>"}, headers=HTML)
    assert none.status_code == 422
    assert "Choose one of the two answers." in none.text
    assert "We &lt;b&gt;think&lt;/b&gt;" in none.text
    odd = client.post(address, data={"choice": "pass", "reason": "a\u202eb"}, headers=HTML)
    assert odd.status_code == 422
    assert "U+202E" in odd.text
    assert 'value="pass" required checked' in odd.text
    assert client.post(address, data={"choice": "maybe"}, headers=HTML).status_code == 422
    assert status(client) == (["unhcr"], "projected")


def test_links_that_are_not_good(engine: Engine, client: TestClient, time: Time, changed: Changed) -> None:
    run(engine)
    address = link_in(asked(engine)[0][1])
    for bad in (address[:-1], address + "x", "/groups/gmg/answer/x", address.replace("/gmg/", "/other/")):
        for answer in (client.get(bad, headers=HTML), client.post(bad, data={"choice": "accept"}, headers=HTML)):
            assert answer.status_code == 404
    stranger = sign(AnswerLink("gmg", "unhcr", date(2008, 7, 1), "nobody"))
    assert client.post(f"/groups/gmg/answer/{stranger}", data={"choice": "accept"}).status_code == 410
    people = [p.model_dump(by_alias=True) for p in changed().people if p.email != "gmg@unhcr.example"]
    put(engine, changed(people=people))
    assert client.post(address, data={"choice": "accept"}, headers=HTML).status_code == 410
    put(engine, changed())
    assert client.post(address, data={"choice": "accept"}, headers=HTML).status_code == 410, "a new person, a new link"
    assert status(client) == (["unhcr"], "projected")


def test_a_term_that_has_begun_is_asked_for_no_more(engine: Engine, client: TestClient, time: Time) -> None:
    run(engine)
    address = link_in(asked(engine)[0][1])
    time.at = datetime(2008, 6, 30, 22, tzinfo=UTC)
    late = client.post(address, data={"choice": "pass"}, headers=HTML)
    assert "No longer open" in late.text
    assert decisions(engine) == []


def test_a_group_may_ask_nobody(engine: Engine, group: str, changed: Changed) -> None:
    put(engine, changed(reminders={"ask": None}))
    run(engine)
    assert asked(engine) == []


CASES = [
    (group("abc"), "b"),
    (group("abc", {"accept": "b", "term": day("2008-07")}), None),
    (group("abc", {"pass": "b", "term": day("2008-07")}), "c"),
    (group("abc", {"swap": ["b", "c"], "term": day("2008-07")}), "c"),
    (group("abc", {"appoint": "c", "term": day("2008-07")}), None),
    (group("abc", {"appoint": ["b", "c"], "term": day("2008-07")}), None),
    (group("abc", {"vacant": day("2008-07"), "until": day("2008-09")}), None),
    (group("abc", {"interim": "c", "from": day("2008-07"), "until": day("2008-09")}), None),
    (group("abc", {"extend": day("2008-07"), "until": day("2009-03")}), "b"),
]


@pytest.mark.parametrize(("charter", "member"), CASES)
def test_who_is_asked(charter: Charter, member: str | None) -> None:
    term = next(term for term in terms(charter, day("2009-01")) if term.start == day("2008-07"))
    assert asked_member(term) == member
