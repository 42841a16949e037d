"""An agency that keeps its own people: IOM's focal point, who appoints and ends, and whom the group has then."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.database import reading
from service.groups import queries
from service.groups.charter import Charter
from tests.access.conftest import Tokens
from tests.access.signing import FOCAL_POINT

BASE = "/api/v1/groups/gmg"
ADA = {"name": "Ada Lovelace", "email": "ada@iom.example", "organization": "iom", "role": "focal-point"}
Call = Callable[..., Any]


@pytest.fixture
def iom(token: Tokens) -> dict[str, str]:
    """The headers of IOM's focal point."""
    return {"Authorization": f"Bearer {token(FOCAL_POINT)}"}


@pytest.fixture
def call(client: TestClient, iom: dict[str, str]) -> Call:
    """Writes as IOM's focal point, unless as somebody else; for the version that stands."""
    keys = count(1)

    def send(path: str, headers: dict[str, str] | None = None, **body: object) -> Any:
        as_ = headers or iom
        etag = client.get(f"{BASE}/people", headers=as_).headers.get("etag", '"1"')
        said = {name.rstrip("_"): value for name, value in body.items()}
        more = {"Idempotency-Key": f"key-{next(keys)}", "If-Match": etag}
        return client.post(f"{BASE}{path}", json=said, headers=as_ | more)

    return send


def charter(engine: Engine) -> Charter:
    with reading(engine) as session:
        return queries.charter(session, "gmg")


def roles(engine: Engine, email: str) -> list[tuple[str | None, str, str, str | None]]:
    person = next(person for person in charter(engine).people if person.email == email)
    return [(a.organization, a.role, str(a.from_), str(a.until) if a.until else None) for a in person.appointments]


def people(client: TestClient, headers: dict[str, str], query: str = "") -> list[dict[str, Any]]:
    found = client.get(f"{BASE}/people{query}", headers=headers)
    assert found.status_code == 200
    return list(found.json()["people"])


def id_of(client: TestClient, headers: dict[str, str], email: str) -> str:
    return next(str(one["id"]) for one in people(client, headers) if one["email"] == email)
