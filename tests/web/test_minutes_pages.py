"""Minutes on pages: written as a draft, circulated, objected to, adopted by silence."""

import re
from datetime import timedelta

import pytest

from service.web.meetings.markdown import shown
from tests.conftest import Time
from tests.meetings.conftest import CHAIR, FIRST
from tests.web.browsing import Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures

IOM = "gmg@iom.example"
ONE = f"/meetings/{FIRST}"
MINUTES = f"{ONE}/minutes"
WRITE = f"{MINUTES}/write"


@pytest.fixture
def host(signs: Signs, time: Time) -> Browser:
    """The chair's browser, once the first meeting is on record as held."""
    signs(CHAIR).sends(f"{ONE}/agenda", f"{ONE}/agenda", title="Data")
    signs(CHAIR).sends(ONE, f"{ONE}/call")
    time.at += timedelta(days=43)
    browser = signs(CHAIR)
    browser.sends(f"{ONE}/hold", f"{ONE}/hold")
    return browser


def test_minutes_are_written_and_a_draft_is_for_chair_and_secretariat(
    host: Browser, signs: Signs, secretary: Browser
) -> None:
    assert "Write the minutes" in words(host.opens("/meetings?when=past"))
    fields = {"text": "# Talks\n\nSaid <b>x</b>.", "outcome-0": "ILO drafts.", "item-0": "1", "outcome-2": "We meet."}
    host.sends(WRITE, WRITE, **fields)
    page = host.opens(MINUTES)
    assert '<h3 dir="auto">Talks</h3>' in page
    assert "Said &lt;b&gt;x&lt;/b&gt;." in page
    assert "1. ILO drafts." not in page
    assert re.search(r'<li value="1"><span dir="auto">ILO drafts\.</span> <span class="small">\(Data\)', page)
    assert '<li value="2"><span dir="auto">We meet.' in page
    assert "ILO drafts" in secretary.opens(MINUTES)
    seen = signs(IOM).opens(MINUTES)
    assert "There are none to read yet." in words(seen)
    assert "ILO drafts" not in seen
    signs(IOM).opens(WRITE, 403)
    signs().opens(MINUTES, 303)


def test_they_are_circulated_and_adopted_by_silence(host: Browser, signs: Signs, time: Time) -> None:
    host.sends(WRITE, WRITE, text="Said.")
    assert "Circulate the minutes" in words(host.opens("/meetings?when=past"))
    again = host.sends(MINUTES, f"{MINUTES}/circulate", 422, until="2008-06-28")
    assert "Give members 2 to 90 days" in words(again.text)
    assert 'value="2008-06-28"' in again.text
    host.sends(MINUTES, f"{MINUTES}/circulate", until="2008-07-07")
    assert "adopted unless a member objects by the end of 7 July 2008" in words(signs(IOM).opens(MINUTES))
    assert "Read the minutes; object until 7 July 2008" in words(signs(IOM).opens("/meetings?when=past"))
    time.at += timedelta(days=12)
    member = signs(IOM)
    page = member.opens(MINUTES)
    assert "Adopted by silence" in words(page)
    assert "<form method" not in page.partition("<main")[2]
    member.posts(f"{MINUTES}/object", 409, version="1", member="iom", text="Late.")


def test_a_member_objects_and_the_chair_writes_anew(host: Browser, signs: Signs) -> None:
    host.sends(WRITE, WRITE, text="Said.")
    host.sends(MINUTES, f"{MINUTES}/circulate")
    member = signs(IOM)
    kept = member.sends(MINUTES, f"{MINUTES}/object", 412, version="9", text="Kept <objection>")
    assert "Kept &lt;objection&gt;</textarea>" in kept.text
    member.sends(MINUTES, f"{MINUTES}/object", text="We said <no>.")
    page = host.opens(MINUTES)
    assert "We said &lt;no&gt;." in page
    assert "objected to" in words(page)
    assert "Look at the objections" in words(host.opens("/meetings?when=past"))
    signs("gmg@ilo.example").posts(f"{MINUTES}/object", 403, version="1", member="iom", text="Not mine.")
    host.sends(WRITE, WRITE, text="Said otherwise.")
    assert "draft" in words(host.opens(MINUTES))


def test_two_who_write_see_both_texts(host: Browser, secretary: Browser) -> None:
    host.sends(WRITE, WRITE, text="First.", **{"outcome-0": "One."})
    version = re.findall(r'name="version" value="(\d+)"', host.opens(WRITE))[0]
    secretary.sends(WRITE, WRITE, text="Theirs.", **{"outcome-0": "Their one."})
    again = host.posts(WRITE, 412, version=version, text="Mine.", **{"outcome-0": "My one."})
    told = words(again.text)
    assert "It says now: Theirs." in told
    assert "It says now: Their one." in told
    assert "Mine.</textarea>" in again.text
    assert "My one.</textarea>" in again.text


def test_an_outcome_names_its_item_by_number(host: Browser) -> None:
    again = host.sends(WRITE, WRITE, 422, text="Kept.", **{"outcome-0": "One.", "item-0": "7"})
    assert "no item of that number" in words(again.text)
    assert "Kept.</textarea>" in again.text
    assert re.search(r'id="item-0"[^>]*value="7" aria-invalid="true"', again.text)


def test_nothing_is_written_before_a_meeting_is_held(signs: Signs) -> None:
    browser = signs(CHAIR)
    assert "once the meeting is held" in words(browser.opens(MINUTES))
    browser.posts(WRITE, 409, text="Said.")


def test_the_markdown_of_minutes_is_shown_and_nothing_else() -> None:
    text = "# Head <x> #\nA & b\n**strong** c\n\n- one\n* two\n1. first\n2) second\n[a](javascript:b) <script>"
    assert shown(text) == (
        '<h3 dir="auto">Head &lt;x&gt;</h3>\n<p dir="auto">A &amp; b<br><strong>strong</strong> c</p>\n'
        '<ul><li dir="auto">one</li><li dir="auto">two</li></ul>\n'
        '<ol><li dir="auto">first</li><li dir="auto">second</li></ol>\n'
        '<p dir="auto">[a](javascript:b) &lt;script&gt;</p>'
    )
    assert shown("") == ""
    assert len(shown("# " + " " * 60_000 + "x")) < 60_100
