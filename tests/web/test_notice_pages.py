"""Notices on pages: read by anybody, published by members; a form is kept, sent once, and says its version."""

from tests.web.browsing import Signs, signs, words  # noqa: F401 - fixtures

IOM = "gmg@iom.example"


def test_a_focal_point_publishes_and_takes_back(signs: Signs) -> None:
    browser = signs(IOM)
    made = browser.sends("/notices", "/notices", theme="Fair recruitment", text="A guide is out.\nRead it.")
    path = made.headers["location"].removeprefix(browser.base)
    assert "A guide is out.<br>Read it." in browser.opens(path)
    signs().opens(path, 404)
    browser.sends(path, f"{path}/withdraw")
    assert "withdrawn" in browser.opens(path)
    assert "No notice stands." in browser.opens("/notices")


def test_pressed_twice_it_is_published_once(signs: Signs) -> None:
    browser = signs(IOM)
    fields = {"member": "iom", "theme": "A", "text": "B", "visibility": "public", "once": "one-key"}
    first, second = browser.posts("/notices", 303, **fields), browser.posts("/notices", 303, **fields)
    assert first.headers["location"] == second.headers["location"]
    assert "A" in words(signs().opens("/notices"))


def test_what_was_typed_is_kept_and_the_fault_says_what_to_do(signs: Signs) -> None:
    browser = signs(IOM)
    again = browser.sends("/notices", "/notices", 422, theme="Kept theme", text="Kept <text>", link="http://a.example")
    assert 'value="Kept theme"' in again.text
    assert "Kept &lt;text&gt;</textarea>" in again.text
    assert 'aria-invalid="true"' in again.text
    assert "https" in words(again.text)


def test_a_version_that_is_no_longer_there_is_a_conflict(signs: Signs) -> None:
    browser = signs(IOM)
    path = browser.sends("/notices", "/notices", theme="A", text="B").headers["location"].removeprefix(browser.base)
    assert "changed this since" in words(browser.posts(f"{path}/withdraw", 412, version="7").text)


def test_nobody_publishes_without_signing_in(signs: Signs) -> None:
    assert "<form method" not in signs().opens("/notices")
    signs().posts("/notices", 401, member="iom", theme="A", text="B")
