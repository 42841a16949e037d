"""The deliveries of a meeting that was called and told: changed to be as a test needs them, read, and sent again."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.database import reading, writing
from service.events import Event
from service.notifications.channels.files import Files
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from tests.meetings.conftest import BASE, FIRST, OTHER, Send

Headers = dict[str, str]
Again = Callable[..., Any]


@pytest.fixture
def told(client: TestClient, engine: Engine, send: Send, settle: Callable[[], None], tmp_path: Path) -> str:
    """A meeting that was called and told; the id of the event that tells of it."""
    assert send(f"/meetings/{FIRST}/call").status_code == 200
    settle()
    files = Files(tmp_path / "mail")
    Dispatcher(engine, lambda *_: files, 90).run()
    with reading(engine) as session:
        return session.exec(select(Event.id).where(Event.kind == "meeting.told", Event.subject == FIRST)).one()


@pytest.fixture
def again(client: TestClient, chair: Headers) -> Again:
    """Asks to send a delivery again, by default as the chair."""
    keys = count(1)

    def post(id_: str, headers: Headers | None = None, **body: object) -> Any:
        known = (headers or chair) | {"Idempotency-Key": f"again-{next(keys)}"}
        return client.post(f"{BASE}/deliveries/{id_}", json=body, headers=known)

    return post


def one(engine: Engine, recipient: str = OTHER, **values: object) -> str:
    """The id of a delivery to somebody, changed to be as a test needs it."""
    with writing(engine) as session:
        row = session.exec(
            select(DeliveryRow).where(DeliveryRow.recipient == recipient, DeliveryRow.subject == f"meeting-{FIRST}")
        ).one()
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        return row.id


def get(client: TestClient, headers: Headers, path: str, **query: Any) -> Any:
    answer = client.get(f"{BASE}{path}", params={k: v for k, v in query.items() if v is not None}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()
