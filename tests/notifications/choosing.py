"""A reader who chooses and enters absences by the API, and what is kept and recorded of it."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service import clock
from service.database import reading, writing
from service.events import Event
from service.groups.tables import PersonRow
from service.notifications.choices.tables import ContactRow
from tests.access.conftest import Tokens
from tests.meetings.conftest import BASE, OTHER

CHOICES, ABSENCES = "/me/choices", "/me/absences"
Ask = Callable[..., Any]


@pytest.fixture
def ask(client: TestClient, token: Tokens) -> Ask:
    """Asks as somebody, by default as ILO's focal point: with a new key, and for the version that stands."""
    made: dict[str | None, str] = {}
    keys = count(1)

    def send(method: str, path: str, as_: str | None = OTHER, etag: str | None = None, **body: object) -> Any:
        if as_ not in made:
            made[as_] = token(as_)
        headers = {"Authorization": f"Bearer {made[as_]}", "Idempotency-Key": f"choice-{next(keys)}"}
        if method == "PATCH":
            headers["If-Match"] = etag or client.get(f"{BASE}{path}", headers=headers).headers["etag"]
        said = {name.rstrip("_"): value for name, value in body.items()}
        return client.request(method, f"{BASE}{path}", json=said or None, headers=headers)

    return send


def id_of(engine: Engine, email: str) -> str:
    with reading(engine) as session:
        return session.exec(select(PersonRow.id).where(PersonRow.email == email)).one()


def contact(engine: Engine, email: str, id_: str, ended: bool = False) -> str:
    """A chat channel of somebody."""
    with writing(engine) as session:
        session.add(
            ContactRow(
                id=id_, group_id="gmg", person_id=id_of(engine, email), channel="slack", label="our channel",
                secret=b"x", created_at=clock.now(), ended_at=clock.now() if ended else None,
            )
        )  # fmt: skip
    return id_


def recorded(engine: Engine, *kinds: str) -> list[Event]:
    with reading(engine) as session:
        return [event for event in session.exec(select(Event)) if event.kind in kinds]


def type_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")
