"""T42: role x route x owner, over every route that the API describes; one that is missing here is a failure."""

from itertools import count, pairwise
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.access import events_api
from service.access.tables import TokenRow
from service.database import connect, reading, writing
from service.groups.charter import Charter
from service.groups.tables import PersonRow
from service.main import create_app
from service.notifications.mailing.tables import MailboxRow
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.queries import standing
from service.scheduler import plan
from tests.access.conftest import Decide, Tokens
from tests.access.matrix import ICS, ROUTES, Route
from tests.conftest import Changed, Time, put
from tests.meetings.conftest import BASE, FIRST, Send, at, chair, send  # noqa: F401 - fixtures

SECOND = "working-level-2008-08-07"
ROLES = {
    "nobody": (None, "P"),
    "observer": ("state@observer.example", "PX"),
    "own": ("gmg@ilo.example", "PXMO"),
    "other": ("gmg@wb.example", "PXM"),
    "chair": ("gmg@unfpa.example", "PXMC"),
    "coming chair": ("gmg@unhcr.example", "PXMI"),
    "secretariat": ("", "PXS"),
}


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


@pytest.fixture
def made(
    engine: Engine,
    client: TestClient,
    send: Send,
    token: Tokens,
    decide: Decide,
    time: Time,
    changed: Changed,
    gmg: Charter,
) -> dict[str, str]:
    """One of everything, in the last days of UNFPA's term; what `{…}` stands for."""
    people = [p.model_dump(by_alias=True) for p in gmg.people]
    guest = {"name": "A state", "email": ROLES["observer"][0]}
    guest["appointments"] = [{"organization": None, "role": "observer", "from": at("2008-01-01").date()}]  # type: ignore[assignment]
    put(engine, changed(people=[*people, guest]))
    ilo = {"Authorization": f"Bearer {token('gmg@ilo.example')}"}

    def new(path: str, headers: dict[str, str] | None = None, **body: object) -> Any:
        answer = send(path, headers, etag="", **body)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    decided = decide(accept="unhcr", term="2008-07-01").json()["decision"]["id"]
    event = new("/external-events", title="Forum", day="2008-10-27")["id"]
    for id_ in (FIRST, SECOND):
        send(f"/meetings/{id_}/call")
    item = new("/agenda-items", ilo, title="An item", member="ilo", meeting=SECOND)["id"]
    guest_ = new(f"/meetings/{SECOND}/observers", name="A state", kind="state")["id"]
    slots = ["2008-08-05T12:00:00Z", "2008-08-06T12:00:00Z"]
    poll = new(f"/meetings/{SECOND}/polls", slots=slots, deadline="2008-07-20T12:00:00Z")["id"]
    time.at = at("2008-06-27T09:00")
    assert send(f"/meetings/{FIRST}/hold", present=[]).status_code == 200
    new(f"/meetings/{FIRST}/minutes", text="The group met.")
    send(f"/meetings/{FIRST}/minutes/circulate", until="2008-07-20")
    text: dict[str, Any] = {"operative": "adopted", "title": "A decision", "text": "The group agrees."}
    decision = new("/decisions", until="2008-07-20", **text)["id"]
    notice = new("/notices", ilo, member="ilo", theme="Data", text="A survey.")["id"]
    survey = {"lead": "ilo", "kind": "survey", "title": "Survey", "objective": "To know.", "purposes": [6]}
    survey |= {"from": "2008-07-01", "until": "2008-12-31", "milestones": [{"title": "Draft", "due": "2008-09-01"}]}
    activity = new("/activities", ilo, **survey)["id"]
    action = new("/actions", ilo, title="An action", owner="ilo")["id"]
    webhook = new("/webhooks", ilo, url="https://93.184.215.14/in", member="ilo")["id"]
    slack = "https://hooks.slack.com/services/T0/B0/x"
    new("/people", ilo, name="Ada", email="ada@ilo.example", organization="ilo", role="alternate")
    july = ("2008-07-01", "2008-07-08", "2008-07-15")
    absences = [
        new("/me/absences", ilo, from_=begin, until=end, alternate="ada@ilo.example")["id"]
        for begin, end in pairwise(july)
    ]
    contact = new("/me/contacts", ilo, channel="slack", label="Mine", url=slack)["id"]
    with reading(engine) as session:
        now = standing(session, "gmg").now
        person = session.exec(select(PersonRow.id).where(PersonRow.email == "gmg@ilo.example")).one()
        own = session.exec(select(TokenRow.id).where(col(TokenRow.person_id) == person)).first()
    plan(engine)
    with reading(engine) as session:
        told = session.exec(select(DeliveryRow)).first()
    assert told is not None
    with writing(engine) as session:
        session.add(MailboxRow(group_id="gmg", address="gmg@ilo.example", paused_at=time.at))
    assert now.term is not None
    assert now.next is not None
    new(f"/programmes/{now.term.key}", theme="A theme")
    return {
        "group": "gmg", "member": "ilo", "cadence": "working-level", "meeting": SECOND, "held": FIRST, "item": item,
        "observer": guest_, "poll": poll, "event": event, "decision": decision, "notice": notice,
        "activity": activity, "number": "1", "action": action, "turn": now.term.key, "next_turn": now.next.key,
        "person": person, "address": "gmg@ilo.example", "own_token": own or "", "token": "x", "name": "gmg",
        "chair_decision": decided,
        "webhook": webhook, "contact": contact, "own_absence": absences[0], "absence": absences[1],
        "delivery": told.id, "told": told.event_id,
    }  # fmt: skip


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
