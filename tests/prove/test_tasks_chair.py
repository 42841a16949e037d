"""The tasks of the chair's office, done with a real browser in which JavaScript is switched off (see test_tasks.py)."""

import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from service.rotation.engine import terms
from tests.prove.doing import Reads, follow, press, row, said, text, unfold
from tests.prove.living import GROUP, Living


def ahead(living: Living, days: int) -> str:
    return (living.life.today + timedelta(days=days)).isoformat()


def proposed(living: Living, title: str, days: int = 30) -> str:
    """A meeting of the test's own, not called yet: its page."""
    made = living.life.does(living.chair, "/meetings", title=title, day=ahead(living, days), at="15:00")
    return f"/meetings/{made['meeting']['id']}"


def state(page: Page) -> str:
    # Without the browser library, as in `make lint` on a fresh machine, its types are not known.
    return str(page.locator("main .state").first.inner_text())


def test_the_board_has_the_days_left_and_one_next_step_beside_each_state(living: Living, reads: Reads) -> None:
    page = reads("/board", "chair")
    today = living.life.today
    now = next(term for term in terms(living.life.charter, today + timedelta(days=400)) if term.end > today)
    term = page.get_by_role("region", name="The term", exact=True).inner_text()
    assert re.search(rf"\b{(now.end - today).days} days? left", term)
    assert said(now.end) in term
    for name in ("What is missing", "Meetings", "Silence procedures", "Actions by agency", "Handover"):
        expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()
    for one in page.get_by_role("region", name="Meetings", exact=True).get_by_role("listitem").all():
        title, steps = one.locator(".title a"), one.locator("a, button")
        assert steps.count() - title.count() <= 1, one.inner_text()
    contested = page.get_by_role("listitem").filter(has_text="Common statement")
    assert contested.locator(".state").inner_text() == "contested"
    follow(contested, re.compile("^Revise or withdraw it"))
    assert page.get_by_role("heading", level=1).inner_text() == "Common statement"


def test_a_meeting_is_called_from_the_board(living: Living, reads: Reads) -> None:
    meeting = proposed(living, "Meeting on the census", 17)
    page = reads("/board", "chair")
    press(page, re.compile("^Call it now: Meeting on the census"))
    page.goto(living.address + GROUP + meeting)
    assert state(page) == "called"
    assert re.search(r"\d+ of 14 members come", text(page, "#answer"))
    asked = reads("/desk", "eca")
    assert "Meeting on the census" in text(asked.get_by_role("region", name="What you are asked"), "ul")


def test_a_fair_hour_is_seen_at_every_duty_station_and_taken_with_one_click(living: Living, reads: Reads) -> None:
    page = reads("/board", "chair")
    follow(page, "Propose a meeting")
    page.get_by_label("Title").fill("Meeting at a fair hour")
    page.get_by_label("First day").fill(ahead(living, 40))
    page.get_by_label("Last day").fill(ahead(living, 46))
    press(page.locator("main"), "Find")
    table = page.get_by_role("table", name=re.compile("^The chosen hour at each duty station"))
    cities = table.get_by_role("rowheader").all_inner_texts()
    assert {"Geneva", "New York", "Vienna", "Bangkok"} <= set(cities)
    strip = page.locator("svg.picture").first
    assert [city for city in cities if city not in text(strip.locator(".."), "svg.picture")] == []
    assert strip.locator("rect.meeting").count() >= len(cities)
    assert page.locator("ol.slots li").count() > 1
    taken = page.get_by_role("button", name=re.compile("^Take this hour")).nth(1)
    name = str(taken.get_attribute("aria-label"))
    taken.click()
    page.wait_for_load_state()
    assert page.get_by_label("Title").input_value() == "Meeting at a fair hour"
    day, hour = page.get_by_label("Day", exact=True).input_value(), page.get_by_label("Hour", exact=True).input_value()
    assert ahead(living, 40) <= day <= ahead(living, 46)
    assert hour in name
    press(page, "Propose this meeting")
    assert page.get_by_role("heading", level=1).inner_text() == "Meeting at a fair hour"
    assert str(page.locator("time").first.get_attribute("datetime")).startswith(day)
    assert f"{hour} to" in page.locator("time").first.inner_text()


def test_an_item_is_taken_onto_the_agenda_and_moved_up(living: Living, reads: Reads) -> None:
    meeting = proposed(living, "Meeting with an agenda")
    other = reads(f"{meeting}/agenda", "wb")
    form = unfold(other, "Propose an item")
    form.get_by_label("Title").fill("Cost of remittances")
    press(form, "Propose this item")
    assert "Proposed and not taken yet" in text(other)
    page = reads(f"{meeting}/agenda", "chair")
    items = page.locator("ol.agenda h2 [dir=auto]")
    before = items.all_inner_texts()
    press(page, "Take onto the agenda: Cost of remittances")
    assert items.all_inner_texts() == [*before, "Cost of remittances"]
    form = page.locator("details#propose")
    if form.get_attribute("open") is None:
        form = unfold(page, "Propose an item")
    form.get_by_label("Title").fill("Closing words")
    press(form, "Propose this item")
    assert items.all_inner_texts() == [*before, "Cost of remittances", "Closing words"]
    press(page, "Up: Closing words")
    assert items.all_inner_texts() == [*before, "Closing words", "Cost of remittances"]


def test_a_meeting_is_put_on_record_and_its_minutes_are_circulated(living: Living, reads: Reads) -> None:
    """From the board: who was there, the minutes as a draft that nobody else sees, then to everybody."""
    page = reads("/board", "chair")
    follow(page, re.compile("^Put on record that it was held: Meeting on the guide"))
    meeting = page.url.partition("#")[0]
    if not meeting.endswith("/hold"):
        follow(page, "Put on record as held")
    meeting = meeting.removesuffix("/hold")
    page.get_by_label("IOM: there").select_option("in-person")
    page.get_by_label("UNFPA: there").select_option("remote")
    page.get_by_label("IOM: by whom").fill("Emmy Noether")
    press(page, "Put on record as held")
    page.goto(meeting)
    assert state(page) == "held"
    assert row(page, "Who was there, by member", "IOM")[1] == "Emmy Noether"
    follow(page, re.compile("[Ww]rite the minutes"))
    page.get_by_label("What was said").fill("# The guide\n\nThe group read the guide.\n\n- It is short.")
    page.get_by_label("Outcome 1").fill("UNFPA prints the guide.")
    press(page, "Keep as a draft")
    other = reads(f"{meeting.partition(GROUP)[2]}/minutes", "iom")
    assert "The group read the guide." not in text(other)
    press(page, "Circulate the minutes")
    assert state(page) == "circulated"
    other.reload()
    assert other.get_by_role("heading", name="The guide", exact=True).count() == 1
    assert "UNFPA prints the guide." in text(other.get_by_role("region", name="Outcomes"), "ol")
    expect(other.locator("summary", has_text="Object to these minutes")).to_be_visible()


def test_a_silence_procedure_is_opened_and_after_an_objection_revised(living: Living, reads: Reads) -> None:
    page = reads("/board", "chair")
    follow(page, "Put a decision to the members")
    page.get_by_label("Title", exact=True).fill("Note on education")
    page.get_by_label("Text", exact=True).fill("The group asks for schools.")
    page.get_by_label("Last day to answer").fill("")
    page.locator("#until").evaluate("one => one.form.noValidate = true")
    press(page, "Ask the members")
    assert page.locator("[role=alert]").count() == 1
    assert page.get_by_label("Text", exact=True).input_value() == "The group asks for schools."
    page.get_by_label("Last day to answer").fill(ahead(living, 9))
    press(page, "Ask the members")
    assert state(page) == "open for answers"
    number = page.url.partition("/decisions/")[2].partition("#")[0].partition("?")[0]
    living.life.does(
        "unesco", f"/decisions/{number}/answer", member="unesco", round=1, answer="object", reason="For all."
    )
    page.reload()
    assert state(page) == "contested"
    form = unfold(page, "Revise the text")
    form.get_by_label("Text").fill("The group asks for schools for all.")
    press(form, "Put the new text to the members")
    assert state(page) == "open for answers"
    assert "round 2" in text(page)
    other = reads(f"/decisions/{number}", "unesco")
    assert "The group asks for schools for all." in text(other)
    expect(other.get_by_role("button", name="Endorse for UNESCO")).to_be_visible()


def test_an_edit_conflict_of_two_browsers_shows_both_texts_and_loses_neither(living: Living, reads: Reads) -> None:
    meeting = proposed(living, "Meeting of two minds")
    item = living.life.does(
        "wb", "/agenda-items", title="Fees", meeting=meeting.rpartition("/")[2], member="wb", text="Short."
    )
    first, second = reads(f"{meeting}/agenda/{item['id']}", "wb"), reads(f"{meeting}/agenda/{item['id']}", "chair")
    first.get_by_label("What it is about").fill("Fees of banks, as the bank wrote it.")
    press(first, "Change this item")
    second.get_by_label("What it is about").fill("Fees of agents, as the chair wrote it.")
    with second.expect_navigation() as answer:
        press(second, "Change this item")
    assert answer.value.status == 412
    field = second.locator(".field", has=second.get_by_label("What it is about"))
    assert field.get_by_role("textbox").input_value() == "Fees of agents, as the chair wrote it."
    assert "It says now:" in field.inner_text()
    assert field.locator("blockquote").inner_text() == "Fees of banks, as the bank wrote it."
    assert second.locator(".theirs").count() == 1, "what does not differ is not shown twice"
    first.goto(f"{living.address}{GROUP}{meeting}/agenda/{item['id']}")
    assert first.get_by_label("What it is about").input_value() == "Fees of banks, as the bank wrote it."
    field.get_by_role("textbox").fill("Fees of banks and of agents.")
    press(second, "Change this item")
    first.reload()
    assert first.get_by_label("What it is about").input_value() == "Fees of banks and of agents."


def test_the_programme_of_the_term_is_set(reads: Reads) -> None:
    page = reads("/board", "chair")
    follow(page.get_by_role("region", name="The term", exact=True), re.compile("programme"))
    assert page.locator("details[open]").count() == 1, "a term without a theme asks for one"
    page.get_by_role("textbox", name="Theme").fill("Migrants and the crisis")
    page.get_by_role("textbox", name="Text").fill("Two papers and one workshop.")
    survey = page.get_by_role("checkbox", name=re.compile("Survey of recruitment costs")).first
    survey.check()
    press(page, "Save")
    assert page.get_by_role("heading", level=1).inner_text() == "Migrants and the crisis"
    assert "Survey of recruitment costs" in text(page.get_by_role("region", name="Activities", exact=True), "ol")
    other = reads(page.url.partition(GROUP)[2].partition("#")[0], "ilo")
    assert "Two papers and one workshop." in text(other)
    assert other.get_by_role("button", name="Save").count() == 0


def handover(reads: Reads) -> Page:
    page = reads("/board", "chair")
    page.get_by_role("region", name="Handover", exact=True).get_by_role("link").first.click()
    page.wait_for_load_state()
    return page


def test_the_handover_checklist_is_filled_and_shows_how_far_it_is(reads: Reads) -> None:
    page = handover(reads)
    files = page.get_by_role("group", name="Files", exact=True)
    files.get_by_role("textbox").fill("Everything lies on the common drive.")
    files.get_by_role("checkbox", name="done").check()
    press(page, "Save the checklist")
    assert page.get_by_role("progressbar").get_attribute("value") == "1"
    assert "1 heading of 6 is done" in text(page)
    assert files.get_by_role("textbox").input_value() == "Everything lies on the common drive."
    board = reads("/board", "chair")
    assert "1 heading of 6 is done" in text(board.get_by_role("region", name="Handover", exact=True), "p >> nth=2")


def test_the_dossier_is_put_together_step_by_step_and_is_a_pdf(reads: Reads) -> None:
    page = handover(reads)
    follow(page, "Make the files")
    assert page.locator("ol.steps li").count() >= 2
    assert page.get_by_role("status").count() == 1
    files = {name: str(page.get_by_role("link", name=name).get_attribute("href")) for name in ("PDF", "Markdown")}
    found: dict[str, Any] = {
        name: page.request.get(page.url.partition("/groups")[0] + to) for name, to in files.items()
    }
    assert found["PDF"].body().startswith(b"%PDF-")
    assert (
        "attachment" in found["PDF"].headers["content-disposition"]
        or "inline" in found["PDF"].headers["content-disposition"]
    )
    assert "# " in found["Markdown"].text()
