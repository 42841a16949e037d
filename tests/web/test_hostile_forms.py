"""T12, T13, T57, T59, T60, T61, T65 on the pages: whatever stands in an address or a form, never a 500.

Every part and parameter of an address and every field of a form is given what it never expects, then what hypothesis
makes up. Nothing may be left for the log but refusals.
"""

import os
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service import refusals
from tests.access.conftest import decide, secretariat, token  # noqa: F401 - fixtures
from tests.access.world import made  # noqa: F401 - fixture
from tests.meetings.conftest import chair, send  # noqa: F401 - fixtures
from tests.web.browsing import HTML, SECRETARY, Browser, Signs, secretary, signs  # noqa: F401 - fixtures
from tests.web.pages import PAGES, queries
from tests.web.test_page_authority import quick, world  # noqa: F401 - fixtures

# What a part of an address may be, as a browser would send it.
STEPS = (
    "%00", "%ED%A0%80", "9" * 40, "9223372036854775808", "-1", "%D9%A3", "%C2%B2", "..%2F..%2Fetc%2Fpasswd", "%2E%2E",
    "%FF", "x" * 3000, "%0D%0AX:y", "%E2%80%AE", "turn-%D9%A3", "turn-99999999999999999999", "%25_%25",
)  # fmt: skip
VALUES = (
    *STEPS, "9" * 5000, "1e999", "-1", "0001-01-01", "9999-12-31", "10000-01-01", "2008-02-30", "0000-00", "9999-12",
    "0001-01", "9999-12-31T23:59:59%2B23:59", "0001-01-01T00:00:00-23:59", "WyJhIl0.forged", "x" * 10_000, "%5B%5D",
)  # fmt: skip
TYPED = (
    "\0", "9" * 5000, "9223372036854775808", "-1", "٣", "²", "①", "1e999", "../../etc/passwd", "x" * 10_000, "\r\nX: y",
    "\u202e", "e" + "\u0301" * 500, "0001-01-01", "9999-12-31", "10000-01-01", "9999-12-31T23:59:59+23:59", "25:61",
    "=?utf-8?q?a?=", "turn-²", "{{ 7 * 7 }}", "javascript:alert(1)", "[]", "null", "", " ", "a@b.c, d@e.f", "unpfa",
)  # fmt: skip
# Those who may most: what they send gets furthest.
OFFICES = (SECRETARY, "gmg@unfpa.example", "gmg@ilo.example")


# Signing out would end the test.
POSTS = [operation for operation in PAGES if operation.startswith("POST") and "/sign-out" not in operation]


@pytest.fixture
def offices(
    signs: Signs,
    world: dict[str, str],
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[list[Browser]]:
    """Their browsers; a fault that nobody foresaw fails the test with its name."""
    unforeseen: list[str] = []
    monkeypatch.setattr(refusals.log, "exception", lambda *_, **__: unforeseen.append("an exception in the log"))
    yield [signs(email) for email in OFFICES]
    assert unforeseen == []


def filled(path: str, world: dict[str, str], **one: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: one.get(found[1], world[found[1]]), path)


# Of all that a place never expects one thing is tried, the next one at the next place, others on the other database.
# HOSTILE=100 tries each at each, and takes some minutes.
EACH = int(os.environ.get("HOSTILE", "1"))


def turns(things: tuple[str, ...], engine: Engine) -> Callable[[], list[str]]:
    """What comes next, each time that it is asked for."""
    begin = 0 if engine.dialect.name == "sqlite" else len(things) // 2
    rest = cycle(things[begin:] + things[:begin])
    return lambda: [next(rest) for _ in range(min(EACH, len(things)))]


def test_no_part_of_an_address_is_too_much(
    offices: list[Browser],
    world: dict[str, str],
    engine: Engine,
) -> None:
    wrong, who, following = [], cycle(offices), turns(STEPS, engine)
    for operation in PAGES:
        method, _, path = operation.partition(" ")
        for name in re.findall(r"\{(\w+)\}", path):
            for step in following():
                address = filled(path, world, **{name: step})
                answer = next(who).client.request(method, address, headers=HTML, follow_redirects=False)
                if answer.status_code >= 500:
                    wrong.append(f"{operation} {name}={step[:40]}: {answer.status_code}")
    assert wrong == []


def test_no_parameter_of_an_address_is_too_much(
    offices: list[Browser],
    world: dict[str, str],
    engine: Engine,
) -> None:
    wrong, who, following = [], cycle(offices), turns(VALUES, engine)
    for operation in PAGES:
        path = operation.partition(" ")[2].partition("?")[0]
        for name in queries(operation):
            for value in following():
                address = f"{filled(path, world)}?{name}={value}"
                answer = next(who).client.get(address, headers=HTML, follow_redirects=False)
                if answer.status_code >= 500:
                    wrong.append(f"{operation} {name}={value[:40]}: {answer.status_code}")
    assert wrong == []


def sent(client: TestClient, path: str, **how: Any) -> Any:
    return client.post(path, headers=HTML | how.pop("headers", {}), follow_redirects=False, **how)


def test_no_field_of_a_form_is_too_much(
    offices: list[Browser],
    world: dict[str, str],
    engine: Engine,
) -> None:
    wrong, who, following = [], cycle(offices), turns(TYPED, engine)
    for operation in POSTS:
        path, asked = operation.partition(" ")[2], PAGES[operation]
        good = {name: value.format(**world) for name, value in asked.fields.items()} | {"version": "999999"}
        for name in {**good, "once": "", "purposes": ""}:
            for value in following():
                answer = sent(next(who).client, filled(path, world), data=good | {name: value})
                if answer.status_code >= 500:
                    wrong.append(f"{operation} {name}={value[:40]!r}: {answer.status_code}")
    assert wrong == []


_PLAIN = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data; boundary=x"
_PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n--x--\r\n'
_FILE = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="../../a"\r\n\r\n%s\r\n--x--\r\n'
BODIES: dict[str, tuple[str, bytes]] = {
    "nothing": (_PLAIN, b""),
    "JSON": ("application/json", b'{"title": "x"}'),
    "text": ("text/plain", b"title=x"),
    "no type": ("", b"title=x"),
    "no boundary": ("multipart/form-data", b"x"),
    "a broken part": (_MULTIPART, b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--"),
    "a part that does not end": (_MULTIPART, b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nx'),
    "a surrogate": (_PLAIN, b"title=%ED%A0%80&text=%ED%A0%80&name=%FF"),
    "a surrogate by UTF-7": (_MULTIPART + "; charset=utf-7", _PART % (b"text", b"+2AA-")),
    "a surrogate by escapes": (_MULTIPART + "; charset=unicode_escape", _PART % (b"text", b"\\ud800")),
    "an encoding that is none": (_MULTIPART + "; charset=undefined", _PART % (b"text", b"x")),
    "another encoding": (_MULTIPART + "; charset=punycode", _PART % (b"text", b"\xff-")),
    "a file": (_MULTIPART, _FILE % (b"text", b"\x89PNG\r\n\0")),
    "a file in place of every field": (_MULTIPART, _FILE % (b"title", b"x")),
    "a file that is no text": (_MULTIPART, _FILE % (b"file", b"\xff\xfe\0\0")),
    "a thousand fields": (_PLAIN, b"&".join(b"a%d=1" % n for n in range(2500))),
    "the same field again": (_PLAIN, b"&".join([b"title=a&text=b&purposes=1"] * 40)),
    "many choices": (_PLAIN, b"&".join(b"purposes=%d" % 10**n for n in range(200))),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_body_is_too_much(offices: list[Browser], world: dict[str, str]) -> None:
    wrong, bodies = [], cycle(BODIES)
    for operation in POSTS:
        path = filled(operation.partition(" ")[2], world)
        for name in [next(bodies) for _ in range(min(EACH, len(BODIES)))]:
            kind, content = BODIES[name]
            answer = sent(offices[0].client, path, content=content, headers={"Content-Type": kind})
            if answer.status_code >= 500:
                wrong.append(f"{operation}, {name}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "undefined", "punycode", "utf-16"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_t3_a_form_in_another_encoding_is_refused(secretary: Browser, charset: str) -> None:
    """Its sender would choose what decodes it; some of these make texts that no page can show."""
    kind = f"{_MULTIPART}; charset={charset}"
    for path in ("/record/charter/preview", "/actions/new", "/me/choices", "/notices"):
        answer = sent(secretary.client, secretary.base + path, content=b"--x--", headers={"Content-Type": kind})
        assert answer.status_code == 400, path
    plain = sent(
        secretary.client, "/groups/gmg/notices", content=b"a=1", headers={"Content-Type": f"{_PLAIN}; charset=UTF-8"}
    )
    assert plain.status_code == 422, "a form in UTF-8 is read, and what is missing in it named"


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
@settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_typed(offices: list[Browser], world: dict[str, str], data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(POSTS))
    names = st.sampled_from([*PAGES[operation].fields, "version", "once", "purposes"])
    fields = data.draw(st.dictionaries(names, st.text(st.characters(exclude_categories=["Cs"]), max_size=30)))
    browser = offices[data.draw(st.sampled_from(range(len(offices))))]
    answer = sent(browser.client, filled(operation.partition(" ")[2], world), data=fields)
    assert answer.status_code < 500, (operation, fields)


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_a_nul_names_nothing(secretary: Browser) -> None:
    """PostgreSQL takes none in a text, SQLite finds nothing by it."""
    client = secretary.client
    for path in ("/me/tokens/%00/revoke", "/record/tokens/%00/revoke"):
        assert sent(client, secretary.base + path).status_code in (400, 404), path
    assert client.get(f"{secretary.base}/notices?member=%00", headers=HTML).status_code < 500
