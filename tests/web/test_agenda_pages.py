"""The agenda on pages: read and printed by members, proposed to, and set by the chair."""

import re

from markupsafe import escape

from tests.meetings.conftest import CHAIR, FIRST
from tests.web.browsing import Browser, Signs, signs, words  # noqa: F401 - fixtures

IOM = "gmg@iom.example"
ONE = f"/meetings/{FIRST}"
AGENDA = f"{ONE}/agenda"


def proposes(browser: Browser, title: str, **more: str) -> str:
    """Propose an item; its id."""
    browser.sends(AGENDA, AGENDA, title=title, **more)
    page = browser.opens(AGENDA)
    found = re.findall(rf'<li id="(i[0-9a-f]+)">(?:(?!</li>).)*{re.escape(escape(title))}', page, re.S)
    return str(found[-1])


def titles(page: str) -> list[str]:
    """The titles of the items that stand on an agenda, in their order."""
    return re.findall(r'<h2><span class="hour">[\d:]+</span> <a href="[^"]*" dir="auto">([^<]*)</a></h2>', page)


def test_what_a_member_proposes_is_for_the_chair_to_take(signs: Signs) -> None:
    member, chair = signs(IOM), signs(CHAIR)
    item = proposes(member, "Data <of> 2008", minutes="20", kind="decide", presenter="Ms X")
    page = member.opens(AGENDA)
    assert "Data &lt;of&gt; 2008" in page
    assert "Take onto the agenda" not in page
    assert titles(page) == []
    chair.sends(AGENDA, f"{AGENDA}/{item}/accept")
    page = member.opens(AGENDA)
    assert titles(page) == ["Data &lt;of&gt; 2008"]
    assert "for decision, 20 minutes, Ms X (IOM)" in words(page)
    assert "20 of 90 minutes are planned." in words(page)
    assert "Data &lt;of&gt; 2008" in member.opens(ONE)


def test_the_chair_orders_items_and_the_hours_follow(signs: Signs) -> None:
    chair = signs(CHAIR)
    ids = [proposes(chair, title, minutes="60") for title in ("First", "Second", "Third")]
    page = chair.opens(AGENDA)
    assert titles(page) == ["First", "Second", "Third"]
    assert "90 minutes too many" in words(page)
    chair.sends(AGENDA, f"{AGENDA}/order", down=ids[0])
    page = chair.opens(AGENDA)
    assert titles(page) == ["Second", "First", "Third"]
    assert re.findall(r'class="hour">([\d:]+)<', page) == ["14:00", "15:00", "16:00"]
    shown = re.findall(r'name="shown" value="([^"]+)"', page)[0]
    assert "no place further" in words(
        chair.posts(f"{AGENDA}/order", 422, order=shown, shown=shown, up=shown.split()[0]).text
    )


def test_an_order_made_for_another_agenda_loses_nothing(signs: Signs) -> None:
    chair = signs(CHAIR)
    ids = [proposes(chair, title) for title in ("First", "Second")]
    order = re.findall(r'name="order" value="([^"]+)"', chair.opens(AGENDA))[0]
    proposes(chair, "Third")
    again = chair.posts(f"{AGENDA}/order", 422, order=order, shown=order, down=ids[0])
    assert "Name every item of this agenda once" in words(again.text)
    assert titles(chair.opens(AGENDA)) == ["First", "Second", "Third"]


def test_an_item_is_changed_by_its_proposer_and_shows_both_texts_in_a_conflict(signs: Signs) -> None:
    member, chair = signs(IOM), signs(CHAIR)
    item = proposes(member, "Mine", presenter="Ms X")
    here = f"{AGENDA}/{item}"
    member.sends(here, f"{here}/edit", title="Mine, better", presenter="")
    page = member.opens(here)
    assert "Mine, better" in page
    assert "Ms X" not in page
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    chair.sends(here, f"{here}/edit", title="The chair's")
    fields = {"version": version, "kind": "discuss", "minutes": "15", "text": "", "presenter": ""}
    again = member.posts(f"{here}/edit", 412, title="Mine again", **fields)
    assert 'value="Mine again"' in again.text
    assert "It says now: The chair" in words(again.text)
    assert "<form method" not in signs("gmg@ilo.example").opens(here)
    signs("gmg@ilo.example").posts(f"{here}/edit", 403, title="Theirs", **fields)


def test_items_are_concluded_deferred_dropped_and_taken_back(signs: Signs) -> None:
    member, chair = signs(IOM), signs(CHAIR)
    kept, later, gone, back = (proposes(who, name) for who, name in (
        (chair, "Kept"), (chair, "Later"), (chair, "Gone"), (member, "Back"),
    ))  # fmt: skip
    chair.sends(f"{AGENDA}/{kept}", f"{AGENDA}/{kept}/conclude", text="Agreed <so>.")
    chair.sends(f"{AGENDA}/{later}", f"{AGENDA}/{later}/defer")
    chair.sends(f"{AGENDA}/{gone}", f"{AGENDA}/{gone}/drop", text="Not now.")
    member.sends(f"{AGENDA}/{back}", f"{AGENDA}/{back}/withdraw")
    page = chair.opens(AGENDA)
    assert titles(page) == ["Kept"]
    assert "Agreed &lt;so&gt;." in page
    told = words(page)
    assert "Later left for the next meeting" in told
    assert "Gone dropped" in told
    assert "Back withdrawn" in told
    assert "Later" in chair.opens("/meetings/working-level-2008-08-07/agenda")
    chair.posts(f"{AGENDA}/{kept}/explode", 404)


def test_an_item_of_the_backlog_is_put_on_an_agenda(signs: Signs) -> None:
    chair = signs(CHAIR)
    # Where no later meeting of its kind is, an item that is left goes to the backlog.
    item = proposes(chair, "For the principals")
    chair.sends(f"{AGENDA}/{item}", f"{AGENDA}/{item}/refer")
    assert "For the principals referred to the other level" in words(chair.opens(AGENDA))
    assert "For the principals" in chair.opens("/meetings/principals-turn-6/agenda")


def test_a_faulty_item_keeps_what_was_typed(signs: Signs) -> None:
    browser = signs(IOM)
    again = browser.sends(AGENDA, AGENDA, 422, title="Kept title", text="Kept text", minutes="0")
    assert 'value="Kept title"' in again.text
    assert "Kept text</textarea>" in again.text
    assert 'href="#new-minutes"' in again.text


def test_what_comes_after_the_agenda_is_settled_is_late(signs: Signs) -> None:
    chair = signs(CHAIR)
    chair.sends(f"{ONE}/change", f"{ONE}/edit", freeze="90")
    member = signs(IOM)
    assert "what comes now is late" in words(member.opens(AGENDA))
    proposes(member, "Late one")
    assert "Late one late" in words(chair.opens(AGENDA))


def test_what_is_not_for_somebody_is_not_offered(signs: Signs) -> None:
    member, chair = signs(IOM), signs(CHAIR)
    item = proposes(chair, "The chair's")
    page = member.opens(AGENDA)
    assert f"{AGENDA}/order" not in page
    assert ">Change</a>" not in page
    assert f"{AGENDA}/{item}/" not in page + member.opens(f"{AGENDA}/{item}"), "it is read, and not changed"
    member.posts(f"{AGENDA}/order", 403, order=item, shown=f"{item} x", down=item)
    member.posts(f"{AGENDA}/{item}/drop", 403, version="1")
    signs().opens(AGENDA, 303)
    signs().posts(AGENDA, 401, title="A")
    member.opens(f"{AGENDA}/i000000000000", 404)
