"""Meetings as foreign programs read them: through the API of the real service, its mails and its feeds."""

import json
import re
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import icalendar
import pytest
from playwright.sync_api import Browser

from tests.conftest import events_of
from tests.prove.test_calendar_programs import BIN, HERE, fetched, run
from tests.prove.test_page import PICTURES

# Where clocks change, with the instant that is right: New York and Zurich between the changes of the United States
# and of Europe, Casablanca inside and outside of Ramadan, Beirut just before and after its own change.
AT = {
    ("2027-03-18", "09:00", "America/New_York"): "2027-03-18T13:00:00Z",
    ("2027-03-18", "15:00", "Europe/Zurich"): "2027-03-18T14:00:00Z",
    ("2027-02-25", "09:00", "Africa/Casablanca"): "2027-02-25T09:00:00Z",
    # Until 2026 clocks there showed an hour more outside of Ramadan; older tables say so for ever.
    ("2027-04-15", "09:00", "Africa/Casablanca"): "2027-04-15T09:00:00Z",
    ("2027-03-26", "09:00", "Asia/Beirut"): "2027-03-26T07:00:00Z",
    ("2027-03-29", "09:00", "Asia/Beirut"): "2027-03-29T06:00:00Z",
}
Post = Callable[..., Any]


@pytest.fixture(scope="module")
def post(service: str, chair: str) -> Post:
    """Writes as the chair of today."""

    def send(path: str, etag: str = "", **body: object) -> Any:
        headers = {"Authorization": f"Bearer {chair}", "Idempotency-Key": str(uuid4())}
        headers |= {"Content-Type": "application/json"} if body else {}
        headers |= {"If-Match": etag} if etag else {}
        data = json.dumps(body).encode() if body else b""
        asked = urllib.request.Request(f"{service}/api/v1/groups/gmg{path}", data, headers, method="POST")
        with urllib.request.urlopen(asked) as answer:
            return json.load(answer) | {"etag": answer.headers["ETag"]}

    return send


@pytest.fixture(scope="module")
def called(post: Post) -> dict[str, str]:
    """A called meeting in each of these zones: UID and the instant at which it is."""
    found = {}
    for (day, at, zone), instant in AT.items():
        made = post("/meetings", title=f"Meeting in {zone}", day=day, at=at, zone=zone, minutes=60)
        post(f"/meetings/{made['meeting']['id']}/call", etag=made["etag"])
        found[made["meeting"]["uid"]] = instant
    return found


def test_three_parsers_read_the_same_instants(service: str, called: dict[str, str]) -> None:
    feed = fetched(f"{service}/calendars/gmg/meetings.ics")
    ours = {str(event["UID"]): event.decoded("DTSTART").astimezone(UTC) for event in events_of(feed)}
    theirs = dict(json.loads(run("node", "count.mjs", cwd=HERE, given=feed)))
    for uid, instant in called.items():
        assert ours[uid] == datetime.fromisoformat(instant)
        assert datetime.fromisoformat(theirs[uid]) == datetime.fromisoformat(instant)


def test_a_subscriber_syncs_twice_and_the_second_changes_nothing(
    service: str, called: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "sync").write_text(
        f"""[general]
status_path = "{tmp_path}/status/"
[pair meetings]
a = "here"
b = "there"
collections = null
[storage here]
type = "filesystem"
path = "{tmp_path}/kept/"
fileext = ".ics"
[storage there]
type = "http"
url = "{service}/calendars/gmg/meetings.ics"
"""
    )
    (tmp_path / "kept").mkdir()
    run(BIN / "vdirsyncer", "-c", tmp_path / "sync", "discover", cwd=tmp_path, given=b"y\n" * 4)
    run(BIN / "vdirsyncer", "-c", tmp_path / "sync", "sync", cwd=tmp_path)

    def kept() -> dict[str, tuple[int, bytes]]:
        return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in (tmp_path / "kept").iterdir()}

    before = kept()
    assert len(before) == len(events_of(fetched(f"{service}/calendars/gmg/meetings.ics")))
    run(BIN / "vdirsyncer", "-c", tmp_path / "sync", "sync", cwd=tmp_path)
    assert kept() == before
    (tmp_path / "khal.conf").write_text(
        f"[calendars]\n[[meetings]]\npath = {tmp_path}/kept\n"
        "[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
        "longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
    )
    for (day, _, zone), instant in AT.items():
        listed = run(BIN / "khal", "-c", tmp_path / "khal.conf", "list", day, "1d", cwd=tmp_path)
        assert re.search(rf"{instant[11:16]}-\d\d:\d\d GMG: Meeting in {zone}", listed), listed


@pytest.fixture(scope="module")
def invitations(home: Path, called: dict[str, str]) -> list[EmailMessage]:
    """The mails that invite somebody of ILO; a change settles for a minute first."""
    deadline = monotonic() + 150
    while monotonic() < deadline:
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in (home / "mail").glob("*.eml")]
        mine = [mail for mail in found if "New: GMG" in mail["Subject"] and "gmg@ilo.example" in mail["To"]]
        if len(mine) >= len(called):
            return mine
        sleep(0.5)
    raise AssertionError("nobody was invited")


KHAL = (
    "[calendars]\n[[none]]\npath = {path}\n[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\n"
    "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
    "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
)


def printed(body: bytes, folder: Path) -> str:
    """The events of a file as khal reads them, with their instants in UTC."""
    (folder / "none").mkdir(exist_ok=True)
    (folder / "one.conf").write_text(KHAL.format(path=folder / "none"))
    (folder / "one.ics").write_bytes(body)
    shown = "{start-long} {title}{nl}"
    return run(BIN / "khal", "-c", folder / "one.conf", "printics", "--format", shown, folder / "one.ics", cwd=folder)


def test_a_members_and_a_persons_own_feed_are_read_alike(
    service: str, home: Path, called: dict[str, str], tmp_path: Path
) -> None:
    made = run(BIN / "gmg", "token", "create", "--person", "gmg@ilo.example", "--feed", cwd=home, home=home)
    own = next(line for line in made.splitlines() if "/calendars/p/" in line).partition("/calendars")[2]
    for path in ("/calendars/gmg/members/ilo.ics", f"/calendars{own}"):
        feed = fetched(f"{service}{path}")
        ours = {str(event["UID"]): event for event in events_of(feed)}
        theirs = dict(json.loads(run("node", "count.mjs", cwd=HERE, given=feed)))
        assert theirs.keys() == ours.keys() >= called.keys()
        for uid, instant in called.items():
            assert datetime.fromisoformat(theirs[uid]) == datetime.fromisoformat(instant)
        read = printed(feed, tmp_path)
        for (_, _, zone), instant in AT.items():
            assert f"{instant[:10]} {instant[11:16]} GMG: Meeting in {zone}" in read


def test_invitations_are_read_alike(invitations: list[EmailMessage], called: dict[str, str], tmp_path: Path) -> None:
    seen = set()
    for mail in invitations:
        part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
        body = part.get_content().encode()
        calendar = icalendar.Calendar.from_ical(body)
        assert calendar["METHOD"] == part.get_param("method") == "REQUEST"
        (event,) = events_of(body)
        ((uid, start),) = json.loads(run("node", "count.mjs", cwd=HERE, given=body))
        assert uid == event["UID"]
        assert datetime.fromisoformat(start) == event.decoded("DTSTART") == datetime.fromisoformat(called[uid])
        at = called[uid]
        assert f"{at[:10]} {at[11:16]} GMG: Meeting in " in printed(body, tmp_path)
        seen.add(uid)
    assert seen == called.keys()


def test_a_focal_point_answers_on_a_phone(invitations: list[EmailMessage], service: str, browser: Browser) -> None:
    """From the mail to the answer on record, without JavaScript, by keyboard alone."""
    text = invitations[0].get_body(("plain",))
    link = re.search(r"http://\S+/rsvp/\S+", text.get_content() if text else "")
    assert link is not None
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(link.group())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Ms X")
    page.keyboard.press("Tab")
    page.keyboard.press("a")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "ILO comes" in page.get_by_role("status").inner_text()
    page.screenshot(path=PICTURES / "rsvp-390.png", full_page=True)
    context.close()
