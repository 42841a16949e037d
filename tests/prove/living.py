"""A group that has lived for a year, served as it is today, and what its people see when they follow each way."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response
from sqlalchemy import Engine
from starlette.routing import compile_path

from bench.living import SECRETARY, Life, cookie, live
from migrations.upgrade import upgrade
from service import settings
from service.database import connect
from service.web.rooms import ROOMS
from tests.prove.starting import free_port, wait_for
from tests.web.test_one_language import pages_of

YEARS = 1
# Of each kind of page so many are looked at whole, and so many are opened to see where they lead.
SHOWN, FOLLOWED = 1, 8
# What somebody might put into a title, hoping that a page runs it (threat T24).
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(2)>", '"><svg/onload=alert(3)>', "{{ 7 * 7 }} alert ${7*7}",
    "</title><style>*{display:none}</style> alert",
)  # fmt: skip
GROUP = "/groups/gmg"


class Living(NamedTuple):
    """The address of the service, its database, who chairs today, and the group's life, which can go on."""

    address: str
    engine: Engine
    chair: str
    life: Life

    @contextmanager
    def browsing(self, browser: Browser, email: str | None = None, **more: Any) -> Iterator[BrowserContext]:
        """A browser of somebody of the group, or of nobody."""
        context = browser.new_context(**more)
        # What would be sent in 90 days is tried out by a process of its own, which takes its time on a busy machine.
        context.set_default_navigation_timeout(120_000)
        if email is not None:
            context.add_cookies([{"name": "gmg", "value": cookie(self.engine, email), "url": self.address}])
        yield context
        context.close()


@pytest.fixture(scope="session")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """The service with that group."""
    home = tmp_path_factory.mktemp("living")
    engine = connect(f"sqlite:///{home / 'gmg.db'}")
    upgrade(engine)
    os.environ["GMG_HOME"] = str(home)
    settings.current.cache_clear()
    life = live(engine, YEARS)
    hostile(life)
    port = free_port()
    gmg = Path(sys.executable).with_name("gmg")
    environment = os.environ | {"GMG_HOME": str(home), "GMG_PORT": str(port)}
    process = subprocess.Popen([gmg, "serve", "--role", "web"], env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/readyz", process)
        yield Living(address, engine, life.chair(life.today), life)
    finally:
        process.terminate()
        process.wait(timeout=30)
        os.environ.pop("GMG_HOME", None)
        settings.current.cache_clear()


def hostile(life: Life) -> None:
    """Titles that want to be more than text, on everything that has one."""
    chair, ends = life.chair(life.today), (life.today + timedelta(days=9)).isoformat()
    for title in HOSTILE:
        life.does("iom", "/notices", member="iom", theme=title, text=title, visibility="public")
        life.does(chair, "/actions", title=title, owner="iom", text=title, due=ends)
        life.does(chair, "/decisions", operative="adopted", title=title, text=title, until=ends, visibility="public")
    life.does(chair, "/meetings", title=HOSTILE[0], day=ends, at="16:00")


PEOPLE = {"nobody": None, "focal point": "gmg@iom.example", "chair": "", "secretariat": SECRETARY}


@cache
def kinds() -> list[tuple[re.Pattern[str], str]]:
    """The addresses of pages, in the order in which they are tried."""
    return [(compile_path(path)[0], path) for room in ROOMS for path in pages_of(room.router.routes)]


def kind(path: str) -> str:
    """The kind of a page: the address that it is one of, such as /groups/{group}/members/{member}."""
    bare = path.partition("?")[0]
    return next((address for pattern, address in kinds() if pattern.match(bare)), bare)


def ways(page: Page, address: str) -> Iterator[str]:
    """The pages of the group that a page leads to."""
    for href in page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))"):
        found = urlsplit(urljoin(page.url, href))
        own = f"{found.scheme}://{found.netloc}" == address and (found.path + "/").startswith(f"{GROUP}/")
        # To run ahead takes its time on a busy machine: a forecast is one kind of page, however far it reaches.
        other = "lang=" in found.query or "days=" in found.query
        if own and not other and not re.search(r"\.(ics|csv|md|pdf|yaml|json)$", found.path):
            yield found.path + (f"?{found.query}" if found.query else "")


def opened(page: Page, address: str) -> Response:
    """Opens a page. A forecast that a busy machine has given up after its minute is asked for again, as it says."""
    answer = page.goto(address)
    for _ in range(2):
        if answer is not None and answer.status == 503:
            answer = page.goto(address)
    assert answer is not None
    return answer


def everywhere(page: Page, address: str) -> Iterator[tuple[str, int]]:
    """Goes to a page of each kind that can be reached from the group's page: its address, and its status."""
    # A form leads to the search.
    waiting = [GROUP, f"{GROUP}/search?q=recruitment"]
    seen, queued, shown = set(waiting), Counter(map(kind, waiting)), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        answer = opened(page, address + path)
        coming = list(ways(page, address))
        shown[kind(path)] += 1
        if shown[kind(path)] <= SHOWN or answer.status != 200:
            yield path, answer.status
        for one in coming:
            if one not in seen and queued[kind(one)] < FOLLOWED:
                seen.add(one)
                queued[kind(one)] += 1
                waiting.append(one)


_HERE = Path(__file__).parent
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page, a line each."""
    page.evaluate((_HERE / "node_modules" / "axe-core" / "axe.min.js").read_text())
    return list(tells(page, "violations", RULES))


def tells(page: Page, what: str, given: object = None) -> Any:
    """What the page tells of itself (see looking.js)."""
    looking = (_HERE / "looking.js").read_text()
    return page.evaluate(f"given => ({looking}).{what}(given)", given)
