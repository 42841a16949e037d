"""A task of each reader by keyboard alone, and two pages on paper, by a real browser (see test_tasks.py)."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.prove.doing import Reads, tabs_to, text
from tests.prove.living import Living


def test_a_focal_point_logs_an_update_by_keyboard_alone(living: Living, reads: Reads) -> None:
    due = (living.life.today + timedelta(days=3)).isoformat()
    living.life.does(living.chair, "/actions", title="Check the names", owner="unesco", due=due)
    page = reads("/desk", "unesco")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to content"
    page.keyboard.press("Enter")
    card = page.get_by_role("listitem").filter(has_text="Check the names")
    tabs_to(page, card.get_by_label("What has happened"))
    page.keyboard.type("They are checked.")
    tabs_to(page, card.get_by_role("button"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    tabs_to(page, page.get_by_role("link", name="Check the names", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="What happened")).to_contain_text("They are checked.")


def test_the_chair_opens_a_silence_procedure_by_keyboard_alone(reads: Reads) -> None:
    page = reads("/board", "chair")
    tabs_to(page, page.get_by_role("link", name="Put a decision to the members"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New decision")).to_be_visible()
    tabs_to(page, page.get_by_label("Title", exact=True))
    page.keyboard.type("Note on ports")
    page.keyboard.press("Tab")
    page.keyboard.type("The group asks for safe ports.")
    tabs_to(page, page.locator("summary", has_text="Purposes, documents and more"))
    page.keyboard.press("Space")
    tabs_to(page, page.get_by_role("checkbox", name="It is a common position"))
    page.keyboard.press("Space")
    tabs_to(page, page.get_by_role("button", name="Ask the members"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Note on ports")
    assert text(page, ".state") == "open for answers"
    assert "Common position" in text(page)


def test_the_secretariat_makes_and_revokes_a_token_by_keyboard_alone(reads: Reads) -> None:
    page = reads("/record", "secretariat")
    tabs_to(page, page.get_by_role("link", name="Tokens and calendars"))
    page.keyboard.press("Enter")
    tabs_to(page, page.locator("summary", has_text="Make a token or a calendar"))
    page.keyboard.press("Space")
    tabs_to(page, page.get_by_label("What it is for"))
    page.keyboard.type("By keyboard")
    tabs_to(page, page.get_by_role("button", name="Make it"))
    page.keyboard.press("Enter")
    expect(page.locator("#secret")).to_have_value(re.compile("^gmg_"))
    tabs_to(page, page.get_by_role("button", name="Revoke: By keyboard"))
    page.keyboard.press("Space")
    expect(page.get_by_role("listitem").filter(has_text="By keyboard")).to_contain_text("revoked")


def printed(page: Page, folder: Path) -> str:
    """The words of the page as it comes out of a printer."""
    (folder / "page.pdf").write_bytes(page.pdf(format="A4"))
    done = subprocess.run(["pdftotext", "-layout", "page.pdf", "-"], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode()


def seen(page: Page) -> list[str]:
    """What nobody needs on paper and is there all the same."""
    page.emulate_media(media="print")
    found = page.locator("nav, form, button, input, textarea, select, summary, .button, .skip")
    return [one.evaluate("one => one.outerHTML.slice(0, 120)") for one in found.all() if one.is_visible()]


@pytest.mark.parametrize("who", ["chair", "unfpa"])
def test_the_agenda_on_paper(living: Living, reads: Reads, tmp_path: Path, who: str) -> None:
    today = living.life.today
    window = f"from={today + timedelta(days=1)}&until={today + timedelta(days=90)}"
    coming = [one for one in living.life.sees(f"/meetings?{window}")["meetings"] if one["state"] == "called"]
    meeting = next(one["id"] for one in coming if not one["id"].startswith("on-"))
    page = reads(f"/meetings/{meeting}/agenda", who)
    assert page.get_by_role("navigation").first.is_visible(), "on a screen it has its ways"
    assert seen(page) == []
    paper = printed(page, tmp_path)
    for words in ("Fair recruitment", "Remittances", "Europe/Zurich", "minutes"):
        assert words in paper
    for words in ("Propose an item", "Sign", "Français", "Change", "Find"):
        assert words not in paper


def test_the_dossier_on_paper(living: Living, reads: Reads, tmp_path: Path) -> None:
    page = reads("/board", "chair")
    page.get_by_role("region", name="Handover", exact=True).get_by_role("link").first.click()
    assert seen(page) == []
    paper = printed(page, tmp_path)
    for words in ("Handover of the chair", "Decisions of the term", "Common statement", "Open follow-ups"):
        assert words in paper
    for words in ("Save the checklist", "Make the files", "Français", "Sign"):
        assert words not in paper
