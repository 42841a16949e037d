"""Lists of decisions: what observers and the public see of them, filters, pages by cursor; addresses of nothing."""

from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.database import reading
from service.followups.decisions.queries import Wanted, page
from service.groups.charter import Charter
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.conftest import Changed, Time, put
from tests.followups.decided import ANSWER, ONE, decision, held, of, opened, with_person  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, Send, at, chair, member, send  # noqa: F401 - fixtures
from tests.statements import listened


def test_observers_see_what_the_public_sees(
    send: Send, client: TestClient, engine: Engine, changed: Changed, gmg: Charter, token: Tokens, time: Time
) -> None:
    put(engine, with_person(changed, gmg, "guest@example.org", organization="ilo", role="observer"))
    guest = {"Authorization": f"Bearer {token('guest@example.org')}"}
    send("/decisions", etag="", **decision(visibility="public", position=True))
    send("/decisions", etag="", **decision())
    send(ANSWER, member="unfpa", answer="endorse", round=1)
    send(ANSWER, of(token, "ilo"), member="ilo", answer="dissociate", reason="A matter of our own.", round=1)
    assert send(ANSWER, guest, member="ilo", answer="endorse", round=1, etag='"1"').status_code == 403
    assert send("/decisions", guest, etag="", **decision()).status_code == 403
    for headers in (guest, {}):
        assert client.get(f"{BASE}{ONE}", headers=headers).status_code == 404
        assert client.get(f"{BASE}/decisions", headers=headers).json() == {"decisions": [], "next": None}
    time.at = at("2008-06-10T08:00")
    for headers in (guest, {}):
        found = client.get(f"{BASE}{ONE}", headers=headers).json()
        assert (found["state"], found["endorsing"]) == ("adopted", ["unfpa"])
        assert found["dissociating"] == [{"member": "ilo", "reason": None}]
        assert (found["answers"], found["silent"], found["by"]) == ([], [], None)
        assert [one["id"] for one in client.get(f"{BASE}/decisions", headers=headers).json()["decisions"]] == ["2008-1"]
        assert client.get(f"{BASE}/decisions/2008-2", headers=headers).status_code == 404
    assert client.get(f"{BASE}{ONE}/history", headers=guest).status_code == 403
    assert client.get(f"{BASE}{ONE}/history").status_code == 401


def test_lists_by_what_is_asked_in_pages(
    held: str, send: Send, client: TestClient, member: dict[str, str], time: Time
) -> None:
    send("/decisions", etag="", **decision(until=None, meeting=held, purposes=[1]))
    send("/decisions", etag="", **decision(until="2008-07-10", purposes=[11, 2], operative="took-note"))
    send("/decisions", etag="", **decision(until="2008-07-10", purposes=[2, 1, 12], position=True))
    for number in range(9):
        send("/decisions", etag="", **decision(until="2008-07-10", purposes=[], title=f"Further {number}"))

    def ids(query: str) -> list[str]:
        found = client.get(f"{BASE}/decisions?{query}", headers=member).json()["decisions"]
        return [one["id"].partition("-")[2] for one in found]

    assert ids("purpose=1") == ["3", "1"]
    assert ids("purpose=2") == ["3", "2"]
    assert ids("purpose=12") == ["3"]
    assert ids("position=true") == ["3"]
    assert ids(f"meeting={held}") == ["1"]
    assert ids("operative=took-note") == ["2"]
    assert ids("state=adopted&year=2008") == ["1"]
    assert ids("year=2009") == []
    seen: list[str] = []
    after = ""
    while True:
        found = client.get(f"{BASE}/decisions?limit=5{after}", headers=member).json()
        seen += [one["id"] for one in found["decisions"]]
        if found["next"] is None:
            break
        after = f"&after={found['next']}"
    assert seen == [f"2008-{number}" for number in range(12, 0, -1)]
    first = client.get(f"{BASE}/decisions?limit=5", headers=member).json()["next"]
    for query in (f"after={first}&year=2008", "after=x", "after=", "limit=0", "state=gone", "year=x", "meeting=%00"):
        assert client.get(f"{BASE}/decisions?{query}", headers=member).status_code in (400, 422), query
    assert client.get(f"{BASE}/decisions?after={first}").status_code == 400, "a cursor is for who it was given to"


@pytest.mark.parametrize("id_", ["2008-99", "0", "%00", "2008-1'--", "9" * 500, "2008-٣"])
def test_addresses_of_nothing(opened: dict[str, Any], client: TestClient, member: dict[str, str], id_: str) -> None:
    assert client.get(f"{BASE}/decisions/{id_}", headers=member).status_code == 404


def test_what_waits_for_the_chair_is_found_without_a_look_at_all_that_was_decided(engine: Engine, group: str) -> None:
    with reading(engine) as session, listened(engine) as asked:
        page(session, group, Wanted(state="contested"), inside=True, limit=1)
    statement, given = asked[-1]
    with engine.connect() as connection:
        if engine.name == "postgresql":
            # A table without rows is read whole, whatever there is to find them by.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN " if engine.name == "postgresql" else "EXPLAIN QUERY PLAN "
        plan = "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(explain + statement, given))
    assert "ix_group_decision_contested" in plan
