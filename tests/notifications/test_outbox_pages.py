"""The pages of the outbox: for the chair and the secretariat alone, who look and send again there."""

import re
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading
from service.groups.tables import PersonRow
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.access.conftest import token  # noqa: F401 - fixtures
from tests.access.signing import HTML, another_browser, sign_in
from tests.conftest import Time
from tests.meetings.conftest import CHAIR, OTHER, at, chair, send, settle  # noqa: F401 - fixtures
from tests.notifications.deliveries import one, told  # noqa: F401 - fixtures

PAGE = "/groups/gmg/outbox"


def test_pages_lead_to_the_sign_in_and_are_for_chair_and_secretariat(
    client: TestClient, engine: Engine, told: str
) -> None:
    id_ = one(engine, state="failed", accepted_at=None, answer="550 no such user")
    pages = (PAGE, f"{PAGE}/{id_}", f"/groups/gmg/events/{told}/told", f"{PAGE}/forecast")
    for address in pages:
        led = client.get(address, headers=HTML, follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (303, f"/groups/gmg/sign-in?next={address}")
        assert client.get(address).status_code == 401
    sign_in(client, engine, OTHER)
    for address in pages:
        assert client.get(address, headers=HTML).status_code == 403, address
    for address in (f"{PAGE}/{id_}/send-again", f"{PAGE}/release"):
        assert client.post(address, headers=HTML).status_code == 403
        foreign = client.post(address, headers=HTML | {"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403
        assert "not sent by a page of this service" in foreign.text


def test_the_chair_looks_and_sends_again_on_the_page(client: TestClient, engine: Engine, told: str, time: Time) -> None:
    id_ = one(engine, state="expired", accepted_at=None, answer="450 later", not_after=time.at - timedelta(hours=1))
    browser = another_browser(client)
    sign_in(browser, engine, CHAIR)
    assert 'href="/groups/gmg/outbox"' in browser.get("/groups/gmg/desk").text
    shown = browser.get(PAGE).text
    assert shown.index("Needs a hand") < shown.index("newest first")
    assert "450 later" in shown
    assert "GMG focal point of ILO" in shown
    assert browser.get(PAGE, params={"state": "expired"}).text.count("Send again</button>") == 1
    assert "Nothing here" in browser.get(PAGE, params={"to": "nobody@iom.example"}).text
    whole = browser.get(f"{PAGE}/{id_}").text
    assert "/rsvp/***" in whole
    refused = browser.post(f"{PAGE}/{id_}/send-again", headers=HTML)
    assert refused.status_code == 422
    assert "Its last instant has passed" in refused.text
    done = browser.post(f"{PAGE}/{id_}/send-again", data={"days": "3"}, headers=HTML)
    assert done.status_code == 200
    assert "Waiting" in done.text
    again = browser.post(f"{PAGE}/{id_}/send-again", headers=HTML)
    assert (again.status_code, "It waits to be sent already" in again.text) == (409, True)
    assert "asked whether they come" in browser.get(f"/groups/gmg/events/{told}/told").text.lower()
    one(engine, state="held")
    assert "Let go all that is held back" in browser.get(PAGE).text
    browser.post(f"{PAGE}/release", headers=HTML)
    with reading(engine) as session:
        row = session.get(DeliveryRow, id_)
        assert row is not None
        assert row.state == "pending"
        assert session.exec(select(PersonRow).where(PersonRow.email == CHAIR)).one().name in {
            entry.name for entry in session.exec(select(AuditRow).where(AuditRow.what == "delivery"))
        }


def test_pages_take_older_ones_page_by_page(client: TestClient, engine: Engine, told: str, time: Time) -> None:
    time.at = at("2008-06-25T12:00")
    plan(engine)
    browser = another_browser(client)
    sign_in(browser, engine, CHAIR)
    first = browser.get(PAGE).text
    older = re.search(r'href="(\?[^"]*after=[^"]*)">Older', first)
    assert older is not None
    second = browser.get(PAGE + older.group(1).replace("&amp;", "&"))
    assert second.status_code == 200
    links = [set(re.findall(r'/outbox/([0-9a-f-]{36})"', text)) for text in (first, second.text)]
    assert links[0] & links[1] == set()
    assert browser.get(PAGE, params={"after": "wrong"}).status_code == 400
