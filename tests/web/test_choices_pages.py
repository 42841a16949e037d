"""The page of one's own choices, and the one click of a mail (RFC 8058): a POST from elsewhere, without cookies."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.access.links import sign_choice, sign_seen
from service.audit import AuditRow
from service.database import reading, writing
from service.events import Event
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.notifications.choices.tables import AbsenceRow, ChoiceRow, ReaderRow
from service.notifications.kinds import KINDS
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.access.signing import FOCAL_POINT, HTML, sign_in
from tests.conftest import HOME, Changed, put
from tests.notifications.choosing import contact, id_of, recorded

PAGE, ABSENCES = "/groups/gmg/me/choices", "/groups/gmg/me/absences"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def provider(client: TestClient) -> TestClient:
    """A provider of mail: no browser, no cookies, from another place."""
    return TestClient(client.app, base_url=HOME, headers={"Sec-Fetch-Site": "cross-site"})


def address(engine: Engine, kind: str = "minutes", email: str = FOCAL_POINT) -> str:
    return f"/groups/gmg/unsubscribe/{sign_choice('gmg', kind, id_of(engine, email))}"


def form_of(engine: Engine, kind: str = "minutes") -> str | None:
    with reading(engine) as session:
        row = session.get(ChoiceRow, (id_of(engine, FOCAL_POINT), kind))
        return row.form if row is not None else None


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found.group(1)


def test_looking_changes_nothing(client: TestClient, engine: Engine) -> None:
    link = address(engine)
    for _ in range(2):
        page = provider(client).get(link, headers=HTML)
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
        assert "Minutes" in page.text
        assert f'href="{PAGE}"' in page.text
        assert "Send me none of these any more" in page.text
    provider(client).head(link)
    provider(client).get(f"{link}?List-Unsubscribe=One-Click")
    assert form_of(engine) is None
    assert recorded(engine, "choices.changed") == []


@pytest.mark.parametrize("multipart", [False, True])
def test_one_click_from_elsewhere_without_cookies(client: TestClient, engine: Engine, multipart: bool) -> None:
    elsewhere, link = provider(client), address(engine)
    for _ in range(2):
        sent: dict[str, Any] = (
            {"files": {"List-Unsubscribe": (None, "One-Click")}} if multipart else {"data": ONE_CLICK}
        )
        done = elsewhere.post(link, follow_redirects=False, **sent)
        assert (done.status_code, done.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "do not reach you any more" in done.text
        assert "set-cookie" not in done.headers
    assert form_of(engine) == "none"
    (event,) = recorded(engine, "choices.changed")
    assert (event.subject, event.actor, event.data) == (id_of(engine, FOCAL_POINT), "GMG focal point of IOM", {})
    with reading(engine) as session:
        rows = session.exec(select(AuditRow).where(AuditRow.what == "choice")).all()
    assert [(row.by, row.authority, row.request) for row in rows] == [
        (f"person:{id_of(engine, FOCAL_POINT)}", "self", "POST /groups/gmg/unsubscribe"),
    ], "once, and without the link, which carries its own authority"


def test_the_button_of_the_page_does_the_same(client: TestClient, engine: Engine) -> None:
    page = client.get(address(engine, "polls"), headers=HTML).text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', page))
    assert fields == ONE_CLICK
    assert client.post(address(engine, "polls"), data=fields, headers=HTML).status_code == 200
    assert form_of(engine, "polls") == "none"


def test_what_is_not_that_click_does_nothing(client: TestClient, engine: Engine) -> None:
    elsewhere, link = provider(client), address(engine)
    assert elsewhere.post(link).status_code == 422
    assert elsewhere.post(link, data={"List-Unsubscribe": "Two-Clicks"}).status_code == 422
    assert elsewhere.post(link, json=ONE_CLICK).status_code == 422
    assert elsewhere.post(link, files={"List-Unsubscribe": ("file", b"One-Click")}).status_code == 400
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert elsewhere.post(link, content=b"--y\r\nbroken", headers=headers).status_code in (400, 422)
    assert form_of(engine) is None


def test_a_forged_link_is_not_there(client: TestClient, engine: Engine) -> None:
    person, elsewhere = id_of(engine, FOCAL_POINT), provider(client)
    good = sign_choice("gmg", "minutes", person)
    forged = (good[:-1] + ("A" if good[-1] != "A" else "B"), "x", sign_choice("other", "minutes", person),
              sign_seen("gmg", "turn-6", 1, person))  # fmt: skip
    for link in forged:
        assert elsewhere.get(f"/groups/gmg/unsubscribe/{link}").status_code == 404
        assert elsewhere.post(f"/groups/gmg/unsubscribe/{link}", data=ONE_CLICK).status_code == 404
    nowhere = f"/groups/nobody/unsubscribe/{sign_choice('nobody', 'minutes', person)}"
    assert elsewhere.post(nowhere, data=ONE_CLICK).status_code == 404
    assert (
        elsewhere.post(f"/groups/gmg/unsubscribe/{sign_choice('gmg', 'weather', person)}", data=ONE_CLICK).status_code
        == 410
    )
    assert form_of(engine) is None


@pytest.mark.parametrize("kind", [one.id for one in KINDS.values() if not one.may_be_none])
def test_what_cannot_be_switched_off_says_why(client: TestClient, engine: Engine, kind: str) -> None:
    elsewhere, link = provider(client), address(engine, kind)
    looked, done = elsewhere.get(link), elsewhere.post(link, data=ONE_CLICK)
    assert (looked.status_code, done.status_code) == (200, 422)
    for page in (looked, done):
        assert "This cannot be switched off" in page.text
        assert "<form" not in page.text
    assert form_of(engine, kind) is None


def test_who_has_left_is_answered_as_well(
    client: TestClient, engine: Engine, gmg: Charter, changed: Changed
) -> None:  # fmt: skip
    link = address(engine)
    people = [one.model_dump(by_alias=True) for one in gmg.people]
    left = next(one for one in people if one["email"] == FOCAL_POINT)
    left["appointments"][0]["until"] = gmg.group.founded.replace(year=2008)
    put(engine, changed(people=people))
    assert provider(client).post(link, data=ONE_CLICK).status_code == 200
    assert form_of(engine) == "none"
    with writing(engine) as session:
        for table in (ChoiceRow, ReaderRow):
            for row in session.exec(select(table)).all():
                session.delete(row)
    put(engine, changed(people=[one for one in people if one is not left]))
    with reading(engine) as session:
        assert session.exec(select(PersonRow).where(PersonRow.email == FOCAL_POINT)).first() is None
    done = provider(client).post(link, data=ONE_CLICK)
    assert (done.status_code, "do not reach you any more" in done.text) == (200, True)
    with reading(engine) as session:
        assert session.exec(select(ChoiceRow)).all() == []


def test_nothing_else_is_let_through_from_elsewhere(client: TestClient, engine: Engine) -> None:
    sign_in(client, engine)
    for path in (PAGE, ABSENCES, f"{address(engine)}/more", "/groups/gmg/unsubscribe/", "/groups/gmg/me/tokens"):
        answer = client.post(path, data=ONE_CLICK, headers={"Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/cross-site"), path
    other = client.request("DELETE", address(engine), headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403


def test_the_planted_bug_is_seen(client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its exemption the click of a provider is taken for one that somebody's page has made a browser send."""
    monkeypatch.setattr("service.web.frame.foreign._ONE_CLICK", re.compile("never"))
    with pytest.raises(AssertionError):
        test_one_click_from_elsewhere_without_cookies(client, engine, multipart=False)


def test_the_page_is_for_who_is_signed_in(client: TestClient, engine: Engine) -> None:
    asked = client.get(PAGE, headers=HTML, follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/groups/gmg/sign-in?next={PAGE}")
    assert client.get(PAGE).status_code == 401
    assert client.post(PAGE, data={"version": "0"}).status_code == 401
    assert client.post(ABSENCES, data={}).status_code == 401
    sign_in(client, engine)
    assert f'href="{PAGE}"' in client.get("/groups/gmg/me", headers=HTML).text
    page = client.get(PAGE, headers=HTML)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "<script" not in page.text
    assert 'name="form-chair"' not in page.text
    assert page.text.count("A duty of office: it cannot be switched off, only moved to another channel.") == 3, (
        "chair, decisions, faults"
    )
    assert "Links to sign in</strong>" not in page.text
    assert 'name="contact-' not in page.text, "there is no channel to choose"


def test_what_is_chosen_there_stands(client: TestClient, engine: Engine) -> None:
    mine = contact(engine, FOCAL_POINT, "mine")
    sign_in(client, engine)
    page = client.get(PAGE, headers=HTML).text
    assert "Slack: our channel" in page
    typed = {"version": version(page), "language": "fr", "quiet_from": "22:00", "quiet_until": "06:30"}
    typed |= {"form-minutes": "weekly", "form-polls": "none", "contact-chair": mine, "contact-minutes": ""}
    done = client.post(PAGE, data=typed, headers=HTML)
    assert (done.status_code, done.url.path) == (200, PAGE)
    assert '<p class="said" role="status">' in done.text
    assert '<html lang="fr"' in done.text, "who chooses a language reads it from then on"
    assert '<option value="fr" lang="fr" selected>' in done.text
    assert 'value="06:30"' in done.text
    assert re.search(r'name="form-polls".*?<option value="none" selected>', done.text)
    assert re.search(r'name="contact-chair".*?<option value="mine" selected>', done.text)
    assert (form_of(engine), form_of(engine, "polls"), form_of(engine, "chair")) == ("weekly", "none", "at-once")
    (event,) = recorded(engine, "choices.changed")
    assert isinstance(event, Event)


def test_what_was_typed_stays_when_something_is_wrong(client: TestClient, engine: Engine) -> None:
    sign_in(client, engine)
    typed = {"version": "0", "language": "es", "quiet_from": "22:00", "quiet_until": "", "form-minutes": "daily"}
    wrong = client.post(PAGE, data=typed, headers=HTML)
    assert wrong.status_code == 422
    assert "give both, or neither" in wrong.text
    assert '<option value="es" lang="es" selected>' in wrong.text
    assert 'name="quiet_from" value="22:00"' in wrong.text
    assert re.search(r'name="form-minutes".*?<option value="daily" selected>', wrong.text)
    for field, value, says in (
        ("form-chair", "none", "only moved to another channel"),
        ("language", "de", "Language: "),
        ("quiet_from", "soon", "Quiet from: is no hour"),
    ):
        answer = client.post(PAGE, data=typed | {"quiet_until": "06:00", field: value}, headers=HTML)
        assert (answer.status_code, says in answer.text) == (422, True), answer.text
    good = typed | {"quiet_until": "06:00"}
    assert client.post(PAGE, data=good, headers=HTML).status_code == 200
    stale = client.post(f"{PAGE}?lang=en", data=good | {"form-minutes": "weekly"}, headers=HTML)
    assert (stale.status_code, "It has changed since this page was opened" in stale.text) == (412, True)
    assert re.search(r'name="form-minutes".*?<option value="weekly" selected>', stale.text)
    assert client.post(PAGE, data=good | {"version": "²"}, headers=HTML).status_code == 412
    assert form_of(engine) == "daily"


def test_absences_on_the_page(client: TestClient, engine: Engine) -> None:
    sign_in(client, engine)
    assert "Nobody else serves IOM here" in client.get(PAGE, headers=HTML).text
    ada = {"name": "Ada Lovelace", "email": "ada@iom.example", "organization": "iom", "role": "alternate"}
    assert client.post("/groups/gmg/people", data=ada, headers=HTML).status_code == 200
    id_ = id_of(engine, "ada@iom.example")
    assert f'<option value="{id_}">Ada Lovelace</option>' in client.get(PAGE, headers=HTML).text
    typed = {"from": "2008-06-20", "until": "2008-06-10", "alternate": id_}
    wrong = client.post(ABSENCES, data=typed, headers=HTML)
    assert (wrong.status_code, "Until is not after from" in wrong.text) == (422, True)
    assert f'<option value="{id_}" selected>' in wrong.text
    assert 'value="2008-06-20"' in wrong.text
    assert "First day away: " in client.post(ABSENCES, data=typed | {"from": "soon"}, headers=HTML).text
    entered = client.post(ABSENCES, data=typed | {"until": "2008-07-01"}, headers=HTML)
    assert (entered.status_code, "Your absences are saved." in entered.text) == (200, True)
    assert "From Friday, 20 June 2008, back on Tuesday, 1 July 2008" in entered.text
    assert "Stands in: Ada Lovelace" in entered.text
    twice = client.post(ABSENCES, data=typed | {"until": "2008-07-01"}, headers=HTML)
    assert twice.status_code == 409
    with reading(engine) as session:
        (absence,) = session.exec(select(AbsenceRow.id)).all()
    assert client.post(f"{ABSENCES}/{absence}/take-back", headers=HTML).status_code == 200
    assert client.post(f"{ABSENCES}/{absence}/take-back", headers=HTML).status_code == 404
    with reading(engine) as session:
        assert session.exec(select(AbsenceRow)).all() == []
