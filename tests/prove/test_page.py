"""The page in a real browser: on a phone and at a desk, without JavaScript, from this host alone."""

import json
import re
import urllib.request
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser

PICTURES = Path("var/prove")


@pytest.mark.parametrize(("path", "status"), [("/groups/gmg", 200), ("/docs", 200), ("/groups/nobody", 404)])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_stands_alone_and_fits(service: str, browser: Browser, path: str, status: int, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=True)
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    answer = page.goto(service + path)
    assert answer is not None
    assert answer.status == status
    PICTURES.mkdir(parents=True, exist_ok=True)
    # The description of the API is as long as a book; a picture of all of it takes longer than a browser waits.
    picture = PICTURES / f"{path.strip('/').replace('/', '-')}-{width}.png"
    page.screenshot(path=picture, full_page=path != "/docs")
    assert all(url.startswith((service, "data:")) for url in asked)
    assert len(complaints) == (status == 404), complaints  # a browser reports a page that is not there
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_without_javascript_the_page_says_what_the_api_says(service: str, browser: Browser) -> None:
    with urllib.request.urlopen(f"{service}/api/v1/groups/gmg/chair") as answer:
        chair = json.load(answer)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(service)
    expected = " and ".join(chair["names"][id_] for id_ in chair["term"]["chair"])
    assert page.locator(".statement").inner_text() == expected
    assert page.locator("#feed").input_value() == f"{service}/calendars/gmg.ics"
    page.goto(f"{service}/groups/gmg/timeline")
    assert page.locator("svg.timeline rect.now").count() == 1
    context.close()


def test_the_coming_chair_answers_by_the_link_in_its_mail(service: str, home: Path, browser: Browser) -> None:
    """From the mail to the decision, on a phone, without JavaScript, by keyboard alone."""
    link = link_in_a_mail(home)
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(link)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Agreed by the head.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "takes the chair" in page.locator(".statement").inner_text()
    page.screenshot(path=PICTURES / "answer-390.png", full_page=True)
    with urllib.request.urlopen(f"{service}/api/v1/groups/gmg/chair") as answer:
        coming = json.load(answer)["next"]
    assert coming["status"] == "decided"
    context.close()


# What somebody might put into a title, hoping that a page or a calendar runs it (threat T24).
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg/onload=alert(3)>',
    "javascript:alert(4)",
    "{{ 7 * 7 }} ${7*7}",
    "</title><style>*{display:none}</style>",
)


def test_t24_whatever_a_title_holds_is_text(service: str, chair: str, browser: Browser) -> None:
    soon = datetime.now(UTC) + timedelta(days=2)
    for number, payload in enumerate(PAYLOADS):
        body = json.dumps({"title": payload, "day": f"{soon:%Y-%m-%d}", "at": f"{10 + number}:00"}).encode()
        headers = {"Authorization": f"Bearer {chair}", "Idempotency-Key": f"t24-{number}"}
        headers["Content-Type"] = "application/json"
        asked = urllib.request.Request(f"{service}/api/v1/groups/gmg/meetings", body, headers, method="POST")
        with urllib.request.urlopen(asked) as answer:
            assert answer.status == 201
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(f"{service}/groups/gmg")
    shown = page.inner_text("body")
    for payload in PAYLOADS:
        assert payload in shown
    assert complaints == [], "nothing ran, and no policy had to stop it"
    assert page.locator("main script, main img, main style").count() == 0
    context.close()


def link_in_a_mail(home: Path) -> str:
    """Where the mail to the coming chair leads; the service has a minute to write it."""
    deadline = monotonic() + 60
    while monotonic() < deadline:
        for path in (home / "mail").glob("*.eml"):
            found = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
            link = re.search(r"http://\S+/answer/\S+", found.get_content() if found else "")
            if link is not None:
                return link.group()
        sleep(0.2)
    raise AssertionError("nobody was asked")
