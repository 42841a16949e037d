"""Everybody keeps their own tokens by the API: shown once, no wider than their maker's, not there for others."""

from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.access.tables import TokenRow
from service.database import reading
from service.repeats import RepeatRow
from tests.access.agency import BASE, Call, call, iom  # noqa: F401 - fixtures
from tests.access.conftest import Tokens
from tests.access.signing import FOCAL_POINT


def test_a_token_of_ones_own_is_shown_once(client: TestClient, engine: Engine, call: Call, iom: dict[str, str]) -> None:
    key = iom | {"Idempotency-Key": "once"}
    body = {"name": "our register", "scopes": ["meetings", "followups"], "days": 30}
    made = client.post(f"{BASE}/tokens", json=body, headers=key)
    assert made.status_code == 201
    secret = made.json()["token"]
    again = client.post(f"{BASE}/tokens", json=body, headers=key)
    assert (again.status_code, again.json()) == (201, made.json() | {"token": None})
    with reading(engine) as session:
        assert all(secret.encode() not in row.body for row in session.exec(select(RepeatRow)))
        assert len(session.exec(select(TokenRow).where(TokenRow.name == "our register")).all()) == 1
    found = client.get(f"{BASE}/me", headers={"Authorization": f"Bearer {secret}"}).json()
    assert (found["name"], found["scopes"]) == ("GMG focal point of IOM", ["followups", "meetings"])
    listed = client.get(f"{BASE}/tokens", headers=iom).json()["tokens"]
    assert [one["name"] for one in listed if one["id"] == made.json()["id"]] == ["our register"]
    assert secret not in str(listed)


def test_no_token_has_more_scopes_than_its_maker(client: TestClient, call: Call, token: Tokens) -> None:
    narrow = {"Authorization": f"Bearer {token(FOCAL_POINT, scope='meetings,people')}"}
    assert call("/tokens", narrow).json()["scopes"] == ["meetings", "people"]
    assert call("/tokens", narrow, scopes=["meetings"]).json()["scopes"] == ["meetings"]
    assert call("/tokens", narrow, scopes=[]).json()["scopes"] == []
    more = call("/tokens", narrow, scopes=["meetings", "charter"])
    assert (more.status_code, more.json()["type"]) == (403, "/problems/scope-missing")
    none = {"Authorization": f"Bearer {token(FOCAL_POINT, scope='meetings')}"}
    assert call("/tokens", none, scopes=["meetings"]).status_code == 403, "to make tokens takes the scope people"
    looks = {"Authorization": f"Bearer {token(FOCAL_POINT, scope='read')}"}
    assert call("/tokens", looks).json()["type"] == "/problems/read-only-token"


def test_t42_anothers_tokens_are_not_there(
    client: TestClient, call: Call, iom: dict[str, str], secretariat: dict[str, str], token: Tokens
) -> None:
    ilo = {"Authorization": f"Bearer {token('gmg@ilo.example')}"}
    theirs = call("/tokens", ilo, name="theirs").json()["id"]
    assert all(one["name"] != "theirs" for one in client.get(f"{BASE}/tokens", headers=iom).json()["tokens"])
    missing, hidden = call("/tokens/t0/revoke"), call(f"/tokens/{theirs}/revoke")
    assert missing.status_code == hidden.status_code == 404
    assert missing.json()["detail"] == hidden.json()["detail"]
    assert call("/tokens", person="gmg@ilo.example").status_code == 403
    everybody = client.get(f"{BASE}/tokens?limit=200", headers=secretariat).json()["tokens"]
    assert theirs in [one["id"] for one in everybody]
    pages = client.get(f"{BASE}/tokens?limit=1", headers=secretariat).json()
    rest = client.get(f"{BASE}/tokens?limit=200&after={pages['next']}", headers=secretariat).json()
    assert [one["id"] for one in pages["tokens"] + rest["tokens"]] == [one["id"] for one in everybody]
    for _ in range(2):
        done = call(f"/tokens/{theirs}/revoke", secretariat)
        assert (done.status_code, bool(done.json()["revoked_at"])) == (200, True)
    made = call("/tokens", secretariat, person="gmg@ilo.example", kind="feed").json()
    assert made["token"].startswith("http://127.0.0.1:8000/calendars/p/feed_")
    assert client.get(made["token"].removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert call("/tokens", secretariat, kind="feed").status_code == 422


def test_ones_own_token_ends_at_once(client: TestClient, call: Call) -> None:
    made = call("/tokens").json()
    own = {"Authorization": f"Bearer {made['token']}"}
    assert call(f"/tokens/{made['id']}/revoke", own).status_code == 200
    assert client.get(f"{BASE}/me", headers=own).status_code == 401
