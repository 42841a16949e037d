"""The tasks of a focal point, done with a real browser in which JavaScript is switched off (see test_tasks.py)."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, expect

from tests.prove.doing import Reads, follow, press, row, said, text, unfold
from tests.prove.living import GROUP, Living
from tests.prove.test_sign_in import context, mailed  # noqa: F401 - fixture


def test_a_focal_point_signs_in_and_is_at_the_desk(service: str, home: Path, context: BrowserContext) -> None:
    page = context.new_page()
    seen = set((home / "mail").glob("*.eml"))
    page.goto(f"{service}{GROUP}")
    follow(page, "Sign in")
    page.get_by_label("Your mail address").fill("gmg@undp.example")
    press(page, "Mail me a link")
    page.goto(mailed(home, seen))
    press(page, "Sign in")
    page.goto(f"{service}{GROUP}/desk")
    assert page.get_by_role("heading", level=1).inner_text() == "UNDP"
    expect(page.get_by_role("region", name="What you are asked")).to_be_visible()


def action(living: Living, owner: str, title: str) -> Any:
    due = (living.life.today + timedelta(days=5)).isoformat()
    return living.life.does(living.chair, "/actions", title=title, owner=owner, due=due)


def test_an_update_is_logged_on_the_desk_with_one_field_and_one_click(living: Living, reads: Reads) -> None:
    action(living, "undp", "Send the figures")
    page = reads("/desk", "undp")
    card = page.get_by_role("listitem").filter(has_text="Send the figures")
    card.get_by_label("What has happened").fill("Half of them are in.")
    press(card, "Log an update: Send the figures")
    assert page.get_by_role("status").count() == 1
    follow(page, "Send the figures")
    entry = page.get_by_role("region", name="What happened").get_by_role("listitem").first
    assert "Half of them are in." in entry.inner_text()
    assert "UNDP" in entry.inner_text()


def test_an_update_is_logged_from_the_list_with_three_fields_and_two_clicks(living: Living, reads: Reads) -> None:
    action(living, "unrc", "Send the list of experts")
    page = reads("/actions?owner=unrc", "unrc")
    follow(page, "Send the list of experts")
    form = page.get_by_role("region", name="Log an update")
    assert form.locator("input:not([type=hidden]), textarea, select").count() <= 3
    form.get_by_label("What is new").fill("All of it was sent.")
    form.get_by_label("And the action itself").select_option("finish")
    press(form, "Send the update")
    assert "All of it was sent." in page.get_by_role("region", name="What happened").inner_text()
    assert "done" in page.locator(".state").first.inner_text()


def test_an_action_is_opened_with_what_and_by_when(living: Living, reads: Reads) -> None:
    page = reads("/desk", "unfpa")
    follow(page, "Enter an action")
    day = living.life.today + timedelta(days=12)
    page.get_by_label("What is to be done").fill("Print the guide")
    page.get_by_label("By when").fill(day.isoformat())
    press(page, "Open the action")
    assert page.get_by_role("heading", level=1).inner_text() == "Print the guide"
    facts = text(page, "dl.facts")
    assert said(day) in facts
    assert "UNFPA" in facts
    page.goto(f"{living.address}{GROUP}/desk")
    expect(page.get_by_role("region", name="What is due").get_by_role("link", name="Print the guide")).to_be_visible()


def test_an_invitation_is_answered_on_the_desk_and_changed_on_the_meeting(reads: Reads) -> None:
    page = reads("/desk", "unhcr")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("button", name=re.compile("^UNHCR comes")))
    meeting = card.get_by_role("link").first.get_attribute("href")
    press(card.first, re.compile("^UNHCR comes"))
    assert page.get_by_role("status").count() == 1
    page.goto(page.url.partition("/groups")[0] + str(meeting))
    assert row(page, "Who comes, by member", "UNHCR")[0] == "comes"
    press(page.get_by_role("region", name="Who comes"), "Does not come")
    assert row(page, "Who comes, by member", "UNHCR")[0] == "does not come"


def test_a_poll_is_answered_on_the_desk(reads: Reads) -> None:
    page = reads("/desk", "unicef")
    card = page.get_by_role("listitem").filter(has_text="When does it suit UNICEF?").first
    meeting = card.get_by_role("link").first.get_attribute("href")
    card.locator("summary").click()
    for at, slot in enumerate(
        card.get_by_role("group").filter(has=page.get_by_role("radio")).locator("fieldset").all()
    ):
        slot.get_by_role("radio").nth(at).check()
    press(card, re.compile("^Answer for UNICEF"))
    assert page.get_by_role("status").count() == 1
    page.goto(page.url.partition("/groups")[0] + str(meeting))
    assert "UNICEF has answered" in text(page, "#polls")


def decision(living: Living, title: str) -> Any:
    # Sooner than those of others, so that it stands among the first on the desk.
    until = (living.life.today + timedelta(days=4)).isoformat()
    words = "The group adopts the note."
    return living.life.does(living.chair, "/decisions", operative="adopted", title=title, text=words, until=until)


def test_a_decision_is_endorsed_on_the_desk(living: Living, reads: Reads) -> None:
    made = decision(living, "Note on remittances")
    page = reads("/desk", "unitar")
    press(page, "UNITAR endorses it: Note on remittances")
    assert page.get_by_role("status").count() == 1
    assert page.get_by_role("button", name="UNITAR endorses it: Note on remittances").count() == 0
    page.goto(f"{living.address}{GROUP}/decisions/{made['id']}")
    assert row(page, "Answers that stand, by agency", "UNITAR")[0] == "endorses it"


def test_an_objection_needs_a_reason_and_stops_a_decision(living: Living, reads: Reads) -> None:
    """What was typed stays where the reason is missing; with it the decision is contested, and others read why."""
    made = decision(living, "Note on statistics")
    page = reads("/desk", "unodc")
    follow(page, "Say something else: Note on statistics")
    card = unfold(page.get_by_role("region", name="Answer for UNODC"), "Say something else")
    card.get_by_role("radio", name=re.compile("^object:")).check()
    page.locator("#unodc-reason").evaluate("one => one.form.noValidate = true")
    press(card, "Answer: UNODC")
    assert page.locator("[role=alert]").count() == 1
    expect(page.get_by_role("radio", name=re.compile("^object:"))).to_be_checked()
    page.locator("#unodc-reason").fill("The figures are of last year.")
    press(page, "Answer: UNODC")
    assert page.locator(".state").first.inner_text() == "contested"
    other = reads(f"/decisions/{made['id']}", "ilo")
    assert row(other, "Answers that stand, by agency", "UNODC")[:2] == ["objects", "The figures are of last year."]


def test_the_news_of_an_agency_stand_on_the_agenda(reads: Reads) -> None:
    page = reads("/desk", "undp")
    card = page.get_by_role("listitem").filter(has_text="Write the news of UNDP").first
    agenda = str(card.get_by_role("link").first.get_attribute("href"))
    card.locator("summary").click()
    card.get_by_label("What the others should know").fill("Our report on skills is out.")
    press(card, re.compile("^Save the news"))
    assert page.get_by_role("status").count() == 1
    page.goto(page.url.partition("/groups")[0] + agenda.removesuffix("/agenda"))
    assert "Our report on skills is out." in text(page, "#news")


def test_an_alternate_is_appointed_by_the_agency_itself(living: Living, reads: Reads) -> None:
    page = reads("/desk", "wb")
    follow(page, "Change who serves")
    form = unfold(page, "Appoint somebody")
    form.get_by_label("Name").fill("Ida Noddack")
    form.get_by_label("Mail address").fill("ida@wb.example")
    form.get_by_label("Role").select_option("alternate")
    press(form, "Appoint")
    card = page.get_by_role("listitem").filter(has_text="Ida Noddack")
    assert "alternate" in card.inner_text()
    page.goto(f"{living.address}{GROUP}/desk")
    assert "Ida Noddack: alternate" in text(page.get_by_role("region", name="Your people"), "ul")


def test_something_is_found_with_the_search_box_of_any_page(reads: Reads) -> None:
    page = reads("/desk", "unesco")
    page.get_by_role("search").get_by_label("Search").fill("migrants pay")
    page.get_by_role("search").get_by_label("Search").press("Enter")
    hit = page.get_by_role("region", name="Activities").get_by_role("link").first
    assert "Survey of recruitment costs" in hit.inner_text()
    hit.click()
    assert "To know what migrants pay." in text(page)


def test_a_notice_is_published_for_the_members(reads: Reads) -> None:
    page = reads("/notices", "undesa")
    form = unfold(page, "Publish a notice")
    form.get_by_label("Theme").fill("Census")
    form.get_by_label("What the others should know").fill("The tables of the census are open.")
    press(form, "Publish")
    other = reads("/notices", "ilo")
    assert "The tables of the census are open." in text(other)
    assert "Census" not in text(reads("/members/undesa"))
