"""Signing in with a real browser: by a mailed link, and by a real provider of identities (oidc-provider)."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.prove.starting import free_port, wait_for
from tests.prove.test_calendar_programs import HERE
from tests.prove.test_page import PICTURES

CLIENT, SECRET = "gmg", "a secret between the two of them"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the state of a service that knows a provider."""
    return tmp_path_factory.mktemp("with-provider")


@pytest.fixture(scope="module")
def site(state: Path) -> Iterator[str]:
    """A service that knows a provider, and the provider; the address of the service."""
    here, there = free_port(), free_port()
    address, issuer = f"http://127.0.0.1:{here}", f"http://127.0.0.1:{there}"
    provider = subprocess.Popen(
        ["node", "identities.mjs", str(there), CLIENT, SECRET, f"{address}/sign-in/callback"],
        cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    settings = {
        "GMG_HOME": str(state), "GMG_PORT": str(here), "GMG_TICK": "3600", "GMG_OIDC_ISSUER": issuer,
        "GMG_OIDC_CLIENT_ID": CLIENT, "GMG_OIDC_CLIENT_SECRET": SECRET,
    }  # fmt: skip
    gmg = Path(sys.executable).with_name("gmg")
    service = subprocess.Popen([gmg, "run"], env=os.environ | settings, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"{issuer}/.well-known/openid-configuration", provider)
        wait_for(f"{address}/readyz", service)
        yield address
    finally:
        provider.terminate()
        service.terminate()
        provider.wait(timeout=30)
        assert service.wait(timeout=30) == 0


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser with no cookies and without JavaScript, as wide as a phone."""
    found = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    yield found
    found.close()


def cookies(context: BrowserContext) -> dict[str, dict[str, object]]:
    return {str(one["name"]): dict(one) for one in context.cookies()}


def mailed(state: Path, seen: set[Path]) -> str:
    """The link in the mail that comes now; the next regular look for mails is an hour away."""
    deadline = monotonic() + 60
    while monotonic() < deadline:
        for path in set((state / "mail").glob("*.eml")) - seen:
            found = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
            link = re.search(r"http://\S+/sign-in/\S+", found.get_content() if found else "")
            if link is not None:
                return link.group()
        sleep(0.1)
    raise AssertionError("no link was mailed")


def ask(page: Page, site: str, state: Path) -> str:
    """Ask for a link on the page; the link."""
    seen = set((state / "mail").glob("*.eml"))
    page.goto(f"{site}/groups/gmg/me")
    page.get_by_label("Your mail address").fill("gmg@iom.example")
    page.get_by_role("button", name="Mail me a link").click()
    assert "Look into your mail" in page.get_by_role("heading").first.inner_text()
    return mailed(state, seen)


def test_from_the_mail_to_ones_own_page_and_out(site: str, state: Path, context: BrowserContext) -> None:
    page = context.new_page()
    link = ask(page, site, state)
    for method in ("GET", "HEAD"):
        urllib.request.urlopen(urllib.request.Request(link, method=method)).close()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    assert page.url == f"{site}/groups/gmg/me"
    assert "GMG focal point of IOM" in page.get_by_role("heading", level=1).inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "me-390.png", full_page=True)
    found = cookies(context)["gmg"]
    assert (found["httpOnly"], found["sameSite"], found["path"]) == (True, "Lax", "/")
    page.get_by_role("button", name="Make an address").click()
    address = page.locator("#secret").input_value()
    with urllib.request.urlopen(address) as feed:
        assert feed.read().startswith(b"BEGIN:VCALENDAR")
    page.get_by_role("button", name="Sign out").click()
    assert page.url == f"{site}/groups/gmg"
    page.goto(f"{site}/groups/gmg/me")
    assert "/sign-in?next=" in page.url


def test_a_link_opens_nothing_in_another_browser(
    site: str, state: Path, context: BrowserContext, browser: Browser
) -> None:
    link = ask(context.new_page(), site, state)
    other = browser.new_context(java_script_enabled=False)
    page = other.new_page()
    page.goto(link)
    with page.expect_response(link) as answer:
        page.get_by_role("button", name="Sign in").click()
    assert answer.value.status == 400
    assert "gmg" not in cookies(other)
    other.close()


def test_a_page_of_somebody_else_makes_a_browser_send_nothing(
    site: str, state: Path, context: BrowserContext, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(ask(page, site, state))
    page.get_by_role("button", name="Sign in").click()
    port = free_port()
    (tmp_path / "evil.html").write_text(
        f'<form method="post" action="{site}/groups/gmg/sign-out"><button>x</button></form>'
    )
    evil = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/evil.html", evil)
        for host in ("localhost", "127.0.0.1"):  # another site; the same site at another port
            page.goto(f"http://{host}:{port}/evil.html")
            with page.expect_response(f"{site}/groups/gmg/sign-out") as answer:
                page.get_by_role("button").click()
            assert answer.value.status == 403
    finally:
        evil.terminate()
        evil.wait(timeout=30)
    page.goto(f"{site}/groups/gmg/me")
    assert "GMG focal point of IOM" in page.get_by_role("heading", level=1).inner_text()


def by_provider(page: Page, site: str, name: str) -> None:
    """From the sign-in page to the provider, and sign in there under a name."""
    page.goto(f"{site}/groups/gmg/sign-in?next=/groups/gmg/me")
    page.get_by_role("button", name="Sign in with").click()
    page.locator('input[name="login"]').fill(name)
    page.locator('input[name="password"]').fill("any")
    page.get_by_role("button", name="Sign-in").click()


def agree(page: Page, site: str) -> None:
    """Agree at the provider, and come back."""
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{site}/**")


def test_by_a_provider(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    by_provider(page, site, "ada")
    agree(page, site)
    assert page.url == f"{site}/groups/gmg/me"
    assert "GMG focal point of IOM" in page.get_by_role("heading", level=1).inner_text()
    assert "gmg" in cookies(context)


@pytest.mark.parametrize("name", ["eve", "bob"])
def test_whom_a_provider_does_not_vouch_for_or_nobody_knows(site: str, context: BrowserContext, name: str) -> None:
    page = context.new_page()
    by_provider(page, site, name)
    agree(page, site)
    assert "did not sign you in" in page.inner_text("main")
    assert "gmg" not in cookies(context)


def test_an_answer_of_the_provider_is_good_for_the_browser_that_asked(site: str, context: BrowserContext) -> None:
    """Whoever comes back with an answer, and not with the cookie that was given with the question, is nobody."""
    page = context.new_page()
    by_provider(page, site, "ada")
    context.clear_cookies(name="gmg-browser")
    agree(page, site)
    assert "did not sign you in" in page.inner_text("main")
    assert "gmg" not in cookies(context)
