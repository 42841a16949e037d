"""The search as a page, and its box in the head of every page of the group's people."""

import pytest

from service.followups.search import queries
from service.problems import Problem
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import FIRST, Send, at, chair, member, send  # noqa: F401 - fixtures
from tests.web.browsing import Form, Signs, signs, words  # noqa: F401 - fixtures

IOM = "gmg@iom.example"


@pytest.fixture
def filled(opened: Opened, send: Send, secretariat: dict[str, str], time: Time) -> None:
    """Something of each kind that speaks of remittances."""
    opened(title="Paper on <remittances>", text="Costs & fees.")
    send("/decisions", etag="", operative="endorsed", title="On remittances", text="Agreed.", until="2008-05-30")
    survey = {"kind": "survey", "title": "Study", "objective": "Remittances.", "lead": "ilo", "purposes": [1]}
    send("/activities", etag="", from_="2008-06-01", until="2008-09-01", **survey)
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T19:00")
    send(f"/meetings/{FIRST}/hold", presided_by="Chair")
    outcomes = [{"text": "A note on remittances is drafted."}]
    send(f"/meetings/{FIRST}/minutes", secretariat, etag="", text="The group met.", outcomes=outcomes)
    send(f"/meetings/{FIRST}/minutes/circulate", secretariat, until="2008-07-16")


def test_every_kind_is_found_in_words_with_its_page(filled: None, signs: Signs) -> None:
    page = signs(IOM).opens("/search?q=remittances")
    for kind, below in (
        ("Decisions", "decisions/2008-1"), ("Activities", "activities/activity-1"), ("Actions", "actions/action-1"),
        ("Minutes", f"meetings/{FIRST}/minutes"),
    ):  # fmt: skip
        assert f">{kind}</h2>" in page
        assert f'href="/groups/gmg/{below}"' in page
    assert "Paper on &lt;remittances&gt;" in page
    assert "<remittances>" not in page


def test_one_kind_alone_and_page_by_page(opened: Opened, signs: Signs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.web.followups.search._EACH", 2)
    monkeypatch.setattr("service.web.followups.search._SHOWN", 2)
    for number in range(3):
        opened(title=f"Paper {number}")
    browser = signs(IOM)
    page = browser.opens("/search?q=paper")
    assert "All actions with these words" in page
    assert ("Paper 2" in page, "Paper 0" in page) == (True, False)
    page = browser.opens("/search?q=paper&kind=action")
    assert "Older ones" in page
    older = page.split('">Older ones')[0].rpartition('href="')[2].replace("&amp;", "&")
    page = browser.opens(f"/search{older}")
    assert ("Paper 2" in page, "Paper 0" in page, "Older ones" in page) == (False, True, False)
    browser.opens("/search?q=other&kind=action&after=x", 400)


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("", 200, "Looks through"),
        ("?q=", 200, "Looks through"),
        ("?q=%20%20", 200, "Looks through"),
        ("?q=a", 422, "2 to 100"),
        ("?q=" + "a" * 101, 422, "2 to 100"),
        ("?q=a+b+c+d+e+f+g+h+i+j", 422, "at most 8 words"),
        ("?q=%00%00%00", 422, "2 to 100"),
        ("?q=zebra", 200, "Nothing was found"),
        ("?q=%25%25", 200, "Nothing was found"),
        ("?q=zebra&kind=nonsense", 200, "Nothing was found"),
    ],
)
def test_what_is_typed_is_answered_in_words(signs: Signs, query: str, status: int, told: str) -> None:
    assert told in words(signs(IOM).opens(f"/search{query}", status))


def test_a_search_that_takes_too_long_says_so_and_keeps_the_words(
    signs: Signs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> None:
        raise Problem(503, "search-too-slow", "The search took too long; look for a longer word.")

    browser = signs(IOM)
    monkeypatch.setitem(queries._OF, "decision", slow)
    page = browser.opens("/search?q=zebra", 503)
    assert "took too long" in words(page)
    assert 'value="zebra"' in page


def test_it_is_for_the_people_of_the_group(signs: Signs) -> None:
    signs().opens("/search?q=zebra", 303)
    assert 'role="search"' not in signs().opens("/calendar")
    page = signs(IOM).opens("/calendar")
    assert 'role="search"' in page
    assert Form(page, "/groups/gmg/search").fields == {"q": ""}
