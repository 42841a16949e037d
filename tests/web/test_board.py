"""The chair's board: every state with its one next step; read-only for the coming chair, for nobody else."""

from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.acting import Opened, opened  # noqa: F401 - fixtures
from tests.meetings.conftest import FIRST, Send, at, chair, member, send  # noqa: F401 - fixtures
from tests.web.browsing import Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures

CHAIR, NEXT, IOM = "gmg@unfpa.example", "gmg@unhcr.example", "gmg@iom.example"
DECISION = {"operative": "adopted", "title": "Statement", "text": "So.", "until": "2008-05-30"}


def test_the_board_is_for_the_chair(signs: Signs, secretary: Browser) -> None:
    signs(IOM).opens("/board", 403)
    signs(IOM).posts("/board/call", 403, meeting=FIRST, version="1")
    secretary.opens("/board", 403)
    away = signs().client.get("/groups/gmg/board", headers={"Accept": "text/html"}, follow_redirects=False)
    assert away.headers["location"] == "/groups/gmg/sign-in?next=/groups/gmg/board"


def test_the_term_and_its_handover(signs: Signs) -> None:
    said = words(signs(CHAIR).opens("/board"))
    for text in (
        "UNFPA 47 days left",
        "The chair passes to UNHCR on Tuesday, 1 July 2008, 00:00 (Europe/Zurich).",
        "Write the programme of the term", "UNFPA to UNHCR",
        "Tuesday, 1 July 2008, 00:00 (Europe/Zurich)", "0 headings of 6 are done",
        "The outgoing side has not confirmed yet.", "It can be confirmed from Sunday, 1 June 2008 on.",
        "None in the last 30 days.",
    ):  # fmt: skip
        assert text in said


def test_a_meeting_from_proposed_to_adopted_minutes(signs: Signs, send: Send, time: Time) -> None:
    browser = signs(CHAIR)
    said = words(browser.opens("/board"))
    assert "To be called by Thursday, 29 May 2008." in said
    done = browser.sends("/board", "/board/call", meeting=FIRST, version="1")
    assert done.headers["location"] == "/groups/gmg/board?done=call"
    said = words(browser.opens("/board?done=call"))
    assert "The meeting is called;" in said
    assert "0 agencies of" in said
    time.at = at("2008-06-26T20:00")
    browser = signs(CHAIR)
    said = words(browser.opens("/board"))
    assert "over, not on record as held" in said
    assert "Put on record that it was held" in said
    present = [{"member": "iom", "presence": "remote"}]
    assert send(f"/meetings/{FIRST}/hold", present=present).status_code == 200
    said = words(browser.opens("/board"))
    assert "No minutes yet. Write the minutes" in said
    assert send(f"/meetings/{FIRST}/minutes", etag="", text="# So", outcomes=[]).status_code == 200
    assert "The minutes are a draft. Circulate the minutes" in words(browser.opens("/board"))
    assert send(f"/meetings/{FIRST}/minutes/circulate", until="2008-06-29").status_code == 200
    said = words(browser.opens("/board"))
    assert "The minutes are adopted at the end of Sunday, 29 June 2008 unless a member objects." in said
    time.at = at("2008-06-30T08:00")
    assert f"/meetings/{FIRST}/minutes" not in signs(CHAIR).opens("/board")


def test_a_version_that_is_no_longer_there_is_not_called(signs: Signs) -> None:
    again = signs(CHAIR).posts("/board/call", 412, meeting=FIRST, version="7")
    assert 'role="alert"' in again.text


def test_what_is_missing(signs: Signs, send: Send, time: Time) -> None:
    assert "is proposed and not called yet." not in words(signs(CHAIR).opens("/board"))
    time.at = at("2008-05-29T12:00")
    browser = signs(CHAIR)
    assert "Working-level meeting is proposed and not called yet." in words(browser.opens("/board"))
    send(f"/meetings/{FIRST}/call")
    said = words(browser.opens("/board"))
    assert "Working-level meeting has no link to join it, and names no room yet." in said
    assert "has no agenda yet." not in said
    send(f"/meetings/{FIRST}/edit", link="https://meet.example.org/1")
    assert "has no link" not in words(browser.opens("/board"))
    time.at = at("2008-06-13T12:00")
    assert "Working-level meeting has no agenda yet." in words(signs(CHAIR).opens("/board"))


def test_items_that_wait_for_the_chair(signs: Signs, send: Send, member: dict[str, str]) -> None:
    send(f"/meetings/{FIRST}/call")
    item = {"kind": "discuss", "title": "Remittances", "minutes": 20, "member": "ilo", "meeting": FIRST}
    made = send("/agenda-items", member, etag="", **item)
    assert made.status_code == 201, made.text
    said = words(signs(CHAIR).opens("/board"))
    assert "Remittances" in said
    assert "proposed by ILO for Working-level meeting" in said


def test_silences_with_the_answers_so_far(signs: Signs, send: Send, member: dict[str, str]) -> None:
    id_ = send("/decisions", etag="", **DECISION).json()["id"]
    answer = {"member": "ilo", "answer": "object", "reason": "Too soon.", "round": 1}
    assert send(f"/decisions/{id_}/answer", member, **answer).status_code == 200
    said = words(signs(CHAIR).opens("/board"))
    assert "until Friday, 30 May 2008, 24:00 (Europe/Zurich)" in said
    assert "objects: 1; " in said
    assert "members are silent" in said
    assert "Revise or withdraw it" in said


def test_actions_by_agency(signs: Signs, opened: Opened, time: Time) -> None:
    opened(title="A", owner="ilo", due="2008-05-20")
    opened(title="B", owner="ilo")
    opened(title="C", owner="chair")
    time.at = at("2008-05-21T08:00")
    page = signs(CHAIR).opens("/board")
    assert "ILO 2 1 0" in words(page)
    assert "the chair 1 0 0" in words(page)
    assert "All 3 1 0" in words(page)
    assert "/actions?owner=ilo&amp;status=overdue" in page


def test_the_coming_chair_reads_and_is_offered_nothing_to_do(signs: Signs, opened: Opened) -> None:
    opened(title="Passes on", owner="chair")
    page = signs(NEXT).opens("/board")
    said = words(page)
    for text in ("The term of UNHCR begins on Tuesday, 1 July 2008.", "in 47 days", "Passes on"):
        assert text in said
    assert "<form method" not in page
    assert "Silence procedures" not in said


def test_a_board_of_a_vacant_term_is_the_secretariats(
    signs: Signs, secretary: Browser, send: Send, secretariat: dict[str, str]
) -> None:
    made = send("/chair-decisions", secretariat, etag="", vacant="2008-05-15", until="2008-06-01")
    assert made.status_code == 201, made.text
    assert "vacant 17 days left" in words(secretary.opens("/board"))
    signs(IOM).opens("/board", 403)
    coming = signs(CHAIR).opens("/board")
    assert "The term of UNFPA begins on Sunday, 1 June 2008." in words(coming)
    assert "<form method" not in coming
