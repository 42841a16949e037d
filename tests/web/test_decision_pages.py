"""Decisions on pages: opened, answered, revised, withdrawn, recorded, replaced; who may not sees no form."""

import re

import pytest
from starlette.testclient import TestClient

from tests.access.conftest import token  # noqa: F401 - a fixture
from tests.conftest import Time
from tests.followups.decided import LAST
from tests.meetings.conftest import FIRST, Send, at, chair, send  # noqa: F401 - fixtures
from tests.web.browsing import Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures

CHAIR, IOM, ILO = "gmg@unfpa.example", "gmg@iom.example", "gmg@ilo.example"
NEW, ONE = "/decisions/new", "/decisions/2008-1"
TITLE, TEXT = "Fact sheet on <remittances>", "The group adopts the fact sheet.\n\nIt is reviewed in a year."


@pytest.fixture
def opened(signs: Signs) -> Browser:
    """The chair, who has put a decision to the members."""
    browser = signs(CHAIR)
    browser.sends(NEW, NEW, title=TITLE, text=TEXT, until=LAST, purposes=["4", "7"])
    return browser


@pytest.fixture
def held(send: Send, time: Time) -> str:
    """A meeting that was held."""
    send(f"/meetings/{FIRST}/call")
    time.at = at("2008-06-26T16:00")
    assert send(f"/meetings/{FIRST}/hold", present=[]).status_code == 200
    return FIRST


def test_the_chair_asks_for_silence_and_says_until_when(signs: Signs) -> None:
    browser = signs(CHAIR)
    assert "Thursday, 29 May 2008, 24:00 (Europe/Zurich)" in browser.opens(NEW)
    made = browser.sends(NEW, NEW, title=TITLE, text=TEXT, until=LAST)
    path = made.headers["location"].removeprefix(browser.base)
    assert path == ONE
    told = browser.opens(path)
    assert "Fact sheet on &lt;remittances&gt;" in told
    assert "<br>It is reviewed in a year." in told
    assert "open for answers" in told
    assert "Silence adopts it on Friday, 30 May 2008, 24:00 (Europe/Zurich)" in words(told)
    assert 'datetime="2008-05-30T22:00:00+00:00"' in told
    # New York is six hours behind: their clock shows another day.
    assert "For you: before Friday, 30 May 2008, 18:00 (New York)" in words(told)


def test_a_form_sent_twice_opens_one(signs: Signs) -> None:
    browser = signs(CHAIR)
    fields = {"way": "silence", "title": "A", "text": "B", "until": LAST, "operative": "adopted", "once": "a-key"}
    first, second = (browser.posts(NEW, 303, **fields) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]


def test_what_was_typed_is_kept_where_the_day_is_too_near(signs: Signs) -> None:
    again = signs(CHAIR).sends(NEW, NEW, 422, title="Kept", text="Kept & <text>", until="2008-05-16")
    assert 'value="Kept"' in again.text
    assert "Kept &amp; &lt;text&gt;</textarea>" in again.text
    assert "Give members 2 to 90 days from today." in words(again.text)


def test_without_a_last_day_nothing_is_recorded(signs: Signs) -> None:
    again = signs(CHAIR).sends(NEW, NEW, 422, title="A", text="B", until="")
    assert 'id="until" name="until" required aria-invalid="true"' in again.text


def test_a_document_without_a_title_is_refused_beside_its_field(signs: Signs) -> None:
    typed = {"title": "A", "text": "B", "document-url-2": "https://a.example/x"}
    again = signs(CHAIR).sends(NEW, NEW, 422, **typed)
    assert 'id="links" aria-invalid="true"' in again.text
    assert 'value="https://a.example/x"' in again.text
    typed["document-title-2"] = "Sheet"
    made = signs(CHAIR).sends(NEW, NEW, **typed)
    page = signs(CHAIR).client.get(made.headers["location"]).text
    assert '<a href="https://a.example/x" rel="noreferrer" dir="auto">Sheet</a>' in page


def test_a_focal_point_endorses_with_one_click(opened: Browser, signs: Signs) -> None:
    browser = signs(IOM)
    listed = words(browser.opens("/decisions"))
    assert "Not settled yet" in listed
    assert "0 of 14 have answered · Answer for IOM" in listed
    assert 'href="#answer-iom">Answer for IOM</a>' in browser.opens(ONE)
    form = re.search(r'<form[^>]+answer#iom-head">(.*?)</form>', browser.opens(ONE), re.S)
    assert form is not None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))
    assert fields == {"member": "iom", "round": "1", "answer": "endorse"}
    browser.posts(f"{ONE}/answer", 303, **fields)
    told = words(browser.opens(ONE))
    assert "1 of 14 has answered" in told
    assert "IOM endorses it – GMG focal point of IOM" in told
    assert "Next step Nothing has to be done: if nobody objects, silence adopts it." in told
    assert "Answer for IOM" not in words(browser.opens("/decisions"))


def test_an_objection_needs_its_reason_and_stands_until_taken_back(opened: Browser, signs: Signs) -> None:
    browser = signs(IOM)
    again = browser.sends(ONE, f"{ONE}/answer#answer-iom", 422, answer="object", reason=" ")
    assert "Say in reason why" in words(again.text)
    assert 'value="object" checked' in again.text
    browser.sends(ONE, f"{ONE}/answer#answer-iom", answer="object", reason="Not <yet>.")
    told = browser.opens(ONE)
    assert "1 member objects: it is not adopted as it stands." in words(told)
    assert "Not &lt;yet&gt;." in told
    assert "Revise the text, or withdraw it" in words(opened.opens(ONE))
    assert "contested" in words(signs(ILO).opens("/decisions"))
    browser.posts(f"{ONE}/answer", 303, member="iom", round="1", answer="endorse")
    assert "open for answers" in browser.opens(ONE)


def test_nobody_answers_for_another(opened: Browser, signs: Signs) -> None:
    signs(IOM).posts(f"{ONE}/answer", 403, member="ilo", round="1", answer="endorse")
    assert "0 of 14 have answered" in words(signs(ILO).opens(ONE))


def test_the_chair_revises_and_everybody_is_asked_anew(opened: Browser, signs: Signs) -> None:
    signs(IOM).posts(f"{ONE}/answer", 303, member="iom", round="1", answer="endorse")
    opened.sends(ONE, f"{ONE}/revise#revising", text="Another text.", until="2008-06-05")
    told = words(opened.opens(ONE))
    assert "round 2" in told
    assert "Another text." in told
    assert "0 of 14 have answered" in told
    assert "round 1 15 May 2008 to 30 May 2008 · 1 answer" in told
    before = words(signs(ILO).opens(f"{ONE}/rounds/1"))
    assert "The group adopts the fact sheet." in before
    assert "IOM endorses it" in before
    signs(ILO).opens(f"{ONE}/rounds/3", 404)


def test_an_answer_to_the_text_of_before_is_asked_for_again(opened: Browser, signs: Signs) -> None:
    opened.sends(ONE, f"{ONE}/revise#revising", text="Another text.", until="2008-06-05")
    late = signs(IOM).posts(f"{ONE}/answer", 409, member="iom", round="1", answer="object", reason="My reason")
    assert "read its text again" in words(late.text)
    assert "Another text." in late.text
    assert "My reason</textarea>" in late.text
    assert 'name="round" value="2"' in late.text


def test_who_revises_what_has_changed_sees_both_texts(opened: Browser, signs: Signs) -> None:
    opened.sends(ONE, f"{ONE}/revise#revising", text="Their text.", until="2008-06-05")
    again = opened.sends(ONE, f"{ONE}/revise#revising", 412, text="My text.", until="2008-06-06", version="1")
    said = words(again.text)
    assert "Somebody has changed this since you opened it." in said
    assert "It says now: Their text." in said
    assert "My text.</textarea>" in again.text
    assert '<input type="hidden" name="version" value="2">' in again.text


def test_the_chair_withdraws_with_a_reason(opened: Browser, signs: Signs) -> None:
    opened.sends(ONE, f"{ONE}/withdraw#revising", reason="Overtaken by events.")
    told = opened.opens(ONE)
    assert "Overtaken by events." in told
    assert "<form method" not in told
    assert "The chair gave it up on Thursday, 15 May 2008." in words(told)


def test_who_may_not_sees_no_form_and_is_refused(opened: Browser, signs: Signs) -> None:
    told = signs(IOM).opens(ONE)
    assert "/revise" not in told
    assert "/withdraw" not in told
    signs(IOM).opens(NEW, 403)
    assert 'href="/groups/gmg/decisions/new"' not in signs(IOM).opens("/decisions")
    signs(IOM).posts(f"{ONE}/withdraw", 403, reason="No.", version="1")
    signs(IOM).posts(NEW, 403, way="silence", title="A", text="B", operative="adopted", until=LAST)
    signs().opens(NEW, 303)
    signs().posts(NEW, 401, way="silence", title="A", text="B", operative="adopted", until=LAST)


def test_the_public_sees_what_is_adopted_and_meant_for_it(
    signs: Signs,
    time: Time,
) -> None:
    browser = signs(CHAIR)
    browser.sends(NEW, NEW, title="For all", text="B", until=LAST, visibility="public")
    browser.sends(NEW, NEW, title="For members", text="B", until=LAST)
    signs().opens(ONE, 404)
    assert "No decision is found here." in signs().opens("/decisions")
    signs(IOM).posts(f"{ONE}/answer", 303, member="iom", round="1", answer="endorse")
    time.at = at("2008-05-30T22:00")
    listed = signs().opens("/decisions")
    assert "For all" in listed
    assert "For members" not in listed
    told = words(signs().opens(ONE))
    assert "Nobody has objected by Friday, 30 May 2008." in told
    assert "GMG focal point of IOM" not in told
    assert "What followed from it" not in told
    signs().opens("/decisions/2008-2", 404)
    signs().opens(f"{ONE}/rounds/1", 303)


def test_the_list_is_filtered_as_the_api_is(opened: Browser, signs: Signs, client: TestClient) -> None:
    opened.sends(NEW, NEW, title="Second", text="B", until=LAST, operative="endorsed", position="yes")
    for query, there in (
        ("state=open", True), ("state=adopted", False), ("operative=endorsed", True), ("operative=approved", False),
        ("position=true", True), ("year=2007", False), ("purpose=4", False), ("purpose=&state=&year=", True),
        ("state=nonsense", True), ("year=x", True),
    ):  # fmt: skip
        assert ("Second" in opened.opens(f"/decisions?{query}")) is there, query


def test_a_long_list_goes_on(send: Send, signs: Signs) -> None:
    for number in range(32):
        body = {"operative": "adopted", "title": f"Number {number}.", "text": "B", "until": LAST}
        assert send("/decisions", etag="", **body).status_code == 201
    first = signs(IOM).opens("/decisions?state=open")
    assert "Number 31." in first
    assert "Number 1." not in first
    older = re.search(r'href="/groups/gmg(/decisions\?state=open&amp;after=[^"]+)"', first)
    assert older is not None
    rest = signs(IOM).opens(older[1].replace("&amp;", "&"))
    assert "Number 1." in rest
    assert "Number 31." not in rest


def test_what_a_meeting_has_taken_is_put_on_record(held: str, signs: Signs, secretary: Browser) -> None:
    made = secretary.sends(
        f"{NEW}?way=meeting", NEW, title="Common voice", text="The group holds.", meeting=held, operative="endorsed",
        position="yes", endorsing=["ilo", "iom"], visibility="public",
        **{"apart-member-1": "wb", "apart-reason-1": "Our board has not met."},
    )  # fmt: skip
    told = words(secretary.client.get(made.headers["location"]).text)
    assert "adopted by the group Taken by consensus at Working-level meeting of 26 June 2008 ." in told
    assert "Our board has not met." in told
    public = words(signs().opens(ONE))
    assert "Endorsed by: ILO and IOM" in public
    assert "Dissociated: World Bank" in public
    assert "Our board" not in public


def test_the_secretariat_records_and_does_not_ask(held: str, secretary: Browser) -> None:
    told = secretary.opens(NEW)
    assert 'name="way" value="meeting"' in told
    assert "Ask for silence" not in told


def test_nothing_can_be_recorded_before_a_meeting_was_held(signs: Signs) -> None:
    told = signs(CHAIR).opens(f"{NEW}?way=meeting")
    assert "No meeting is on record as held yet." in words(told)
    assert "<form method" not in told


def test_an_adopted_decision_is_replaced_by_another(opened: Browser, time: Time, signs: Signs) -> None:
    time.at = at("2008-05-31T08:00")
    opened = signs(CHAIR)
    assert "Make the decision that replaces it" in words(opened.opens(ONE))
    page, to = f"{NEW}?supersedes=2008-1", f"{ONE}/supersede"
    made = opened.sends(page, to, title="A better sheet", until="2008-06-10")
    assert made.headers["location"].endswith("/decisions/2008-2")
    assert "Make the decision that replaces it" not in words(opened.opens(ONE))
    time.at = at("2008-06-10T22:00")
    assert "Read the decision that holds now" in words(signs(IOM).opens(ONE))
    assert "A better sheet (2008-2)" in words(signs(IOM).opens(ONE))
    assert "Fact sheet on &lt;remittances&gt; (2008-1)" in words(signs(IOM).opens("/decisions/2008-2"))


def test_what_followed_stands_with_it(
    opened: Browser,
    signs: Signs,
    send: Send,
    time: Time,
) -> None:
    time.at = at("2008-05-31T08:00")
    browser = signs(IOM)
    assert 'href="/groups/gmg/actions/new?source=decision:2008-1"' in browser.opens(ONE)
    send("/actions", etag="", title="Print it", owner="iom", due="2008-06-20", source="decision:2008-1")
    activity = {"kind": "survey", "title": "A survey", "objective": "To know.", "purposes": [4], "lead": "ilo"}
    send("/activities", etag="", **activity | {"from": "2008-06-01", "until": "2008-12-01"})
    send("/activities", etag="", **activity | {"title": "Another", "from": "2008-06-01", "until": "2008-12-01"})
    send("/activities/activity-1/agree", decision="2008-1")
    told = words(browser.opens(ONE))
    assert "Print it action-1 · IOM · open · due 20 June 2008" in told
    assert "A survey activity-1" in told
    assert "Another" not in told


def test_a_contested_one_that_is_over_still_waits_for_the_chair(
    opened: Browser,
    signs: Signs,
    time: Time,
) -> None:
    signs(IOM).posts(f"{ONE}/answer", 303, member="iom", round="1", answer="object", reason="No.")
    time.at = at("2008-06-15T08:00")
    chairing = signs(CHAIR)
    listed = words(chairing.opens("/decisions"))
    assert "Silence ended on Friday, 30 May 2008, 24:00 (Europe/Zurich); a member objects." in listed
    told = words(chairing.opens(ONE))
    assert "The time to answer ended on Friday, 30 May 2008" in told
    assert "Answer for" not in told


def test_there_is_no_such_decision(signs: Signs) -> None:
    for path in ("/decisions/2008-9", "/decisions/nothing", "/decisions/2008-9/rounds/1"):
        signs(IOM).opens(path, 404)
