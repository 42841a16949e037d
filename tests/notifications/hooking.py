"""Endpoints of a test: a member's own on a real server, asked for by its door and fed by the planner."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service import clock, settings
from service.database import reading, writing
from service.events import Event, record
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.webhooks.tables import WebhookRow
from service.scheduler import Ticker, plan
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.notifications.receiver import Asked, Endpoint, Receiver, endpoint

WEBHOOKS = "/api/v1/groups/gmg/webhooks"
ILO, OTHER = "gmg@ilo.example", "gmg@wb.example"
DAY = timedelta(days=1)

Ask = Callable[..., Any]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("GMG_OUTGOING_PRIVATE", "127.0.0.0/8")
    settings.current.cache_clear()
    with endpoint() as found:
        yield found


@pytest.fixture
def ask(client: TestClient, token: Tokens) -> Ask:
    """Asks as somebody; a write carries a new key and the version that is there now."""
    keys, headers = count(1), dict[str | None, dict[str, str]]()

    def send(method: str, path: str = "", body: Any = None, by: str | None = ILO, etag: bool = True) -> Any:
        if by not in headers:
            headers[by] = {"Authorization": f"Bearer {token(by)}"}
        more = {"Idempotency-Key": f"webhook-{next(keys)}"}
        if method != "GET" and path and etag and not path.endswith("/test"):
            more["If-Match"] = client.get(f"{WEBHOOKS}/{path.split('/')[1]}", headers=headers[by]).headers.get(
                "etag", '"0"'
            )
        return client.request(method, WEBHOOKS + path, json=body, headers=headers[by] | more)

    return send


@pytest.fixture
def made(ask: Ask, there: Endpoint) -> dict[str, Any]:
    """An endpoint of a member, with its secret."""
    answer = ask("POST", "", {"url": there.url, "member": "ilo", "label": "Ours", "kinds": ["sample.*"]})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def work(engine: Engine, there: Endpoint) -> Callable[[], None]:
    """One look at what is due, and everything sent."""
    ticker = Ticker(engine, settings.current())

    def tick() -> None:
        plan(engine)
        ticker.dispatcher.run()

    return tick


def happen(engine: Engine, *kinds: str, subject: str = "m1", **data: Any) -> None:
    for kind in kinds:
        with writing(engine) as session:
            record(session, "gmg", kind, subject, actor="test", **data)


def rows(engine: Engine, webhook: str | None = None) -> list[DeliveryRow]:
    with reading(engine) as session:
        asked = select(DeliveryRow).where(DeliveryRow.channel == "webhook")
        if webhook:
            asked = asked.where(DeliveryRow.contact_id == webhook)
        asked = asked.join(Event, col(Event.id) == col(DeliveryRow.event_id)).order_by(col(Event.position))
        return list(session.exec(asked))


def row_of(engine: Engine, webhook: str) -> WebhookRow:
    with reading(engine) as session:
        return session.exec(select(WebhookRow).where(WebhookRow.id == webhook)).one()


def took(receiver: Receiver, asked: Asked) -> int:
    return receiver.take(asked.headers, asked.body, clock.now().timestamp())
