"""Agencies keep their own people; everybody keeps their own tokens: by the API and on their own page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.access.tables import TokenRow
from service.audit import AuditRow
from service.database import reading
from service.events import Event
from service.groups import queries
from service.groups.charter import Charter
from service.groups.export import as_yaml
from service.notifications.outbox.tables import DeliveryRow
from service.repeats import RepeatRow
from service.rotation.check import load
from service.scheduler import plan
from tests.access.conftest import Tokens
from tests.access.signing import FOCAL_POINT, HTML, ME, another_browser, sign_in
from tests.conftest import Changed, Time, put

BASE, PEOPLE = "/api/v1/groups/gmg", "/groups/gmg/people"
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


def test_a_successor_takes_over_without_a_gap(
    client: TestClient, engine: Engine, call: Call, iom: dict[str, str]
) -> None:
    before = version(engine)
    made = call("/people", **ADA, from_="2008-06-01")
    assert made.status_code == 201
    assert made.json()["appointments"] == [
        {"from": "2008-06-01", "until": None, "organization": "iom", "role": "focal-point"}
    ]
    assert made.headers["etag"] == f'"{before + 1}"'
    me = id_of(client, iom, FOCAL_POINT)
    ended = call(f"/people/{me}/end", organization="iom", role="focal-point", until="2008-06-01")
    assert (ended.status_code, ended.json()["appointments"][0]["until"]) == (200, "2008-06-01")
    assert roles(engine, "ada@iom.example") == [("iom", "focal-point", "2008-06-01", None)]
    with reading(engine) as session:
        found = session.exec(
            select(Event).where(col(Event.kind).startswith("people.")).order_by(col(Event.position))
        ).all()
        kept = session.exec(
            select(AuditRow).where(AuditRow.what == "appointment", col(AuditRow.verb).is_not(None))
        ).all()
    assert [(event.kind, event.data["name"]) for event in found] == [
        ("people.appointed", "Ada Lovelace"), ("people.ended", "GMG focal point of IOM"),
    ]  # fmt: skip
    assert {(row.verb, row.authority, row.name) for row in kept} == {
        ("people.appoint", "own", "GMG focal point of IOM"), ("people.end", "own", "GMG focal point of IOM"),
    }  # fmt: skip
    assert not any("@" in str(event.data) for event in found), "members who read events see no addresses"


def version(engine: Engine) -> int:
    with reading(engine) as session:
        return queries.group_row(session, "gmg").version


def test_the_charter_has_it_and_comes_back_the_same(engine: Engine, call: Call) -> None:
    call("/people", **ADA)
    found = charter(engine)
    assert found.people[-1].email == "ada@iom.example"
    again = load(as_yaml(found), "again")
    assert again == found
    put(engine, again)
    assert charter(engine).people == found.people


def test_leave_cover_for_a_known_address_keeps_its_person(call: Call, engine: Engine) -> None:
    cover = {"name": "GMG focal point of ILO", "email": "GMG@ilo.example", "organization": "iom", "role": "alternate"}
    assert call("/people", **cover, from_="2008-06-01", until="2008-07-01").status_code == 201
    assert roles(engine, "gmg@ilo.example")[-1] == ("iom", "alternate", "2008-06-01", "2008-07-01")
    twice = call("/people", **cover, from_="2008-06-15")
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/appointed-already")
    assert call("/people", **cover, from_="2008-07-01", until="2008-08-01").status_code == 201
    renamed = call("/people", **cover | {"name": "Eve", "role": "head"})
    assert (renamed.status_code, renamed.json()["type"]) == (409, "/problems/address-is-taken")
    assert "ILO" not in renamed.text, "nor is told whose it is"


REFUSED: list[tuple[dict[str, object], int, str]] = [
    ({"organization": "ilo"}, 403, "not-yours"),
    ({"organization": "ilo", "role": "head", "email": FOCAL_POINT, "name": "GMG focal point of IOM"}, 403, "not-yours"),
    ({"organization": "nobody"}, 403, "not-yours"),
    ({"role": "secretariat"}, 403, "not-yours"),
    ({"role": "secretariat", "organization": None}, 403, "not-yours"),
    ({"role": "observer"}, 403, "not-yours"),
    ({"role": "boss"}, 422, "invalid-input"),
    ({"organization": None}, 422, "invalid-input"),
    ({"email": "a@b.example, evil@x.example"}, 422, "invalid-input"),
    ({"name": "a\r\nBcc: x"}, 422, "invalid-input"),
    ({"from": "2008-05-14"}, 422, "invalid-day"),
    ({"from": "2008-06-01", "until": "2008-06-01"}, 422, "invalid-input"),
    ({"from": "9999-01-01"}, 422, "invalid-input"),
    ({"id": "x"}, 422, "invalid-input"),
]


@pytest.mark.parametrize(("change", "status", "type_"), REFUSED, ids=str)
def test_whom_an_agency_does_not_appoint(
    engine: Engine, call: Call, change: dict[str, object], status: int, type_: str
) -> None:
    before = charter(engine)
    answer = call("/people", **ADA | change)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{type_}")
    assert charter(engine) == before


def test_the_secretariat_appoints_everybody(engine: Engine, call: Call, secretariat: dict[str, str]) -> None:
    for given in (
        {"organization": "ilo"},
        {"organization": None, "role": "secretariat"},
        {"organization": None, "role": "observer"},
    ):
        assert call("/people", secretariat, **ADA | given).status_code == 201
    assert len(roles(engine, "ada@iom.example")) == 3
    unknown = call("/people", secretariat, **ADA | {"organization": "nobody"})
    assert unknown.status_code == 404


def test_a_seat_keeps_its_own_people_and_not_those_of_the_member(
    client: TestClient, engine: Engine, call: Call, secretariat: dict[str, str], token: Tokens, time: Time
) -> None:
    time.at = datetime(2010, 5, 15, 12, tzinfo=UTC)
    call("/people", secretariat, name="Seat", email="gmg@ece.example", organization="ece", role="focal-point")
    seat = {"Authorization": f"Bearer {token('gmg@ece.example')}"}
    assert client.get(f"{BASE}/chair").json()["seats"]["unrc"]["id"] == "ece"
    assert call("/people", seat, **ADA | {"organization": "ece"}).status_code == 201
    assert call("/people", seat, **ADA | {"organization": "unrc"}).status_code == 403
    assert call("/people", seat, **ADA | {"organization": "eca"}).status_code == 403


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


def told(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        asked = select(DeliveryRow).where(col(DeliveryRow.subject).startswith("person-"))
        rows = session.exec(asked.order_by(col(DeliveryRow.created_at), col(DeliveryRow.dedupe_key))).all()
    return [(row.recipient, row.dedupe_key.partition(":")[0]) for row in rows]


def test_the_secretariat_is_told_by_mail_of_what_an_agency_does(
    client: TestClient, engine: Engine, call: Call, secretariat: dict[str, str], time: Time
) -> None:
    call("/people", **ADA)
    plan(engine)
    assert told(engine) == [], "where nobody is the secretariat, the event stands alone"
    call("/people", secretariat, name="Sec", email="sec@gmg.example", role="secretariat")
    time.at += timedelta(days=31)
    made = call("/people", **ADA | {"role": "alternate"}).json()
    call(f"/people/{made['id']}/end", organization="iom", role="alternate")
    for _ in range(2):
        plan(engine)
    assert told(engine) == [("sec@gmg.example", "people.appointed"), ("sec@gmg.example", "people.ended")]
    with reading(engine) as session:
        bodies = [row.body.decode() for row in session.exec(select(DeliveryRow)) if row.recipient == "sec@gmg.example"]
    assert any("Subject: GMG: Ada Lovelace is alternate of IOM" in body for body in bodies)
    assert any("Subject: GMG: Ada Lovelace ends as alternate of IOM" in body for body in bodies)


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


def test_the_page_does_what_the_api_does(client: TestClient, engine: Engine) -> None:
    sign_in(client, engine)
    page = client.get(PEOPLE).text
    assert "gmg@iom.example" in page
    assert "gmg@ilo.example" not in page
    assert 'value="secretariat"' not in page, "is not offered"
    form = {
        "name": "Ada Lovelace",
        "email": "ada@iom.example",
        "organization": "iom",
        "role": "alternate",
        "from": "2008-06-01",
    }
    done = client.post(PEOPLE, data=form, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, f"{PEOPLE}?organization=iom")
    assert roles(engine, "ada@iom.example") == [("iom", "alternate", "2008-06-01", None)]
    page = client.get(PEOPLE).text
    own, ada = ids_on(page)
    said = {"organization": "iom", "role": "alternate", "until": "2008-06-10", "version": version_on(page)}
    assert client.post(f"{PEOPLE}/{ada}/end", data=said | {"version": "1"}, headers=HTML).status_code == 412
    assert client.post(f"{PEOPLE}/{ada}/end", data=said, follow_redirects=False).status_code == 303
    assert roles(engine, "ada@iom.example") == [("iom", "alternate", "2008-06-01", "2008-06-10")]
    wrong = client.post(PEOPLE, data=form | {"name": "<b>", "email": "none"}, headers=HTML)
    assert wrong.status_code == 422
    assert "Is no mail address" in wrong.text
    assert 'value="&lt;b&gt;"' in wrong.text, "what was typed stands there again"
    foreign = client.post(PEOPLE, data=form | {"organization": "ilo"}, headers=HTML)
    assert (foreign.status_code, "Only a member" in foreign.text) == (403, True)
    said = {"organization": "iom", "role": "focal-point", "version": version_on(client.get(PEOPLE).text)}
    last = client.post(f"{PEOPLE}/{own}/end", data=said)
    assert (last.status_code, "appoint a successor first" in last.text) == (409, True)
    assert another_browser(client).post(PEOPLE, data=form).status_code == 401


def ids_on(page: str) -> list[str]:
    """The ids of the people on the page, in its order."""
    return [part.partition("/")[0] for part in page.split("/people/")[1:]]


def version_on(page: str) -> str:
    """The version that the forms of the page are made for."""
    return page.partition('name="version" value="')[2].partition('"')[0]


def test_the_page_makes_a_feed_and_tokens_and_revokes_them(client: TestClient, engine: Engine) -> None:
    sign_in(client, engine)
    made = client.post(f"{ME}/feed").text
    address = made.partition('value="http://127.0.0.1:8000/calendars')[2].partition('"')[0]
    calendar = another_browser(client)
    assert calendar.get(f"/calendars{address}").status_code == 200
    assert address not in client.get(ME).text
    shown = client.post(f"{ME}/tokens", data={"name": "register", "scopes": ["followups"], "days": "10"}).text
    token = "gmg_" + shown.partition('value="gmg_')[2].partition('"')[0]
    own = {"Authorization": f"Bearer {token}"}
    assert client.get(f"{BASE}/me", headers=own).json()["scopes"] == ["followups"]
    assert client.post(f"{ME}/tokens", data={"scopes": ["everything"]}).status_code == 422
    page = client.get(ME).text
    ids = [part.partition("/")[0] for part in page.split("/me/tokens/")[1:]]
    assert len(ids) == 2
    for id_ in ids:
        assert client.post(f"{ME}/tokens/{id_}/revoke", follow_redirects=False).status_code == 303
    assert client.get(f"{BASE}/me", headers=own).status_code == 401
    assert calendar.get(f"/calendars{address}").status_code == 410
    assert client.post(f"{ME}/tokens/t0/revoke").status_code == 404


def test_a_role_that_ends_signs_its_person_out(
    client: TestClient, engine: Engine, secretariat: dict[str, str], call: Call
) -> None:
    call("/people", **ADA)
    sign_in(client, engine)
    me = id_of(client, secretariat, FOCAL_POINT)
    assert client.get(ME).status_code == 200
    call(f"/people/{me}/end", secretariat, organization="iom", role="focal-point")
    assert client.get(ME).status_code == 401


def test_the_secretariats_page_has_everybody(client: TestClient, engine: Engine, changed: Changed) -> None:
    people = [p.model_dump(by_alias=True) for p in changed().people]
    boss = {"name": "Sec", "email": "sec@gmg.example", "appointments": [{"role": "secretariat", "from": "2008-01-01"}]}
    put(engine, changed(people=[*people, boss]))
    sign_in(client, engine, "sec@gmg.example")
    assert "secretariat of the group" in client.get(ME).text
    assert "gmg@ilo.example" in client.get(PEOPLE).text
    form = {"name": "Obs", "email": "obs@x.example", "organization": "", "role": "observer"}
    assert client.post(PEOPLE, data=form, follow_redirects=False).status_code == 303
    assert roles(engine, "obs@x.example") == [(None, "observer", "2008-05-15", None)]
