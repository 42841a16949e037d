"""The outbox in every state that a delivery can be in, and with what goes to endpoints instead of people."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.database import reading, writing
from service.events import record
from service.notifications.outbox.queries import STATES
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.webhooks.commands import disable
from service.notifications.webhooks.tables import WebhookRow
from service.scheduler import plan
from service.web.outbox import words
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.access.signing import HTML, another_browser, sign_in
from tests.meetings.conftest import BASE, CHAIR, FIRST, OTHER, Send, chair, send, settle  # noqa: F401 - fixtures
from tests.notifications.hooking import Ask, ask, happen, made, rows, there, work  # noqa: F401 - fixtures

PAGE = "/groups/gmg/outbox"
Headers = dict[str, str]


@pytest.mark.parametrize(
    ("database_url", "state"),
    [*(("sqlite", state) for state in STATES), ("postgresql", "merged"), ("postgresql", "failed")],
    indirect=["database_url"],
)
def test_every_state_has_its_word_its_page_and_its_list(
    client: TestClient, engine: Engine, send: Send, settle: Callable[[], None], chair: Headers, state: str
) -> None:
    assert send(f"/meetings/{FIRST}/call").status_code == 200
    settle()
    with writing(engine) as session:
        asked = select(DeliveryRow).where(DeliveryRow.subject == f"meeting-{FIRST}").order_by(DeliveryRow.recipient)
        first, second = session.exec(asked).all()[:2]
        first.state = state
        first.superseded_by = second.id if state in ("superseded", "merged") else None
        session.add(first)
        id_, other = first.id, second.id
    browser = another_browser(client)
    sign_in(browser, engine, CHAIR)
    for address in (PAGE, f"{PAGE}/{id_}", f"{PAGE}?state={state}", f"/groups/gmg/events/{first.event_id}/told"):
        shown = browser.get(address, headers=HTML)
        assert shown.status_code == 200, address
        assert words.STATES[state][0] in shown.text.lower(), address
    assert (f"{PAGE}/{other}" in browser.get(f"{PAGE}/{id_}").text) == (state in ("superseded", "merged"))
    listed = client.get(f"{BASE}/deliveries", params={"state": state}, headers=chair)
    assert id_ in [one["id"] for one in listed.json()["deliveries"]]


def test_the_states_are_those_of_the_table() -> None:
    said = " ".join((DeliveryRow.__doc__ or "").partition("`state`:")[2].split())
    assert set(re.sub(r"\s*\([^)]*\)", "", said).strip(" .").split(", ")) == set(STATES)
    assert set(words.STATES) == set(STATES)


def test_what_endpoints_get_of_private_events_is_for_the_secretariat_alone(
    client: TestClient, engine: Engine, chair: Headers, secretariat: Headers, there: Any, work: Callable[[], None]
) -> None:
    """Threat T42: the chair looks after the outbox, but is told of no token, by no way round."""
    made = client.post(
        f"{BASE}/webhooks", json={"url": there.url, "label": "All"}, headers=secretariat | {"Idempotency-Key": "all-1"}
    )
    assert made.status_code == 201, made.text
    with writing(engine) as session:
        private = record(session, "gmg", "token.made", "t1", actor="somebody", scopes=["people"])
        public = record(session, "gmg", "sample.moved", "m1", actor="somebody")
        assert private is not None
        assert public is not None
        ids = {"private": private.id, "public": public.id}
    work()
    by_event = {row.event_id: row.id for row in rows(engine)}
    for which, text, status in (("private", None, 404), ("public", "sample.moved", 200)):
        shown = client.get(f"{BASE}/deliveries/{by_event[ids[which]]}", headers=chair).json()["text"]
        assert shown is None if text is None else text in shown
        assert client.get(f"{BASE}/events/{ids[which]}/deliveries", headers=chair).status_code == status
        assert client.get(f"{BASE}/events/{ids[which]}/deliveries", headers=secretariat).status_code == 200
    whole = client.get(f"{BASE}/deliveries/{by_event[ids['private']]}", headers=secretariat).json()
    assert '"scopes":["people"]' in whole["text"]
    browser = another_browser(client)
    sign_in(browser, engine, CHAIR)
    page = browser.get(f"{PAGE}/{by_event[ids['private']]}", headers=HTML)
    assert (page.status_code, "people&#34;" in page.text, f"{ids['private']}/told" in page.text) == (200, False, False)
    assert browser.get(f"/groups/gmg/events/{ids['private']}/told", headers=HTML).status_code == 404
    assert "an endpoint at 127.0.0.1" in browser.get(PAGE, headers=HTML).text


def test_what_is_held_for_a_disabled_endpoint_waits_until_it_is_enabled(
    client: TestClient, engine: Engine, chair: Headers, made: dict[str, Any], there: Any, work: Callable[[], None],
    ask: Ask,
) -> None:  # fmt: skip
    """To let go what is held must not spend it on an endpoint that takes nothing."""
    happen(engine, "sample.moved")
    plan(engine)
    with writing(engine) as session:
        row = session.get(WebhookRow, made["id"])
        assert row is not None
        disable(session, row, "a test")
    (held,) = rows(engine)
    assert held.state == "held"
    key = iter(range(9))

    def post(path: str, **body: object) -> Any:
        return client.post(
            f"{BASE}/deliveries/{path}", json=body, headers=chair | {"Idempotency-Key": f"held-{next(key)}"}
        )

    assert post("release", since="2008-05-01T00:00:00Z").json() == {"released": 0, "expired": 0, "paused": 1}
    refused = post(f"{held.id}/send-again")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/webhook-is-disabled")
    work()
    assert there.asked == []
    assert ask("POST", f"/{made['id']}/enable").status_code == 200
    work()
    with reading(engine) as session:
        assert session.exec(select(DeliveryRow.state).where(DeliveryRow.id == held.id)).one() == "accepted"
    assert ask("DELETE", f"/{made['id']}").status_code == 200
    with writing(engine) as session:
        gone = session.get(DeliveryRow, held.id)
        assert gone is not None
        gone.state = "failed"
    refused = post(f"{held.id}/send-again")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/webhook-is-removed")
