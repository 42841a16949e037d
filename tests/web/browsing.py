"""What a browser does with the pages of the group: signed in as somebody, it opens them and sends their forms."""

import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.access import sessions
from service.access.queries import person_caller
from service.database import writing
from service.groups import queries as groups
from service.groups.charter import Charter
from tests.conftest import BROWSER, HOME, put

HTML = {"Accept": "text/html"}
SECRETARY = "secretary@gmg.example"


class Form(HTMLParser):
    """The fields of one form of a page, as a browser would send them untouched."""

    def __init__(self, html: str, action: str) -> None:
        super().__init__()
        self.action = action
        self.fields: dict[str, Any] = {}
        self._inside = False
        self._found = False
        self._select = ""
        self._area = ""
        self.feed(html)
        assert self._found, f"no form is sent to {action}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action") == self.action
            self._found = self._found or self._inside
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind not in ("radio", "checkbox") or "checked" in given:
                self._put(name, given.get("value", "on" if kind == "checkbox" else ""), kind == "checkbox")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.fields[name] = ""

    def _put(self, name: str, value: str, many: bool) -> None:
        if many and name in self.fields:
            known = self.fields[name]
            self.fields[name] = [*(known if isinstance(known, list) else [known]), value]
        else:
            self.fields[name] = value

    def handle_data(self, data: str) -> None:
        if self._inside and self._area:
            # The first line break after the tag is not part of the text (HTML 13.1.2.6).
            self.fields[self._area] += data if self.fields[self._area] else data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


class Browser:
    """A browser on the group's pages."""

    def __init__(self, client: TestClient, group: str) -> None:
        self.client, self.base = client, f"/groups/{group}"

    def opens(self, path: str, status: int = 200, **more: Any) -> str:
        """The page at an address below the group's."""
        answer = self.client.get(self.base + path, headers=HTML, follow_redirects=False, **more)
        assert answer.status_code == status, (path, answer.status_code, answer.headers.get("location"))
        return answer.text

    def sends(self, page: str, to: str, status: int = 303, /, **typed: Any) -> Any:
        """Open `page`, fill in what is `typed` into its form that is sent to `to`, and send it."""
        form = Form(self.opens(page), self.base + to)
        return self.posts(to, status, **form.fields | {name.rstrip("_"): value for name, value in typed.items()})

    def posts(self, to: str, status: int = 303, /, **fields: Any) -> Any:
        """Send fields as they are."""
        answer = self.client.post(self.base + to, data=fields, headers=HTML, follow_redirects=False)
        assert answer.status_code == status, (to, answer.status_code, words(answer.text)[:2000])
        return answer


Signs = Callable[..., Browser]


@pytest.fixture
def signs(engine: Engine, client: TestClient, group: str) -> Signs:
    """A browser of somebody of the group (by mail address), or of nobody."""

    def make(email: str | None = None) -> Browser:
        made = TestClient(client.app, base_url=HOME, headers=BROWSER, raise_server_exceptions=False)
        if email is not None:
            with writing(engine) as session:
                person = next(one for one in groups.people_rows(session, group) if one.email == email)
                caller = person_caller(session, group, person.id)
                assert caller is not None, f"{email} has no role today"
                made.cookies.set("gmg", sessions.begin(session, caller, "mail"))
        return Browser(made, group)

    return make


@pytest.fixture
def secretary(signs: Signs, engine: Engine, gmg: Charter) -> Browser:
    """The browser of a person of the secretariat; the shipped charter names none, so this one is added to it."""
    role = {"role": "secretariat", "from": date(2008, 1, 1)}
    people = [{"name": "Secretary", "email": SECRETARY, "appointments": [role]}]
    values = gmg.model_dump(by_alias=True)
    put(engine, Charter.model_validate(values | {"people": [*values["people"], *people]}))
    return signs(SECRETARY)


def words(html: str) -> str:
    """What a page says, without its marks."""
    text = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()
