"""Activities on pages, from the proposal to what came of them; who may not sees no form, the public what is for it."""

from typing import Any

import pytest

from tests.access.conftest import token  # noqa: F401 - a fixture
from tests.conftest import Time
from tests.followups.surveying import SURVEY
from tests.meetings.conftest import FIRST, Send, at, chair, send  # noqa: F401 - fixtures
from tests.web.browsing import Browser, Signs, signs, words  # noqa: F401 - fixtures

CHAIR, ILO, IOM, WHO_ELSE = "gmg@unfpa.example", "gmg@ilo.example", "gmg@iom.example", "gmg@unodc.example"
NEW, ONE = "/activities/new", "/activities/activity-1"
TYPED: dict[str, Any] = {
    "title": "Survey of <statistics>",
    "kind": "survey",
    "objective": "One picture.\nOf what we count.",
    "from": "2008-06-01",
    "until": "2008-11-30",
    "purposes": ["6", "4"],
    "partners": ["iom", "wb"],
    "step-title-1": "Questionnaire",
    "step-due-1": "2008-07-15",
    "expected": "A questionnaire\n\nA report\n",
    "visibility": "public",
}


@pytest.fixture
def proposed(signs: Signs) -> Browser:
    """ILO's focal point, who has proposed an activity."""
    browser = signs(ILO)
    browser.sends(NEW, NEW, **TYPED)
    return browser


@pytest.fixture
def agreed(proposed: Browser, send: Send, time: Time, signs: Signs) -> Browser:
    """The chair, after a meeting at which the activity was agreed."""
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T14:00")
    browser = signs(CHAIR)
    told = browser.opens(ONE)
    assert f'value="meeting:{FIRST}"' in told
    browser.sends(ONE, f"{ONE}/agree#agreeing", by=f"meeting:{FIRST}")
    return browser


def test_a_focal_point_proposes(proposed: Browser, signs: Signs) -> None:
    told = proposed.opens(ONE)
    said = words(told)
    assert "Survey of &lt;statistics&gt;" in told
    assert "One picture.<br>Of what we count." in told
    assert "Sunday, 1 June 2008 to Sunday, 30 November 2008" in said
    assert "Partners IOM and World Bank" in said
    assert "4. Exchange of information and expertise" in said
    assert "Next step The chair puts on record that the group has agreed." in said
    assert "A report not there yet" in said
    assert "Next step Put on record that the group has agreed" in words(signs(CHAIR).opens(ONE))


def test_what_was_typed_is_kept_and_the_last_day_is_asked_for(signs: Signs) -> None:
    again = signs(ILO).sends(NEW, NEW, 422, **TYPED | {"until": "2008-05-31"})
    assert 'value="Survey of &lt;statistics&gt;"' in again.text
    assert 'name="purposes" value="6" checked' in again.text
    assert 'value="Questionnaire"' in again.text
    assert "A questionnaire\n\nA report\n</textarea>" in again.text
    assert "The last day is before the first." in words(again.text)
    wrong = signs(ILO).sends(NEW, NEW, 422, **TYPED | {"until": "soon"})
    assert "write it as 2008-07-01." in words(wrong.text)
    # A milestone without its day is refused at the milestones.
    without = signs(ILO).sends(NEW, NEW, 422, **TYPED | {"step-due-1": ""})
    assert '<fieldset id="milestones"' in without.text
    assert 'href="#milestones"' in without.text


def test_pressed_twice_it_is_proposed_once(signs: Signs) -> None:
    browser = signs(ILO)
    fields = TYPED | {"lead": "ilo", "once": "a-key"}
    first, second = (browser.posts(NEW, 303, **fields) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]


def test_it_is_agreed_at_a_meeting_and_then_the_public_sees_it(agreed: Browser, signs: Signs) -> None:
    said = words(agreed.opens(ONE))
    assert "Agreed at Working-level meeting of 26 June 2008" in said
    assert "Agreed on Thursday, 26 June 2008; nothing was reported yet." in said
    public = signs().opens(ONE)
    assert "Survey of &lt;statistics&gt;" in public
    assert "<form method" not in public
    assert "GMG focal point" not in public
    assert "Working-level" not in public
    assert "Log" not in words(public)
    assert "Survey of" in signs().opens("/activities")


def test_the_public_sees_no_proposal(proposed: Browser, signs: Signs) -> None:
    signs().opens(ONE, 404)
    assert "No activity is found here." in signs().opens("/activities")
    signs().opens(f"{ONE}/log", 303)


def test_a_partner_reports_with_an_output(agreed: Browser, signs: Signs) -> None:
    browser = signs(IOM)
    assert "Report on the first work, or say that it has begun" in words(browser.opens(ONE))
    typed = {"output-title-1": "The <questionnaire>", "output-url-1": "https://iom.example/q", "answers": "1"}
    browser.sends(ONE, f"{ONE}/report#reporting", text="Sent out.\nAll answered.", **typed)
    told = browser.opens(ONE)
    assert "under way" in words(told)
    assert "Sent out.<br>All answered." in told
    assert '<a href="https://iom.example/q" rel="noreferrer" dir="auto">The &lt;questionnaire&gt;</a>' in told
    assert "A report not there yet" in words(told)
    assert "A questionnaire not there yet" not in words(told)
    assert "Last report on Thursday, 26 June 2008." in words(told)


def test_a_report_with_a_fault_is_kept(agreed: Browser, signs: Signs) -> None:
    typed = {"output-title-1": "Q", "output-url-1": "http://iom.example/q"}
    again = signs(IOM).sends(ONE, f"{ONE}/report#reporting", 422, text="Kept.", **typed)
    assert "Kept.</textarea>" in again.text
    assert 'id="report-outputs" aria-invalid="true"' in again.text
    assert 'value="http://iom.example/q"' in again.text


def test_the_lead_says_that_work_has_begun(agreed: Browser, signs: Signs) -> None:
    browser = signs(ILO)
    browser.sends(ONE, f"{ONE}/start#reporting")
    said = words(browser.opens(ONE))
    assert "under way" in said
    assert "Only say that work has begun" not in said


def test_milestones_are_added_moved_and_reached(agreed: Browser, signs: Signs, time: Time) -> None:
    time.at = at("2008-07-16T08:00")
    browser = signs(ILO)
    assert "Next step Say of Questionnaire that it is reached, or move it" in words(browser.opens(ONE))
    assert "1 milestone overdue" in words(browser.opens("/activities"))
    again = browser.sends(ONE, f"{ONE}/milestones/1/move#milestones", 422, due="2008-07-15", reason="Late answers")
    assert "stands on this day already" in words(again.text)
    assert 'value="Late answers"' in again.text
    browser.sends(ONE, f"{ONE}/milestones/1/move#milestones", due="2008-08-20", reason="Late answers")
    browser.sends(ONE, f"{ONE}/milestones#milestones", title="Draft", due="2008-10-15")
    said = words(browser.opens(ONE))
    assert "Questionnaire Wednesday, 20 August 2008 moved 1 time to come" in said
    assert "Draft Wednesday, 15 October 2008 to come" in said
    partner = signs(IOM)
    partner.sends(ONE, f"{ONE}/milestones/1/reach#milestones")
    said = words(partner.opens(ONE))
    assert "reached 16 July 2008" in said
    # A partner reaches milestones and does not move them.
    assert "/move#" not in partner.opens(ONE)
    partner.posts(f"{ONE}/milestones/2/move", 403, due="2008-10-20", reason="No", version="9")


def test_who_corrects_what_has_changed_sees_both_texts(proposed: Browser, signs: Signs) -> None:
    proposed.sends(ONE, f"{ONE}/edit#editing", objective="Theirs.")
    again = proposed.sends(ONE, f"{ONE}/edit#editing", 412, objective="Mine.", version="1")
    assert "It says now: Theirs." in words(again.text)
    assert "Mine.</textarea>" in again.text
    assert '<input type="hidden" name="version" value="2">' in again.text
    log = words(proposed.opens(ONE))
    assert "Objective: One picture. Of what we count. → Theirs." in log
    assert "Sunday, 30 November 2008" in log


def test_the_chair_closes_it_with_what_came_of_it(agreed: Browser, signs: Signs) -> None:
    signs(ILO).sends(ONE, f"{ONE}/report#reporting", text="Done.")
    agreed.sends(ONE, f"{ONE}/complete#closing", text="A report for all.")
    told = agreed.opens(ONE)
    assert "completed" in words(told)
    assert "A report for all." in told
    assert "<form method" not in told


def test_a_proposal_is_turned_down_with_a_reason(proposed: Browser, signs: Signs) -> None:
    browser = signs(CHAIR)
    assert "Turn it down" in words(browser.opens(ONE))
    browser.sends(ONE, f"{ONE}/discontinue#ending", reason="No means.")
    assert "discontinued" in words(proposed.opens(ONE))
    assert "No means." in words(proposed.opens(ONE))


def test_who_has_no_part_in_it_sees_no_form(agreed: Browser, signs: Signs) -> None:
    browser = signs(WHO_ELSE)
    assert "<form method" not in browser.opens(ONE)
    for door, typed in (
        ("agree", {"by": f"meeting:{FIRST}"}), ("start", {}), ("report", {"member": "ilo", "text": "X"}),
        ("edit", {"title": "X"}), ("complete", {"text": "X"}), ("discontinue", {"reason": "X"}),
        ("milestones", {"title": "X", "due": "2008-09-01"}), ("milestones/1/reach", {"day": "2008-06-01"}),
    ):  # fmt: skip
        browser.posts(f"{ONE}/{door}", 403, version="2", **typed)
        signs().posts(f"{ONE}/{door}", 401, version="2", **typed)
    signs().opens(NEW, 303)


def test_the_list_is_filtered_as_the_api_is(proposed: Browser) -> None:
    for query, there in (
        ("status=proposed", True), ("status=agreed", False), ("kind=survey", True), ("kind=gap+analysis", False),
        ("purpose=6", True), ("purpose=7", False), ("member=iom", True), ("member=unodc", False),
        ("area=migration+and+gender", False), ("programme=turn-5", False), ("status=&kind=&member=", True),
    ):  # fmt: skip
        assert ("Survey of" in proposed.opens(f"/activities?{query}")) is there, query


def test_a_programme_is_no_filter_for_the_public(proposed: Browser, signs: Signs) -> None:
    signs().opens("/activities?programme=turn-5", 403)


def test_long_lists_and_logs_go_on(send: Send, signs: Signs) -> None:
    for number in range(32):
        assert send("/activities", etag="", **SURVEY | {"title": f"Number {number}."}).status_code == 201
    browser = signs(IOM)
    first = browser.opens("/activities")
    assert "Number 31." in first
    assert "Number 1." not in first
    older = first.split('<p><a href="/groups/gmg')[-1].split('"')[0].replace("&amp;", "&")
    assert "Number 1." in browser.opens(older)
    for number in range(32):
        assert send(f"{ONE}/edit", title=f"Name {number}.").status_code == 200
    page = browser.opens(ONE)
    assert f'href="/groups/gmg{ONE}/log"' in page
    log = browser.opens(f"{ONE}/log")
    assert "Name 31." in log
    assert "proposed" not in words(log)
    rest = log.split('<p><a href="/groups/gmg')[1].split('"')[0].replace("&amp;", "&")
    assert "proposed" in words(browser.opens(rest))


def test_there_is_no_such_activity(signs: Signs) -> None:
    for path in ("/activities/activity-9", "/activities/nothing", "/activities/activity-9/log"):
        signs(IOM).opens(path, 404)
