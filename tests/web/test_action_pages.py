"""Actions on pages: the list with the API's filters, opened and logged in few steps, and what may be done when."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.followups.acting import Opened, Shown, opened, shown  # noqa: F401 - fixtures
from tests.meetings.conftest import FIRST, Send, chair, member, send  # noqa: F401 - fixtures
from tests.web.browsing import Browser, Form, Signs, secretary, signs, words  # noqa: F401 - fixtures

ILO, IOM, CHAIR = "gmg@ilo.example", "gmg@iom.example", "gmg@unfpa.example"


def _person(page: str) -> str:
    """The id of the focal point of ILO, as the choice of who does it offers it."""
    options = page.partition("<main")[2].split('<option value="')[1:]
    return next(one for one in options if "GMG focal point of ILO" in one).partition('"')[0]


class Fields(HTMLParser):
    """The fields of a form that are seen before anything is opened, and its buttons."""

    def __init__(self, html: str, action: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.buttons = 0
        self._action, self._inside, self._closed = action, False, 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("action") == self._action
        if tag == "details" and self._inside and "open" not in given:
            self._closed += 1
        if not self._inside or self._closed:
            return
        self.buttons += tag == "button"
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden":
            self.names.add(given.get("name") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "details" and self._closed:
            self._closed -= 1


def test_an_action_is_opened_with_three_fields_at_most(signs: Signs) -> None:
    browser = signs(ILO)
    assert f'href="{browser.base}/actions/new"' in browser.opens("/actions")
    form = Fields(browser.opens("/actions/new"), f"{browser.base}/actions/new")
    assert (form.names, form.buttons) == ({"title", "due"}, 1)
    made = browser.sends("/actions/new", "/actions/new", title="Draft the note", due="2008-06-01")
    page = words(browser.opens(made.headers["location"].removeprefix(browser.base)))
    assert "Draft the note" in page
    assert "due by the end of Sunday, 1 June 2008" in page
    chairing = Fields(signs(CHAIR).opens("/actions/new"), f"{browser.base}/actions/new")
    assert chairing.names == {"title", "due", "owner"}


def test_an_update_is_logged_from_the_list_in_two_clicks(signs: Signs, opened: Opened) -> None:
    opened()
    browser = signs(ILO)
    path = "/actions/action-1"
    assert f'href="{browser.base}{path}"' in browser.opens("/actions")
    form = Fields(browser.opens(path), f"{browser.base}{path}/update")
    assert form.names == {"text", "links", "then"}
    assert form.buttons == 1
    browser.sends(path, f"{path}/update", text="Half of it.", links="https://www.ilo.org/note", then="finish")
    page = browser.opens(path)
    assert 'class="state done"' in page
    assert 'href="https://www.ilo.org/note"' in page
    assert "Half of it." in page


def test_an_update_begins_the_work_in_one_entry(signs: Signs, opened: Opened, shown: Shown) -> None:
    opened()
    browser = signs(ILO)
    browser.sends("/actions/action-1", "/actions/action-1/update", text="We have begun.", then="start")
    found = shown()
    assert found["state"] == "in-progress"
    assert [(one["verb"], one["text"]) for one in found["log"]] == [("open", ""), ("start", "We have begun.")]


def test_pressed_twice_it_is_logged_once(signs: Signs, opened: Opened, shown: Shown) -> None:
    opened()
    browser = signs(ILO)
    fields = Form(browser.opens("/actions/action-1"), f"{browser.base}/actions/action-1/update").fields
    for _ in range(2):
        browser.posts("/actions/action-1/update", 303, **fields | {"text": "Once."})
    assert [one["text"] for one in shown()["log"]] == ["", "Once."]


def test_a_conflict_shows_both_texts(signs: Signs, opened: Opened, shown: Shown) -> None:
    opened()
    ours, theirs = signs(ILO), signs(CHAIR)
    path = "/actions/action-1"
    fields = Form(ours.opens(path), f"{ours.base}{path}/update").fields
    theirs.sends(path, f"{path}/update", text="The chair asks for it by Friday.")
    again = ours.posts(f"{path}/update", 412, **fields | {"text": "Ours: <half> of it."}).text
    assert "Ours: &lt;half&gt; of it.</textarea>" in again
    since = words(again).partition("Since you opened the page:")[2].partition("What is new")[0]
    assert "The chair asks for it by Friday." in since
    fields = Form(again, f"{ours.base}{path}/update").fields
    ours.posts(f"{path}/update", 303, **fields)
    assert [one["text"] for one in shown()["log"]][1:] == ["The chair asks for it by Friday.", "Ours: <half> of it."]


def test_a_due_date_moved_meanwhile_stands_beside_what_was_typed(signs: Signs, opened: Opened, shown: Shown) -> None:
    opened(due="2008-06-01")
    browser = signs(ILO)
    path = "/actions/action-1"
    fields = Form(browser.opens(path), f"{browser.base}{path}/reschedule").fields
    browser.sends(path, f"{path}/reschedule", due="2008-06-10", reason="First")
    again = browser.posts(f"{path}/reschedule", 412, **fields | {"due": "2008-06-20", "reason": "Second"}).text
    assert 'value="2008-06-20"' in again
    assert "It says now: 2008-06-10" in words(again)
    browser.posts(f"{path}/reschedule", 303, **Form(again, f"{browser.base}{path}/reschedule").fields)
    assert shown()["due"] == "2008-06-20"
    assert "1 June 2008 → 10 June 2008" in words(browser.opens(path))


def test_a_form_that_stands_no_more_loses_nothing(signs: Signs, opened: Opened) -> None:
    opened()
    ours, theirs = signs(ILO), signs(CHAIR)
    path = "/actions/action-1"
    fields = Form(ours.opens(path), f"{ours.base}{path}/drop").fields
    begun = Form(ours.opens(path), f"{ours.base}{path}/start").fields
    theirs.sends(path, f"{path}/update", text="Here it is.", then="finish")
    again = words(ours.posts(f"{path}/drop", 412, **fields | {"reason": "Nobody <wants> it."}).text)
    assert "Somebody has changed this" in again
    assert "Since you opened the page: It is done Here it is." in again
    assert "You had written: Nobody &lt;wants&gt; it." in again
    assert "Somebody has changed this" in words(ours.posts(f"{path}/start", 412, **begun).text)


def test_the_next_step_stands_first_and_is_one_press(signs: Signs, opened: Opened, shown: Shown) -> None:
    opened()
    browser = signs(ILO)
    path = "/actions/action-1"
    assert "Begin, and say so here" in browser.opens(path)
    browser.sends(path, f"{path}/start")
    assert "Log how far it is, or say that it is done." in browser.opens(path)
    browser.sends(path, f"{path}/finish")
    done = browser.opens(path)
    assert "take it up again" in done
    assert "/reschedule" not in done
    browser.sends(path, f"{path}/reopen", reason="Not yet.")
    browser.sends(path, f"{path}/drop", reason="Not wanted any more.")
    assert "Not wanted any more." in browser.opens(path)
    assert shown()["state"] == "dropped"


def test_assigned_moved_before_a_meeting_and_passed_on(signs: Signs, opened: Opened, shown: Shown, send: Send) -> None:
    opened(due="2008-06-01")
    browser, chairing = signs(ILO), signs(CHAIR)
    path = "/actions/action-1"
    page = browser.opens(path)
    assert "gmg@ilo.example" not in page
    assert "/transfer" not in page
    form = Form(page, f"{browser.base}{path}/assign")
    person = _person(page)
    browser.posts(f"{path}/assign", 303, **form.fields | {"assignee": person, "helpers": ["wb", "iom"]})
    found = shown()
    assert (found["assignee"]["name"], found["helpers"]) == ("GMG focal point of ILO", ["iom", "wb"])
    browser.sends(path, f"{path}/reschedule", before="next", reason="With the others.")
    assert (shown()["before"], shown()["meeting"]) == ("next", FIRST)
    browser.sends(path, f"{path}/reschedule", before="", due="", reason="No day for now.")
    assert shown()["due"] is None
    chairing.sends(path, f"{path}/transfer", owner="wb", reason="They have the data.")
    found = shown()
    assert (found["owner"], found["assignee"], found["helpers"]) == ("wb", None, ["iom"])
    assert "Owner: ILO → World Bank" in words(chairing.opens(path))


def test_who_may_not_sees_no_form(signs: Signs, opened: Opened, secretary: Browser) -> None:
    opened(visibility="public", helpers=["wb"])
    path = "/actions/action-1"
    other = signs(IOM).opens(path)
    assert "<form" not in other.partition("<main")[2]
    assert "nothing is asked of you" in other
    signs(IOM).posts(f"{path}/update", 403, text="x", version="1")
    helping = signs("gmg@wb.example").opens(path)
    assert f"{path}/update" in helping
    assert f"{path}/finish" not in helping
    assert "it is done" not in helping
    kept = secretary.opens(path)
    assert f"{path}/reschedule" in kept
    assert f"{path}/drop" not in kept
    nobody = signs()
    answer = nobody.client.get(f"{nobody.base}{path}", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (answer.status_code, "/sign-in?next=" in answer.headers["location"]) == (303, True)
    signs(IOM).opens("/actions/action-99", 404)
    signs(IOM).posts(f"{path}/forget", 404)


def test_a_fault_keeps_what_was_typed(signs: Signs, opened: Opened) -> None:
    opened()
    browser = signs(ILO)
    again = browser.sends(
        "/actions/new", "/actions/new", 422, title="Kept <title>", due="2008-01-01", documents="https://a.example/x"
    )
    assert 'value="Kept &lt;title&gt;"' in again.text
    assert "a day that is over" in words(again.text)
    again = browser.sends("/actions/new", "/actions/new", 422, title="T", documents="http://a.example/x")
    assert 'id="documents-wrong"' in again.text
    again = browser.sends("/actions/action-1", "/actions/action-1/update", 422, text="Kept", links="ftp://x")
    assert "Kept</textarea>" in again.text
    assert 'id="update-links-wrong"' in again.text
    assert "Write a text" in words(browser.sends("/actions/action-1", "/actions/action-1/update", 422).text)
    assert browser.sends("/actions/action-1", "/actions/action-1/drop", 422).text.count('id="drop-fault"') == 1


def test_a_form_is_filled_in_by_its_address(signs: Signs, send: Send, shown: Shown) -> None:
    made = send(
        "/decisions", etag="", operative="endorsed", title="Work together", text="All of it.", way="consensus",
        meeting=None, visibility="public",
    )  # fmt: skip
    source = f"decision:{made.json()['id']}" if made.status_code == 201 else "handover:turn-2"
    browser = signs(CHAIR)
    path = f"/actions/new?source={source}&meeting={FIRST}&owner=wb&title=To+do"
    page = browser.opens(path)
    assert "It comes from" in page
    form = Form(page, f"{browser.base}/actions/new").fields
    assert (form["title"], form["owner"], form["before"], form["source"]) == ("To do", "wb", FIRST, source)
    strange = browser.opens("/actions/new?owner=mars&source=%3Cb%3E&meeting=none&title=%3Cscript%3E")
    assert "<script>" not in strange
    assert Form(strange, f"{browser.base}/actions/new").fields["owner"] == "unfpa"


def test_everything_that_an_action_may_have(signs: Signs, shown: Shown) -> None:
    browser = signs(ILO)
    page = browser.opens("/actions/new")
    person = _person(page)
    fields = Form(page, f"{browser.base}/actions/new").fields | {
        "title": "All", "text": "Two\r\nlines", "before": "next", "assignee": person, "helpers": ["iom"],
        "purposes": ["1", "3"], "documents": "https://www.ilo.org/a", "visibility": "public", "once": "one-key",
    }  # fmt: skip
    first, second = browser.posts("/actions/new", 303, **fields), browser.posts("/actions/new", 303, **fields)
    assert first.headers["location"] == second.headers["location"]
    found = shown()
    assert (found["text"], found["meeting"], found["helpers"], found["purposes"]) == (
        "Two\nlines",
        FIRST,
        ["iom"],
        [1, 3],
    )
    assert (found["visibility"], found["assignee"]["id"], found["owner"]) == ("public", person, "ilo")
    page = words(browser.opens("/actions/action-1"))
    assert "A coherent institutional response" in page
    assert "before Working-level meeting of 26 June 2008" in page


def test_a_long_log_is_shown_in_parts(signs: Signs, opened: Opened, send: Callable[..., Any]) -> None:
    opened()
    for n in range(14):
        send("/actions/action-1/log", text=f"Entry {n:02}")
    browser = signs(ILO)
    page = browser.opens("/actions/action-1")
    assert ("Entry 13" in page, "Entry 02" in page, "Entry 01" in page) == (True, True, False)
    older = browser.opens("/actions/action-1?before=4")
    assert ("Entry 01" in older, "Entry 02" in older) == (True, False)


def test_what_people_wrote_is_text(signs: Signs, opened: Opened) -> None:
    opened(
        title="<i>x</i>", text="<script>alert(1)</script>", documents=[{"title": "<b>", "url": "https://a.example/"}]
    )
    browser = signs(ILO)
    for page in (browser.opens("/actions"), browser.opens("/actions/action-1")):
        assert "<i>x" not in page
        assert "<script" not in page
        assert "<b>" not in page
