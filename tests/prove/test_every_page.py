"""Every page that the secretariat, a focal point and nobody can reach (see walking.py).

What the chair does not see is looked at from left to right and from right to left by the others; the rest, which the
chair's own walks look at in both directions, in one of the two.
"""

import pytest
from playwright.sync_api import Browser

from tests.prove.living import Living, kind
from tests.prove.walking import lets, walk


def directions(path: str) -> tuple[str, ...]:
    return (("en", "ar")[len(path) % 2],) if lets(kind(path), "chair") else ("en", "ar")


@pytest.mark.parametrize("name", ["secretariat", "focal point", "nobody"])
def test_every_page_is_accessible_in_both_directions(living: Living, browser: Browser, name: str) -> None:
    walk(living, browser, name, directions)
