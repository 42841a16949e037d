"""Every threat of the list has a row, and every row is answered as it should be, on both databases."""

import ast
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine
from sqlmodel import update
from starlette.testclient import TestClient

from service.database import writing
from service.events import Event
from service.notifications.mailing.tables import MailboxRow
from tests.access.conftest import decide, secretariat, token  # noqa: F401 - fixtures
from tests.access.world import made  # noqa: F401 - fixture
from tests.meetings.conftest import chair, send  # noqa: F401 - fixtures
from tests.threats import asking
from tests.threats.expected import THREATS
from tests.threats.rows import MARK, Sent, said
from tests.threats.table import EXCHANGES, REFERENCES, ROWS
from tests.threats.world import settled, tokens, world  # noqa: F401 - fixtures


def test_every_threat_has_a_row() -> None:
    assert list(THREATS) == list(range(1, 71))
    named = {row.threat for row in ROWS}
    assert named - THREATS.keys() == set()
    assert THREATS.keys() - named == set(), "say in tests/threats what each threat gets"


def test_an_answer_that_differs_says_why() -> None:
    wrong = [
        f"T{row.threat} {row.what}: {row.status}"
        for row in EXCHANGES
        if (row.status in THREATS[row.threat][1]) == bool(row.differs)
    ]
    assert wrong == [], "a status that the list does not expect has its reason, and no other has one"


def test_no_row_stands_twice() -> None:
    seen: dict[Any, str] = {}
    for row in EXCHANGES:
        key = (row.threat, row.method, row.path, row.by, row.body, str(row.headers))
        assert key not in seen, f"T{row.threat} {row.what}, as {seen[key]}"
        seen[key] = row.what


def test_every_exchange_is_answered_as_it_should_be(
    client: TestClient, engine: Engine, settled: dict[str, str], tokens: dict[str, str]
) -> None:
    """And nothing of what is refused is echoed, explained from inside, or half saved."""
    client.headers.clear()
    before, all_of_it = asking.counted(engine), asking.contents(engine)
    wrong = []
    for row in EXCHANGES:
        # Under another name no page is shown, not even one that says so.
        html = asking.is_page(asking.address(row, settled)) and row.type != "wrong-host"
        answer = asking.send(client, row, settled, tokens, html=html)
        wrong += [f"T{row.threat} {row.what}: {fault}" for fault in asking.faults(row, answer, settled, html=html)]
        after = asking.counted(engine)
        if after != before and row.status >= 400:
            wrong.append(f"T{row.threat} {row.what} has left something behind: {dict(after.items() - before.items())}")
        before = after
    changed = {
        name: set(rows) ^ set(all_of_it[name])
        for name, rows in asking.contents(engine).items()
        if rows != all_of_it[name]
    }
    assert wrong == [], f"{len(wrong)} of {len(EXCHANGES)}:\n" + "\n".join(wrong)
    assert changed.keys() <= {"sign_in_try"}, changed


def test_what_is_left_behind_is_seen(engine: Engine, group: str) -> None:
    """The planted bugs: a row more, and a word changed in a row."""
    before, all_of_it = asking.counted(engine), asking.contents(engine)
    with writing(engine) as session:
        session.exec(update(Event).values(actor="somebody else"))
    assert asking.counted(engine) == before
    assert asking.contents(engine) != all_of_it
    with writing(engine) as session:
        session.add(MailboxRow(group_id="gmg", address="gmg@ilo.example"))
    assert asking.counted(engine) != before


ANSWERS: dict[str, tuple[int, dict[str, Any]]] = {
    "a stack": (500, {"type": "/problems/x", "title": "X", "detail": 'File "/srv/service/main.py"'}),
    "a statement": (500, {"type": "/problems/x", "title": "X", "detail": "near SELECT"}),
    "an echo": (422, {"type": "/problems/x", "title": "X", "detail": f"{MARK} is no day"}),
    "no trace": (422, {"type": "/problems/x", "title": "X", "detail": "It is no day.", "instance": "here"}),
    "another status in the body": (422, {"status": 400}),
    "no Allow": (405, {}),
    "no Retry-After": (429, {}),
    "another status": (400, {}),
}
_GOOD: dict[str, Any] = {
    "type": "/problems/x", "title": "X", "detail": "It is no day.",
    "instance": "urn:uuid:489fe1a6-ab1e-4ddd-9961-867eeeb61375",
}  # fmt: skip


@pytest.mark.parametrize("name", [None, *ANSWERS])
def test_an_answer_that_is_wrong_is_seen(name: str | None) -> None:
    """The planted bugs: each of them is a fault, and the answer without any is none."""
    status, changed = ANSWERS[name] if name else (422, {})
    body = {"status": status} | _GOOD | changed
    answer = httpx2.Response(status, json=body, headers={"content-type": "application/problem+json"})
    row = Sent(13, "a day", 422 if name == "another status" else status, "/actions", said(due=MARK))
    assert bool(asking.faults(row, answer, {}, html=False)) is (name is not None)


def test_every_test_that_is_named_is_there(request: pytest.FixtureRequest) -> None:
    """By its name in its file; and where this run has looked through that file, among those it has found."""
    named = {test for row in REFERENCES for test in row.tests}
    for test in named:
        file, _, name = test.partition("::")
        functions = [one for one in ast.parse(Path(file).read_text()).body if isinstance(one, ast.FunctionDef)]
        assert name in {one.name for one in functions}, test
    options = request.config.option
    if options.keyword or options.markexpr or options.lf or any("::" in one for one in request.config.args):
        return
    found = {item.nodeid.partition("[")[0] for item in request.session.items}
    files = {test.partition("::")[0] for test in found}
    assert {test for test in named if test.partition("::")[0] in files} - found == set()
