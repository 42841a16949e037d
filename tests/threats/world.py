"""What the rows name with `{…}`: one of everything, and tokens, links and a session in every state."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.access import sessions
from service.access.commands import digest, revoke_token
from service.access.queries import person_caller
from service.access.tables import TokenRow
from service.database import reading, writing
from service.groups import queries as groups
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from tests.access.conftest import Tokens
from tests.access.world import ROLES
from tests.conftest import Time, put
from tests.meetings.conftest import BASE

CLERK, GONE, MOVED, LAST = "clerk@gmg.example", "gone@ilo.example", "moved@ilo.example", "gmg@ilo.example"
_SINCE = {"from": date(2008, 1, 1)}


def _add(engine: Engine, *people: dict[str, Any]) -> None:
    """People of the charter: new ones, or known ones with other appointments."""
    with reading(engine) as session:
        values = groups.charter(session, "gmg").model_dump(by_alias=True)
    named = {person["email"] for person in people}
    kept = [one for one in values["people"] if one["email"] not in named]
    there = [one for one in people if one["appointments"]]
    put(engine, Charter.model_validate(values | {"people": [*kept, *there]}))


def _person(email: str, *appointments: dict[str, Any]) -> dict[str, Any]:
    return {"name": email, "email": email, "appointments": list(appointments)}


@pytest.fixture
def world(made: dict[str, str], engine: Engine, token: Tokens, time: Time) -> dict[str, str]:
    """One of everything, with tokens of everybody whom a row may need in any state."""
    alternate = {"organization": "ilo", "role": "alternate"} | _SINCE
    clerk = _person(CLERK, {"role": "secretariat"} | _SINCE)
    _add(engine, clerk, _person(GONE, alternate), _person(MOVED, alternate))
    found = dict(made) | {"gone_api": token(GONE), "gone_feed": token(GONE, kind="feed"), "moved": token(MOVED)}
    _add(engine, _person(GONE), _person(MOVED, alternate | {"organization": "iom"}))
    feed, api = token(LAST, kind="feed"), token()
    found |= {
        "feed": feed, "short_feed": feed[:-1], "other_feed": feed[:-1] + ("A" if feed[-1] != "A" else "B"),
        "api": api, "short_api": api[:-1], "expired_api": token("gmg@wb.example", days=1),
        "revoked_feed": token(LAST, kind="feed"), "revoked_api": token(LAST), "reader": token(LAST, scope="read"),
        "meetings_only": token(LAST, scope="meetings"),
    }  # fmt: skip
    time.at += timedelta(days=1)
    with writing(engine) as session:
        for name in ("revoked_feed", "revoked_api"):
            row = session.exec(select(TokenRow).where(TokenRow.hash == digest(found[name]))).one()
            revoke_token(session, row.id, actor="test")
        people = {row.email: row.id for row in session.exec(select(PersonRow))}
        caller = person_caller(session, "gmg", people[CLERK])
        assert caller is not None
        return found | {
            "session": sessions.begin(session, caller, "mail"), "last": people[LAST], "ada": people["ada@ilo.example"],
        }  # fmt: skip


@pytest.fixture
def tokens(world: dict[str, str], token: Tokens) -> dict[str, str]:
    """A token of everybody whom a row may name."""
    made = {name: token(email or None) for name, (email, _) in ROLES.items() if email is not None}
    return made | {
        "moved": world["moved"], "reader": world["reader"], "meetings only": world["meetings_only"],
    }  # fmt: skip


@pytest.fixture
def settled(client: TestClient, world: dict[str, str], tokens: dict[str, str]) -> dict[str, str]:
    """The world once a key was used, a list has a next page, and the ILO is left with one focal point alone."""
    own = {"Authorization": f"Bearer {tokens['own']}"}
    body = {"title": "Another action", "owner": "ilo"}
    used = client.post(f"{BASE}/actions", json=body, headers=own | {"Idempotency-Key": "used-before"})
    assert used.status_code == 201
    seen = own | {"If-Match": client.get(f"{BASE}/people", headers=own).headers["etag"]}
    role = {"organization": "ilo", "role": "alternate"}
    assert client.post(f"{BASE}/people/{world['ada']}/end", json=role, headers=seen).status_code == 200
    return world | {
        "cursor": client.get(f"{BASE}/actions?limit=1", headers=own).json()["next"],
        "people": client.get(f"{BASE}/people", headers=own).headers["etag"],
    }  # fmt: skip
