"""The tasks of the secretariat, and a table of actions, in a real browser without JavaScript (see test_tasks.py)."""

import re
import urllib.request
from datetime import date, timedelta
from urllib.error import HTTPError

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from service.database import writing
from service.notifications.outbox.tables import DeliveryRow
from tests.prove.doing import Reads, follow, press, said, text, unfold
from tests.prove.living import GROUP, Living


def within_a_term(living: Living, years: int) -> date:
    """A day in the middle of a term to come; terms begin in January and July."""
    return date(living.life.now.year + years, 3, 10)


def test_the_record_says_what_waits_with_one_next_step_each(living: Living, reads: Reads) -> None:
    page = reads("/record", "secretariat")
    assert said(living.life.today) in text(page, ".about")
    waiting = page.locator("ul.steps-to > li")
    assert waiting.count() > 0
    for one in waiting.all():
        assert one.locator(".state").count() == 1
        assert one.get_by_role("link").count() + one.get_by_role("button").count() == 1, one.inner_text()
    with page.expect_navigation() as answer:
        waiting.first.get_by_role("link").click()
    assert answer.value.status == 200


def test_somebody_is_appointed_and_the_role_ended_again(living: Living, reads: Reads) -> None:
    page = reads("/record", "secretariat")
    follow(page, "People")
    form = unfold(page, "Appoint somebody")
    form.get_by_label("Name").fill("Lise Meitner")
    form.get_by_label("Mail address").fill("lise@escwa.example")
    form.get_by_label("Role").select_option("alternate")
    form.get_by_label("Organization").select_option(label="ESCWA")
    press(form, "Appoint")
    card = page.get_by_role("region", name="ESCWA").get_by_role("listitem").filter(has_text="Lise Meitner")
    assert "Lise Meitner, alternate" in card.inner_text()
    ending = unfold(card, "End this role")
    last = living.life.today + timedelta(days=40)
    ending.get_by_label("Until (the day after the last)").fill(last.isoformat())
    press(ending, re.compile("^End"))
    assert f"until {last.day} {last:%B %Y}" in card.inner_text()


def test_a_charter_is_changed_after_its_difference_and_terms_were_seen(living: Living, reads: Reads) -> None:
    page = reads("/record/charter", "secretariat")
    revision = int(text(page, ".name").removeprefix("Revision "))
    follow(page, "Or change it here")
    first = within_a_term(living, 3)
    until = first + timedelta(days=14)
    field = page.get_by_label("Or its text")
    whole = field.input_value().replace("decisions: []\n", "")
    assert "decisions:" not in whole
    lines = [
        "decisions:", "- id: stands-in-1", f"  taken: {living.life.today}", "  interim: wb", f"  from: {first}",
        f"  until: {until}", "  reason: The chair moves house.",
    ]  # fmt: skip
    field.fill(whole.rstrip("\n") + "\n" + "\n".join(lines) + "\n")
    press(page, "Show what it would change")
    table = page.get_by_role("table", name=re.compile("^Terms that change"))
    stands_in = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=said(first)))
    assert stands_in.get_by_role("cell").nth(0).inner_text() == "no term begins on this day"
    assert "World Bank" in stands_in.get_by_role("cell").nth(1).inner_text()
    assert any("interim: wb" in line for line in page.locator("pre ins").all_inner_texts())
    assert str(revision) in text(reads("/record/charter", "secretariat"), ".name"), "nothing is saved yet"
    press(page, "Apply this charter")
    assert page.locator("ol.steps li").count() == 4
    assert page.get_by_role("status").count() == 1
    assert text(reads("/record/charter", "secretariat"), ".name") == f"Revision {revision + 1}"
    assert "stands-in-1" in text(reads("/record/chair", "secretariat"))
    assert "World Bank" in text(reads(f"/timeline?from={first.year}&until={first.year + 1}"), "table")


def test_a_charter_with_a_fault_keeps_the_text_and_names_the_line(reads: Reads) -> None:
    page = reads("/record/charter?begin=here", "secretariat")
    field = page.get_by_label("Or its text")
    lines = field.input_value().splitlines()
    at = next(n for n, line in enumerate(lines) if line.strip().startswith("timezone:"))
    lines[at] = lines[at].partition(":")[0] + ": Mars/Olympus"
    written = "\n".join(lines) + "\n"
    field.fill(written)
    with page.expect_navigation() as answer:
        press(page, "Show what it would change")
    assert answer.value.status == 422
    assert page.get_by_label("Or its text").input_value() == written
    fault = page.get_by_role("table", name=re.compile("^What is wrong")).locator("tbody tr")
    assert fault.get_by_role("rowheader").all_inner_texts() == [str(at + 1)]
    assert "Mars/Olympus" in fault.inner_text()


def test_a_chair_decision_is_previewed_and_then_taken(living: Living, reads: Reads) -> None:
    page = reads("/record/chair", "secretariat")
    follow(page, "Interim chair")
    first = within_a_term(living, 2)
    page.get_by_label("Member").select_option("unfpa")
    page.get_by_label("From").fill(first.isoformat())
    page.get_by_label("Until").fill((first + timedelta(days=10)).isoformat())
    page.get_by_label("Reason").fill("The chair is away.")
    press(page, "Show what it would change")
    changed = text(page.get_by_role("region", name="What it changes"), "table")
    assert said(first) in changed
    assert "UNFPA" in changed
    assert "The chair is away." not in text(reads("/record/chair", "secretariat")), "a preview saves nothing"
    press(page, "Take this decision")
    assert page.get_by_role("status").count() == 1
    assert "The chair is away." in text(page.get_by_role("region", name=re.compile("^On record")), "ul")
    years = f"from={first.year}&until={first.year + 1}"
    assert "UNFPA" in reads(f"/timeline?{years}").get_by_role("rowheader").all_inner_texts()


def answers(living: Living, token: str) -> int:
    """The status of the API for a program with this token."""
    asked = urllib.request.Request(
        f"{living.address}/api/v1/groups/gmg/actions", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(asked) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_a_token_is_made_shown_once_and_revoked(living: Living, reads: Reads) -> None:
    page = reads("/record/tokens", "secretariat")
    form = unfold(page, "Make a token or a calendar")
    form.get_by_label("What it is for").fill("A program of ours")
    press(form, "Make it")
    token = page.locator("#secret").input_value()
    assert token.startswith("gmg_")
    assert answers(living, token) == 200
    page.goto(f"{living.address}{GROUP}/record/tokens")
    assert token not in page.content()
    press(page, re.compile("^Revoke: A program of ours"))
    assert "revoked" in page.get_by_role("listitem").filter(has_text="A program of ours").inner_text()
    assert answers(living, token) == 401


def test_the_audit_shows_who_changed_what_from_what(living: Living, reads: Reads) -> None:
    made = living.life.does("unitar", "/actions", title="Count the schools", owner="unitar")
    living.life.does("unitar", f"/actions/{made['id']}/finish", text="Counted.")
    page = reads("/record", "secretariat")
    follow(page, "Audit")
    page.get_by_label("Mail address").fill("gmg@unitar.example")
    press(page, "Show")
    entry = page.locator("ul.things > li").first
    assert "GMG focal point of UNITAR" in entry.inner_text()
    entry.locator("summary").click()
    assert "→" in entry.inner_text()
    assert "done" in entry.locator("ins").all_inner_texts()


def refused(living: Living, address: str, state: str = "failed", *, made: bool = True) -> str:
    """A mail that its server did not take, or one that was never `made`: its number."""
    with writing(living.engine) as session:
        waiting = select(DeliveryRow).where(DeliveryRow.address == address, DeliveryRow.state == "pending")
        row = session.exec(waiting.order_by(col(DeliveryRow.created_at).desc())).first()
        assert row is not None, "something was planned for everybody"
        row.state, row.answer = state, "550 no such mailbox" if made else None
        row.body = row.body if made else b""
        session.add(row)
        return row.id


def test_a_message_that_did_not_go_out_is_sent_again(living: Living, reads: Reads) -> None:
    number = refused(living, "gmg@wb.example")
    unmade = refused(living, "gmg@ilo.example", "expired", made=False)
    page = reads("/record", "secretariat")
    follow(page, "Outbox")
    needs = page.get_by_role("region", name="Needs a hand").get_by_role("listitem")
    mine = needs.filter(has=page.locator(f"a[href$='/outbox/{number}']"))
    assert mine.locator(".state").inner_text() == "failed"
    other = needs.filter(has=page.locator(f"a[href$='/outbox/{unmade}']"))
    assert other.locator(".state").inner_text() == "expired"
    assert other.get_by_role("button").count() == 0, "a mail that was never made cannot be sent again"
    press(mine, re.compile("^Send again"))
    page.goto(f"{living.address}{GROUP}/outbox")
    assert mine.count() == 0
    page.goto(f"{living.address}{GROUP}/outbox/{number}")
    assert "Waiting." in text(page)
    assert "550 no such mailbox" in text(page)


TABLE = """key,title,owner,due
work-1,Book the room,ilo,{day}
work-2,Invite the experts,nobody,{day}
work-3,Print the badges,ilo,soon
"""


@pytest.mark.parametrize("by", ["pasted", "file"])
def test_a_table_of_actions_is_looked_at_mended_and_imported(living: Living, reads: Reads, by: str) -> None:
    day = (living.life.today + timedelta(days=20)).isoformat()
    table = TABLE.replace("{day}", day).replace("work-", f"{by}-")
    page = reads("/actions", "ilo")
    follow(page, "Import actions from a table")
    if by == "file":
        page.get_by_label("A file (CSV UTF-8)").set_input_files(
            {"name": "work.csv", "mimeType": "text/csv", "buffer": table.replace("\n", "\r\n").encode()}
        )
    else:
        page.get_by_label("Or the lines of a table").fill(table)
    press(page, "Look what would happen")
    assert "1 action would be opened." in text(page, "[role=status]")
    assert "2 rows have to be mended" in text(page, "[role=status]")
    rows = page.get_by_role("table", name=re.compile("^The rows of the table")).locator("tbody tr")
    assert [line.get_by_role("rowheader").inner_text() for line in rows.all()] == ["Line 3", "Line 4", "Line 2"]
    assert "nobody" in rows.nth(0).inner_text()
    lines = page.get_by_label("Or the lines of a table")
    assert lines.input_value().splitlines() == table.splitlines()
    lines.fill(table.replace("nobody", "ilo").replace("soon", day))
    press(page, "Look again")
    assert "3 actions would be opened." in text(page, "[role=status]")
    press(page, "Open 3 actions now")
    assert page.locator("ol.steps li").count() >= 2
    assert "3" in text(page, "p.done")
    page.goto(f"{living.address}{GROUP}/actions?owner=ilo")
    for title in ("Book the room", "Invite the experts", "Print the badges"):
        expect(page.get_by_role("link", name=title).first).to_be_visible()
