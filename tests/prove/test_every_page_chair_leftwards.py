"""Every page that the chair can reach, from right to left (see walking.py)."""

from playwright.sync_api import Browser

from tests.prove.living import Living
from tests.prove.walking import walk


def test_every_page_of_the_chair_is_accessible_from_right_to_left(living: Living, browser: Browser) -> None:
    walk(living, browser, "chair", lambda _: ("ar",))
