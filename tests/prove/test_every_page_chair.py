"""Every page that the chair can reach, from left to right (see walking.py)."""

from playwright.sync_api import Browser

from tests.prove.living import Living
from tests.prove.walking import walk


def test_every_page_of_the_chair_is_accessible_from_left_to_right(living: Living, browser: Browser) -> None:
    walk(living, browser, "chair", lambda _: ("en",))
