"""The programme of a term on its page, and the chair's report: set, closed, carried on; for members alone."""

import pytest

from tests.access.conftest import token  # noqa: F401 - a fixture
from tests.conftest import Time
from tests.followups.surveying import SURVEY
from tests.meetings.conftest import FIRST, Send, at, chair, send  # noqa: F401 - fixtures
from tests.web.browsing import Browser, Signs, signs, words  # noqa: F401 - fixtures

CHAIR, NEXT, IOM = "gmg@unfpa.example", "gmg@unhcr.example", "gmg@iom.example"
NOW, COMING, LATER = "/programmes/turn-5", "/programmes/turn-6", "/programmes/turn-7"


@pytest.fixture
def drawn(signs: Signs, send: Send) -> Browser:
    """The chair, who has set a programme with two activities."""
    for title in ("First <survey>", "Second"):
        assert send("/activities", etag="", **SURVEY | {"title": title}).status_code == 201
    browser = signs(CHAIR)
    ids = ["activity-2", "activity-1"]
    browser.sends(NOW, f"{NOW}#setting", theme="Data & <facts>", text="A.\nB.", activities=ids)
    return browser


def test_the_chair_sets_theme_and_programme(drawn: Browser, signs: Signs) -> None:
    told = signs(IOM).opens(NOW)
    assert "Data &amp; &lt;facts&gt;" in told
    assert "A.<br>B." in told
    assert "First &lt;survey&gt;" in told
    assert "<form method" not in told
    said = words(told)
    assert said.index("Second") < said.index("First")
    assert "Tuesday, 1 January 2008 to Monday, 30 June 2008" in said
    assert 'href="/groups/gmg/programmes/turn-5"' in signs(IOM).opens("/activities")
    assert "/programmes/" not in signs().opens("/activities")
    assert "UNFPA, from 1 January 2008" in words(signs(IOM).opens("/activities/activity-1"))


def test_setting_it_anew_keeps_the_order_and_tells_a_conflict(drawn: Browser) -> None:
    drawn.sends(NOW, f"{NOW}#setting", theme="New theme")
    said = words(drawn.opens(NOW))
    assert said.index("Second") < said.index("First")
    again = drawn.sends(NOW, f"{NOW}#setting", 412, theme="Mine", version="1")
    assert "It says now: New theme" in words(again.text)
    assert 'value="Mine"' in again.text


def test_an_activity_goes_a_place_up_or_down(drawn: Browser, signs: Signs) -> None:
    order = f"{NOW}/order"
    drawn.sends(NOW, f"{order}#parts", up="activity-1")
    told = signs(IOM).opens(NOW)
    said = words(told)
    assert said.index("First &lt;survey&gt;") < said.index("Second")
    assert "Data &amp; &lt;facts&gt;" in told, "theme and text stay"
    assert "A.<br>B." in told
    assert 'name="up"' not in told
    shown = "activity-1 activity-2"
    again = drawn.posts(order, 422, version="2", shown=shown, up="activity-1")
    assert "There is no place further in that direction." in words(again.text)
    drawn.posts(order, 412, version="1", shown=shown, down="activity-1")
    signs(IOM).posts(order, 403, version="2", shown=shown, down="activity-1")
    drawn.posts("/programmes/turn-7/order", 404, version="1", shown=shown, down="activity-1")


def test_who_comes_next_drafts_its_own(signs: Signs) -> None:
    browser = signs(NEXT)
    assert "Next step Set theme and programme" in words(browser.opens(COMING))
    browser.sends(COMING, f"{COMING}#setting", theme="Asylum")
    assert "a draft until the term begins" in words(signs(IOM).opens(COMING))
    assert "<form method" not in browser.opens(NOW)
    assert "<form method" not in signs(CHAIR).opens(COMING)
    assert "<form method" not in signs(CHAIR).opens(LATER)
    assert "No theme is set yet" in signs(CHAIR).opens(LATER)
    browser.posts(NOW, 403, theme="X")
    signs(IOM).posts(COMING, 403, theme="X")


def test_at_its_close_what_is_unfinished_is_carried_on(drawn: Browser, signs: Signs) -> None:
    again = drawn.sends(NOW, f"{NOW}/close#closing", 422, summary=" ")
    assert "Write something here." in words(again.text)
    drawn.sends(NOW, f"{NOW}/close#closing", summary="Much.", carry=["activity-1"])
    told = drawn.opens(NOW)
    said = words(told)
    assert "What came of it Much." in said
    assert "First &lt;survey&gt; – carried on in the next term" in said
    assert "Second – carried on" not in said
    assert "<form method" not in told
    assert "First &lt;survey&gt;" in signs(IOM).opens(COMING)


def test_the_report_of_the_term_is_a_page_and_a_file(drawn: Browser, signs: Signs, send: Send, time: Time) -> None:
    send("/actions", etag="", title="Print <it>", owner="iom", due="2008-06-20")
    send("/notices", etag="", member="unfpa", theme="A guide", text="Out.", visibility="members")
    send("/decisions", etag="", operative="adopted", title="A sheet", text="T", until="2008-05-30")
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-27T08:00")
    browser = signs(IOM)
    told = browser.opens("/reports/turn-5")
    said = words(told)
    for there in (
        "Report of the chair: UNFPA, from 1 January 2008", "the term is still running", "actions overdue 1",
        "2008-1 A sheet adopted by the group 31 May 2008 –", "Working-level meeting Thursday, 26 June 2008 · called",
        "Print &lt;it&gt; IOM open; overdue 20 June 2008", "First &lt;survey&gt; ILO, IOM and World Bank proposed",
        "UNFPA: A guide",
    ):  # fmt: skip
        assert there in said, there
    file = browser.client.get(f"{browser.base}/reports/turn-5/report.md")
    assert file.headers["content-type"].startswith("text/markdown")
    assert file.headers["content-disposition"] == 'attachment; filename="gmg-turn-5-report.md"'
    assert file.text.startswith("# GMG: report of the chair")


def test_it_is_for_members_alone(drawn: Browser, signs: Signs) -> None:
    for path in (NOW, "/reports/turn-5", "/reports/turn-5/report.md"):
        signs().opens(path, 303)
    signs().posts(NOW, 401, theme="X")
    for path in ("/programmes/turn-99", "/reports/turn-99", "/programmes/no such"):
        drawn.opens(path, 404)
    drawn.opens("/reports/turn-6", 409)
