"""Who sees whom: an agency its own people, the secretariat everybody page by page, an observer nobody."""

from typing import Any

from starlette.testclient import TestClient

from tests.access.agency import ADA, BASE, Call, call, iom, people  # noqa: F401 - fixtures
from tests.access.conftest import Tokens
from tests.access.signing import FOCAL_POINT


def test_who_sees_whom(
    client: TestClient, call: Call, iom: dict[str, str], secretariat: dict[str, str], token: Tokens
) -> None:
    call("/people", secretariat, **ADA | {"organization": "ilo"})
    call("/people", **ADA | {"role": "alternate"})
    assert [one["email"] for one in people(client, iom)] == [FOCAL_POINT, "ada@iom.example"]
    assert [role["organization"] for role in people(client, iom)[1]["appointments"]] == ["iom"], "not what is ILO's"
    everybody = people(client, secretariat, "?limit=200")
    assert len(everybody) == len(charter_people(client, secretariat))
    assert [one["email"] for one in people(client, secretariat, "?organization=ilo")] == [
        "gmg@ilo.example",
        "ada@iom.example",
    ]
    first = client.get(f"{BASE}/people?limit=10", headers=secretariat).json()
    rest = client.get(f"{BASE}/people?limit=200&after={first['next']}", headers=secretariat).json()
    assert [one["id"] for one in first["people"] + rest["people"]] == [one["id"] for one in everybody]
    assert rest["next"] is None
    foreign = client.get(f"{BASE}/people?after={first['next']}", headers=iom)
    assert (foreign.status_code, foreign.json()["type"]) == (400, "/problems/invalid-cursor")
    call("/people", secretariat, name="Obs", email="obs@x.example", role="observer")
    observer = {"Authorization": f"Bearer {token('obs@x.example')}"}
    assert client.get(f"{BASE}/people", headers=observer).status_code == 403
    assert call("/tokens", observer).status_code == 403


def charter_people(client: TestClient, headers: dict[str, str]) -> list[Any]:
    return list(client.get(f"{BASE}/charter", headers=headers).json()["people"])
