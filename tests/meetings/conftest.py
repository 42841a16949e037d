"""The shipped group in May 2008, chaired by UNFPA until July, then by UNHCR; and who writes to it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import plan
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time

BASE = "/api/v1/groups/gmg"
CHAIR, NEXT_CHAIR, OTHER = "gmg@unfpa.example", "gmg@unhcr.example", "gmg@ilo.example"
# The first meeting that the cadences propose after the tests' first instant.
FIRST = "working-level-2008-06-26"

Send = Callable[..., Any]
Mails = Callable[..., list[EmailMessage]]
Settle = Callable[[], None]


@pytest.fixture
def chair(token: Tokens) -> dict[str, str]:
    """The headers of the chair's focal point."""
    return {"Authorization": f"Bearer {token(CHAIR)}"}


@pytest.fixture
def member(token: Tokens) -> dict[str, str]:
    """The headers of the focal point of a member that does not chair."""
    return {"Authorization": f"Bearer {token(OTHER)}"}


@pytest.fixture
def send(client: TestClient, chair: dict[str, str]) -> Send:
    """Writes as the chair: with a key of its own, and for the version that stands unless one is given."""
    keys = count(1)

    def post(path: str, headers: dict[str, str] | None = None, etag: str | None = None, **body: object) -> Any:
        headers = dict(headers or chair)
        headers["Idempotency-Key"] = f"key-{next(keys)}"
        if etag is None:
            etag = client.get(f"{BASE}{path.rpartition('/')[0]}", headers=headers).headers.get("etag")
        if etag:
            headers["If-Match"] = etag
        said = {name.rstrip("_"): value for name, value in body.items()}
        return client.post(f"{BASE}{path}", json=said or None, headers=headers)

    return post


@pytest.fixture
def settle(engine: Engine, time: Time) -> Settle:
    """Lets a change settle, and plans what it brings."""

    def wait() -> None:
        time.at += timedelta(minutes=2)
        plan(engine)

    return wait


@pytest.fixture
def mails(engine: Engine) -> Mails:
    """The mails about something that wait to go out or have gone, oldest first; by default those about meetings."""

    def found(to: str | None = None, subject: str = "meeting-", states: tuple[str, ...] = ("pending",)) -> Any:
        asked = select(DeliveryRow).where(
            col(DeliveryRow.subject).startswith(subject), col(DeliveryRow.state).in_(states)
        )
        if to is not None:
            asked = asked.where(DeliveryRow.recipient == to)
        with reading(engine) as session:
            rows = session.exec(asked.order_by(col(DeliveryRow.created_at), col(DeliveryRow.recipient))).all()
        return [message_from_bytes(row.body, policy=default) for row in rows]

    return found


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
