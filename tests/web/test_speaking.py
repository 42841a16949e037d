"""In which language a page is: that of its address, else what was chosen before, else what the browser asks for."""

import re

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from service.access.links import sign_choice, sign_decision
from service.database import writing
from service.groups import queries as groups
from service.language.catalogues import LANGUAGES, NAMES
from service.notifications.choices.tables import ReaderRow
from service.web.frame.speaking import preferred
from tests.access.conftest import token  # noqa: F401 - fixtures
from tests.access.signing import sign_in
from tests.meetings.conftest import BASE, Send, chair, send  # noqa: F401 - fixtures
from tests.web.browsing import HTML, Signs, signs  # noqa: F401 - fixtures

PAGE = "/groups/gmg"
IOM = "gmg@iom.example"


def spoken(html: str) -> tuple[str, str]:
    """The language of a page and its direction, as it says itself."""
    found = re.search(r'<html lang="(\w+)" dir="(\w+)">', html)
    assert found is not None
    return found.group(1), found.group(2)


def ask(client: TestClient, path: str = PAGE, accept: str | None = None) -> tuple[str, str]:
    """The language of a page, which its header says as well."""
    answer = client.get(path, headers=HTML | ({"Accept-Language": accept} if accept is not None else {}))
    found = spoken(answer.text)
    assert answer.headers["content-language"] == found[0]
    return found


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("en;q=0.2, es;q=0.9", "es"),
        ("de, pt;q=0.9, ru;q=0.1", "ru"),
        ("de-DE, de", "en"),
        ("ar;q=0.5, zh;q=0.5", "ar"),
        ("zh-Hant-TW", "zh"),
        ("fr;q=0, es", "es"),
        ("fr;q=0", "en"),
        ("FR", "fr"),
        ("*", "en"),
        ("fr;q=much, es;q=0.1", "es"),
        ("fr;q=, ru;q=0.3", "ru"),
        (";;;,,;q=1,=", "en"),
        ("fr;q=nan, es;q=0.1", "es"),
        ("x" * 5000 + ", fr", "en"),
    ],
)
def test_what_a_browser_likes_best_of_what_is_spoken(accept: str, language: str) -> None:
    assert preferred(Headers({"Accept-Language": accept})) == language
    assert preferred(Headers({})) == "en"


def test_the_address_goes_before_the_cookie_and_that_before_the_browser(client: TestClient) -> None:
    assert ask(client, accept="es") == ("es", "ltr")
    assert ask(client, f"{PAGE}?lang=ar", "es") == ("ar", "rtl")
    assert client.cookies["gmg-language"] == "ar"
    assert ask(client, accept="es") == ("ar", "rtl"), "what was chosen holds for the pages that follow"
    assert ask(client, f"{PAGE}?lang=fr", "es")[0] == "fr"
    assert ask(client, "/", "es")[0] == "fr"


@pytest.mark.parametrize("lang", ["de", "", "fr%00", "../../etc", "%3Cscript%3E", "x" * 3000, "en%0d%0aSet-Cookie:a=b"])
def test_a_language_that_is_not_spoken_is_no_choice(client: TestClient, lang: str) -> None:
    answer = client.get(f"{PAGE}?lang={lang}", headers=HTML | {"Accept-Language": "ru"})
    assert (answer.status_code, spoken(answer.text)[0]) == (200, "ru")
    assert "gmg-language" not in answer.headers.get("set-cookie", "")
    assert "<script>" not in answer.text


@pytest.mark.parametrize("cookie", ["de", "", '"fr', "fr\\x00", "x" * 3000])
def test_a_cookie_that_says_no_language_is_no_choice(client: TestClient, cookie: str) -> None:
    client.cookies.set("gmg-language", cookie)
    assert ask(client, accept="zh")[0] == "zh"


def test_caches_are_told_what_a_page_depends_on(client: TestClient) -> None:
    answer = client.get(PAGE, headers=HTML)
    assert {"accept-language", "cookie"} <= {one.strip().lower() for one in answer.headers["vary"].split(",")}
    assert "set-cookie" not in answer.headers, "nothing was chosen"
    chosen = client.get(f"{PAGE}?lang=fr", headers=HTML).headers["set-cookie"].lower()
    assert all(word in chosen for word in ("gmg-language=fr", "httponly", "samesite=lax", "path=/", "max-age=31536000"))


def test_the_bar_has_the_order_of_the_united_nations_and_names_of_their_own(client: TestClient) -> None:
    assert LANGUAGES == ("ar", "zh", "en", "fr", "ru", "es")
    html = client.get(f"{PAGE}?lang=ru", headers=HTML).text
    bar = re.findall(r'<li><a href="([^"]+)" lang="(\w+)" hreflang="(\w+)"( aria-current="true")?>([^<]+)</a>', html)
    assert [(code, name) for _, code, _, _, name in bar] == list(NAMES.items())
    assert [code for _, code, _, current, _ in bar if current] == ["ru"]
    assert [address for address, *_ in bar] == [f"{PAGE}?lang={code}" for code in LANGUAGES]


def test_another_language_is_the_same_page(client: TestClient) -> None:
    asked = f"{PAGE}/calendar?month=2008-06&show=all"
    html = client.get(f"{asked}&lang=en", headers=HTML).text
    assert f'href="{asked.replace("&", "&amp;")}&amp;lang=es"' in html
    assert html.count("lang=en&amp;lang=") == 0


def test_the_answer_to_a_form_offers_no_other_language(client: TestClient) -> None:
    answer = client.post(f"{PAGE}/sign-in?lang=fr", data={"email": "nobody"}, headers=HTML)
    assert (answer.status_code, spoken(answer.text)[0]) == (422, "fr")
    assert 'class="languages"' not in answer.text


def test_programs_are_spoken_to_in_english(client: TestClient, chair: dict[str, str]) -> None:
    client.cookies.set("gmg-language", "fr")
    french = {"Accept-Language": "fr"}
    plain = client.get(f"{BASE}/meetings/none", headers=chair)
    asked = client.get(f"{BASE}/meetings/none", headers=chair | french)
    assert plain.json()["detail"] == asked.json()["detail"] == "This meeting is not here; check the address."
    assert "content-language" not in asked.headers
    feed = client.get("/calendars/gmg.ics", headers=french)
    assert b"UNFPA chairs GMG" in feed.content
    assert "accept-language" not in feed.headers.get("vary", "").lower()


def test_a_problem_is_told_in_the_language_of_the_page(client: TestClient) -> None:
    assert ask(client, f"{PAGE}/meetings/none?lang=fr")[0] == "fr"
    assert ask(client, "/groups/none?lang=ar") == ("ar", "rtl")


def reads(engine: Engine, language: str, email: str = IOM) -> str:
    """Somebody has chosen what they read; their id."""
    with writing(engine) as session:
        person = _person(session, email)
        session.merge(ReaderRow(person_id=person, group_id="gmg", language=language))
    return person


def _person(session: Session, email: str) -> str:
    return next(one.id for one in groups.people_rows(session, "gmg") if one.email == email)


def test_a_link_speaks_to_its_reader_until_the_browser_has_chosen(
    client: TestClient, engine: Engine, send: Send
) -> None:
    person = reads(engine, "es")
    made = send("/decisions", etag="", operative="adopted", title="A", text="B", until="2008-05-30")
    assert made.status_code == 201, made.text
    page = f"{PAGE}/decision/{sign_decision('gmg', made.json()['id'], 'iom', person)}"
    other = f"{PAGE}/unsubscribe/{sign_choice('gmg', 'digest', person)}"
    assert ask(client, page, "ru")[0] == "es"
    assert ask(client, f"{page}?lang=fr", "ru")[0] == "fr"
    assert ask(client, page, "ru")[0] == "fr"
    answer = client.post(page, data={"choice": "endorse", "round": "1"}, headers=HTML)
    assert (answer.status_code, spoken(answer.text)[0], answer.headers["content-language"]) == (200, "fr", "fr")
    client.cookies.clear()
    assert ask(client, page, "ru")[0] == "es"
    assert client.get(other, headers=HTML).status_code in (200, 410)


def test_who_saves_a_language_reads_it_from_then_on(signs: Signs) -> None:
    browser = signs(IOM)
    browser.sends("/me/choices", "/me/choices", language="zh")
    assert spoken(browser.opens("/me"))[0] == "zh"
    browser.sends("/me/choices", "/me/choices", language="")
    assert spoken(browser.opens("/me"))[0] == "zh", "no language of one's own is no choice for this browser"


def test_signing_in_brings_the_language_that_somebody_reads(client: TestClient, engine: Engine) -> None:
    reads(engine, "es")
    sign_in(client, engine, IOM)
    assert client.cookies["gmg-language"] == "es"
    assert ask(client, f"{PAGE}/me", "ru")[0] == "es"


def test_signing_in_leaves_what_was_chosen_with_the_browser(client: TestClient, engine: Engine) -> None:
    reads(engine, "es")
    client.get(f"{PAGE}?lang=ar", headers=HTML)
    sign_in(client, engine, IOM)
    assert client.cookies["gmg-language"] == "ar"
    client.cookies.clear()
    sign_in(client, engine, "gmg@ilo.example")
    assert "gmg-language" not in client.cookies, "nobody has said what they read"
