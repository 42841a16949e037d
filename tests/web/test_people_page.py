"""The page of people: an agency keeps its own, the secretariat everybody's; a paused mailbox is let go again."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from service.database import reading, writing
from service.groups import queries
from service.groups.charter import Charter
from service.notifications.mailing.tables import MailboxRow
from tests.conftest import put
from tests.web.browsing import SECRETARY, Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures

IOM, ILO = "gmg@iom.example", "gmg@ilo.example"
ADA = {"name": "Ada Lovelace", "email": "ada@iom.example", "role": "alternate"}


def id_of(engine: Engine, email: str) -> str:
    with reading(engine) as session:
        return next(row.id for row in queries.people_rows(session, "gmg") if row.email == email)


def roles(engine: Engine, email: str) -> list[tuple[str | None, str, str | None]]:
    with reading(engine) as session:
        found = queries.appointments(session, id_of(engine, email))
    return [(one.organization, one.role, one.until.isoformat() if one.until else None) for one in found]


@pytest.fixture
def paused(engine: Engine, group: str) -> Callable[[str], None]:
    """Mail to an address came back."""

    def pause(address: str) -> None:
        with writing(engine) as session:
            at = datetime(2008, 5, 10, tzinfo=UTC)
            why = "550 <b>no such user</b>"
            session.add(MailboxRow(group_id=group, address=address, bounces=3, paused_at=at, why=why))

    return pause


def test_a_focal_point_appoints_and_ends(signs: Signs, engine: Engine) -> None:
    browser = signs(IOM)
    page = browser.opens("/people")
    assert "GMG focal point of IOM" in words(page)
    assert ILO not in page
    made = browser.sends("/people", "/people", **ADA, from_="2008-06-01")
    assert made.headers["location"] == f"{browser.base}/people?organization=iom"
    assert roles(engine, "ada@iom.example") == [("iom", "alternate", None)]
    assert "from 1 June 2008" in words(browser.opens("/people"))
    end = f"/people/{id_of(engine, 'ada@iom.example')}/end"
    browser.sends("/people", end, until="2008-06-10")
    assert roles(engine, "ada@iom.example") == [("iom", "alternate", "2008-06-10")]
    assert "until 10 June 2008" in words(browser.opens("/people"))


def test_pressed_twice_somebody_is_appointed_once(signs: Signs, engine: Engine) -> None:
    browser = signs(IOM)
    fields = ADA | {"organization": "iom", "once": "one-key"}
    first, second = browser.posts("/people", 303, **fields), browser.posts("/people", 303, **fields)
    assert first.headers["location"] == second.headers["location"]
    assert len(roles(engine, "ada@iom.example")) == 1


def test_what_was_typed_is_kept_and_the_fault_says_what_to_do(signs: Signs) -> None:
    again = signs(IOM).sends("/people", "/people", 422, name="<i>Ada", email="none", role="head")
    assert 'value="&lt;i&gt;Ada"' in again.text
    assert '<option value="head" selected>' in again.text
    assert 'href="#email"' in again.text
    assert "Is no mail address" in words(again.text)


def test_the_last_one_stays_and_a_stale_page_is_told(signs: Signs, engine: Engine) -> None:
    browser = signs(IOM)
    end = f"/people/{id_of(engine, IOM)}/end"
    again = browser.sends("/people", end, 409, until="2008-06-03")
    assert "appoint a successor first" in words(again.text)
    assert 'value="2008-06-03"' in again.text
    said = {"organization": "iom", "role": "focal-point", "until": "2008-06-01"}
    assert "changed this since" in words(browser.posts(end, 412, version="99", **said).text)


def test_others_people_are_kept_by_others(signs: Signs, engine: Engine) -> None:
    browser = signs(IOM)
    assert "Only a member" in words(browser.posts("/people", 403, **ADA, organization="ilo").text)
    end = f"/people/{id_of(engine, ILO)}/end"
    browser.posts(end, 403, version="1", organization="ilo", role="focal-point", until="2008-06-01")
    signs().opens("/people", 303)
    signs().posts("/people", 401, **ADA, organization="iom")


def test_the_secretariat_has_everybody_page_by_page(secretary: Browser, engine: Engine, gmg: Charter) -> None:
    page = secretary.opens("/people")
    assert IOM in page
    assert ILO in page
    secretary.sends("/people", "/people", name="Guest", email="guest@x.example", role="observer", organization="")
    assert roles(engine, "guest@x.example") == [(None, "observer", None)]
    shown = secretary.opens("/people?organization=iom")
    assert (IOM in shown, ILO in shown) == (True, False)
    values = gmg.model_dump(by_alias=True)
    role = {"organization": "iom", "role": "alternate", "from": date(2008, 1, 1)}
    many = [{"name": f"P{n:03}", "email": f"p{n}@iom.example", "appointments": [role]} for n in range(90)]
    boss = {"name": "S", "email": SECRETARY, "appointments": [{"role": "secretariat", "from": date(2008, 1, 1)}]}
    put(engine, Charter.model_validate(values | {"people": [*values["people"], boss, *many]}))
    seen, path = "", "/people"
    while path:
        page = secretary.opens(path)
        assert len(page.encode()) < 100_000
        seen += page
        more = page.partition('<p><a href="?')[2].partition('"')[0].replace("&amp;", "&")
        path = f"/people?{more}" if more else ""
    assert all(f"p{n}@iom.example" in seen for n in range(90))
    assert seen.count("p7@iom.example</span>") == 1


def test_a_paused_mailbox_is_seen_and_let_go(signs: Signs, paused: Any, engine: Engine) -> None:
    paused(IOM)
    assert "mailbox paused" not in signs(ILO).opens("/people")
    browser = signs(IOM)
    page = browser.opens("/people")
    assert "mailbox paused" in page
    assert "550 &lt;b&gt;no such user" in page
    signs(ILO).posts("/people/resume", 403, address=IOM)
    browser.sends("/people", "/people/resume")
    assert "mailbox paused" not in browser.opens("/people")
    with reading(engine) as session:
        row = session.get(MailboxRow, ("gmg", IOM))
        assert row is not None
        assert row.paused_at is None


def test_the_secretariat_finds_paused_mailboxes(secretary: Browser, paused: Any) -> None:
    paused(ILO)
    page = secretary.opens("/people?mailbox=paused")
    assert (ILO in page, IOM in page) == (True, False)


def test_an_observer_keeps_nobody(signs: Signs, secretary: Browser) -> None:
    secretary.sends("/people", "/people", name="Guest", email="guest@x.example", role="observer", organization="")
    signs("guest@x.example").opens("/people", 403)
