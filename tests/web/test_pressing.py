"""A button that is pressed twice, a conflict with somebody else, and what fails on this side: what a browser shows."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from service.web.public import chair as chair_page
from tests.conftest import Time
from tests.web.browsing import Browser, Form, Signs, secretary, signs, words  # noqa: F401 - fixtures

CHAIR, OTHER = "gmg@unfpa.example", "gmg@unhcr.example"
MEETING = "/meetings/working-level-2008-06-26"


def test_who_presses_twice_is_led_where_the_first_press_led(signs: Signs) -> None:
    browser = signs(CHAIR)
    form = Form(browser.opens(MEETING), f"{browser.base}{MEETING}/call")
    first, second = (browser.posts(f"{MEETING}/call", **form.fields) for _ in range(2))
    assert second.headers["location"] == first.headers["location"]


def test_the_same_again_later_is_told_what_stands_now(signs: Signs, time: Time) -> None:
    browser = signs(CHAIR)
    form = Form(browser.opens(MEETING), f"{browser.base}{MEETING}/call")
    browser.posts(f"{MEETING}/call", **form.fields)
    time.at += timedelta(minutes=1)
    browser.posts(f"{MEETING}/call", 412, **form.fields)


def test_another_text_of_the_same_version_is_a_conflict(signs: Signs) -> None:
    browser = signs(CHAIR)
    form = Form(browser.opens(f"{MEETING}/change"), f"{browser.base}{MEETING}/edit")
    browser.posts(f"{MEETING}/edit", **form.fields | {"title": "One title"})
    again = browser.posts(f"{MEETING}/edit", 412, **form.fields | {"title": "Another title"}).text
    assert "One title" in again
    assert 'value="Another title"' in again


def test_the_press_of_somebody_else_counts_for_nobody(signs: Signs) -> None:
    form = {"version": "0", "text-files": "On the drive.", "done-files": "on"}
    one, other = signs(CHAIR), signs(OTHER)
    version = Form(one.opens("/handovers/turn-6"), f"{one.base}/handovers/turn-6/fill").fields["version"]
    one.posts("/handovers/turn-6/fill", **form | {"version": version})
    other.posts("/handovers/turn-6/fill", 412, **form | {"version": version})


def test_who_sets_a_programme_that_is_set_meanwhile_sees_both_texts(signs: Signs) -> None:
    browser = signs(CHAIR)
    browser.sends("/programmes/turn-5", "/programmes/turn-5#setting", theme="One theme")
    again = browser.posts("/programmes/turn-5", 412, theme="Another theme").text
    assert "If-Match" not in again
    assert 'value="Another theme"' in again
    assert "One theme" in again


def test_choices_are_saved_once_by_two_presses(signs: Signs) -> None:
    browser = signs(OTHER)
    form = Form(browser.opens("/me/choices"), f"{browser.base}/me/choices")
    answers = [browser.posts("/me/choices", **form.fields | {"language": "fr"}) for _ in range(2)]
    assert len({answer.headers["location"] for answer in answers}) == 1


def test_who_serves_no_member_is_told_why_not(secretary: Browser) -> None:
    """The desk would lead them to their own page, and the reason would be lost."""
    page = secretary.posts("/desk/seen", 403, turn="turn-6", version="1").text
    assert "role" in words(page) or "only" in words(page).lower()


@pytest.mark.parametrize("error", [OperationalError("SELECT 1", {}, Exception("gone")), RuntimeError("secret")])
def test_what_fails_on_this_side_is_told_on_a_page(
    signs: Signs,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(chair_page, "seeing", fails)
    status = 503 if isinstance(error, OperationalError) else 500
    page = signs().opens("/chair", status)
    assert "<h1" in page
    assert "secret" not in page
    assert "SELECT" not in page
