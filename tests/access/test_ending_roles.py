"""Agencies end the roles of their own people, the last one once there is a successor; and who has none is out."""

from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.access.agency import ADA, BASE, Call, call, charter, id_of, iom, roles  # noqa: F401 - fixtures
from tests.access.conftest import Tokens
from tests.access.signing import FOCAL_POINT, ME, sign_in


def test_t68_the_last_one_stays_until_there_is_a_successor(
    client: TestClient, engine: Engine, call: Call, iom: dict[str, str], secretariat: dict[str, str]
) -> None:
    me = id_of(client, iom, FOCAL_POINT)
    mine = {"organization": "iom", "role": "focal-point"}
    last = call(f"/people/{me}/end", **mine)
    assert (last.status_code, last.json()["type"]) == (409, "/problems/last-person")
    assert "15 May 2008; appoint a successor first" in last.json()["detail"]
    assert call(f"/people/{me}/end", secretariat, **mine).status_code == 409, "nor does the secretariat end it"
    call("/people", **ADA | {"role": "alternate"}, until="2008-09-01")
    later = call(f"/people/{me}/end", **mine)
    assert "1 September 2008; appoint a successor first" in later.json()["detail"], "the cover leaves in September"
    assert call("/people", **ADA | {"role": "head"}, from_="2008-09-01").status_code == 201
    assert call(f"/people/{me}/end", **mine).status_code == 200
    assert client.get(f"{BASE}/people", headers=iom).status_code == 401, "who has no role has no token"
    sole = call("/people", secretariat, **ADA | {"organization": None, "role": "secretariat"})
    ended = call(f"/people/{sole.json()['id']}/end", secretariat, role="secretariat")
    assert (ended.status_code, ended.json()["type"]) == (409, "/problems/last-person")


def test_what_can_not_be_ended(
    client: TestClient, engine: Engine, call: Call, iom: dict[str, str], token: Tokens
) -> None:
    ada = call("/people", **ADA, until="2008-08-01").json()["id"]
    mine = {"organization": "iom", "role": "focal-point"}
    assert call(f"/people/{ada}/end", **mine, until="2008-05-14").status_code == 422
    assert call(f"/people/{ada}/end", **mine, until="2008-08-01").json()["type"] == "/problems/ends-earlier"
    assert call(f"/people/{ada}/end", **mine | {"role": "head"}).status_code == 404
    assert call("/people/nobody/end", **mine).status_code == 404
    other = {"Authorization": f"Bearer {token('gmg@ilo.example')}"}
    assert call(f"/people/{ada}/end", other, **mine).status_code == 403
    assert client.post(f"{BASE}/people/{ada}/end", json=mine, headers=iom).status_code == 428
    stale = client.post(f"{BASE}/people/{ada}/end", json=mine, headers=iom | {"If-Match": '"1"'})
    assert stale.status_code == 412
    before = len(charter(engine).people)
    assert call(f"/people/{ada}/end", **mine).status_code == 200
    assert roles(engine, "ada@iom.example") == [], "it had begun today: it is taken back whole"
    assert call(f"/people/{ada}/end", **mine).status_code == 404
    assert len(charter(engine).people) == before


def test_a_role_that_ends_signs_its_person_out(
    client: TestClient, engine: Engine, secretariat: dict[str, str], call: Call
) -> None:
    call("/people", **ADA)
    sign_in(client, engine)
    me = id_of(client, secretariat, FOCAL_POINT)
    assert client.get(ME).status_code == 200
    call(f"/people/{me}/end", secretariat, organization="iom", role="focal-point")
    assert client.get(ME).status_code == 401
