"""Programmes: drafted by the coming chair, set by the chair of the day, closed and carried on."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.database import reading
from service.events import Event
from service.followups.programmes import rules
from tests.access.conftest import Decide, Tokens, decide, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.surveying import SURVEY
from tests.meetings.conftest import BASE, NEXT_CHAIR, Send, at, chair, member, send  # noqa: F401 - fixtures

Texts = dict[str, str]


@pytest.fixture
def turns(client: TestClient, time: Time) -> list[str]:
    """The keys of the running term and of those after it."""
    found = client.get(f"{BASE}/terms?from=2008-05-15&until=2010-01-01").json()
    return [one["key"] for one in found]


@pytest.fixture
def coming(token: Tokens) -> Texts:
    """The headers of the coming chair's focal point."""
    return {"Authorization": f"Bearer {token(NEXT_CHAIR)}"}


@pytest.fixture
def propose(send: Send) -> Callable[..., str]:
    """Proposes an activity as the chair of the day."""

    def do(title: str = "Survey", headers: Texts | None = None) -> str:
        made = send("/activities", headers, etag="", **(SURVEY | {"title": title}))
        assert made.status_code == 201
        return str(made.json()["id"])

    return do


def test_a_programme_is_set_anew_for_the_version_seen(
    client: TestClient, send: Send, propose: Callable[..., str], turns: list[str], member: Texts
) -> None:
    path = f"/programmes/{turns[0]}"
    one, two = propose(), propose("Gap analysis")
    made = send(path, etag="", theme="Migration and data", text="Two things.", activities=[one, two])
    assert (made.status_code, made.headers["etag"], made.json()["state"]) == (200, '"1"', "running")
    assert (made.json()["chair"], made.json()["start"], made.json()["end"]) == (["unfpa"], "2008-01-01", "2008-07-01")
    assert send(path, etag="", theme="Another").status_code == 428
    assert send(path, etag='"7"', theme="Another").status_code == 412
    again = send(path, etag='"1"', theme="Migration and its data", activities=[two])
    assert (again.status_code, again.json()["theme"], again.json()["unfinished"]) == (
        200, "Migration and its data", [two],
    )  # fmt: skip
    seen = client.get(f"{BASE}{path}", headers=member)
    assert (seen.json(), seen.headers["etag"]) == (again.json(), '"2"')
    (listed,) = client.get(f"{BASE}/programmes", headers=member).json()["programmes"]
    assert listed == seen.json()
    assert client.get(f"{BASE}/activities?programme={turns[0]}", headers=member).json()["activities"][0]["id"] == two
    assert client.get(f"{BASE}/activities/{two}", headers=member).json()["inside"]["programmes"] == [turns[0]]
    assert client.get(f"{BASE}/programmes").status_code == 401
    assert client.get(f"{BASE}/programmes/{turns[1]}", headers=member).status_code == 404
    for wrong in ([one, one], ["activity-99"], ["picnic"]):
        assert send(path, etag='"2"', theme="T", activities=wrong).status_code == 422, wrong
    send(f"/activities/{one}/discontinue", reason="No")
    assert send(path, etag='"2"', theme="T", activities=[one]).json()["type"] == "/problems/activity-is-closed"


def test_the_handover_decides_who_sets_and_closes_it_by_the_second(
    send: Send, turns: list[str], chair: Texts, coming: Texts, member: Texts, secretariat: Texts, time: Time
) -> None:
    old, new, far = (f"/programmes/{turn}" for turn in turns[:3])
    time.at = at("2008-06-30T21:59:59")
    for headers in (coming, member, secretariat):
        assert send(old, headers, etag="", theme="Theirs").status_code == 403
    assert send(old, chair, etag="", theme="Ours").status_code == 200
    assert send(new, chair, etag="", theme="Not ours").json()["type"] == "/problems/not-yours"
    draft = send(new, coming, etag="", theme="Drafted")
    assert (draft.status_code, draft.json()["state"]) == (200, "draft")
    assert send(far, coming, etag="", theme="Far off").json()["type"] == "/problems/term-is-far-off"
    assert send(f"{old}/close", coming, etag='"1"', summary="Done.").status_code == 403
    assert send(f"{new}/close", chair, etag='"1"', summary="Done.").json()["type"] == "/problems/term-not-begun"
    time.at = at("2008-06-30T22:00:00")
    assert send(old, chair, etag='"1"', theme="Late").json()["type"] == "/problems/term-is-over"
    assert send(new, chair, etag='"1"', theme="Late").json()["type"] == "/problems/chair-term-ended"
    assert send(f"{old}/close", chair, etag='"1"', summary="Late.").json()["type"] == "/problems/chair-term-ended"
    begun = send(new, coming, etag='"1"', theme="Begun")
    assert (begun.status_code, begun.json()["state"]) == (200, "running")
    assert send(f"{old}/close", coming, etag='"1"', summary="What we found.").json()["state"] == "closed"


def test_where_nobody_chairs_the_secretariat_steers(
    send: Send, decide: Decide, turns: list[str], chair: Texts, secretariat: Texts, client: TestClient
) -> None:
    assert decide(vacant="2008-05-15", until="2008-06-15", taken="2008-05-15").status_code == 201
    gap = client.get(f"{BASE}/chair").json()["term"]["key"]
    assert send(f"/programmes/{gap}", chair, etag="", theme="Ours").status_code == 403
    assert send(f"/programmes/{gap}", secretariat, etag="", theme="In between").json()["chair"] == []


def test_what_is_unfinished_is_carried_on(
    client: TestClient, send: Send, propose: Callable[..., str], turns: list[str], coming: Texts, member: Texts,
    time: Time, engine: Engine,
) -> None:  # fmt: skip
    path, following = f"/programmes/{turns[0]}", f"/programmes/{turns[1]}"
    one, two, three = propose("One"), propose("Two"), propose("Three")
    send(path, etag="", theme="Data", activities=[one, two, three])
    send(f"/activities/{one}/discontinue", reason="No time")
    assert send(f"{path}/close", etag='"1"', summary="S", carry=[one]).json()["type"] == "/problems/nothing-to-carry"
    assert send(f"{path}/close", etag='"1"', summary="S", carry=[two, two]).status_code == 422
    assert send(f"{path}/close", etag='"1"', summary="").status_code == 422
    assert send(f"{path}/close", etag='"9"', summary="S").status_code == 412
    done = send(f"{path}/close", etag='"1"', summary="Some of it.", carry=[two]).json()
    assert (done["state"], done["unfinished"], done["carried"]) == ("closed", [two, three], [two])
    assert (done["closed_by"], done["closed_at"]) == ("GMG focal point of UNFPA", "2008-05-15T12:00:00Z")
    assert send(f"{path}/close", etag='"2"', summary="S").json()["type"] == "/problems/programme-is-closed"
    assert send(path, etag='"2"', theme="T").json()["type"] == "/problems/programme-is-closed"
    carried = client.get(f"{BASE}{following}", headers=member).json()
    assert ([part["id"] for part in carried["activities"]], carried["theme"], carried["state"]) == ([two], "", "draft")
    assert send(following, coming, etag='"1"', theme="Gender", activities=[two]).status_code == 200
    # What is finished later leaves what was listed at the close as it was.
    send(f"/activities/{three}/discontinue", reason="No")
    assert client.get(f"{BASE}{path}", headers=member).json()["unfinished"] == [two, three]
    with reading(engine) as session:
        asked = select(Event.kind, Event.subject).where(col(Event.kind).startswith("programme."))
        found = session.exec(asked.order_by(col(Event.position))).all()
    assert list(found) == [
        ("programme.set", turns[0]), ("programme.carried", turns[1]), ("programme.closed", turns[0]),
        ("programme.set", turns[1]),
    ]  # fmt: skip


def test_a_programme_left_open_is_carried_into_the_term_that_runs(
    client: TestClient,
    send: Send,
    propose: Callable[..., str],
    turns: list[str],
    token: Tokens,
    coming: Texts,
    time: Time,
) -> None:
    one = propose()
    send(f"/programmes/{turns[0]}", etag="", theme="Data", activities=[one])
    # Two terms later, by which another member chairs.
    time.at = at("2009-02-01T12:00")
    chairs = client.get(f"{BASE}/chair").json()["term"]
    headers = {"Authorization": f"Bearer {token('gmg@' + chairs['chair'][0] + '.example')}"}
    done = send(f"/programmes/{turns[0]}/close", headers, etag='"1"', summary="Found open.", carry=[one])
    assert done.status_code == 200
    running = client.get(f"{BASE}/programmes/{chairs['key']}", headers=headers).json()
    assert ([part["id"] for part in running["activities"]], running["state"]) == ([one], "running")


@pytest.mark.parametrize("turn", ["turn-999", "turn-0", "x", "%00", "turn-5-9"])
def test_no_such_term(client: TestClient, send: Send, turn: str, chair: Texts) -> None:
    assert send(f"/programmes/{turn}", etag="", theme="T").status_code == 404
    assert client.get(f"{BASE}/programmes/{turn}", headers=chair).status_code == 404


def test_states_follow_the_days() -> None:
    from datetime import date

    start, end = date(2008, 1, 1), date(2008, 7, 1)
    found: list[Any] = [
        rules.state(start, end, False, day) for day in (date(2007, 12, 31), start, date(2008, 6, 30), end)
    ]
    assert found == ["draft", "running", "running", "over"]
    assert rules.state(start, end, True, start) == "closed"
    assert rules.unfinished([("a", "completed"), ("b", "ongoing"), ("c", "discontinued"), ("d", "proposed")]) == [
        "b",
        "d",
    ]
