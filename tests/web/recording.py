"""What tests of the record share: the charter that stands, and a decision that is taken by its pages."""

import re
from html import unescape
from typing import Any

from sqlalchemy import Engine

from service.database import reading
from service.groups import queries
from service.groups.charter import Charter
from tests.web.browsing import SECRETARY, Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures


def charter(engine: Engine) -> Charter:
    with reading(engine) as session:
        return queries.charter(session, "gmg")


def takes(browser: Browser, kind: str, **typed: Any) -> str:
    """Fill in the form of a kind, look at what it changes, and confirm; the page of decisions."""
    shown = browser.sends(f"/record/chair/new?kind={kind}", "/record/chair/preview", 200, **typed)
    found = re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', shown.text)
    hidden = {name: unescape(value) for name, value in found}
    several = re.findall(r'name="members" value="([^"]*)"', shown.text)
    done = browser.posts("/record/chair", 303, **hidden | ({"members": several} if several else {}))
    return browser.opens(done.headers["location"].removeprefix(browser.base))


def version_on(page: str) -> str:
    """The version that the form of a page is made for."""
    return page.partition('name="version" value="')[2].partition('"')[0]
