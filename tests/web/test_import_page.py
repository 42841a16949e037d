"""Actions out of a table on a page: looked at first, mended with nothing lost, then opened once and told as it goes."""

import pytest
from starlette.testclient import TestClient

from tests.access.conftest import token  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, member  # noqa: F401 - fixtures
from tests.web.browsing import HTML, Browser, Form, Signs, signs, words  # noqa: F401 - fixtures

ILO, IOM = "gmg@ilo.example", "gmg@iom.example"
CHAIR = "gmg@unfpa.example"
PATH = "/actions/import"
TABLE = """\
key,title,owner,due,text
a-1,Draft the <note>,ilo,2008-06-01,"Two
lines"
a-2,No such day,ilo,2008-02-30,
a-3,No such owner,mars,,
a-4,=1+1,wb,2008-07-01,
"""


def _sends(browser: Browser, to: str, fields: dict[str, str], file: bytes | None = None, status: int = 200) -> str:
    """What a browser sends of a form that takes a file."""
    name = "actions.csv" if file is not None else ""
    files = {"file": (name, file or b"", "text/csv")}
    answer = browser.client.post(browser.base + to, data=fields, files=files, headers=HTML, follow_redirects=False)
    assert answer.status_code == status, words(answer.text)[:1000]
    return str(answer.text)


def _form(browser: Browser, page: str) -> dict[str, str]:
    """The fields of the form as they stand, without the choice of a file."""
    fields = Form(page, f"{browser.base}{PATH}/preview").fields
    return {name: value for name, value in fields.items() if name != "file"}


def _titles(client: TestClient, headers: dict[str, str]) -> list[str]:
    return [one["title"] for one in client.get(f"{BASE}/actions?order=newest", headers=headers).json()["actions"]]


def test_looked_at_mended_and_taken_in(signs: Signs, client: TestClient, member: dict[str, str]) -> None:
    browser = signs(CHAIR)
    page = _sends(browser, f"{PATH}/preview", {}, TABLE.encode("utf-8-sig").replace(b"\n", b"\r\n"))
    assert _titles(client, member) == []
    told = words(page)
    assert "2 actions would be opened." in told
    assert "2 rows have to be mended" in told
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    assert [row.partition('row">')[2].partition("<")[0] for row in rows] == ["Line 4", "Line 5", "Line 2", "Line 6"]
    assert "due: " in words(rows[0])
    assert "write a day such as 2008-07-01" in words(rows[0])
    assert "owner names one that is no member today" in words(rows[1])
    assert "Draft the &lt;note&gt;" in rows[2]
    form = _form(browser, page)
    assert form["text"] == TABLE.replace("\r\n", "\n")
    mended = form["text"].replace("2008-02-30", "2008-06-30").replace("mars", "iom")
    again = _sends(browser, f"{PATH}/preview", form | {"text": mended})
    assert "4 actions would be opened." in words(again)
    assert "Open 4 actions now" in again
    done = _sends(browser, PATH, _form(browser, again))
    assert "4 of 4 rows are checked." in done
    assert "4 rows are saved." in done
    assert "4 actions are open now." in done
    assert _titles(client, member) == ["=1+1", "No such owner", "No such day", "Draft the <note>"]


def test_sent_again_it_is_done_once(signs: Signs, client: TestClient, member: dict[str, str]) -> None:
    browser = signs(ILO)
    page = _sends(browser, f"{PATH}/preview", {"text": "title\nOne\n"})
    form = _form(browser, page)
    first, second = _sends(browser, PATH, form), _sends(browser, PATH, form)
    assert "1 action is open now." in first
    assert "1 action is open now." in second
    assert _titles(client, member) == ["One"]
    keyed = _sends(browser, f"{PATH}/preview", {"text": "key,title\nk,Two\n"})
    _sends(browser, PATH, _form(browser, keyed))
    known = _sends(browser, f"{PATH}/preview", {"text": "key,title\nk,Two\n"})
    assert "here already" in known
    assert "formaction" not in known


def test_good_rows_go_in_and_the_others_are_told(signs: Signs, client: TestClient, member: dict[str, str]) -> None:
    browser = signs(ILO)
    page = _sends(browser, f"{PATH}/preview", {"text": TABLE})
    done = _sends(browser, PATH, _form(browser, page))
    assert "Line 4 was left out: due: " in words(done)
    assert "Line 6 was left out: " in words(done)
    assert _titles(client, member) == ["Draft the <note>"]


def test_another_text_is_looked_at_first(signs: Signs, client: TestClient, member: dict[str, str]) -> None:
    browser = signs(ILO)
    form = _form(browser, _sends(browser, f"{PATH}/preview", {"text": "title\nOne\n"}))
    other = _sends(browser, PATH, form | {"text": "title\nTwo\n"})
    assert "1 action would be opened." in words(other)
    _sends(browser, PATH, form, b"title\nThree\n")
    assert _titles(client, member) == []


BAD = [
    ({"text": ""}, None, "Choose a file"),
    ({}, "title\nétude\n".encode("latin-1"), "not UTF-8"),
    ({}, "title\nx\n".encode("utf-16"), "not UTF-8"),
    ({"text": "owner\nilo\n"}, None, "column title"),
    ({"text": 'title\n"open\n'}, None, "from line"),
    ({"text": "title\n" + "x\n" * 501}, None, "more than 500 rows"),
    ({"text": "<b>\nKept & </textarea><script>"}, None, "column title"),
]


@pytest.mark.parametrize(("fields", "file", "says"), BAD)
def test_what_is_no_table_is_kept(signs: Signs, fields: dict[str, str], file: bytes | None, says: str) -> None:
    browser = signs(ILO)
    page = _sends(browser, f"{PATH}/preview", fields, file, 422)
    assert says in words(page)
    assert "<script>" not in page
    assert _form(browser, page)["text"].strip() == fields.get("text", "").strip()


@pytest.mark.parametrize("cell", ["a\x1bb", "a\u202eb", "x" * 4000])
def test_cells_that_hold_no_text_are_not_shown(signs: Signs, cell: str) -> None:
    page = _sends(signs(ILO), f"{PATH}/preview", {"text": f'title\n"{cell}"\nGood\n'})
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert cell not in table
    assert "to be mended" in table
    assert "Good" in table


def test_who_may_take_in_a_table(signs: Signs, client: TestClient) -> None:
    assert 'enctype="multipart/form-data"' in signs(IOM).opens(PATH)
    nobody = signs()
    assert nobody.client.get(nobody.base + PATH, headers=HTML, follow_redirects=False).status_code == 303
    _sends(nobody, f"{PATH}/preview", {"text": "title\nx\n"}, status=401)
    _sends(nobody, PATH, {"text": "title\nx\n"}, status=401)
    found = _sends(signs(ILO), f"{PATH}/preview", {"text": "title,owner\nTheirs,iom\n"})
    assert "Only a member" in words(found)


def test_too_large_a_file_is_refused(signs: Signs) -> None:
    page = _sends(signs(ILO), f"{PATH}/preview", {}, b"title\n" + b"x" * 300_000, 413)
    assert "larger than" in page


def test_a_long_table_stays_a_small_page(signs: Signs) -> None:
    rows = "".join(f"k-{n},{'A title of usual length'} {n}\n" for n in range(400))
    page = _sends(signs(ILO), f"{PATH}/preview", {"text": f"key,title\n{rows}"})
    assert "400 actions would be opened." in words(page)
    assert "250 more rows are not shown." in words(page)
    assert len(page.encode()) < 100_000
