"""Decisions on the chair: each kind is looked at before it is taken, by whoever may."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from service.database import reading
from service.events import Event
from service.groups import queries
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.engine import terms
from service.scheduler import plan
from tests.conftest import put
from tests.web.browsing import SECRETARY, Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures
from tests.web.recording import charter, takes, version_on

UNHCR = "gmg@unhcr.example"


def chairs(engine: Engine, day: date) -> tuple[str, ...]:
    return next(term.chair for term in terms(charter(engine), date(2012, 1, 1)) if term.start <= day < term.end)


KINDS: list[tuple[str, dict[str, Any], date, tuple[str, ...]]] = [
    ("accept", {"turn": "2008-07-01 unhcr"}, date(2008, 7, 1), ("unhcr",)),
    ("pass", {"turn": "2008-07-01 unhcr"}, date(2008, 7, 1), ("unicef",)),
    ("swap", {"turn": "2008-07-01 unhcr", "other": "iom"}, date(2008, 7, 1), ("iom",)),
    ("appoint", {"term": "2008-07-01", "members": ["iom", "ilo"]}, date(2008, 7, 1), ("iom", "ilo")),
    ("extend", {"term": "2008-01-01", "until": "2008-09-01"}, date(2008, 8, 1), ("unfpa",)),
    ("interim", {"member": "iom", "from": "2008-07-01", "until": "2008-08-01"}, date(2008, 7, 5), ("iom",)),
    ("vacant", {"begins": "2008-07-01", "until": "2008-08-01"}, date(2008, 7, 5), ()),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "day", "chair"), KINDS)
def test_each_kind_is_previewed_then_taken(
    secretary: Browser, engine: Engine, kind: str, typed: dict[str, Any], day: date, chair: tuple[str, ...]
) -> None:
    said = {f"{name}_" if name == "from" else name: value for name, value in typed.items()}
    page = takes(secretary, kind, **said, reason="Agreed <i>by letter</i>", source="https://x.example/letter")
    assert chairs(engine, day) == chair
    assert "Decision d1 is on record" in words(page)
    assert "Agreed &lt;i&gt;by letter&lt;/i&gt;" in page
    assert '<a href="https://x.example/letter"' in page
    assert "put on record by Secretary" in words(page)
    takes(secretary, "withdraw", decision="d1")
    assert "withdrawn by d2" in words(secretary.opens("/record/chair"))
    assert chairs(engine, date(2008, 7, 5)) == ("unhcr",)


def test_the_preview_says_who_is_told_and_saves_nothing(secretary: Browser, engine: Engine) -> None:
    plan(engine)
    before = charter(engine)
    shown = secretary.sends(
        "/record/chair/new?kind=pass", "/record/chair/preview", 200, turn="2008-07-01 unhcr", reason="No staff"
    )
    told = set(re.findall(r'<p class="title" dir="auto">([^<]+)</p>', shown.text))
    assert charter(engine) == before
    with reading(engine) as session:
        assert session.exec(select(Event).where(Event.kind == "chair.decided")).all() == []
        asked = select(DeliveryRow.id)
        known = set(session.exec(asked))
        names = {row.email: row.name for row in queries.people_rows(session, "gmg")}
    secretary.posts("/record/chair", 303, kind="pass", turn="2008-07-01 unhcr", version=version_on(shown.text))
    plan(engine)
    with reading(engine) as session:
        new = session.exec(select(DeliveryRow).where(col(DeliveryRow.id).not_in(known))).all()
    assert told
    assert told == {names[row.recipient] for row in new}


def test_a_decision_that_does_not_fit_says_what_to_write(secretary: Browser) -> None:
    path = "/record/chair/new?kind=extend"
    again = secretary.sends(path, "/record/chair/preview", 422, term="2008-01-01", until="2007-09-01", reason="Kept")
    assert "until is the day after the last" in words(again.text).lower()
    assert "Kept</textarea>" in again.text
    assert '<option value="2008-01-01" selected>' in again.text
    path = "/record/chair/new?kind=vacant"
    again = secretary.sends(path, "/record/chair/preview", 409, begins="2008-02-01", until="2008-03-01")
    assert "Days before today" in words(again.text)
    assert 'value="2008-02-01"' in again.text
    missing = secretary.sends("/record/chair/new?kind=appoint", "/record/chair/preview", 422, term="2008-07-01")
    assert 'href="#members"' in missing.text
    secretary.opens("/record/chair/new?kind=none", 404)


def test_a_decision_on_terms_that_moved_on_is_shown_anew(secretary: Browser, engine: Engine) -> None:
    shown = secretary.sends("/record/chair/new?kind=pass", "/record/chair/preview", 200, turn="2008-07-01 unhcr")
    put(engine, charter(engine).model_copy(update={"areas": ["Theirs"], "revision": None}))
    said = {"kind": "pass", "turn": "2008-07-01 unhcr"}
    stale = secretary.posts("/record/chair", 412, **said, version=version_on(shown.text))
    assert "has changed since you looked" in words(stale.text)
    secretary.posts("/record/chair", 303, **said, version=version_on(stale.text))


def test_pressed_twice_a_decision_is_taken_once(secretary: Browser, engine: Engine) -> None:
    shown = secretary.sends("/record/chair/new?kind=pass", "/record/chair/preview", 200, turn="2008-07-01 unhcr")
    said = {"kind": "pass", "turn": "2008-07-01 unhcr", "once": "one-key", "version": version_on(shown.text)}
    first, second = secretary.posts("/record/chair", 303, **said), secretary.posts("/record/chair", 303, **said)
    assert first.headers["location"] == second.headers["location"]
    assert [one.id for one in charter(engine).decisions] == ["d1"]


def test_a_member_answers_for_its_own_turn_and_no_other(signs: Signs, engine: Engine) -> None:
    browser = signs(UNHCR)
    page = browser.opens("/record/chair")
    assert "Accept a turn" in page
    assert "Appoint a chair" not in page
    assert '<option value="2008-07-01 unhcr"' in browser.opens("/record/chair/new?kind=accept")
    assert "unicef" not in browser.opens("/record/chair/new?kind=accept")
    browser.opens("/record/chair/new?kind=appoint", 403)
    browser.posts("/record/chair/preview", 403, kind="accept", turn="2009-01-01 unicef")
    browser.posts("/record/chair/preview", 403, kind="vacant", begins="2008-07-01", until="2008-09-01")
    takes(browser, "accept", turn="2008-07-01 unhcr")
    assert charter(engine).decisions[0].accept == "unhcr"
    signs().opens("/record/chair", 303)
    signs().posts("/record/chair", 401, kind="accept", turn="2008-07-01 unhcr")
