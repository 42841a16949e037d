"""The desk of an agency: what is due, asked and new; each answered from there, and back to it."""

from datetime import timedelta

from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.scheduler import plan
from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, FIRST, Send, at, chair, member, send  # noqa: F401 - fixtures
from tests.web.browsing import Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures

IOM, ILO, CHAIR, NEXT = "gmg@iom.example", "gmg@ilo.example", "gmg@unfpa.example", "gmg@unhcr.example"
DECISION = {"operative": "adopted", "title": "Common <b>statement</b>", "text": "The group says so.\nTwice."}


def test_who_is_not_signed_in_is_led_there(signs: Signs) -> None:
    away = signs().client.get("/groups/gmg/desk", headers={"Accept": "text/html"}, follow_redirects=False)
    assert away.headers["location"] == "/groups/gmg/sign-in?next=/groups/gmg/desk"
    signs().posts("/desk/log", 401, action="action-1", text="A")


def test_who_serves_no_member_is_led_to_their_own_page(secretary: Browser) -> None:
    answer = secretary.client.get("/groups/gmg/desk", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/groups/gmg/me")


def test_a_calm_day(signs: Signs) -> None:
    said = words(signs(IOM).opens("/desk"))
    for text in ("Nothing is open.", "Nothing waits for your answer.", "Nothing in the last two weeks."):
        assert text in said
    assert "Outbox" not in said
    assert "Outbox" in words(signs(CHAIR).opens("/desk"))


def test_actions_that_are_due_overdue_first_and_an_update_in_one_field(signs: Signs, opened: Opened) -> None:
    for title, due in (("Later", "2008-06-20"), ("Soon <i>", "2008-05-16"), ("No day", None)):
        opened(title=title, owner="iom", due=due)
    opened(title="Of others", owner="ilo")
    browser = signs(IOM)
    page = browser.opens("/desk")
    said = words(page)
    assert said.index("Soon &lt;i&gt;") < said.index("Later") < said.index("No day")
    assert "Of others" not in said
    assert "due Friday, 16 May 2008" in said
    done = browser.posts("/desk/log", action="action-2", text="Half of it.", version="1")
    assert done.headers["location"] == "/groups/gmg/desk?done=log"
    assert "Your update is in the log." in words(browser.opens("/desk?done=log"))
    assert "Your update" not in words(browser.opens("/desk?done=nonsense"))


def test_an_action_is_overdue_once_its_day_has_ended(signs: Signs, opened: Opened, time: Time) -> None:
    opened(title="Due", owner="iom", due="2008-05-20")
    time.at = at("2008-05-21T08:00")
    assert "overdue since Tuesday, 20 May 2008" in words(signs(IOM).opens("/desk"))


def test_the_same_update_sent_twice_is_logged_once_and_another_one_as_well(
    client: TestClient, signs: Signs, opened: Opened, member: dict[str, str]
) -> None:
    opened(title="Mine", owner="iom")
    browser = signs(IOM)
    for text in ("Half of it.", "Half of it.", "All of it."):
        browser.posts("/desk/log", action="action-1", text=text, version="1")
    log = client.get(f"{BASE}/actions/action-1", headers=member).json()["log"]
    assert [one["text"] for one in log if one["verb"] == "log"] == ["Half of it.", "All of it."]


def test_an_update_that_cannot_be_taken_is_kept(signs: Signs, opened: Opened) -> None:
    opened(title="Mine", owner="iom")
    again = signs(IOM).posts("/desk/log", 422, action="action-1", text="Kept\x07", version="1").text
    assert 'value="Kept' in again
    assert 'role="alert"' in again
    assert 'id="log-action-1-fault"' in again


def test_nobody_logs_for_another_agency(signs: Signs, opened: Opened) -> None:
    opened(title="Theirs", owner="ilo")
    signs(IOM).posts("/desk/log", 403, action="action-1", text="A", version="1")
    signs(IOM).posts("/desk/log", 404, action="action-99", text="A", version="1")


def test_many_actions_are_bounded(signs: Signs, opened: Opened) -> None:
    for n in range(10):
        opened(title=f"Task {n}", owner="iom")
    page = signs(IOM).opens("/desk")
    assert page.count("/desk/log") == 8
    assert "All open actions of IOM (10)" in words(page)


def test_an_invitation_is_answered_by_one_button(signs: Signs, send: Send, client: TestClient) -> None:
    assert send(f"/meetings/{FIRST}/call").status_code == 200
    browser = signs(IOM)
    page = browser.opens("/desk")
    assert "IOM does not come" in words(page)
    assert "Thursday, 26 June 2008, 14:00 to 15:30 (Europe/Zurich)" in words(page)
    browser.sends("/desk", "/desk/rsvp", answer="declined")
    said = words(browser.opens("/desk"))
    assert "IOM does not come" not in said
    assert "Write the news of IOM" in said
    signs(IOM).posts("/desk/rsvp", 403, member="ilo", meeting=FIRST, answer="accepted", sequence="0")
    send(f"/meetings/{FIRST}/move", at="10:00")
    assert "IOM has answered for an earlier time or place" in words(browser.opens("/desk"))


def test_news_for_the_next_meeting(signs: Signs, send: Send) -> None:
    send(f"/meetings/{FIRST}/call")
    browser = signs(IOM)
    again = browser.sends("/desk", "/desk/news", 422, text="Kept\x07 news").text
    assert "Kept" in again
    assert "<details open><summary>Write the news of IOM" in again
    browser.sends("/desk", "/desk/news", text="We have moved.")
    assert "Write the news" not in words(browser.opens("/desk"))


def test_a_silence_is_endorsed_by_one_button(signs: Signs, send: Send) -> None:
    made = send("/decisions", etag="", **DECISION, until="2008-05-30")
    assert made.status_code == 201, made.text
    browser = signs(IOM)
    page = browser.opens("/desk")
    assert "Common &lt;b&gt;statement&lt;/b&gt;" in page
    assert "The group says so.<br>Twice." in page
    assert "Adopted by silence unless a member objects before Friday, 30 May 2008, 24:00 (Europe/Zurich)" in words(page)
    browser.sends("/desk", "/desk/endorse")
    assert "Common" not in words(browser.opens("/desk"))
    signs(IOM).posts("/desk/endorse", 403, member="ilo", decision=made.json()["id"], round="1")


def test_a_silence_that_a_member_has_broken_is_not_said_to_adopt(signs: Signs, send: Send) -> None:
    id_ = send("/decisions", etag="", **DECISION, until="2008-05-30").json()["id"]
    signs(ILO).sends(
        f"/decisions/{id_}", f"/decisions/{id_}/answer#answer-ilo", answer="object", reason="It needs a date."
    )
    page = words(signs(IOM).opens("/desk"))
    assert "contested 1 member objects: it is not adopted as it stands." in page
    assert "Members may still answer until Friday, 30 May 2008, 24:00 (Europe/Zurich)." in page
    assert "Adopted by silence" not in page


def test_an_endorsement_of_a_text_that_was_revised_is_refused(signs: Signs, send: Send) -> None:
    id_ = send("/decisions", etag="", **DECISION, until="2008-05-30").json()["id"]
    send(f"/decisions/{id_}/revise", text="Another text.", until="2008-06-02")
    again = signs(IOM).posts("/desk/endorse", 409, member="iom", decision=id_, round="1").text
    assert 'role="alert"' in again
    assert "Another text." in again


def test_a_poll_is_answered_on_the_desk(signs: Signs, send: Send) -> None:
    slots = ["2008-06-26T12:00:00Z", "2008-06-27T12:00:00Z"]
    made = send(f"/meetings/{FIRST}/polls", etag="", slots=slots, deadline="2008-06-01T12:00:00Z")
    assert made.status_code == 201, made.text
    browser = signs(IOM)
    fields = {"member": "iom", "poll": made.json()["id"], "slot-0": "yes"}
    assert "Friday, 27 June 2008, 14:00" in words(browser.opens("/desk"))
    again = browser.posts("/desk/poll", 422, **fields).text
    assert 'name="slot-0" value="yes" required checked' in again
    browser.posts("/desk/poll", **fields | {"slot-1": "no"})
    assert "When does it suit" not in words(browser.opens("/desk"))


def test_what_is_new(signs: Signs, send: Send, time: Time) -> None:
    send(f"/meetings/{FIRST}/call")
    signs(ILO).sends("/notices", "/notices", theme="Fair recruitment", text="A guide is out.")
    decision = send("/decisions", etag="", **DECISION, meeting=None)
    page = signs(IOM).opens("/desk")
    assert "Meeting called" in words(page)
    assert "Notice of ILO" in words(page)
    assert decision.status_code in (201, 422)
    time.at += timedelta(days=20)
    assert "Nothing in the last two weeks." in words(signs(IOM).opens("/desk"))


def test_ones_turn_and_ones_people(signs: Signs) -> None:
    chairing = words(signs(CHAIR).opens("/desk"))
    assert "47 days left in the chair" in chairing
    coming = words(signs(NEXT).opens("/desk"))
    assert "in 47 days" in coming
    assert "in about" in words(signs(IOM).opens("/desk"))
    assert "UNHCR takes the chair on Tuesday, 1 July 2008" in coming
    assert "focal point" in coming
    assert "The programme of the term can be drafted now." in coming


def test_the_coming_chair_says_that_it_has_seen_it_and_takes_it(signs: Signs, engine: Engine, time: Time) -> None:
    time.at = at("2008-06-10T08:00")
    plan(engine)
    browser = signs(NEXT)
    said = words(browser.opens("/desk"))
    assert "UNHCR takes the chair on Tuesday, 1 July 2008. Have you seen it?" in said
    assert "0 headings of 6 are done; UNHCR has not confirmed yet." in said
    assert "Have you seen it?" not in words(signs(IOM).opens("/desk"))
    browser.sends("/desk", "/desk/seen")
    assert "Have you seen it?" not in words(browser.opens("/desk"))


def test_the_coming_chair_accepts_its_turn_or_passes_it(signs: Signs, time: Time) -> None:
    time.at = at("2008-06-10T08:00")
    browser = signs(NEXT)
    assert "Will UNHCR take the chair on Tuesday, 1 July 2008?" in words(browser.opens("/desk"))
    assert "Will UNHCR" not in words(signs(IOM).opens("/desk"))
    fields = {"member": "unhcr", "term": "2008-07-01", "choice": "accept", "version": "1", "once": "a-key"}
    signs(IOM).posts("/desk/turn", 403, **fields)
    browser.posts("/desk/turn", **fields)
    said = words(browser.opens("/desk"))
    assert "Will UNHCR" not in said
    assert "It has accepted." in said


def test_a_turn_is_passed_on_with_the_reason(signs: Signs, time: Time) -> None:
    time.at = at("2008-06-10T08:00")
    browser = signs(NEXT)
    fields = {"member": "unhcr", "term": "2008-07-01", "choice": "pass", "version": "1", "once": "a-key"}
    assert "Kept" in browser.posts("/desk/turn", 422, **fields | {"reason": "Kept\x07"}).text
    browser.posts("/desk/turn", **fields | {"reason": "No staff."})
    assert "in 21 days" not in words(browser.opens("/desk"))


def test_people_of_a_seat_act_while_it_holds_the_place_and_read_otherwise(
    signs: Signs, opened: Opened, time: Time
) -> None:
    opened(title="Of the commissions", owner="unrc")
    time.at = at("2009-09-15T08:00")
    offered = {}
    for seat in ("eca", "ece", "eclac", "escap", "escwa"):
        browser = signs(f"gmg@{seat}.example")
        page = browser.opens("/desk")
        assert "Of the commissions" in words(page)
        offered[seat] = "/desk/log" in page
        browser.posts("/desk/log", 303 if offered[seat] else 403, action="action-1", text="A", version="1")
    assert [seat for seat, may in offered.items() if may] == ["ece"], "it holds the place from August 2009"


def test_who_serves_no_member_is_not_offered_a_desk(secretary: Browser, signs: Signs) -> None:
    assert 'href="/groups/gmg/desk"' not in secretary.opens("/record")
    assert 'href="/groups/gmg/desk"' in signs("gmg@iom.example").opens("/members")
