"""docs/api.md shows what the application does: each request is made in order, each answer compared."""

import re
import socket
from datetime import datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.access import events_api
from tests import api_guide
from tests.api_guide import Asked, Shown
from tests.commandline import Gmg
from tests.conftest import Time
from tests.docs_commands import ROOT, blocks
from tests.notifications.receiver import Receiver

GUIDE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
# The one request in the guide that the service makes itself.
_ITS_OWN = "POST /gmg\n"
_TOKEN = re.compile(r"^gmg (.+?)\s+# \{\{([a-z-]+)\}\}$", re.MULTILINE)


@pytest.fixture
def gmg_command(
    database_url: str, group: str, time: Time, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Gmg:
    return Gmg(database_url, monkeypatch, capsys)


@pytest.fixture
def known(gmg_command: Gmg) -> dict[str, str]:
    """What the guide's own commands print: the tokens that its requests use."""
    made = {}
    for command, name in _TOKEN.findall(GUIDE):
        done = gmg_command(*command.split())
        assert done.code == 0, done.err
        made[name] = done.out.split("\n")[0]
    assert {"unfpa", "ilo", "secretariat", "own-calendar"} <= made.keys()
    return made


def test_each_request_of_the_guide_is_answered_as_it_says(
    client: TestClient, time: Time, known: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stream would go on for a quarter of an hour, and no name is looked up in a test.
    monkeypatch.setattr(events_api, "LASTS", 0.0)
    monkeypatch.setattr("service.outgoing.socket.getaddrinfo", _everybody_is_public)
    wrong = [found for asked, shown in _pairs() for found in _compare(client, time, asked, shown, known)]
    assert not wrong, "\n" + "\n".join(wrong)


def _pairs() -> list[tuple[Asked, Shown]]:
    return list(api_guide.pairs(_without_the_call(GUIDE)))


def _without_the_call(text: str) -> str:
    return text.replace("```http\n" + _ITS_OWN, "```text\n" + _ITS_OWN)


def _everybody_is_public(host: str, port: int, **_: Any) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]


def _compare(client: TestClient, time: Time, asked: Asked, shown: Shown, known: dict[str, str]) -> list[str]:
    if asked.at is not None:
        time.at = datetime.fromisoformat(asked.at)
    target = api_guide.filled(asked.target, known)
    headers = {name: api_guide.filled(value, known) for name, value in asked.headers.items()}
    body = api_guide.filled(asked.body, known).encode()
    for _ in range(asked.times + 1):
        given = client.request(asked.method, target, headers=headers, content=body, follow_redirects=False)
    where = f"docs/api.md:{shown.line}"
    if given.status_code != shown.status:
        return [f"{where}: {given.status_code}, not {shown.status}: {given.text[:500]}"]
    wrong = [
        found
        for name, value in shown.headers.items()
        for found in api_guide.differs_text(value, given.headers.get(name, ""), known, name)
    ]
    if shown.body.lstrip()[:1] in ("{", "["):
        wrong += api_guide.differs(api_guide.read_json(shown.body), given.json(), known)
    elif shown.body:
        wrong += api_guide.differs_lines(shown.body, given.text, known)
    return [f"{where}: {one}" for one in wrong]


def test_the_call_in_the_guide_passes_the_receiver_of_the_guide_and_no_other() -> None:
    block = next(one.text for one in blocks(GUIDE) if one.text.startswith(_ITS_OWN))
    head, _, body = block.partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.split("\n")[1:])
    secret = re.search(r"`(whsec_[^`]+)`", GUIDE)
    assert secret is not None
    assert Receiver(secret[1]).take(headers, body.encode(), 1210852800 + 299) == 200
    assert Receiver(secret[1]).take(headers, body.encode(), 1210852800 + 301) == 400
    assert Receiver(secret[1]).take(headers, body.replace("called", "moved").encode(), 1210852800) == 401


SHOWN = '{"a": 1, "b": [{"c": "x…"}, …], "d": "{{id}}", …}'


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"a": 1, "b": [{"c": "xyz"}, 2], "d": "7", "e": 0}, None),
        ({"a": 2, "b": [{"c": "xyz"}], "d": "7"}, "a is 2"),
        ({"a": True, "b": [{"c": "xyz"}], "d": "7"}, "a is true"),
        ({"a": 1, "b": [{"c": "yz"}], "d": "7"}, "c is 'yz'"),
        ({"a": 1, "b": [{"c": "x", "more": 1}], "d": "7"}, "has more as well"),
        ({"a": 1, "b": [], "d": "7"}, "0 elements"),
        ({"a": 1, "b": [{"c": "x"}]}, "has no d"),
        ({"a": 1, "b": [{"c": "x"}], "d": "8"}, "d is '8'"),
    ],
)
def test_an_answer_that_is_not_as_shown_is_found(given: dict[str, Any], wrong: str | None) -> None:
    known = {"id": "7"} if wrong and "d is" in wrong else {}
    found = list(api_guide.differs(api_guide.read_json(SHOWN), given, known))
    if wrong is None:
        assert not found
        assert known == {"id": "7"}
    else:
        assert wrong in " ".join(found)


def test_lines_are_compared_but_for_those_left_out() -> None:
    shown = "BEGIN\n…\nSUMMARY:One\n…\nEND"
    assert not list(api_guide.differs_lines(shown, "BEGIN\r\nX:1\r\nSUMMARY:One\r\nEND\r\n", {}))
    assert list(api_guide.differs_lines(shown, "BEGIN\r\nSUMMARY:Two\r\nEND\r\n", {}))


def test_a_request_without_its_answer_is_no_guide() -> None:
    with pytest.raises(ValueError, match="the answer to this request is not shown"):
        list(api_guide.pairs("```http\nGET /a\n```\n\n```http\nGET /b\n```\n"))


def test_the_guide_has_a_request_for_each_of_its_headings() -> None:
    """No chapter of the guide is only told: each has a request that is made."""
    chapters = re.split(r"^## ", _without_the_call(GUIDE), flags=re.MULTILINE)[1:]
    assert not [one.split("\n")[0] for one in chapters if "```http\n" not in one]
