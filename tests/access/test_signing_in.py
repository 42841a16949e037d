"""Signing in by a mailed link, sessions, and signing out."""

import json
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service import settings
from service.access.tables import SessionRow, SignInRow, SignInTryRow
from service.database import connect, reading
from service.main import create_app
from service.scheduler import Ticker
from tests.access.conftest import Tokens
from tests.access.signing import FOCAL_POINT, HTML, ME, SIGN_IN, another_browser, ask, link, mails, sign_in, text_of
from tests.conftest import BROWSER, HOME, Changed, Time, put


def test_from_the_page_to_the_session_and_out_again(client: TestClient, engine: Engine) -> None:
    away = client.get(ME, headers=HTML, follow_redirects=False)
    assert (away.status_code, away.headers["location"]) == (303, f"{SIGN_IN}?next=/groups/gmg/me")
    form = client.get(away.headers["location"])
    assert 'name="next" value="/groups/gmg/me"' in form.text
    done = sign_in(client, engine, next="/groups/gmg/me")
    assert (done.status_code, done.headers["location"]) == (303, ME)
    page = client.get(ME)
    assert "GMG focal point of IOM" in page.text
    assert page.headers["cache-control"] == "no-store"
    out = client.post("/groups/gmg/sign-out", follow_redirects=False)
    assert (out.status_code, out.headers["location"]) == (303, "/groups/gmg")
    assert client.get(ME).status_code == 401
    assert client.post("/groups/gmg/sign-out", follow_redirects=False).status_code == 303, "signed out already"


def test_the_mail_says_what_it_is_for_in_both_forms(client: TestClient, engine: Engine) -> None:
    ask(client, "GMG@IOM.example")
    (row,) = mails(engine)
    assert (row.recipient, row.state) == (FOCAL_POINT, "pending")
    assert row.not_after - row.created_at == timedelta(minutes=10)
    mail = message_from_bytes(row.body, policy=default)
    assert mail["Subject"] == "GMG: your link to sign in"
    for kind in ("plain", "html"):
        text = text_of(row, kind)
        assert HOME + link(engine) in text
        assert "10 minutes" in text


def test_only_digests_are_kept(client: TestClient, engine: Engine) -> None:
    ask(client)
    secret = link(engine).rpartition("/")[2]
    browser = client.cookies["gmg-browser"]
    client.post(link(engine))
    cookie = client.cookies["gmg"]
    with reading(engine) as session:
        kept = [
            row.model_dump(mode="json")
            for table in (SessionRow, SignInRow, SignInTryRow)
            for row in session.exec(select(table)).all()
        ]
    assert len(kept) == 4, "a session, a sign-in, and a try by address and by place"
    for told in (secret, browser, cookie, FOCAL_POINT, "testclient"):
        assert told not in json.dumps(kept)
    assert len(secret) == len(browser) == len(cookie) == 43, "256 bits each"


def test_the_mail_goes_out_at_once(database_url: str, group: str, environment: Path) -> None:
    """The look for it does not wait for the next regular one, which is an hour away here."""
    engine = connect(database_url)
    ticker = Ticker(engine, settings.current().model_copy(update={"tick": 3600.0}))
    with TestClient(create_app(engine, ticker), base_url=HOME, headers=BROWSER) as client:
        assert ticker._scheduler is not None
        ticker._scheduler.pause()
        ask(client)
        ticked = [job.id for job in ticker._scheduler.get_jobs()]
    engine.dispose()
    assert "wake" in ticked


@pytest.mark.parametrize(("after", "standing"), [(timedelta(minutes=119), 200), (timedelta(minutes=120), 401)])
def test_a_session_that_is_not_used_ends(
    client: TestClient, engine: Engine, time: Time, after: timedelta, standing: int
) -> None:
    sign_in(client, engine)
    time.at += after
    assert client.get(ME).status_code == standing


def test_a_session_in_use_goes_on_for_twelve_hours(client: TestClient, engine: Engine, time: Time) -> None:
    sign_in(client, engine)
    for _ in range(11):
        time.at += timedelta(hours=1)
        assert client.get(ME).status_code == 200
    time.at += timedelta(hours=1)
    assert client.get(ME).status_code == 401


def test_two_browsers_are_two_sessions(client: TestClient, engine: Engine, time: Time) -> None:
    sign_in(client, engine)
    other = another_browser(client)
    time.at += timedelta(seconds=1)
    sign_in(other, engine)
    other.post("/groups/gmg/sign-out")
    assert (client.get(ME).status_code, other.get(ME).status_code) == (200, 401)


def test_by_https_the_cookies_are_bound_to_the_host(
    client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GMG_PUBLIC_URL", "https://groups.example")
    settings.current.cache_clear()
    secure = TestClient(client.app, base_url="https://groups.example", headers=BROWSER)
    asked = ask(secure)
    address = next(
        word for word in text_of(mails(engine)[-1]).split() if word.startswith(f"https://groups.example{SIGN_IN}/")
    )
    done = secure.post(address, follow_redirects=False)
    given = [*asked.headers.get_list("set-cookie"), *done.headers.get_list("set-cookie")]
    assert {cookie.partition("=")[0] for cookie in given} == {"__Host-gmg", "__Host-gmg-browser", "__Host-gmg-known"}
    for cookie in given:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert secure.get(ME).status_code == 200


def test_who_is_gone_has_no_role_or_another_one_is_signed_in_no_more(
    client: TestClient, engine: Engine, changed: Changed
) -> None:
    """T46: sessions, tokens and feeds of somebody who has left or moved die at once."""
    people = [person.model_dump(by_alias=True) for person in changed().people]
    at = next(i for i, person in enumerate(people) if person["email"] == FOCAL_POINT)
    ilo = people[at]["appointments"][0] | {"organization": "ilo"}
    past = people[at]["appointments"][0] | {"until": "2008-05-15"}
    for roles, comes_back in (([ilo], True), ([past], False), ([], False)):
        put(engine, changed())
        browser = another_browser(client)
        assert sign_in(browser, engine).status_code == 303
        assert browser.get(ME).status_code == 200
        put(engine, changed(people=[*people[:at], people[at] | {"appointments": roles}, *people[at + 1 :]]))
        assert browser.get(ME).status_code == 401
        before = len(mails(engine))
        ask(another_browser(client))
        assert (len(mails(engine)) > before) is comes_back


def test_somebody_without_a_role_has_no_tokens_and_no_feed(
    client: TestClient, engine: Engine, changed: Changed, token: Tokens
) -> None:
    api, feed = token(FOCAL_POINT), token(FOCAL_POINT, kind="feed")
    headers = {"Authorization": f"Bearer {api}"}
    assert client.get("/api/v1/groups/gmg/me", headers=headers).status_code == 200
    people = [person.model_dump(by_alias=True) for person in changed().people]
    gone = [p | {"appointments": []} if p["email"] == FOCAL_POINT else p for p in people]
    put(engine, changed(people=gone))
    assert client.get("/api/v1/groups/gmg/me", headers=headers).status_code == 401
    assert client.get(f"/calendars/p/{feed}/gmg.ics").status_code == 410
