"""Attacks on sign-in, sessions and pages (threats T48 to T56; T58 in test_provider.py; the table in tests/threats)."""

from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service import settings
from service.access import signing
from service.access.tables import SessionRow
from service.database import reading
from service.web.signing.sign_in import NOT_GOOD
from tests.access.conftest import Tokens
from tests.access.signing import FOCAL_POINT, HTML, ME, SIGN_IN, another_browser, ask, link, mails, sign_in
from tests.conftest import HOME, Changed, Time, put
from tests.statements import listened


def sessions(engine: Engine) -> int:
    with reading(engine) as session:
        return len(session.exec(select(SessionRow)).all())


def refused(answer: Any) -> None:
    assert answer.status_code == 400
    assert NOT_GOOD in answer.text


def test_t48_a_scanner_uses_nothing_up(client: TestClient, engine: Engine) -> None:
    ask(client)
    scanner = another_browser(client)
    for method in ("GET", "HEAD", "GET"):
        assert scanner.request(method, link(engine)).status_code == 200
    assert sessions(engine) == 0
    assert client.post(link(engine), follow_redirects=False).status_code == 303


def test_t48_links_that_are_not_good_get_one_answer(client: TestClient, engine: Engine, time: Time) -> None:
    ask(client)
    good = link(engine)
    secret = good.rpartition("/")[2]
    for bad in (secret[:-1], secret + "A", "A" * 43, secret[::-1], "x", "%00", "%20", secret.swapcase()):
        refused(client.post(f"{SIGN_IN}/{bad}", headers=HTML))
    refused(another_browser(client).post(good, headers=HTML))
    stolen = another_browser(client)
    stolen.cookies.set("gmg-browser", "A" * 43)
    refused(stolen.post(good, headers=HTML))
    refused(client.post(good.replace("/gmg/", "/other/"), headers=HTML))
    assert sessions(engine) == 0


def test_t48_once_and_for_ten_minutes(client: TestClient, engine: Engine, time: Time) -> None:
    sign_in(client, engine)
    refused(client.post(link(engine), headers=HTML))
    time.at += timedelta(minutes=1)
    browser = another_browser(client)
    ask(browser)
    time.at += timedelta(minutes=10)
    refused(browser.post(link(engine), headers=HTML))
    assert sessions(engine) == 1


def test_t48_a_link_dies_with_the_role_of_its_person(client: TestClient, engine: Engine, changed: Changed) -> None:
    ask(client)
    people = [p.model_dump(by_alias=True) for p in changed().people if p.email != FOCAL_POINT]
    put(engine, changed(people=people))
    refused(client.post(link(engine), headers=HTML))


def test_t49_an_unknown_address_gets_the_same_answer_for_the_same_work(client: TestClient, engine: Engine) -> None:
    # The charter is read by whoever comes first, and kept.
    assert client.get("/api/v1/groups/gmg/chair").status_code == 200
    seen = []
    for address in (FOCAL_POINT, "nobody@iom.example"):
        browser = another_browser(client)
        with listened(engine) as asked:
            answer = ask(browser, address)
        statements = [one.statement.partition(" ")[0] for one in asked]
        cookies = [one.partition("=")[0] for one in answer.headers.get_list("set-cookie")]
        seen.append(
            (answer.status_code, answer.text, cookies, [s for s in statements if s not in ("RELEASE", "ROLLBACK")])
        )
    assert seen[0] == seen[1]
    assert seen[0][0] == 202
    assert [row.recipient for row in mails(engine)] == [FOCAL_POINT], "a stranger is mailed nothing"


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b.example, evil@x.example", "a@b.example\r\nBcc: e@x.example", "a" * 400]
)
def test_t49_what_is_no_address_is_asked_for_again(client: TestClient, engine: Engine, address: str) -> None:
    answer = ask(client, address)
    assert answer.status_code == 422
    assert "This is no mail address" in answer.text
    assert mails(engine) == []


def test_t50_the_sixth_link_for_an_address_in_an_hour(client: TestClient, engine: Engine, time: Time) -> None:
    signed = another_browser(client)
    sign_in(signed, engine)
    for number in range(4):
        assert ask(client, FOCAL_POINT.upper() if number % 2 else FOCAL_POINT).status_code == 202
        time.at += timedelta(minutes=5)
    late = ask(client)
    assert (late.status_code, late.headers["retry-after"]) == (429, str(40 * 60 + 1))
    assert signed.get(ME).status_code == 200, "whoever is signed in stays so"
    assert ask(signed).status_code == 202, "a browser that is known has tries of its own"
    assert ask(client, "gmg@ilo.example").status_code == 202
    time.at += timedelta(minutes=40, seconds=1)
    assert ask(client).status_code == 202


def test_t50_strangers_are_counted_like_everybody(client: TestClient) -> None:
    codes = [ask(client, "nobody@iom.example").status_code for _ in range(6)]
    assert codes == [202] * 5 + [429]


def test_t50_the_twentieth_link_from_one_place_and_t56_who_says_to_be_elsewhere(client: TestClient) -> None:
    for number in range(19):
        forged = another_browser(client, **{"X-Forwarded-For": f"203.0.113.{number}"})
        assert ask(forged, f"n{number}@iom.example").status_code == 202
    late = ask(another_browser(client, **{"X-Forwarded-For": "203.0.113.99"}), "n99@iom.example")
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) == 3601


def place_of(client: TestClient, peer: str, forwarded: str) -> str:
    """Where a request counts as coming from."""
    from starlette.requests import Request

    from service.access.tries import place

    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return place(Request({"type": "http", "client": (peer, 1), "headers": headers}))


PLACES = [
    ("198.51.100.7", "203.0.113.1", "198.51.100.7"),
    ("10.0.0.7", "203.0.113.1", "203.0.113.1"),
    ("10.0.0.7", "1.2.3.4, 203.0.113.1", "203.0.113.1"),
    ("10.0.0.7", "1.2.3.4, 203.0.113.1, 10.0.0.8", "203.0.113.1"),
    ("10.0.0.7", "1.2.3.4, nonsense", "10.0.0.7"),
    ("10.0.0.7", "", "10.0.0.7"),
    ("::ffff:10.0.0.7", "203.0.113.1", "203.0.113.1"),
    ("10.0.0.7", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:db8:1:2::9", "203.0.113.1", "2001:db8:1:2::/64"),
]


@pytest.mark.parametrize(("peer", "forwarded", "place"), PLACES)
def test_t56_only_proxies_that_are_named_are_believed(
    monkeypatch: pytest.MonkeyPatch, peer: str, forwarded: str, place: str
) -> None:
    monkeypatch.setenv("GMG_TRUSTED_PROXIES", "10.0.0.0/24")
    settings.current.cache_clear()
    assert place_of(None, peer, forwarded) == place  # type: ignore[arg-type]


def test_t51_a_planted_cookie_becomes_no_session_and_an_old_one_none_again(
    client: TestClient, engine: Engine, time: Time
) -> None:
    client.cookies.set("gmg", "A" * 43)
    assert client.get(ME).status_code == 401
    client.cookies.clear()
    sign_in(client, engine)
    first = client.cookies["gmg"]
    assert first != "A" * 43
    time.at += timedelta(seconds=1)
    sign_in(client, engine)
    second = client.cookies["gmg"]
    assert second != first, "a new id at every sign-in"
    old = another_browser(client)
    old.cookies.set("gmg", first)
    assert old.get(ME).status_code == 401
    client.post("/groups/gmg/sign-out")
    old.cookies.set("gmg", second)
    answer = old.get(ME)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"]


def test_t51_a_session_is_for_its_group_alone(client: TestClient, engine: Engine, changed: Changed) -> None:
    put(engine, changed(group=changed().group.model_dump(by_alias=True) | {"id": "other"}))
    sign_in(client, engine)
    assert client.get("/groups/other/me").status_code == 401


FORMS = [
    SIGN_IN, "/groups/gmg/sign-out", "/groups/gmg/single-sign-on", f"{ME}/feed", f"{ME}/tokens", f"{ME}/people",
    "/groups/gmg/answer/x", "/groups/gmg/rsvp/x", "/groups/gmg/poll/x", "/groups/gmg/seen/x",
]  # fmt: skip
FOREIGN: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": HOME},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:8001"},
    {"Origin": f"{HOME}.evil.example"},
    {"Origin": f"{HOME}/"},
    {"Referer": f"{HOME}/groups/gmg"},
    {"Authorization": "Bearer gmg_x"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", FORMS)
def test_t52_what_another_page_makes_a_browser_send(client: TestClient, path: str, headers: dict[str, str]) -> None:
    plain = TestClient(client.app, base_url=HOME, raise_server_exceptions=False)
    answer = plain.post(path, data={"email": FOCAL_POINT}, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/cross-site")
    shown = plain.post(path, data={"email": FOCAL_POINT}, headers=headers | HTML)
    assert (shown.status_code, shown.headers["content-type"]) == (403, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": HOME}], ids=str
)
def test_t52_what_a_page_of_ours_sends(client: TestClient, headers: dict[str, str]) -> None:
    plain = TestClient(client.app, base_url=HOME, raise_server_exceptions=False)
    assert plain.post(SIGN_IN, data={"email": FOCAL_POINT}, headers=headers).status_code == 202


def test_t52_looking_changes_nothing(client: TestClient, engine: Engine) -> None:
    sign_in(client, engine)
    posted = ("sign-out", "me/feed", "me/tokens", "people/resume", "single-sign-on")
    for path in (f"/groups/gmg/{name}" for name in posted):
        for method in ("GET", "HEAD"):
            assert client.request(method, path).status_code == 405
    assert client.get(ME).status_code == 200


def test_t53_pages_take_nothing_from_elsewhere_and_stand_in_no_frame(client: TestClient, engine: Engine) -> None:
    sign_in(client, engine)
    for path in (ME, SIGN_IN, f"{SIGN_IN}/x", "/groups/gmg", "/groups/gmg/answer/x"):
        answer = client.get(path, headers=HTML)
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
        for rule in ("default-src", "base-uri", "frame-ancestors"):
            assert policy[rule] == "'none'"
        assert policy["form-action"] == "'self'"
        assert not {"script-src", "object-src", "frame-src"} & policy.keys(), "nothing widens default-src"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "<script" not in answer.text
        assert " style=" not in answer.text


NEXTS = [
    ("//evil.example", "/"), ("/\\evil.example", "/"), ("https:evil.example", "/"), ("https://evil.example", "/"),
    ("/%0d%0aSet-Cookie:x=1", "/"), ("/groups/gmg\r\nX: y", "/"), ("javascript:alert(1)", "/"), ("/groups/../x", "/"),
    ("/groups//evil.example", "/"), ("/groups/gmg?x=//evil", "/"), ("/groups/gmg/" + "a" * 300, "/"),
    ("/api/v1/x", "/"),
    ("/groups/gmg@evil.example", "/"), ("/groups/gmg/%2e%2e", "/"), ("\t//evil.example", "/"), (" /groups/gmg", "/"),
    ("", "/groups/gmg/desk"), ("/groups/gmg", "/groups/gmg"), ("/groups/gmg/me", "/groups/gmg/me"),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "leads"), NEXTS)
def test_t54_a_sign_in_leads_to_pages_of_ours_alone(
    client: TestClient, engine: Engine, wanted: str, leads: str
) -> None:
    done = sign_in(client, engine, next=wanted)
    assert (done.status_code, done.headers["location"]) == (303, leads)
    assert signing.way_on(wanted, "gmg") == leads


HOSTS = [
    ({"Host": "evil.example"}, 400), ({"Host": "evil.example:8000"}, 400), ({"Host": "127.0.0.1.evil.example"}, 400),
    ({"Host": "groups.example@evil.example"}, 400), ({"Host": "groups.example:1"}, 400), ({"Host": ""}, 400),
    ({"Host": "groups.example/evil"}, 400), ({"Host": "groups.example:x"}, 400), ({"Host": "[::1"}, 400),
    ({"X-Forwarded-Host": "evil.example"}, 400), ({"X-Forwarded-Host": "groups.example, evil.example"}, 400),
    ({"Host": "groups.example"}, 200), ({"Host": "groups.example:443"}, 200), ({"Host": "GROUPS.example"}, 200),
    ({"Host": "localhost:3000"}, 200), ({"Host": "[::1]:8000"}, 200), ({"X-Forwarded-Host": "groups.example"}, 200),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "status"), HOSTS, ids=str)
def test_t55_another_host(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], status: int
) -> None:
    monkeypatch.setenv("GMG_PUBLIC_URL", "https://groups.example")
    settings.current.cache_clear()
    for path in ("/groups/gmg", SIGN_IN, "/api/v1/groups/gmg/chair", "/calendars/gmg.ics", "/calendars/gmg.ics"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == status, path
        assert "evil.example" not in answer.text
    assert client.get("/livez", headers={"Host": "10.1.2.3:8000"}).status_code == 200


def test_t55_links_are_made_from_the_public_address_alone(
    client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GMG_PUBLIC_URL", "https://groups.example")
    settings.current.cache_clear()
    client.post(SIGN_IN, data={"email": FOCAL_POINT}, headers={"Host": "localhost:8000"})
    body = mails(engine)[-1].body
    assert b"https://groups.example/groups/gmg/sign-in/" in body
    assert b"localhost" not in body
    slash = client.get("/groups/gmg/", follow_redirects=False)
    assert slash.status_code == 404, "no redirect repeats a Host"


def test_t40_a_feed_and_a_session_are_not_mixed(client: TestClient, engine: Engine, token: Tokens) -> None:
    feed = token(FOCAL_POINT, kind="feed")
    assert client.get(f"/calendars/p/{feed}/gmg.ics").status_code == 200
    sign_in(client, engine)
    assert client.get(f"/calendars/p/{feed}/gmg.ics").status_code == 400
    assert client.get("/api/v1/groups/gmg/me").status_code == 401, "the API takes no cookie"


def test_t41_no_secret_of_a_sign_in_in_a_log(client: TestClient, engine: Engine) -> None:
    with structlog.testing.capture_logs() as logs:
        sign_in(client, engine)
        client.post(link(engine))
        client.get(ME)
        client.post("/groups/gmg/sign-out")
    assert {"signed in", "signed out"} <= {str(log["event"]) for log in logs}
    for secret in (link(engine).rpartition("/")[2], FOCAL_POINT):
        assert secret not in str(logs)
