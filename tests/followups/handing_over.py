"""The handover from UNFPA to UNHCR on 1 July 2008 as tests see it; time that passes with all that falls due in it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.notifications.channels.files import Files
from service.notifications.outbox.dispatch import Dispatcher
from service.scheduler import next_due, plan
from service.settings import current
from tests.access.conftest import Tokens
from tests.conftest import Time
from tests.meetings.conftest import BASE, NEXT_CHAIR, at

NEXT = "/handovers/turn-6"

Run = Callable[[str], None]


@pytest.fixture
def coming(token: Tokens) -> dict[str, str]:
    """The headers of the focal point of the member that chairs from 1 July 2008 on."""
    return {"Authorization": f"Bearer {token(NEXT_CHAIR)}"}


@pytest.fixture
def run(engine: Engine, time: Time) -> Run:
    """Lets time pass until an instant in UTC, looking and sending whenever something is due."""

    def until(text: str) -> None:
        end = at(text)
        while True:
            plan(engine)
            Dispatcher(engine, lambda *_: Files(current().home / "mail"), lease=60).run()
            due = next_due(engine)
            if due is None or due > end:
                break
            time.at = due
        time.at = end
        plan(engine)
        Dispatcher(engine, lambda *_: Files(current().home / "mail"), lease=60).run()

    return until


def seen(client: TestClient, headers: dict[str, str], path: str = NEXT) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{BASE}{path}", headers=headers).json()
    return found
