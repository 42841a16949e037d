"""Lists of actions: filters, order, pages by cursor; and the table for spreadsheets."""

import csv
import io
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, OTHER, Send, at, chair, member, send  # noqa: F401 - fixtures

ACTIONS = f"{BASE}/actions"


@pytest.fixture
def several(opened: Opened, send: Send, time: Time) -> None:
    """Seven actions; the third is overdue, the fifth done, the sixth dropped, the seventh under way."""
    opened(title="One", due="2008-07-01", purposes=[1, 12])
    opened(title="Two", owner="chair", visibility="public", purposes=[2])
    opened(title="Three", due="2008-05-16", helpers=["iom"], assignee=OTHER)
    opened(title="Four", owner="iom", due="2008-07-01", purposes=[1])
    opened(title="Five", owner="iom", due="2008-05-17")
    opened(title="Six")
    opened(title="Seven", due="2008-06-01")
    send("/actions/action-5/finish", text="Done.")
    send("/actions/action-6/drop", reason="No")
    send("/actions/action-7/start")
    time.at = at("2008-05-20T12:00")


FILTERS = [
    ("", [3, 5, 7, 1, 4, 2, 6]),
    ("order=newest", [7, 6, 5, 4, 3, 2, 1]),
    ("owner=ilo", [3, 7, 1, 6]),
    ("owner=chair", [2]),
    ("status=pending", [3, 7, 1, 4, 2]),
    ("status=open", [3, 1, 4, 2]),
    ("status=in-progress", [7]),
    ("status=done", [5]),
    ("status=dropped", [6]),
    ("status=overdue", [3]),
    ("owner=iom&status=pending", [4]),
    ("due_from=2008-05-17&due_until=2008-07-01", [5, 7]),
    ("due_until=2008-05-17", [3]),
    ("due_from=2008-06-02", [1, 4]),
    ("purpose=1", [1, 4]),
    ("purpose=2", [2]),
    ("purpose=12", [1]),
    ("helper=iom", [3]),
    ("helper=io", []),
    ("assignee=me", [3]),
    ("visibility=public", [2]),
    ("source=decision:2008-1", []),
]


@pytest.mark.parametrize(("query", "numbers"), FILTERS)
def test_filters_and_order_hold_across_pages(
    several: None,
    client: TestClient,
    member: dict[str, str],
    query: str,
    numbers: list[int],
) -> None:
    for limit in (50, 2):
        seen: list[int] = []
        after = ""
        while True:
            found = client.get(f"{ACTIONS}?{query}&limit={limit}{after}".replace("?&", "?"), headers=member)
            assert found.status_code == 200, found.text
            seen += [one["number"] for one in found.json()["actions"]]
            if found.json()["next"] is None:
                break
            after = f"&after={found.json()['next']}"
        assert seen == numbers


WRONG = [
    "owner=ILO", "status=late", "due_from=yesterday", "purpose=0", "purpose=x", "source=mail", "assignee=a@b.c",
    "visibility=all", "order=title", "limit=0", "limit=1000", "state=open", "owner=ilo&owner=iom",
]  # fmt: skip


@pytest.mark.parametrize("query", WRONG)
def test_filters_that_are_none(client: TestClient, member: dict[str, str], query: str) -> None:
    for path in (ACTIONS, f"{BASE}/actions.csv"):
        found = client.get(f"{path}?{query}", headers=member)
        assert (found.status_code, found.headers["content-type"]) == (422, "application/problem+json")


def test_a_cursor_is_good_for_its_own_list(
    several: None,
    client: TestClient,
    member: dict[str, str],
    secretariat: dict[str, str],
) -> None:
    after = client.get(f"{ACTIONS}?limit=2", headers=member).json()["next"]
    for query in (f"after={after}&order=newest", f"after={after}&owner=ilo", "after=x", f"after={after[:-1]}"):
        found = client.get(f"{ACTIONS}?limit=2&{query}", headers=member)
        assert (found.status_code, found.json()["type"]) == (400, "/problems/invalid-cursor")
    assert client.get(f"{ACTIONS}?assignee=me", headers=secretariat).json()["type"] == "/problems/nobody"


def read(answer: Any) -> list[dict[str, str]]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def test_the_table_has_what_the_filters_find(several: None, client: TestClient, member: dict[str, str]) -> None:
    found = client.get(f"{BASE}/actions.csv", headers=member)
    assert [row["id"] for row in read(found)] == [f"action-{n}" for n in (3, 5, 7, 1, 4, 2, 6)]
    assert found.headers["content-disposition"] == 'attachment; filename="gmg-actions.csv"'
    (row,) = read(client.get(f"{BASE}/actions.csv?status=overdue", headers=member))
    assert (row["title"], row["owner"], row["due"], row["overdue"]) == ("Three", "ilo", "2008-05-16", "yes")
    assert (row["helpers"], row["assignee"]) == ("iom", "GMG focal point of ILO")


FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "＝1+1", '=HYPERLINK("https://x.example","y")']


@pytest.mark.parametrize("title", FORMULAS)
def test_no_cell_is_a_formula_and_it_comes_back_as_it_was(
    client: TestClient,
    opened: Opened,
    send: Send,
    member: dict[str, str],
    title: str,
) -> None:
    opened(title=title, text=f'{title}\nand more, with "quotes"; é ü 日本')
    (row,) = read(client.get(f"{BASE}/actions.csv", headers=member))
    assert (row["title"], row["text"][0]) == (f"'{title}", "'")
    table = io.StringIO()
    csv.writer(table).writerows([["title", "text"], [row["title"], row["text"]]])
    headers = member | {"Content-Type": "text/csv", "Idempotency-Key": "back"}
    taken = client.post(f"{BASE}/actions/import", content=table.getvalue().encode(), headers=headers)
    assert taken.json()["taken"] == 1, taken.text
    first, second = (client.get(f"{ACTIONS}/action-{n}", headers=member).json() for n in (1, 2))
    assert (first["title"], first["text"]) == (second["title"], second["text"])


def test_a_long_table_comes_whole(client: TestClient, member: dict[str, str], secretariat: dict[str, str]) -> None:
    lines = "".join(f"ilo,Action {n}\n" for n in range(1, 261))
    for part in (1, 2):
        headers = secretariat | {"Content-Type": "text/csv", "Idempotency-Key": f"part-{part}"}
        body = f"owner,title\n{lines}".encode()
        assert client.post(f"{BASE}/actions/import", content=body, headers=headers).json()["taken"] == 260
    rows = read(client.get(f"{BASE}/actions.csv", headers=member))
    assert [row["id"] for row in rows] == [f"action-{n}" for n in range(1, 521)]
