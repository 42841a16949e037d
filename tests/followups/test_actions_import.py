"""Actions out of a table: good rows are taken, bad ones told with what to write instead, once for each key."""

from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import happened
from tests.meetings.conftest import BASE, OTHER, chair, member, send  # noqa: F401 - fixtures

IMPORT = f"{BASE}/actions/import"
TABLE = """\
key,title,owner,due,before,helpers,purposes,assignee,text
a-1,Draft the note,ilo,2008-06-01,,iom wb,1 3,gmg@ilo.example,"Two
lines"
a-2,Before we meet,chair,,next,,,,
,Without a key,,,,,,,
a-4,,ilo,,,,,,
a-5,No such day,ilo,2008-02-30,,,,,
a-6,No such owner,mars,,,,,,
a-7,Too many,ilo,2008-06-01,,,,,x,y
a-8,Wrong purposes,ilo,,,,one,,
a-9,Long past,wb,2007-01-01,,,,,
"""


def post(client: TestClient, headers: dict[str, str], body: str | bytes, key: str = "k", **more: str) -> Any:
    sent = headers | {"Content-Type": "text/csv", "Idempotency-Key": key} | more
    return client.post(IMPORT, content=body, headers=sent)


def test_each_row_for_itself(client: TestClient, chair: dict[str, str], engine: Engine) -> None:
    looked = client.post(f"{IMPORT}?preview=true", content=TABLE, headers=chair | {"Content-Type": "text/csv"}).json()
    assert client.get(f"{BASE}/actions", headers=chair).json()["actions"] == []
    answer = post(client, chair, TABLE)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (looked["saved"], found["saved"]) == (False, True)
    assert looked["rows"] == found["rows"]
    assert (found["taken"], found["known"], found["refused"]) == (4, 0, 5)
    became = {row["line"]: row for row in found["rows"]}
    taken = {line: row["action"] for line, row in became.items() if row["became"] == "taken"}
    assert taken == {2: "action-1", 4: "action-2", 5: "action-3", 11: "action-4"}
    said = {line: row["why"][0] for line, row in became.items() if row["became"] == "refused"}
    assert said[6].startswith("title: ")
    assert said[7] == "due: day is out of range for month; write a day such as 2008-07-01"
    assert said[8].startswith("owner names one that is no member today; the members are ")
    assert "more cells" in said[9]
    assert "such as 1 3 7" in said[10]
    first = client.get(f"{BASE}/actions/action-1", headers=chair).json()
    assert (first["text"], first["helpers"], first["purposes"]) == ("Two\nlines", ["iom", "wb"], [1, 3])
    assert first["assignee"]["name"] == "GMG focal point of ILO"
    assert client.get(f"{BASE}/actions/action-2", headers=chair).json()["due"] is not None
    assert client.get(f"{BASE}/actions/action-4", headers=chair).json()["overdue"] is True
    assert len(happened(engine, "action.opened")) == 4


def test_what_to_write_instead_is_said_once(client: TestClient, chair: dict[str, str]) -> None:
    (row,) = post(client, chair, "title,owner,due\nA,ilo,1.7.2008\n").json()["rows"]
    assert row["why"] == ["due: is no day; write it as 2008-07-01"]


def test_sent_again_it_is_done_once(client: TestClient, chair: dict[str, str]) -> None:
    first, second = post(client, chair, TABLE), post(client, chair, TABLE)
    assert (first.content, second.headers["Idempotent-Replayed"]) == (second.content, "true")
    other = post(client, chair, TABLE.replace("No such day,ilo,2008-02-30", "Such a day,ilo,2008-06-30"))
    assert other.json()["type"] == "/problems/key-reused"
    mended = TABLE.replace("No such day,ilo,2008-02-30", "Such a day,ilo,2008-06-30").replace(
        ",Without a key,,,,,,,\n", ""
    )
    again = post(client, chair, mended, key="another").json()
    assert (again["taken"], again["known"], again["refused"]) == (1, 3, 4)
    assert [row["action"] for row in again["rows"] if row["became"] == "known"] == ["action-1", "action-2", "action-4"]


def test_an_agency_takes_in_its_own(client: TestClient, member: dict[str, str]) -> None:
    found = post(client, member, "title;owner;helpers\nOurs;;iom,wb\nTheirs;iom;\n").json()
    assert [row["became"] for row in found["rows"]] == ["taken", "refused"]
    assert found["rows"][1]["why"] == ["Only a member's own people speak for it."]
    assert client.get(f"{BASE}/actions/action-1", headers=member).json()["helpers"] == ["iom", "wb"]


FILES: list[tuple[bytes, str]] = [
    (b"", "does not name the column title"),
    (b"title\n", "has no rows"),
    (b"owner\nilo\n", "does not name the column title"),
    (b"title,state\nx,done\n", "a column that is not known"),
    (b"title,title\nx,y\n", "a column twice"),
    ("title\n\u00e9\n".encode("latin-1"), "is not UTF-8"),
    ("title\nx\n".encode("utf-16"), "is not UTF-8"),
    (b'title\n"open\n', "cannot be read from line"),
    (b"title\n" + b"x\n" * 501, "more than 500 rows"),
    (b"title,text\nx," + b"y" * 140_000 + b"\n", "cannot be read from line"),
]


@pytest.mark.parametrize(("body", "says"), FILES)
def test_files_that_are_no_table(client: TestClient, chair: dict[str, str], body: bytes, says: str) -> None:
    found = post(client, chair, body)
    assert (found.status_code, found.json()["type"]) == (422, "/problems/unreadable-table")
    assert says in found.json()["detail"]
    assert client.get(f"{BASE}/actions", headers=chair).json()["actions"] == []


@pytest.mark.parametrize("cell", ["a\0b", "a\x1bb", "a\u202eb", "x" * 301, "a\u2028b"])
def test_cells_that_hold_no_text(client: TestClient, chair: dict[str, str], cell: str) -> None:
    found = post(client, chair, f'title\n"{cell}"\nGood\n').json()
    assert [row["became"] for row in found.get("rows", [])] in ([], ["refused", "taken"])
    assert cell not in str(found)


def test_what_is_no_table_at_all(
    client: TestClient,
    chair: dict[str, str],
    token: Tokens,
) -> None:
    assert client.post(IMPORT, json={"title": "x"}, headers=chair | {"Idempotency-Key": "k"}).status_code == 415
    assert post(client, chair, TABLE, **{"Content-Encoding": "gzip"}).status_code == 415
    assert post(client, chair, b"title\n" + b"x" * 300_000).status_code == 413
    assert client.post(IMPORT, content=TABLE, headers=chair | {"Content-Type": "text/csv"}).status_code == 400
    assert (
        client.post(IMPORT, content=TABLE, headers={"Content-Type": "text/csv", "Idempotency-Key": "k"}).status_code
        == 401
    )
    narrow = {"Authorization": f"Bearer {token(OTHER, scope='meetings')}"}
    assert post(client, narrow, "title\nx\n").json()["type"] == "/problems/scope-missing"


def test_with_the_mark_of_a_spreadsheet(client: TestClient, member: dict[str, str]) -> None:
    assert post(client, member, "\ufefftitle\r\nOne\r\n\r\nTwo\r\n").json()["taken"] == 2
