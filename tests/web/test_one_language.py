"""One page is in one language to the last word: on every page, for everybody who can open it.

The catalogue of these tests puts ⟦…⟧ around each message and each day in words. What a page shows outside of such marks
has gone past the catalogues, unless it is a name, a number, an id or a text that somebody has written, which is marked
by dir="auto".
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import pytest
from babel import Locale
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.routing import compile_path
from starlette.testclient import TestClient

from bench.living import SECRETARY, Life, cookie, live
from migrations.upgrade import upgrade
from service import clock, settings
from service.access import links
from service.database import connect, reading
from service.groups import queries as groups
from service.language import dates, speech
from service.meetings.polls.tables import PollRow
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.kinds import KINDS
from service.web.frame import templating
from service.web.rooms import ROOMS
from tests.conftest import BROWSER, HOME, app_on
from tests.web.marks import Marked, unsaid

TODAY = datetime(2009, 5, 15, 12, tzinfo=UTC)
GROUP = "/groups/gmg"
OTHER = "gmg@iom.example"
# What leads to a file, to another place, or to what only a provider that is configured answers; the description of the
# API is in English.
NO_PAGE = re.compile(r"\.(ics|csv|md|pdf|yaml|json)$|/single-sign-on|^/sign-in/callback$|^/docs$|/export$|\.\{form\}$")


class Story(NamedTuple):
    """The group after a year."""

    engine: Engine
    life: Life
    names: list[str]
    home: Path


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    home = tmp_path_factory.mktemp("language")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GMG_HOME", str(home))
        settings.current.cache_clear()
        engine = connect(f"sqlite:///{home / 'gmg.db'}")
        upgrade(engine)
        life = live(engine, 1, TODAY)
        yield Story(engine, life, _names(life), home)
        engine.dispose()
    settings.current.cache_clear()


def _names(life: Life) -> list[str]:
    """What somebody has named, the longest first."""
    charter, french = life.charter, Locale("fr")
    found = {charter.group.name, charter.group.label, *charter.purposes.values(), *charter.areas, *charter.kinds}
    for one in (*charter.members, *(seat for member in charter.members for seat in member.seats)):
        found |= {one.id, one.name, one.label, charter.short(one.id), charter.short(one.id).upper(), one.city or ""}
    found |= {person.name for person in charter.people} | {cadence.title for cadence in charter.cadences}
    # Days are marked where they are said as a whole; a calendar has their names alone.
    for width in ("wide", "abbreviated"):
        found |= {*french.days["stand-alone"][width].values(), *french.months["stand-alone"][width].values()}
    return sorted((name for name in found if name), key=len, reverse=True)


@pytest.fixture
def marked(story: Story, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every message is marked, and so is every day in words; the clock stands where the story ends."""
    monkeypatch.setenv("GMG_HOME", str(story.home))
    settings.current.cache_clear()
    for module in (speech, templating):
        monkeypatch.setattr(module, "translations", lambda _language: Marked())
    # Days that were said before are remembered.
    for name in ("format_date", "_by_pattern"):
        monkeypatch.setattr(dates, name, lambda day, *_, **__: f"⟦{day}⟧")
    monkeypatch.setattr(dates, "format_list", lambda names, **_: "⟦, ⟧".join(names))
    with clock.use(lambda: TODAY):
        yield


def browser(story: Story, email: str | None) -> TestClient:
    """The browser of somebody of the group, or of nobody."""
    made = TestClient(
        app_on(story.engine), base_url=HOME, headers=BROWSER | {"Accept": "text/html"}, raise_server_exceptions=False
    )
    if email is not None:
        made.cookies.set("gmg", cookie(story.engine, email))
    return made


def people(story: Story) -> dict[str, str | None]:
    chair = story.life.chair(TODAY.date())
    return {"nobody": None, "focal point": OTHER, "chair": f"gmg@{chair}.example", "secretariat": SECRETARY}


def kind(path: str) -> str:
    """The kind of a page: its address with what it names left open."""
    return re.sub(r"(?<=/)(?=[a-z0-9.@_-]*\d)[a-z0-9.@_-]+|(?<=/members/)[a-z]+", "…", path)


def in_french(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang=fr"


class Seen(NamedTuple):
    """A page as it was answered; `led`: another page has led there."""

    path: str
    status: int
    html: str
    led: bool


def walk(client: TestClient, beginning: Sequence[str]) -> Iterator[Seen]:
    """A page of each kind that can be reached."""
    waiting, seen = list(beginning), {_form(path) for path in beginning}
    begun = set(beginning)
    while waiting:
        path = waiting.pop(0)
        answer = client.get(in_french(path), follow_redirects=False)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        yield Seen(path, answer.status_code, answer.text if is_page else "", path not in begun)
        for href in re.findall(r'<a [^>]*href="([^"]*)"', answer.text) if is_page else []:
            found = urlsplit(urljoin(path, href.replace("&amp;", "&")))
            goes = found.path + (f"?{found.query}" if found.query else "")
            ours = not found.netloc and (found.path + "/").startswith(f"{GROUP}/")
            if ours and _form(goes) not in seen and not NO_PAGE.search(found.path) and "lang=" not in found.query:
                seen.add(_form(goes))
                waiting.append(goes)


def _form(address: str) -> str:
    """The kind of page, with the names of what is asked of it."""
    path, _, query = address.partition("?")
    return f"{kind(path)}?{re.sub(r'=[^&]*', '', query)}"


def beginnings(story: Story, who: str) -> list[str]:
    """Where a walk begins: at what nothing leads to, or not always. Nobody comes by the links of mails as well."""
    found = ["/", GROUP, f"{GROUP}/sign-in", f"{GROUP}/me/choices", f"{GROUP}/search?q=recruitment"]
    found += [f"{GROUP}/{path}" for path in BESIDE]
    states = {
        one["state"]: one["id"] for one in story.life.sees("/meetings?from=2009-03-01&until=2009-07-30")["meetings"]
    }
    ways = ("", "/polls/new", "/change", "/hold", "/observers", "/slots", "/agenda", "/minutes", "/minutes/write")
    found += [f"{GROUP}/meetings/{id_}{way}" for id_ in states.values() for way in ways]
    if who == "nobody":
        with reading(story.engine) as session:
            found += [f"{GROUP}/{path}" for path in mailed(story, session)]
    return found


BESIDE = (
    "decisions/2009-1/rounds/1", "activities/activity-4/log", "reports/turn-7", "programmes/turn-7",
    "handovers/turn-7", "handovers/turn-8/dossier", "record/cadences/working-level", "record/chair/new",
    "record/audit?what=meeting", "no-such-page", "members/no-such-member",
)  # fmt: skip


def mailed(story: Story, session: Session) -> Iterator[str]:
    """The pages that links in mails lead to."""
    person = next(one.id for one in groups.people_rows(session, "gmg") if one.email == OTHER)
    day = TODAY.date()
    coming = story.life.sees(f"/meetings?from={day}&until=2009-08-01")["meetings"]
    for state in ("called", "proposed"):
        one = next((one["id"] for one in coming if one["state"] == state), None)
        if one is not None:
            yield f"rsvp/{links.sign_rsvp('gmg', one, 'iom', person)}"
    poll = session.exec(select(PollRow)).first()
    assert poll is not None
    yield f"poll/{links.sign_poll('gmg', poll.id, 'iom', person)}"
    for decision in story.life.sees("/decisions?limit=2")["decisions"]:
        yield f"decision/{links.sign_decision('gmg', decision['id'], 'iom', person)}"
    for message in KINDS:
        yield f"unsubscribe/{links.sign_choice('gmg', message, person)}"
    yield "sign-in/anything"
    for row in session.exec(select(BoundaryRow)).all()[-2:]:
        theirs = [one for one in groups.people_rows(session, "gmg") if one.email == f"gmg@{row.incoming[0]}.example"]
        yield f"seen/{links.sign_seen('gmg', row.key, row.revision, theirs[0].id)}"
        yield f"answer/{links.sign(links.AnswerLink('gmg', row.incoming[0], row.day, theirs[0].id))}"


def test_nothing_is_said_past_the_catalogues(story: Story, marked: None) -> None:
    """Four people walk, and between them they open a page of every address that there is."""
    faults: dict[str, list[str]] = {}
    reached: set[str] = set()
    for who in ("nobody", "focal point", "chair", "secretariat"):
        for seen in walk(browser(story, people(story)[who]), beginnings(story, who)):
            if seen.status < 400:
                reached.add(seen.path.partition("?")[0])
            found = unsaid(seen.html, story.names)
            if seen.status >= (400 if seen.led else 500):
                found.insert(0, f"answers {seen.status}")
            if found:
                faults[f"{seen.path} ({who})"] = found
    assert not faults, "\n".join(f"{path}\n    " + "\n    ".join(lines) for path, lines in faults.items())
    assert not left_out(reached)


def left_out(reached: set[str]) -> list[str]:
    """The addresses of which no page was opened."""
    known = [path for room in ROOMS for path in pages_of(room.router.routes) if not NO_PAGE.search(path)]
    patterns: dict[str, Callable[[str], Any]] = {path: compile_path(path)[0].fullmatch for path in known}
    return [path for path, fits in patterns.items() if not any(fits(one) for one in reached)]


def pages_of(routes: Sequence[Any]) -> Iterator[str]:
    """The addresses of a room that can be opened."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from pages_of(inner.routes)
        elif "GET" in (getattr(route, "methods", None) or ()):
            yield route.path


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<p>⟦All of it⟧</p>", 0),
        ("<p>Left out</p>", 1),
        ("<p>⟦From <b>⟦day⟧</b> until⟧ then</p>", 1),
        ('<p aria-label="Left out">⟦Said⟧</p>', 1),
        ('<p dir="auto">Their own words</p><p lang="en">English</p><code>gmg</code>', 0),
        ("<p>IOM, 12:00 (Europe/Zurich), gmg@iom.example</p>", 0),
        ('<option value="x-1">x-1</option><option value="x">Left out</option>', 1),
        ('<div dir="auto"><p>Theirs</p></div><p>Left out</p>', 1),
    ],
)
def test_this_test_finds_what_is_not_said(html: str, told: int) -> None:
    assert len(unsaid(html, ["IOM"])) == told
