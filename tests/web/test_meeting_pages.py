"""Meetings on pages: what the public, a focal point and the chair see of one, and what each does to it."""

import re
from datetime import timedelta

from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.meetings.conftest import CHAIR, FIRST, NEXT_CHAIR, Send, chair, send  # noqa: F401 - fixtures
from tests.web.browsing import Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures

IOM = "gmg@iom.example"
ONE = f"/meetings/{FIRST}"


def called(signs: Signs) -> Browser:
    """The chair's browser, once the first meeting is called."""
    browser = signs(CHAIR)
    browser.sends(ONE, f"{ONE}/call")
    return browser


def test_the_public_sees_title_and_time_alone(signs: Signs) -> None:
    called(signs).sends(f"{ONE}/change", f"{ONE}/edit", link="https://meet.example/secret")
    listed, one = words(signs().opens("/meetings")), signs().opens(ONE)
    assert "Working-level meeting" in listed
    # The same hour as in the feeds, the API and on the group's page.
    for shown in (listed, words(one), words(signs().opens(""))):
        assert "Thursday, 26 June 2008, 14:00 to 15:30 (Europe/Zurich)" in shown
    assert "Next:" not in listed
    for hidden in ("meet.example", "New York", "Who comes", "<form method"):
        assert hidden not in one
    for below in ("agenda", "minutes", "slots", "change", "hold", "observers", "polls/new"):
        signs().opens(f"{ONE}/{below}", 303)


def test_the_chair_calls_a_meeting_in_one_click_and_members_are_asked(signs: Signs) -> None:
    browser = signs(CHAIR)
    assert "Call it, so that everybody is invited" in words(browser.opens("/meetings"))
    assert "Calling it invites" in words(browser.opens(ONE))
    assert "Call this meeting" not in signs(IOM).opens(ONE)
    called(signs)
    assert "Answer whether IOM comes" in words(signs(IOM).opens("/meetings"))


def test_a_focal_point_answers_in_one_click_and_changes_it(signs: Signs) -> None:
    called(signs)
    browser = signs(IOM)
    browser.sends(ONE, f"{ONE}/respond", answer="accepted", representative="Ms <b>X</b>", rank="alternate")
    page = browser.opens(ONE)
    assert "IOM comes; you may change that" in words(page)
    assert "Ms &lt;b&gt;X&lt;/b&gt;" in page
    assert "<b>X" not in page
    browser.sends(ONE, f"{ONE}/respond", answer="declined")
    assert "IOM does not come" in words(browser.opens(ONE))
    assert "Answer whether" not in words(browser.opens("/meetings"))


def test_nobody_answers_for_another_member(signs: Signs) -> None:
    called(signs)
    signs(IOM).posts(f"{ONE}/respond", 403, member="ilo", answer="accepted", sequence="1")
    signs().posts(f"{ONE}/respond", 401, member="ilo", answer="accepted", sequence="1")


def test_an_answer_for_an_earlier_time_is_asked_for_again(signs: Signs) -> None:
    host, browser = called(signs), signs(IOM)
    browser.sends(ONE, f"{ONE}/respond", answer="accepted")
    host.sends(f"{ONE}/change", f"{ONE}/move", day="2008-06-27")
    assert "IOM has answered for an earlier time or place" in words(browser.opens(ONE))
    assert "Answer whether IOM comes" in words(browser.opens("/meetings"))


def test_the_secretariat_notes_an_answer_for_a_member(signs: Signs, secretary: Browser) -> None:
    called(signs)
    secretary.sends(ONE, f"{ONE}/respond", member="ilo", answer="tentative")
    assert re.search(r"ILO\s+may come", words(signs(IOM).opens(ONE)))


def test_the_chair_moves_a_meeting_and_what_was_not_changed_follows_its_rhythm_on(signs: Signs) -> None:
    browser = signs(CHAIR)
    browser.sends(f"{ONE}/change", f"{ONE}/move", day="2008-06-27", at="10:00")
    page = words(browser.opens(ONE))
    assert "Friday, 27 June 2008, 10:00 to 11:30 (Europe/Zurich)" in page
    assert "For you: Friday, 27 June 2008, 04:00 to 05:30 (New York)" in page
    assert "Where New York" in page


def test_two_who_change_a_meeting_see_both_texts(signs: Signs) -> None:
    browser = signs(CHAIR)
    form = browser.opens(f"{ONE}/change")
    version = re.findall(r'name="version" value="(\d+)"', form)[0]
    browser.sends(f"{ONE}/change", f"{ONE}/edit", title="Theirs")
    again = browser.posts(f"{ONE}/edit", 412, version=version, title="Mine", link="", quorum="majority", freeze="7")
    assert "Theirs" in words(again.text)
    assert 'value="Mine"' in again.text
    assert "It says now:" in words(again.text)


def test_a_fault_keeps_what_was_typed_and_names_the_field(signs: Signs) -> None:
    browser = signs(CHAIR)
    again = browser.sends(f"{ONE}/change", f"{ONE}/edit", 422, title="Kept", link="http://plain.example")
    assert 'value="Kept"' in again.text
    assert 'value="http://plain.example"' in again.text
    assert 'href="#edit-link"' in again.text
    assert 'aria-invalid="true"' in again.text
    moved = browser.sends(f"{ONE}/change", f"{ONE}/move", 422, zone="Nowhere/At_All")
    assert 'value="Nowhere/At_All"' in moved.text


def test_a_link_can_be_taken_away_again(signs: Signs) -> None:
    browser = signs(CHAIR)
    browser.sends(f"{ONE}/change", f"{ONE}/edit", link="https://meet.example/a")
    assert "https://meet.example/a" in signs(IOM).opens(ONE)
    browser.sends(f"{ONE}/change", f"{ONE}/edit", link="")
    assert "meet.example" not in signs(IOM).opens(ONE)


def test_a_cancelled_meeting_says_why(signs: Signs) -> None:
    browser = called(signs)
    assert "reason" in browser.sends(f"{ONE}/change", f"{ONE}/cancel", 422, reason=" ").text
    browser.sends(f"{ONE}/change", f"{ONE}/cancel", reason="Too few can come.")
    assert "Too few can come." in words(signs(IOM).opens(ONE))
    assert "Too few" not in signs().opens(ONE)
    assert "Comes</button>" not in signs(IOM).opens(ONE)


def test_who_does_not_chair_is_shown_no_form_and_refused(signs: Signs) -> None:
    browser = signs(NEXT_CHAIR)
    page = browser.opens(ONE)
    for hidden in (f'{ONE}/change"', "/polls/new", "/observers", "Call this meeting"):
        assert hidden not in page
    browser.opens(f"{ONE}/change", 403)
    browser.opens("/meetings/new", 403)
    browser.posts(f"{ONE}/call", 403, version="1")
    browser.posts(f"{ONE}/cancel", 403, version="1", reason="No.")


def test_what_was_held_is_put_on_record_with_who_was_there(signs: Signs, time: Time) -> None:
    browser = called(signs)
    signs(IOM).sends(ONE, f"{ONE}/respond", answer="accepted", representative="Ms X")
    browser.opens(f"{ONE}/hold", 409)
    time.at += timedelta(days=43)
    browser = signs(CHAIR)
    assert "over, not on record yet" in words(browser.opens("/meetings?when=past"))
    page = browser.opens(f"{ONE}/hold")
    assert re.search(r'name="presence-iom".*?value="in-person" selected', page)
    browser.sends(f"{ONE}/hold", f"{ONE}/hold", **{"presence-ilo": "remote", "presided_by": "Ms P"})
    told = words(browser.opens(ONE))
    assert "2 of 14 members were there; 8 make a quorum." in told
    assert "Ms P presiding" in told
    assert re.search(r"ILO\s+from afar", told)
    browser.sends(f"{ONE}/hold", f"{ONE}/hold", **{"presence-ilo": "absent"})
    assert "1 of 14 members were there" in words(browser.opens(ONE))


def test_news_is_told_and_replaced(signs: Signs) -> None:
    called(signs)
    browser = signs(IOM)
    browser.sends(ONE, f"{ONE}/news", text="A guide <is> out.")
    assert "A guide &lt;is&gt; out." in signs(CHAIR).opens(ONE)
    assert "A guide &lt;is&gt; out.</textarea>" in browser.opens(ONE)
    again = browser.sends(ONE, f"{ONE}/news", 422, text=" ")
    assert "write what there is to tell" in words(again.text)


def test_an_observer_is_given_what_is_ticked_and_taken_back(signs: Signs) -> None:
    browser = called(signs)
    at = f"{ONE}/observers"
    assert 'value="Kept"' in browser.sends(at, at, 422, name="Kept", email="no address").text
    browser.sends(at, at, name="Ms G", kind="expert", email="g@expert.example", link="1")
    assert "Ms G" in words(signs(IOM).opens(ONE))
    assert "g@expert.example" not in signs(IOM).opens(ONE)
    page = browser.opens(at)
    assert "Is given the link to join." in words(page)
    to = re.findall(r'action="/groups/gmg(/meetings/[^"]+/withdraw)"', page)[0]
    browser.sends(at, to)
    assert "Ms G" not in browser.opens(at)


def test_the_history_names_who_did_what(signs: Signs) -> None:
    called(signs)
    signs(IOM).sends(ONE, f"{ONE}/respond", answer="accepted")
    told = words(signs(IOM).opens(ONE))
    assert re.search(r"answered, IOM, comes \(", told)


def test_the_list_goes_on_page_by_page_and_is_filtered(signs: Signs, send: Send) -> None:
    for number in range(8):
        assert send("/meetings", title=f"Same {number}", day="2008-06-02", at="10:00").status_code == 201
    browser = signs(IOM)
    assert "Meeting of the principals" not in words(browser.opens("/meetings?level=focal-points"))
    seen, path = [], "/meetings"
    while path:
        page = browser.opens(path)
        seen += re.findall(r'<p class="title"><a href="/groups/gmg/meetings/([^"]+)"', page)
        more = re.search(r'href="(\?level=[^"]+after=[^"]+)"', page)
        path = "/meetings" + more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 24
    assert "No meeting is found here." in words(browser.opens("/meetings?state=cancelled"))


def test_strange_addresses_are_answered_calmly(signs: Signs) -> None:
    browser = signs(CHAIR)
    browser.opens("/meetings/no-such-meeting", 404)
    browser.opens("/meetings?level=<x>&state=<y>&when=never")
    browser.opens("/meetings?after=forged", 400)
    browser.opens(f"{ONE}/change?start=never")
    assert 'value="2008-06-25"' in browser.opens(f"{ONE}/change?start=2008-06-25T08:00:00%2B00:00")


def test_each_state_has_its_one_next_step_for_the_chair(signs: Signs) -> None:
    browser = called(signs)
    assert "Answer whether UNFPA comes" in words(browser.opens("/meetings"))
    browser.sends(ONE, f"{ONE}/respond", answer="accepted")
    assert "Next: Set the agenda" in words(browser.opens("/meetings"))
    browser.sends(f"{ONE}/agenda", f"{ONE}/agenda", title="Data")
    told = words(browser.opens("/meetings"))
    assert "Set the agenda" not in told
    assert "Read the agenda" in told


def test_pages_stay_light_with_a_full_agenda(signs: Signs, send: Send) -> None:
    browser = called(signs)
    for number in range(60):
        body = {"title": f"Item {number}", "text": "What it is about, in a sentence or two.", "meeting": FIRST}
        assert send("/agenda-items", etag="", **body).status_code == 201
    for path in (f"{ONE}/agenda", ONE, f"{ONE}/observers", "/meetings", f"{ONE}/slots", f"{ONE}/change"):
        assert len(browser.opens(path).encode()) < 100_000, path
