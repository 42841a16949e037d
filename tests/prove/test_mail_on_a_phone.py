"""A mail in a narrow window and on paper: nothing runs over the edge, and no colour of the ground is needed to read."""

import pytest
from playwright.sync_api import Browser

from service.language.speech import speaking
from service.notifications.wording.message import Message
from service.notifications.wording.rendering import Foot, gathered, rendered

LONG = "x" * 120
MESSAGE = Message(
    subject="A subject",
    lead="What matters.",
    changes=(("Where", LONG, LONG),),
    facts=(("Join", f"https://meet.example.org/{LONG}"), ("SHA-256", "0" * 64)),
    lists=(("On the agenda", (LONG,)),),
    text=LONG,
    actions=(("Answer", "https://gmg.example/answer"),),
)
FOOT = Foot("Global Migration Group", "https://gmg.example/groups/gmg", f"https://gmg.example/{LONG}")


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_no_mail_is_wider_than_a_phone(browser: Browser, language: str) -> None:
    with speaking(language):
        mails = [rendered(MESSAGE, LONG, FOOT).html, gathered(MESSAGE, LONG, FOOT, [MESSAGE, MESSAGE]).html]
    for html in mails:
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()


def test_what_can_be_done_is_readable_on_paper(browser: Browser) -> None:
    """A printer leaves the colour of the ground out: light letters would be lost."""
    page = browser.new_page()
    page.set_content(rendered(MESSAGE, "ILO", FOOT).html)
    colour = page.evaluate("getComputedStyle(document.querySelector('a[href$=answer]')).color")
    assert sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")) < 3 * 128
    page.close()
