"""Actions as tests open and change them: by default as the chair, in May 2008."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.access.conftest import secretariat, token  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, Send, chair, member, send  # noqa: F401 - fixtures

NOTE = {"title": "Draft the note", "owner": "ilo", "text": "On labour migration."}

Opened = Callable[..., Any]
Shown = Callable[..., Any]


@pytest.fixture
def opened(send: Send) -> Opened:
    """Opens an action, and gives it as it was answered."""

    def post(headers: dict[str, str] | None = None, **body: object) -> Any:
        found = send("/actions", headers, etag="", **NOTE | body)
        assert found.status_code == 201, found.text
        return found.json()

    return post


@pytest.fixture
def shown(client: TestClient, member: dict[str, str]) -> Shown:
    """An action as a member sees it."""

    def get(id_: str = "action-1") -> Any:
        return client.get(f"{BASE}/actions/{id_}", headers=member).json()

    return get
