"""Every page that somebody can reach: without a violation of WCAG 2.2 AA, by keyboard alone, on a narrow phone, light.

The pages are found by following every way from the group's page, as the chair, the secretariat, a focal point and
nobody; a page that nothing leads to would not be found, so the service's addresses are held against them. Whoever sees
a page of a kind first, and most stands on it for the chair, sees it in both directions; the others in one of them.
"""

import re

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.prove.living import PEOPLE, Living, everywhere, kind, kinds, tells, violations

MOST = 100_000
DESK: ViewportSize = {"width": 1280, "height": 900}
# Pages that only a link in a mail or a form leads to (tests of their own), and files.
ELSEWHERE = re.compile(
    r"/(answer|seen|rsvp|poll|decision|unsubscribe|sign-in|single-sign-on)/|/sign-in$|\.\{form\}$|"
    # Files; what is at the root; the log of an activity that is longer than its page shows.
    r"\.(csv|ics|json|md|yaml)$|^/$|/docs$|/activities/\{activity\}/log$"
)


def who(living: Living, name: str) -> str | None:
    return f"gmg@{living.chair}.example" if name == "chair" else PEOPLE[name]


@pytest.fixture(scope="module")
def reached() -> set[str]:
    return set()


@pytest.mark.parametrize("name", ["chair", "secretariat", "focal point", "nobody"])
def test_every_page_is_accessible_in_both_directions(
    living: Living, browser: Browser, name: str, reached: set[str]
) -> None:
    faults: dict[str, list[str]] = {}
    with living.browsing(browser, who(living, name), viewport=DESK) as context:
        page = context.new_page()
        complaints: list[str] = []
        # A forecast that was given up is asked for again; whether a page came in the end is looked at for each.
        page.on("console", lambda said: complaints.append(said.text) if "status of 503" not in said.text else None)
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        for path, status in everywhere(page, living.address):
            if status != 200:
                faults[path] = [f"answers {status}"]
                continue
            directions = ("en", "ar") if kind(path) not in reached else (("en", "ar")[len(path) % 2],)
            reached.add(kind(path))
            for language in directions:
                page.goto(living.address + path + ("&" if "?" in path else "?") + f"lang={language}")
                tells(page, "unfold")
                found = [*violations(page), *too_wide(page), *too_heavy(page)]
                # What is reached by Tab does not depend on the language.
                if found := found + (not_by_keyboard(page) if language == "en" else []):
                    faults[f"{path} ({language})"] = found
            page.goto(living.address + path + ("&" if "?" in path else "?") + "lang=en")
    told = "\n".join(f"{path}\n  " + "\n  ".join(lines) for path, lines in faults.items())
    assert not faults, told
    assert complaints == [], "nothing ran, and no policy had to stop it"


def test_no_page_was_left_out(reached: set[str]) -> None:
    """Runs after the others: every address that shows a page was reached by somebody."""
    if not reached:
        pytest.skip("the pages were not walked in this run")
    known = {path for _, path in kinds() if path.startswith("/groups/") and not ELSEWHERE.search(path)}
    assert known - reached == set()


def too_wide(page: Page) -> list[str]:
    """WCAG 1.4.10: nothing has to be scrolled sideways at 320 px, but for tables, which scroll by themselves."""
    page.set_viewport_size({"width": 320, "height": 800})
    found = list(tells(page, "wide", 320))
    page.set_viewport_size(DESK)
    return found


def too_heavy(page: Page) -> list[str]:
    weight = len(page.content().encode())
    return [f"{weight} bytes"] if weight > MOST else []


def not_by_keyboard(page: Page) -> list[str]:
    """Everything that can be used is reached by Tab and shows that it has the focus (WCAG 2.1.1 and 2.4.7)."""
    for _ in range(tells(page, "usable") + 3):
        page.keyboard.press("Tab")
    return list(tells(page, "missed"))
