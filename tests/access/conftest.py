"""Callers of the API, each with a token of their own."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.access.commands import make_token
from service.database import writing

DECISIONS = "/api/v1/groups/gmg/chair-decisions"
CHARTER = "/api/v1/groups/gmg/charter"

Tokens = Callable[..., str]
Decide = Callable[..., Any]


@pytest.fixture
def token(engine: Engine, group: str) -> Tokens:
    """Makes a token for somebody of the group; without an address, for the secretariat."""

    def make(email: str | None = None, kind: str = "api", scope: str = "write", days: int = 365) -> str:
        with writing(engine) as session:
            lasts = timedelta(days=days)
            made, _ = make_token(
                session, group, kind=kind, email=email, name=None, lasts=lasts, scope=scope, actor="test"
            )
        return made

    return make


@pytest.fixture
def secretariat(token: Tokens) -> dict[str, str]:
    """The headers of the secretariat."""
    return {"Authorization": f"Bearer {token()}"}


@pytest.fixture
def decide(client: TestClient, secretariat: dict[str, str]) -> Decide:
    """Sends a decision with a key of its own, by default as the secretariat."""
    keys = count(1)

    def send(headers: dict[str, str] | None = None, preview: bool = False, **body: object) -> Any:
        said = {name.rstrip("_"): value for name, value in body.items()}
        return client.post(
            DECISIONS + ("?preview=true" if preview else ""),
            json=said,
            headers=(headers or secretariat) | {"Idempotency-Key": f"key-{next(keys)}"},
        )

    return send
