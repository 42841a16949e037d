"""The list of actions on a page: the filters of the API, lateness in words, a page after the other, and as files."""

import csv
import io
import json
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, Send, chair, member, send  # noqa: F401 - fixtures
from tests.web.browsing import Signs, signs, words  # noqa: F401 - fixtures

ILO = "gmg@ilo.example"


@pytest.fixture
def many(opened: Opened, time: Time, send: Send) -> None:
    """Actions of several owners, states and days; then three weeks pass."""
    opened(title="Late", due="2008-05-20")
    opened(title="Soon", due="2008-07-01", purposes=[3])
    opened(title="Of the chair", owner="chair", due="2008-08-01")
    opened(title="Without a day", owner="wb", helpers=["iom"])
    opened(title="Settled", owner="wb", visibility="public")
    send("/actions/action-5/finish", text="Done.")
    time.at += timedelta(days=21)


def _listed(page: str) -> set[str]:
    return {
        title
        for title in ("Late", "Soon", "Of the chair", "Without a day", "Settled")
        if f">{title}</a>" in _main(page)
    }


def _main(page: str) -> str:
    return page.partition('<ul class="things">')[2].partition("</ul>")[0]


FILTERS = [
    ("", {"Late", "Soon", "Of the chair", "Without a day"}),
    ("?status=", {"Late", "Soon", "Of the chair", "Without a day", "Settled"}),
    ("?owner=ilo", {"Late", "Soon"}),
    ("?owner=chair&status=pending", {"Of the chair"}),
    ("?status=overdue&owner=", {"Late"}),
    ("?due=none&status=pending", {"Without a day"}),
    ("?due_from=2008-07-01&due_until=2008-08-01", {"Soon"}),
    ("?purpose=3", {"Soon"}),
    ("?helper=iom", {"Without a day"}),
    ("?visibility=public&order=newest", {"Settled"}),
    ("?assignee=me", set()),
]


@pytest.mark.parametrize(("query", "titles"), FILTERS)
def test_the_filters_are_those_of_the_api(
    signs: Signs, many: None, client: TestClient, member: dict[str, str], query: str, titles: set[str]
) -> None:
    page = signs(ILO).opens(f"/actions{query}")
    assert _listed(page) == titles
    if query and not query.endswith("=") and "owner=&" not in query and not query.endswith("owner="):
        api = client.get(f"{BASE}/actions{query}", headers=member).json()
        assert {one["title"] for one in api["actions"]} == titles


def test_overdue_is_told_in_words(signs: Signs, many: None) -> None:
    page = signs(ILO).opens("/actions")
    assert '<span class="state late">overdue by 16 days</span>' in page
    for name in ("Mine", "ILO", "Overdue", "Of the chair", "Without a day"):
        assert f">{name}</a>" in page.partition('class="quick"')[2].partition("</ul>")[0]
    assert 'aria-current="true"' in page.partition('class="quick"')[2].partition("</ul>")[0]


REFUSED = [
    ("status=late", "status"), ("owner=ILO!", "owner"), ("due_from=soon", "due_from"), ("purpose=x", "purpose"),
    ("source=x", "source"), ("assignee=A+B", "assignee"), ("due=soon", "due"), ("colour=red", "can be asked for"),
    ("owner=ilo&owner=wb", "twice"), ("after=x", "cursor"), ("limit=0", "limit"), ("order=up", "order"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "says"), REFUSED)
def test_what_the_api_refuses_is_told_on_the_page(
    signs: Signs, client: TestClient, member: dict[str, str], query: str, says: str
) -> None:
    browser = signs(ILO)
    status = client.get(f"{BASE}/actions?{query}", headers=member).status_code
    page = browser.opens(f"/actions?{query}", status)
    assert says in words(page.partition('role="alert"')[2].partition("</div>")[0])
    assert 'id="owner"' in page
    if not query.startswith(("after", "limit", "order")):
        assert says in words(browser.opens(f"/actions/table.csv?{query}", 422))


def test_a_long_list_goes_on(signs: Signs, opened: Opened) -> None:
    for n in range(33):
        opened(title=f"Number {n:02}")
    browser = signs(ILO)
    first = browser.opens("/actions?owner=ilo")
    later = first.partition("More actions")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = browser.opens(later.removeprefix(browser.base))
    numbers = [f"Number {n:02}" for n in range(33)]
    assert [n for n in numbers if n in first] == numbers[:30]
    assert [n for n in numbers if n in second] == numbers[30:]
    assert "More actions" not in second
    assert len(first.encode()) < 100_000


def test_the_list_as_files(signs: Signs, many: None, opened: Opened) -> None:
    opened(title="=1+1", owner="wb", due="2008-09-01")
    browser = signs(ILO)
    page = browser.opens("/actions?owner=wb")
    assert f'href="{browser.base}/actions/table.csv?owner=wb"' in page
    answer = browser.client.get(f"{browser.base}/actions/table.csv?owner=wb&status=pending")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["title"] for row in rows] == ["'=1+1", "Without a day"]
    found = json.loads(browser.opens("/actions/table.json?owner=wb&status=pending"))
    assert [one["title"] for one in found["actions"]] == ["=1+1", "Without a day"]
    bare = browser.client.get(f"{browser.base}/actions/table.csv")
    assert {row["state"] for row in csv.DictReader(io.StringIO(bare.text))} == {"open"}
    assert signs().client.get(f"{browser.base}/actions/table.csv", follow_redirects=False).status_code in (303, 401)
