"""The tasks of a newcomer, done with a real browser in which JavaScript is switched off.

Each test does what its reader does, from the page where they would begin, and looks at what is there afterwards. The
tests share one group and do not depend on each other: each has agencies or things of its own. Those of the
others are in test_tasks_focal_point.py, test_tasks_chair.py and test_tasks_secretariat.py; by keyboard and on paper in
test_tasks_ways.py.
"""

import re
import urllib.request
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from service.rotation.engine import terms
from service.rotation.values import Term
from tests.prove.doing import Reads, follow, press, said, text
from tests.prove.living import Living


@pytest.fixture
def now(living: Living) -> Term:
    """Today's term, as the rule gives it."""
    day = living.life.today
    return next(term for term in terms(living.life.charter, day + timedelta(days=400)) if term.end > day)


def label(living: Living, member: str) -> str:
    return next(one.label for one in living.life.charter.members if one.id == member)


def test_the_home_page_says_who_chairs_until_when_and_why(living: Living, reads: Reads, now: Term) -> None:
    page = reads()
    chair = page.get_by_role("region", name="In the chair today")
    assert text(chair, ".statement") == label(living, now.chair[0])
    assert f"Since {said(now.start)}." in (words := " ".join(chair.inner_text().split()))
    assert f"The chair passes on {said(now.end)} at 00:00 (Europe/Zurich)." in words
    assert re.search(rf"{label(living, now.chair[0])} follows \S.* in the order in force since", words)
    for region in ("Coming meetings", "14 members", "Purposes", "How the group works"):
        expect(page.get_by_role("region", name=region)).to_be_visible()
    assert page.locator("script").count() == 0


def test_the_chair_before_now_and_next_each_with_its_reason(living: Living, reads: Reads, now: Term) -> None:
    page = reads()
    follow(page, "The chair before, now and next")
    order = [one.label for one in living.life.charter.members]
    at = order.index(label(living, now.chair[0]))
    for name, who in (("Before", order[at - 1]), ("Now", order[at]), ("Next", order[(at + 1) % len(order)])):
        part = page.get_by_role("region", name=name, exact=True)
        assert who in part.inner_text()
        assert f"{who} follows" in part.get_by_role("list").inner_text()
    left = (now.end - living.life.today).days
    assert f"{left} day" in page.get_by_role("region", name="Now", exact=True).inner_text()


def test_the_timeline_of_all_terms_and_of_one_member(living: Living, reads: Reads, now: Term) -> None:
    page = reads()
    follow(page, "All terms")
    current = page.locator("tr[aria-current=date]")
    assert current.get_by_role("rowheader").inner_text() == label(living, now.chair[0])
    assert page.locator("svg rect.bar").count() == page.locator("tbody tr").count() > 5
    page.get_by_label("Member").select_option("iom")
    press(page, "Show")
    assert set(page.locator("tbody th").all_inner_texts()) == {"IOM"}


def test_from_the_month_to_a_calendar_that_keeps_itself(living: Living, reads: Reads) -> None:
    """Month, the same as a list, and the ways to subscribe; the address that is offered answers with a calendar."""
    page = reads()
    follow(page, "The whole calendar")
    today = living.life.today
    assert f"{today:%B %Y}" in page.get_by_role("heading", level=1).inner_text()
    assert page.get_by_role("table").locator("tbody tr").count() in (4, 5, 6)
    follow(page, re.compile("^Later"))
    month = page.get_by_role("heading", level=1).inner_text().removeprefix("Calendar, ")
    follow(page, "The same as a list")
    assert month in page.locator("section h2").first.inner_text() or month in text(page)
    follow(page, "Keep it in your calendar")
    ways = page.get_by_role("region", name="Which calendar")
    assert str(ways.get_by_role("link", name="Subscribe").get_attribute("href")).startswith("webcal://")
    address = ways.get_by_label("Or copy the address").input_value()
    google = urlsplit(str(ways.get_by_role("link", name="Google Calendar").get_attribute("href")))
    assert address.partition("://")[2] in parse_qs(google.query)["cid"][0]
    outlook = urlsplit(str(ways.get_by_role("link", name="Outlook").get_attribute("href")))
    assert address in parse_qs(outlook.query)["url"]
    expect(ways.locator("figure svg")).to_be_visible()
    with urllib.request.urlopen(address) as feed:
        assert feed.read().startswith(b"BEGIN:VCALENDAR")


def test_the_calendar_of_one_agency_alone(reads: Reads) -> None:
    page = reads("/calendar/subscribe")
    page.get_by_label("Calendar of one agency").select_option("unesco")
    press(page, "Show")
    with urllib.request.urlopen(page.locator("#feed-https").input_value()) as feed:
        found = feed.read().decode()
    assert "unesco" in page.locator("#feed-https").input_value()
    assert "UNESCO" in found


def test_every_member_has_its_website_and_mandate(living: Living, reads: Reads) -> None:
    page = reads()
    follow(page, "All members, with their turns in the chair")
    shown = text(page)
    for member in living.life.charter.members:
        assert member.label in shown
        assert member.website is None or member.website.removeprefix("https://") in shown
        assert member.mandate is None or member.mandate[1:] in shown
    follow(page, "UNHCR")
    assert "Refugees, stateless and displaced people" in text(page)
    assert page.get_by_role("link", name=re.compile("unhcr.org")).get_attribute("href") == "https://www.unhcr.org"


def test_what_the_group_decided_and_does_as_far_as_it_is_public(reads: Reads) -> None:
    page = reads()
    page.get_by_role("region", name="Latest public decisions").get_by_role("link").first.click()
    assert "Where it stands" in text(page)
    follow(page, "All decisions")
    assert "Common statement" not in text(page), "what is for members is not told to the public"
    page.goto(page.url.replace("/decisions", ""))
    page.get_by_role("region", name="Latest common activities").get_by_role(
        "link", name=re.compile("Survey")
    ).first.click()
    assert "To know what migrants pay." in text(page)


def test_arabic_by_the_language_bar_stays_and_runs_from_right_to_left(reads: Reads) -> None:
    page = reads()
    english = page.locator("main").inner_text()
    bar = page.locator("nav.languages a")
    assert bar.all_inner_texts() == ["العربية", "中文", "English", "Français", "Русский", "Español"]
    follow(page, "العربية")
    for _ in range(2):
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.locator("html").get_attribute("lang") == "ar"
        assert page.locator("main").evaluate("one => getComputedStyle(one).direction") == "rtl"
        assert page.locator("main").inner_text() != english
        english = ""
        page.locator("a[href='/groups/gmg/members']").first.click()
    follow(page, "English")
    assert page.locator("html").get_attribute("dir") == "ltr"


# The picture, the words of its marks, and the columns of the table that say the same.
FIGURES = {
    "Who met at which hour": (r"(?P<head>.+?): (?P<n>\d+)", {"in office hours": 2, "early or late": 3, "at night": 4}),
    "Actions over time": (r"(?P<head>.+?): (?P<n>\d+)", {"opened": 0, "done": 1, "open at": 2, "overdue": 3}),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_shows_the_numbers_of_its_table(reads: Reads, name: str) -> None:
    page = reads("/figures", "ilo")
    pattern, columns = FIGURES[name]
    part = page.locator("section", has=page.get_by_role("heading", name=re.compile(name)))
    bars = part.locator("svg rect title").all_text_contents()
    assert bars
    rows = {
        str(line.get_by_role("rowheader").text_content()): line.get_by_role("cell").all_inner_texts()
        for line in part.locator("tbody tr").all()
    }
    drawn = 0
    for bar in bars:
        found = re.match(pattern, bar)
        assert found, bar
        column = next(at for word, at in columns.items() if word in bar)
        assert rows[found["head"]][column] == found["n"], bar
        drawn += 1
    assert drawn == sum(cells[at] != "0" for cells in rows.values() for at in columns.values())


def test_every_figure_stands_beside_a_table_of_the_same_things(reads: Reads) -> None:
    page = reads("/figures")
    for part in page.locator("section:has(figure)").all():
        heads = [head.split(". ")[0] for head in part.locator("tbody th").all_inner_texts()]
        names = [name.split(". ")[0] for name in part.locator("svg text").all_text_contents()]
        if any(re.search("half", head) for head in heads):
            # Its axis has the years, two halves each.
            names = [f"{half} half of {year}" for year in names if len(year) == 4 for half in ("First", "Second")]
        assert set(heads) <= set(names), part.locator("h2").text_content()
    assert page.locator("section:has(figure)").count() == 5
