"""T42 for the pages: whom each address lets through, opened or sent; one that is not in the table is a failure."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import Response
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.database import reading
from service.groups import queries as groups
from service.groups.charter import Charter
from service.groups.export import as_yaml
from service.notifications.outbox import forecasting
from service.notifications.outbox.forecasting import ForecastOut
from service.web.term import dossiers
from tests.access import test_matrix as api
from tests.access.conftest import decide, secretariat, token  # noqa: F401 - fixtures
from tests.access.matrix import ROUTES
from tests.access.world import ROLES, made  # noqa: F401 - fixture
from tests.conftest import HOME, NOTE_DAY, put
from tests.meetings.conftest import Send, chair, send  # noqa: F401 - fixtures
from tests.web.browsing import HTML, SECRETARY, Browser, Signs, secretary, signs  # noqa: F401 - fixtures
from tests.web.pages import PAGES, Page, named, operations

_ROLE = {"role": "secretariat", "from": "2008-01-01"}


@pytest.fixture
def world(made: dict[str, str], engine: Engine) -> dict[str, str]:
    """One of everything, and a person of the secretariat; what `{…}` stands for."""
    with reading(engine) as session:
        values = groups.charter(session, "gmg").model_dump(by_alias=True, mode="json")
    clerk = {"name": "Secretary", "email": SECRETARY, "appointments": [_ROLE]}
    put(engine, Charter.model_validate(values | {"people": [*values["people"], clerk]}))
    with reading(engine) as session:
        charter = as_yaml(groups.charter(session, "gmg"))
    return made | {
        "charter": charter, "link": "made-up", "verb": "transfer", "item_verb": "withdraw", "form": "md", "event": "x",
    }  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """To set a dossier on pages, or to run ahead for a forecast, takes seconds, and is looked at elsewhere."""
    nothing = ForecastOut(group="gmg", at=NOTE_DAY, until=NOTE_DAY, days=30, lines=[])
    monkeypatch.setattr(dossiers, "as_file", lambda *_: Response("A dossier."))
    monkeypatch.setattr(forecasting, "forecast", lambda *_: nothing)


def test_every_address_stands_in_the_table() -> None:
    known, there = {named(operation) for operation in PAGES}, set(operations())
    assert there - known == set(), "say in tests/web/pages.py whom a new page lets through"
    assert known - there == set(), "a page that is gone stands in the table"


def ask(client: TestClient, operation: str, asked: Page, world: dict[str, str]) -> Any:
    method, _, path = operation.partition(" ")
    address = path.format(**world)
    if method == "GET":
        return client.get(address, headers=HTML, follow_redirects=False)
    # Of a version that nobody has: whoever is let through is told so, and nothing is changed for the next.
    fields = {name: value.format(**world) for name, value in asked.fields.items()} | {"version": "999999"}
    return client.post(address, data=fields, headers=HTML, follow_redirects=False)


def is_through(answer: Any) -> bool:
    led_to_sign_in = answer.status_code == 303 and "/sign-in?next=" in answer.headers["location"]
    return answer.status_code not in (401, 403, 404) and not led_to_sign_in


# Who may is a rule, and asks no database; the doors of the writes are tried on both for those who may most and least.
_CASES = [("sqlite", role) for role in ROLES] + [("postgresql", role) for role in ("chair", "secretariat", "nobody")]


@pytest.mark.parametrize(("database_url", "role"), _CASES, indirect=["database_url"])
def test_whom_each_page_lets_through(engine: Engine, signs: Signs, world: dict[str, str], role: str) -> None:
    email, is_ = ROLES[role]
    browser = signs(SECRETARY if email == "" else email)
    wrong = []
    for operation, asked in PAGES.items():
        if operation.endswith("/sign-out"):
            continue
        answer = ask(browser.client, operation, asked, world)
        status = answer.status_code
        may = bool(set(asked.who) & set(is_))
        ok = status in (400, 404, 410) if "L" in asked.who else is_through(answer) == may
        if not ok or status >= 500:
            wrong.append(f"{operation}: {status} {answer.headers.get('location', '')}")
        if role == "nobody" and not is_through(answer) and "L" not in asked.who and status not in (303, 401, 404):
            wrong.append(f"{operation}: {status}, and does not lead to the sign-in")
    assert not wrong, f"{role}:\n" + "\n".join(wrong)


HIDDEN = (
    "Hidden room", "https://join.example/hidden", "An item", "The group met.", "A decision", "The group agrees.",
    "To know.", "A survey.", "An action", "gmg@unfpa.example", "gmg@ilo.example", "A state", "ada@ilo.example",
)  # fmt: skip


@pytest.fixture
def hiding(world: dict[str, str], send: Send) -> dict[str, str]:
    """The world, with a place and a way in that only members are told."""
    send(f"/meetings/{world['meeting']}/edit", link="https://join.example/hidden")
    send(f"/meetings/{world['meeting']}/move", place="Hidden room")
    return world


@pytest.mark.parametrize("email", [None, ROLES["observer"][0]])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_public_and_observers_are_shown_nothing_of_the_group_alone(
    signs: Signs,
    hiding: dict[str, str],
    email: str | None,
) -> None:
    browser = signs(email)
    told = {
        operation: [text for text in HIDDEN if text in answer.text and not (email and text == "A state")]
        for operation, answer in opened(browser, hiding)
        if answer.status_code == 200
    }
    assert len(told) > 15
    assert not {operation: found for operation, found in told.items() if found}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_chair_is_shown_all_of_that(signs: Signs, hiding: dict[str, str]) -> None:
    """So the test before this one looks for what is there."""
    shown = "".join(answer.text for _, answer in opened(signs("gmg@unfpa.example"), hiding))
    shown += "".join(answer.text for _, answer in opened(signs("gmg@ilo.example"), hiding))
    assert [text for text in HIDDEN if text not in shown] == []


def opened(browser: Browser, world: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """Every page that can be opened."""
    for operation, asked in PAGES.items():
        # The description of the API has words of its own.
        if operation.startswith("GET") and operation != "GET /docs":
            yield operation, ask(browser.client, operation, asked, world)


@pytest.mark.parametrize(
    "foreign",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}, {},
     {"Origin": "https://evil.example"}, {"Origin": HOME, "Sec-Fetch-Site": "cross-site"}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_t52_nothing_is_done_for_a_page_of_somebody_else(
    signs: Signs,
    secretary: Browser,
    foreign: dict[str, str],
) -> None:
    for browser in (secretary, signs("gmg@unfpa.example")):
        del browser.client.headers["Sec-Fetch-Site"]
        for operation in PAGES:
            method, _, path = operation.partition(" ")
            # The one click that ends messages comes from elsewhere; its link is the authority, and no cookie counts.
            if method == "POST" and "/unsubscribe/" not in path:
                address = re.sub(r"\{(\w+)\}", lambda found: "gmg" if found[1] == "group" else "x", path)
                answer = browser.client.post(address, headers=foreign)
                assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "cross-site"), operation


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_api_takes_no_cookie(signs: Signs, world: dict[str, str]) -> None:
    """Its doors are opened by pages with a cookie, and stay closed to the cookie alone."""
    for email in (SECRETARY, "gmg@unfpa.example"):
        browser = signs(email)
        # A page has come through the same doors before.
        assert browser.opens("/actions/table.csv")
        through = []
        for operation, route in ROUTES.items():
            answer = api.ask(browser.client, operation, route, world, {}, "key")
            # A feed tells who sends a cookie along that it takes none.
            refused = (400, 401, 404) if "/p/{token}" in operation else (401, 404)
            if answer.status_code not in refused and "P" not in route.who:
                through.append(f"{operation}: {answer.status_code}")
        assert through == []
