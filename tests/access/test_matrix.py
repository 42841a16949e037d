"""T42: role x route x owner, over every route that the API describes; one that is missing here is a failure."""

from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from service.access import events_api
from service.database import connect
from service.main import create_app
from tests.access.conftest import Tokens
from tests.access.matrix import ICS, ROUTES, Route
from tests.access.world import ROLES, made  # noqa: F401 - fixture
from tests.meetings.conftest import BASE, chair, send  # noqa: F401 - fixtures


def described(app: FastAPI) -> dict[str, str]:
    """Every operation of the API by method and path, without what a group's address begins with."""
    return {
        f"{method.upper()} {path.removeprefix('/api/v1/groups/{group}') or '/'}": path
        for path, operations in app.openapi()["paths"].items()
        for method in operations
    }


def named(operation: str) -> str:
    """An operation as the API names it: what the matrix calls apart is one thing there."""
    for ours, theirs in (
        ("chair-decisions/{chair_decision}", "chair-decisions/{decision}"), ("{held}", "{meeting}"),
        ("{next_turn}", "{turn}"), ("{own_token}", "{token}"), ("{told}", "{event}"),
        ("{own_absence}", "{absence}"), ("?q=survey", ""), ("?days=1", ""),
    ):  # fmt: skip
        operation = operation.replace(ours, theirs)
    return operation


def test_every_route_stands_in_the_matrix(tmp_path: Any) -> None:
    engine = connect(f"sqlite:///{tmp_path}/none.db")
    known = {named(operation) for operation in ROUTES}
    asked = set(described(create_app(engine)))
    engine.dispose()
    assert asked - known == set(), "say in tests/access/matrix.py whom a new route lets through"
    assert known - asked == set(), "a route that is gone stands in the matrix"


def ask(
    client: TestClient, operation: str, route: Route, made: dict[str, str], headers: dict[str, str], key: str
) -> Any:
    method, _, path = operation.partition(" ")
    address = (path if path.startswith("/calendars") else f"{BASE}{path}").format(**made)
    headers = headers | {"Idempotency-Key": key}
    # Of a version that nobody has: whoever is let through is told so, and nothing is changed for the next.
    if method in ("POST", "PUT", "PATCH", "DELETE"):
        headers |= {"If-Match": '"999999"'}
    if isinstance(route.body, tuple):
        content, kind = route.body
        return client.request(method, address, content=content, headers=headers | {"Content-Type": kind})
    return client.request(method, address, json=route.body, headers=headers)


# Who may is a rule, and asks no database; the doors of the writes are tried on both for those who may most and least.
_CASES = [("sqlite", role) for role in ROLES] + [("postgresql", role) for role in ("chair", "secretariat", "nobody")]


@pytest.mark.parametrize(("database_url", "role"), _CASES, indirect=["database_url"])
def test_whom_each_route_lets_through(
    client: TestClient, made: dict[str, str], token: Tokens, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_api, "LASTS", 0.0)
    email, is_ = ROLES[role]
    headers = {"Authorization": f"Bearer {token(email or None)}"} if email is not None else {}
    keys = count(1)
    wrong = []
    for operation, route in ROUTES.items():
        answer = ask(client, operation, route, made, headers, f"matrix-{next(keys)}")
        through = answer.status_code not in (401, 403, 404)
        if through != bool(set(route.who) & set(is_)):
            wrong.append(f"{operation}: {answer.status_code} {answer.text[:160]}")
        assert answer.status_code < 500, (operation, answer.text)
        if role == "nobody" and not through and operation != "GET /calendars/p/{token}/{name}.ics":
            hidden = answer.status_code == 404 and "P" not in route.who
            assert answer.status_code == 401 or hidden, f"{operation}: {answer.status_code}"
    assert not wrong, f"{role}:\n" + "\n".join(wrong)


def test_a_file_that_holds_nothing_is_the_senders_fault(
    client: TestClient, made: dict[str, str], token: Tokens
) -> None:
    """The matrix counts that as let through; who is let through is told what is wrong."""
    headers = {"Authorization": f"Bearer {token('gmg@unfpa.example')}", "Content-Type": "text/calendar"}
    assert client.post(f"{BASE}/meetings/replies", content=ICS, headers=headers).status_code == 422
