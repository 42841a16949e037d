"""Walking every page that somebody can reach: no violation of WCAG 2.2 AA, by keyboard alone, on a narrow phone, light.

The pages are found by following every way from the group's page; a page that nothing leads to would not be found, so
what was reached is held against the table of whom each address lets through (tests/web/pages.py).
"""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, ViewportSize

from tests.prove.living import PEOPLE, Living, everywhere, kind, tells, violations
from tests.web.pages import PAGES

MOST = 100_000
DESK: ViewportSize = {"width": 1280, "height": 900}
# Pages that only a link in a mail or a form leads to (tests of their own), and files.
ELSEWHERE = re.compile(
    r"/(answer|seen|rsvp|poll|decision|unsubscribe|sign-in|single-sign-on)/|/sign-in$|\.\{form\}$|"
    # Files; what is at the root; the log of an activity that is longer than its page shows.
    r"\.(csv|ics|json|md|yaml)$|^/$|/docs$|/activities/\{activity\}/log$"
)
# The letters of that table by which each is let through.
LETTERS = {"chair": "PMC", "secretariat": "PS", "focal point": "PM", "nobody": "P"}
# From a page, in which languages it is looked at.
Languages = Callable[[str], tuple[str, ...]]


def who(living: Living, name: str) -> str | None:
    return f"gmg@{living.chair}.example" if name == "chair" else PEOPLE[name]


def unnamed(path: str) -> str:
    """A kind of page whatever its parts are called and asked for: the table names things of its own."""
    return re.sub(r"\{(?!form)\w+\}", "{}", path.partition("?")[0])


OPENED = {
    unnamed(operation.removeprefix("GET ")): page.who
    for operation, page in PAGES.items()
    if operation.startswith("GET /groups/") and not ELSEWHERE.search(operation)
}


def lets(path: str, name: str) -> bool:
    """Whether a kind of page lets somebody through."""
    return bool(set(OPENED.get(unnamed(path), "")) & set(LETTERS[name]))


def walk(living: Living, browser: Browser, name: str, languages: Languages) -> None:
    """Look at a page of each kind that somebody can reach, and fail with all that is wrong."""
    faults: dict[str, list[str]] = {}
    reached: set[str] = set()
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
            reached.add(kind(path))
            for language in languages(path):
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
    missing = left_out(reached, name)
    assert not missing, f"nothing leads {name} to {missing}"


def left_out(reached: set[str], name: str) -> list[str]:
    found = set(map(unnamed, reached))
    return [path for path in OPENED if lets(path, name) and path not in found]


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
