"""The record: what waits, tokens, the audit and the rhythm of meetings."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from service.database import reading, writing
from service.groups import queries
from service.groups.charter import Charter
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.conftest import Time, put
from tests.web.browsing import SECRETARY, Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures
from tests.web.recording import charter, takes

IOM = "gmg@iom.example"
PAGES = ("/record", "/record/charter", "/record/tokens", "/record/audit", "/record/cadences")


def version(engine: Engine) -> int:
    with reading(engine) as session:
        return queries.group_row(session, "gmg").version


@pytest.mark.parametrize("path", PAGES)
def test_the_record_is_for_the_secretariat_alone(signs: Signs, path: str) -> None:
    signs().opens(path, 303)
    signs(IOM).opens(path, 403)


def test_what_waits_has_its_next_step_beside_it(secretary: Browser, engine: Engine, gmg: Charter) -> None:
    page = words(secretary.opens("/record"))
    assert "UNHCR is asked whether it takes the chair on 1 July 2008, and has not answered." in page
    assert "has no focal point today" not in page
    values = gmg.model_dump(by_alias=True)
    people = [one for one in values["people"] if one["email"] != IOM]
    ending = next(one for one in people if one["email"] == "gmg@ilo.example")
    ending["appointments"][0]["until"] = date(2008, 6, 10)
    boss = {"name": "S", "email": SECRETARY, "appointments": [{"role": "secretariat", "from": date(2008, 1, 1)}]}
    gap = {"id": "d1", "vacant": date(2008, 7, 1), "until": date(2008, 9, 1), "taken": date(2008, 5, 1)}
    put(engine, Charter.model_validate(values | {"people": [*people, boss], "decisions": [gap]}))
    html = secretary.opens("/record")
    page = words(html)
    assert "IOM has no focal point today." in page
    assert "ends for ILO on 10 June 2008" in page
    assert "Nobody chairs from 1 July 2008 until 1 September 2008." in page
    steps = [
        one.replace("&amp;", "&")
        for one in re.findall(r'href="/groups/gmg(/(?:people|record/chair/new)\?[^"]+)"', html)
    ]
    assert len(steps) >= 3
    for step in steps:
        assert '<option value="iom" selected>' in secretary.opens(step) or "organization=iom" not in step


def test_messages_that_failed_wait_for_a_month(secretary: Browser, signs: Signs, engine: Engine, time: Time) -> None:
    secretary.posts("/record/chair", 303, kind="pass", turn="2008-07-01 unhcr", version=str(version(engine)))
    plan(engine)
    with writing(engine) as session:
        for row in session.exec(select(DeliveryRow)):
            row.state = "failed"
            session.add(row)
    page = secretary.opens("/record")
    assert "have failed." in words(page)
    assert 'href="/groups/gmg/outbox?state=failed"' in page
    time.at += timedelta(days=31)
    assert "have failed." not in words(signs(SECRETARY).opens("/record"))


def test_tokens_are_made_shown_once_and_revoked(secretary: Browser, signs: Signs) -> None:
    made = secretary.sends("/record/tokens", "/record/tokens", 200, name="Register <b>", scopes=["meetings"], days="30")
    token = re.search(r'value="(gmg_[^"]+)"', made.text)
    assert token is not None
    page = secretary.opens("/record/tokens")
    assert token.group(1) not in page
    assert "Register &lt;b&gt;" in page
    own = {"Authorization": f"Bearer {token.group(1)}"}
    assert secretary.client.get("/api/v1/groups/gmg/me", headers=own).json()["scopes"] == ["meetings"]
    feed = secretary.sends("/record/tokens", "/record/tokens", 200, kind="feed", person=IOM)
    address = re.search(r'value="http://127.0.0.1:8000(/calendars/p/[^"]+)"', feed.text)
    assert address is not None
    assert signs().client.get(address.group(1)).status_code == 200
    wrong = secretary.sends("/record/tokens", "/record/tokens", 422, days="0", name="Kept")
    assert 'value="Kept"' in wrong.text
    for id_ in re.findall(r'/record/tokens/([a-z0-9-]+)/revoke"', secretary.opens("/record/tokens")):
        secretary.posts(f"/record/tokens/{id_}/revoke")
    assert signs().client.get(address.group(1)).status_code == 410
    signs(IOM).posts("/record/tokens", 403, kind="api", person="gmg@ilo.example")


def test_the_audit_tells_who_changed_what(secretary: Browser, signs: Signs) -> None:
    ada = {"name": "Ada <b>", "email": "ada@iom.example", "role": "alternate"}
    signs(IOM).sends("/people", "/people", **ada)
    takes(secretary, "pass", turn="2008-07-01 unhcr")
    page = secretary.opens("/record/audit")
    assert "Ada &lt;b&gt;" in page
    assert "GMG focal point of IOM , for their own agency" in words(page)
    mine = words(secretary.opens(f"/record/audit?person={IOM}"))
    assert "people.appoint" in mine
    assert "New: chair decision" not in mine
    decided = secretary.opens("/record/audit?verb=chair.decide&day=2008-05-15")
    assert "New: chair decision" in words(decided)
    assert "New: appointment" not in words(decided)
    assert "Nothing was changed" in words(secretary.opens("/record/audit?day=2008-05-14&verb=chair.decide"))
    assert "2026-11-30" in words(secretary.opens("/record/audit?day=soon", 422))
    assert "Nobody here" in words(secretary.opens("/record/audit?person=x@y.example", 422))


def test_the_audit_goes_on_page_by_page(secretary: Browser) -> None:
    first = secretary.opens("/record/audit")
    assert len(first.encode()) < 100_000
    older = re.search(r'href="/groups/gmg(/record/audit\?[^"]*after=[^"]+)"', first)
    assert older is not None
    second = secretary.opens(older.group(1).replace("&amp;", "&"))
    ids = [set(re.findall(r"All that was changed here: [^(]*\((\d+)\)", page)) for page in (first, second)]
    assert len(ids[0]) == 40
    assert min(map(int, ids[0])) > max(map(int, ids[1]))


def test_a_rhythm_is_added_amended_and_ended(secretary: Browser, engine: Engine) -> None:
    said = {"id": "short-calls", "title": "Short <b>calls", "when": "every 6 weeks on thursday"}
    wrong = secretary.sends("/record/cadences", "/record/cadences", 422, **said | {"when": "now and then"})
    assert "Short &lt;b&gt;calls" in wrong.text
    assert 'href="#when"' in wrong.text
    secretary.sends("/record/cadences", "/record/cadences", **said)
    page = secretary.opens("/record/cadences")
    assert "Short &lt;b&gt;calls" in page
    one = "/record/cadences/short-calls"
    secretary.sends(one, one, minutes="90", until="2012-01-01")
    known = next(found for found in charter(engine).cadences if found.id == "short-calls")
    assert (known.minutes, known.until) == (90, date(2012, 1, 1))
    secretary.sends(one, f"{one}/end", until="2008-09-01")
    known = next(found for found in charter(engine).cadences if found.id == "short-calls")
    assert known.until == date(2008, 9, 1)
    assert "changed this since" in words(secretary.posts(f"{one}/end", 412, until="2008-10-01", version="1").text)
    secretary.opens("/record/cadences/nothing", 404)


def test_ones_own_page_is_ones_account_alone(signs: Signs) -> None:
    page = signs(IOM).opens("/me")
    assert "focal point of IOM" in words(page)
    for path in ("/me/choices", "/people", "/sign-out"):
        assert f'"/groups/gmg{path}"' in page
    assert "gmg@" not in page
