"""Follow-up actions: opened, logged, passed on and finished, by whom and on record."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.audit import AuditRow
from service.database import reading
from service.events import Event
from tests.access.conftest import Tokens, decide, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.followups.acting import NOTE, Opened, Shown, opened, shown  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, OTHER, Send, at, chair, member, send  # noqa: F401 - fixtures

IOM = "gmg@iom.example"
PROOF = {"title": "The note", "url": "https://www.ilo.org/note", "symbol": "ILO/1", "language": "en", "revision": 2}


def bearer(token: Tokens, email: str | None = None, **more: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(email, **more)}"}


def test_an_action_lives_from_open_to_done_and_its_log_tells_it(
    opened: Opened,
    send: Send,
    shown: Shown,
    member: dict[str, str],
    engine: Engine,
) -> None:
    first = opened(due="2008-06-01", helpers=["wb", "iom"], purposes=[3, 1, 3], documents=[PROOF], visibility="public")
    assert (first["id"], first["state"], first["version"]) == ("action-1", "open", 1)
    assert (first["purposes"], first["helpers"]) == ([1, 3], ["iom", "wb"])
    assert (first["members"], first["focal_points"]) == (["ilo"], ["GMG focal point of ILO"])
    assert first["documents"] == [PROOF]
    assert send("/actions/action-1/start", member).json()["state"] == "in-progress"
    assert send("/actions/action-1/log", member, text="Half of it.").status_code == 200
    done = send("/actions/action-1/finish", member, text="Here.", links=[PROOF]).json()
    assert (done["state"], done["closed_at"], done["overdue"]) == ("done", "2008-05-15T12:00:00Z", False)
    log = shown()["log"]
    assert [entry["verb"] for entry in log] == ["open", "start", "log", "finish"]
    assert [entry["organization"] for entry in log] == ["unfpa", "ilo", "ilo", "ilo"]
    assert log[0]["by"] == "GMG focal point of UNFPA"
    assert (log[1]["from"], log[1]["to"]) == ({"state": "open"}, {"state": "in-progress"})
    assert (log[2]["text"], log[2]["to"]) == ("Half of it.", {})
    assert log[3]["links"] == [PROOF]
    with reading(engine) as session:
        kinds = session.exec(select(Event.kind).where(Event.subject == "action-1").order_by(col(Event.position)))
        assert list(kinds) == ["action.opened", "action.started", "action.logged", "action.finished"]
        audited = session.exec(select(AuditRow).where(AuditRow.what == "action").order_by(col(AuditRow.id))).all()
    assert [(row.verb, row.authority) for row in audited] == [
        ("action.open", "chair"), ("action.start", "own"), ("action.log", "own"), ("action.finish", "own"),
    ]  # fmt: skip


def test_what_is_finished_is_reopened_with_a_reason_alone(opened: Opened, send: Send) -> None:
    opened()
    assert send("/actions/action-1/drop").status_code in (415, 422)
    dropped = send("/actions/action-1/drop", reason="Not needed any more").json()
    assert (dropped["state"], dropped["reason"]) == ("dropped", "Not needed any more")
    for verb, body in (("start", {}), ("finish", {"text": "x"}), ("reschedule", {"due": "2008-06-01", "reason": "x"})):
        refused = send(f"/actions/action-1/{verb}", **body)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/action-is-dropped")
    assert send("/actions/action-1/log", text="A word afterwards.").status_code == 200
    again = send("/actions/action-1/reopen", reason="It is needed").json()
    assert (again["state"], again["reason"], again["closed_at"]) == ("open", None, None)
    assert send("/actions/action-1/reopen", reason="x").status_code == 409


def test_an_agency_opens_its_own_and_the_chair_anybodys(
    send: Send,
    token: Tokens,
    member: dict[str, str],
    secretariat: dict[str, str],
) -> None:
    mine = send("/actions", member, etag="", title="Without an owner")
    assert (mine.status_code, mine.json()["owner"]) == (201, "ilo")
    other = send("/actions", member, etag="", title="For another", owner="iom")
    assert (other.status_code, other.json()["type"]) == (403, "/problems/not-yours")
    assert send("/actions", member, etag="", title="For the chair", owner="chair").status_code == 403
    assert send("/actions", etag="", title="For another", owner="iom").status_code == 201
    assert send("/actions", etag="", title="For the chair", owner="chair").json()["members"] == ["unfpa"]
    noted = send("/actions", secretariat, etag="", title="For the record", owner="iom").json()
    assert noted["log"][0]["organization"] is None
    unsaid = send("/actions", secretariat, etag="", title="Whose?")
    assert (unsaid.status_code, unsaid.json()["type"]) == (422, "/problems/owner-required")
    looking = bearer(token, OTHER, scope="meetings")
    assert send("/actions", looking, etag="", title="x").json()["type"] in (
        "/problems/scope-missing",
        "/problems/owner-required",
    )
    assert send("/actions", looking, etag="", title="x", owner="ilo").json()["type"] == "/problems/scope-missing"


def test_who_helps_logs_and_does_nothing_else(opened: Opened, send: Send, token: Tokens) -> None:
    opened(helpers=["iom"])
    helper, stranger = bearer(token, IOM), bearer(token, "gmg@wb.example")
    assert send("/actions/action-1/log", helper, text="Our part.").json()["log"][-1]["organization"] == "iom"
    assert send("/actions/action-1/finish", helper, text="x").status_code == 403
    assert send("/actions/action-1/log", stranger, text="x").status_code == 403


def test_what_the_chair_owns_passes_with_the_chair(
    opened: Opened,
    send: Send,
    shown: Shown,
    token: Tokens,
    time: Time,
) -> None:
    opened(owner="chair", assignee="gmg@unfpa.example")
    before, after = bearer(token, "gmg@unfpa.example"), bearer(token, "gmg@unhcr.example")
    assert send("/actions/action-1/log", after, text="Too early.").status_code == 403
    time.at = at("2008-06-30T21:59:59")
    assert send("/actions/action-1/log", before, text="Ours.").status_code == 200
    time.at = at("2008-06-30T22:00:00")
    assert send("/actions/action-1/log", before, text="Not ours now.").status_code == 403
    assert send("/actions/action-1/start", after).json()["log"][-1]["organization"] == "unhcr"
    found = shown()
    assert (found["members"], found["focal_points"]) == (["unhcr"], ["GMG focal point of UNHCR"])
    assert found["assignee"]["serving"] is False


def test_where_nobody_chairs_the_secretariat_acts_for_the_chair(
    opened: Opened,
    send: Send,
    decide: Any,
    secretariat: dict[str, str],
    shown: Shown,
) -> None:
    opened(owner="chair")
    assert decide(vacant="2008-05-15", until="2008-06-01").status_code == 201
    assert shown()["members"] == []
    assert send("/actions/action-1/start").status_code == 403
    done = send("/actions/action-1/start", secretariat)
    assert (done.status_code, done.json()["log"][-1]["organization"]) == (200, None)


def test_assigned_and_transferred(opened: Opened, send: Send, member: dict[str, str]) -> None:
    opened()
    wrong = send("/actions/action-1/assign", assignee="gmg@wb.example")
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/no-such-assignee")
    given = send("/actions/action-1/assign", member, assignee=OTHER, helpers=["wb"]).json()
    assert (given["assignee"]["name"], given["assignee"]["serving"]) == ("GMG focal point of ILO", True)
    assert given["helpers"] == ["wb"]
    assert send("/actions/action-1/assign", member, helpers=["ilo"]).json()["type"] == "/problems/owner-is-helper"
    assert send("/actions/action-1/assign", member, text="x").json()["type"] == "/problems/nothing-given"
    assert send("/actions/action-1/transfer", member, owner="wb", reason="x").json()["type"] == "/problems/chair-only"
    moved = send("/actions/action-1/transfer", owner="wb", reason="They have the data").json()
    assert (moved["owner"], moved["assignee"], moved["helpers"]) == ("wb", None, [])
    assert moved["log"][-1]["from"]["owner"] == "ilo"
    assert send("/actions/action-1/transfer", owner="wb", reason="x").status_code == 409
    assert send("/actions/action-1/transfer", owner="eca", reason="x").json()["type"] == "/problems/no-such-member"
    assert send("/actions/action-1/finish", member, text="x").status_code == 403


def test_a_due_date_moves_with_a_reason(opened: Opened, send: Send, shown: Shown, time: Time) -> None:
    opened(due="2008-05-20")
    path = "/actions/action-1/reschedule"
    assert send(path, due="2008-06-20").status_code == 422
    assert send(path, reason="Why").json()["type"] == "/problems/no-due-date"
    assert send(path, due="2008-05-14", reason="Why").json()["type"] == "/problems/due-is-past"
    assert send(path, due="2030-01-01", reason="Why").json()["type"] == "/problems/too-far-ahead"
    assert send(path, due="2008-05-20", reason="Why").json()["type"] == "/problems/due-already"
    assert send(path, due="2008-06-20", before="next", reason="Why").json()["type"] == "/problems/two-due-dates"
    moved = send(path, due="2008-06-20", reason="The data came late").json()["log"][-1]
    assert (moved["from"], moved["to"]) == ({"due": "2008-05-20"}, {"due": "2008-06-20"})
    time.at = at("2008-06-20T21:59:59")
    assert shown()["overdue"] is False
    time.at = at("2008-06-20T22:00:00")
    assert shown()["overdue"] is True
    assert send(path, due=None, reason="It can wait").json()["due"] is None
    assert shown()["overdue"] is False


SOURCES = [
    ("handover:turn-99999", False),
    ("decision:2008-3", False),
    ("activity:activity-9", False),
    ("outcome:working-level-2008-06-26/1", False),
    ("outcome:nowhere/1", False),
    ("handover:turn-1", True),
]


@pytest.mark.parametrize(("source", "known"), SOURCES)
def test_a_source_has_to_be_there(
    client: TestClient,
    send: Send,
    chair: dict[str, str],
    source: str,
    known: bool,
) -> None:
    if known:
        source = f"handover:{client.get(f'{BASE}/chair').json()['next']['key']}"
    found = send("/actions", etag="", **NOTE | {"source": source})
    assert found.status_code == (201 if known else 422), found.text
    if not known:
        assert found.json()["type"] == "/problems/no-such-source"


BAD: list[dict[str, Any]] = [
    {"title": ""}, {"title": "x" * 301}, {"title": "a\nb"}, {"owner": "nobody-here"}, {"owner": "UPPER"},
    {"due": "2008-02-30"}, {"due": "1999-01-01"}, {"due": "2008-06-01", "before": "next"}, {"before": "tomorrow!"},
    {"before": "no-such-meeting"}, {"source": "mail:1"}, {"source": "outcome:x/0"}, {"purposes": [99]},
    {"purposes": ["1"]}, {"helpers": ["ilo"]}, {"helpers": ["mars"]}, {"visibility": "secret"}, {"state": "done"},
    {"documents": [{"title": "x", "url": "http://plain.example"}]}, {"assignee": "nobody@ilo.example"},
    {"assignee": "x, y@z"}, {"text": "x" * 4001},
]  # fmt: skip


@pytest.mark.parametrize("wrong", BAD, ids=lambda value: "-".join(value))
def test_bad_bodies_are_refused_and_leave_nothing(
    client: TestClient,
    send: Send,
    chair: dict[str, str],
    wrong: dict[str, Any],
) -> None:
    found = send("/actions", etag="", **NOTE | wrong)
    assert found.status_code in (404, 422), found.text
    assert found.headers["content-type"] == "application/problem+json"
    assert client.get(f"{BASE}/actions", headers=chair).json()["actions"] == []


def test_versions_and_repetitions(client: TestClient, send: Send, chair: dict[str, str]) -> None:
    headers = chair | {"Idempotency-Key": "once"}
    first, second = (client.post(f"{BASE}/actions", json=NOTE, headers=headers) for _ in range(2))
    assert (first.status_code, first.content, second.headers["Idempotent-Replayed"]) == (201, second.content, "true")
    assert first.headers["ETag"] == '"1"'
    assert client.post(f"{BASE}/actions", json=NOTE, headers=chair).status_code == 400
    path = f"{BASE}/actions/action-1"
    assert client.get(path, headers=chair).headers["ETag"] == '"1"'
    assert client.post(f"{path}/start", headers=chair).status_code == 428
    assert client.post(f"{path}/log", json={"text": "No version needed."}, headers=chair).status_code == 200
    assert client.post(f"{path}/log", json={}, headers=chair).json()["type"] == "/problems/empty-entry"
    stale = client.post(f"{path}/start", headers=chair | {"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')
    for id_ in ("action-2", "action-0", "action-01", "action-99999999999", "x", "%00"):
        assert client.get(f"{BASE}/actions/{id_}", headers=chair).status_code == 404


def test_who_does_not_belong_sees_nothing(client: TestClient, opened: Opened) -> None:
    opened(visibility="public")
    for path in ("/actions", "/actions/action-1", "/actions.csv", "/search?q=note"):
        assert client.get(f"{BASE}{path}").status_code == 401
