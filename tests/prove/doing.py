"""What a reader does with a browser in which JavaScript is switched off, on the pages of the living group."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize

from bench.living import SECRETARY
from tests.prove.living import GROUP, Living

DESK: ViewportSize = {"width": 1280, "height": 900}
# Opens a page of the group, as one of its people: a member's id, "chair", "secretariat", or nobody.
Reads = Callable[..., Page]
# Pressed so often in vain, Tab does not reach something.
_STOPS = 250


@pytest.fixture
def reads(living: Living, browser: Browser) -> Iterator[Reads]:
    """Each call is a browser of its own, without JavaScript; all are closed when the test ends."""
    with ExitStack() as open_ones:

        def opened(path: str = "", who: str | None = None) -> Page:
            email = None if who is None else SECRETARY if who == "secretariat" else f"gmg@{seat(living, who)}.example"
            context = living.browsing(browser, email, viewport=DESK, java_script_enabled=False)
            page = open_ones.enter_context(context).new_page()
            page.set_default_timeout(60_000)
            page.goto(living.address + GROUP + path)
            return page

        yield opened


def seat(living: Living, who: str) -> str:
    return living.chair if who == "chair" else who


def said(day: date) -> str:
    """A day as the pages say it: Tuesday, 1 July 2008."""
    return f"{day:%A}, {day.day} {day:%B %Y}"


def text(page: Page | Locator, selector: str = "main") -> str:
    """The words of a part of a page in one line, without regard to the style sheet."""
    return " ".join((page.locator(selector).first.text_content() or "").split())


def press(page: Page | Locator, name: str | re.Pattern[str]) -> None:
    """Press the first button of this name, and wait for all of the page that comes."""
    _click(page, page.get_by_role("button", name=name, exact=isinstance(name, str)))


def follow(page: Page | Locator, name: str | re.Pattern[str]) -> None:
    """Follow the first link of this name, and wait for all of the page that comes."""
    _click(page, page.get_by_role("link", name=name, exact=isinstance(name, str)))


def _click(where: Page | Locator, what: Locator) -> None:
    what.first.click()
    (where if isinstance(where, Page) else where.page).wait_for_load_state()


def unfold(page: Page | Locator, name: str) -> Locator:
    """Open what is folded under these words."""
    page.locator("summary", has_text=name).first.click()
    return page.locator("details[open]", has_text=name).first


def tabs_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus."""
    for _ in range(_STOPS):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target}")


def row(page: Page, table: str, head: str) -> list[str]:
    """The cells of the row that is headed `head`, in the table with this caption or a part of it."""
    found = page.get_by_role("table", name=table).get_by_role("row").filter(
        has=page.get_by_role("rowheader", name=head, exact=True)
    )  # fmt: skip
    return [cell.strip() for cell in found.first.get_by_role("cell").all_inner_texts()]
