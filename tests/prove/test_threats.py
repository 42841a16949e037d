"""The threats list in a real browser, on the pages: what cannot be seen by asking the service without one.

T48 and T52 stand in test_sign_in.py (a link in another browser, a page of somebody else); that no title runs anywhere
(T24) is seen by test_every_page.py, whose group has such titles, and here where they are shown in a language from right
to left.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.prove.living import GROUP, HOSTILE, Living
from tests.prove.starting import free_port, wait_for

FOCAL_POINT = "gmg@iom.example"
PLANTED = "([tag, of]) => document.head.append(Object.assign(document.createElement(tag), of))"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context()
    yield found
    found.close()


@pytest.mark.parametrize("path", ["/actions", "/decisions", "/notices", "/search?q=alert", "/desk"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_t24_a_title_is_text(living: Living, browser: Browser, path: str, language: str) -> None:
    with living.browsing(browser, FOCAL_POINT) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(f"{living.address}{GROUP}{path}{'&' if '?' in path else '?'}lang={language}")
        shown = page.inner_text("main")
        assert any(title in shown for title in HOSTILE), "the group has such titles"
        assert complaints == []
        assert page.locator("script, img, style, iframe, object, [style], [onclick], [onerror], [onload]").count() == 0


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "http://plain.example/x", "//evil.example"]
)
def test_t25_a_link_that_is_no_https_is_sent_back_with_what_was_typed(
    living: Living, browser: Browser, link: str
) -> None:
    with living.browsing(browser, FOCAL_POINT, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{living.address}{GROUP}/notices")
        page.get_by_text("Publish a notice").click()
        page.get_by_label("Theme").fill("A theme that is kept")
        page.get_by_label("What the others should know").fill("Some words.")
        page.get_by_text("Link, and who may read it").click()
        # A browser itself would stop some of these; a program would not.
        page.locator("#link").evaluate("one => one.form.noValidate = true")
        page.get_by_label("Link to more").fill(link)
        with page.expect_navigation() as answer:
            page.get_by_role("button", name="Publish").click()
        assert answer.value.status == 422
        assert page.get_by_label("Theme").input_value() == "A theme that is kept"
        assert page.get_by_label("Link to more").input_value() == link
        assert "https" in page.locator("[role=alert]").inner_text()


def test_t49_an_unknown_address_sees_what_a_known_one_sees(living: Living, context: BrowserContext) -> None:
    page = context.new_page()
    shown = []
    for address in (FOCAL_POINT, "nobody@nowhere.example"):
        page.goto(f"{living.address}{GROUP}/sign-in")
        page.get_by_label("Your mail address").fill(address)
        with page.expect_navigation() as answer:
            page.get_by_role("button", name="Mail me a link").click()
        shown.append((answer.value.status, page.inner_text("main")))
    assert shown[0] == shown[1]
    assert shown[0][0] == 202


def test_t50_and_t56_the_sixth_link_is_refused_in_words_wherever_it_claims_to_come_from(
    living: Living, context: BrowserContext
) -> None:
    page = context.new_page()
    statuses = []
    for number in range(7):
        context.set_extra_http_headers({"X-Forwarded-For": f"203.0.113.{number}"})
        page.goto(f"{living.address}{GROUP}/sign-in")
        page.get_by_label("Your mail address").fill("gmg@who.example")
        with page.expect_navigation() as answer:
            page.get_by_role("button", name="Mail me a link").click()
        statuses.append(answer.value.status)
    assert statuses[:5] == [202] * 5
    assert set(statuses[5:]) == {429}
    assert answer.value.header_value("retry-after")
    assert page.get_by_role("heading", level=1).inner_text() == "Too often"


def test_t51_the_cookie_of_a_session(living: Living, browser: Browser) -> None:
    """A script sees no cookie; after signing out neither the old cookie nor the way back shows the page."""
    with living.browsing(browser, FOCAL_POINT) as context:
        page = context.new_page()
        page.goto(f"{living.address}{GROUP}/me")
        old = next(one for one in context.cookies() if one["name"] == "gmg")
        page.get_by_role("button", name="Sign out").click()
        assert page.evaluate("document.cookie") == ""
        page.go_back()
        assert "GMG focal point of IOM" not in page.inner_text("body")
        context.add_cookies([{"name": "gmg", "value": old["value"], "url": living.address}])
        page.goto(f"{living.address}{GROUP}/me")
        assert "/sign-in" in page.url


def test_t53_no_frame_shows_a_page_and_no_script_of_a_page_runs(
    living: Living, context: BrowserContext, tmp_path: Path
) -> None:
    (tmp_path / "frame.html").write_text(f'<iframe src="{living.address}{GROUP}"></iframe>')
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    other = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/frame.html", other)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"http://localhost:{port}/frame.html")
        assert any("frame-ancestors" in one for one in complaints)
        assert "In the chair" not in page.frames[-1].content()
    finally:
        other.terminate()
        other.wait(timeout=30)
    page = context.new_page()
    page.goto(f"{living.address}{GROUP}")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('base'), {href: 'https://evil.example/'}))"
    )
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.querySelector('a').href").startswith(living.address)


@pytest.mark.parametrize("next_", ["//evil.example", "/\\evil.example", "https:evil.example", "/%0d%0aSet-Cookie:x=1"])
def test_t54_the_sign_in_page_leads_nowhere_else(living: Living, context: BrowserContext, next_: str) -> None:
    page = context.new_page()
    page.goto(f"{living.address}{GROUP}/sign-in?next={next_}")
    for address in page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)"):
        assert address.startswith(living.address), address
    for action in page.eval_on_selector_all("form", "all => all.map(one => one.action)"):
        assert action.startswith(living.address), action


def test_t55_a_page_asked_for_by_another_name_is_not_shown(living: Living, browser: Browser) -> None:
    port = living.address.rpartition(":")[2]
    named = browser.new_context(extra_http_headers={"X-Forwarded-Host": "evil.example"})
    page: Page = named.new_page()
    answer = page.goto(f"http://127.0.0.1:{port}{GROUP}")
    assert answer is not None
    assert answer.status == 400
    assert "evil.example" not in page.content()
    named.close()
