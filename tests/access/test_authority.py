"""Authority follows the chair: computed at the instant of the write, with the same token, and edited by nobody."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.access.rules import ALL_SCOPES, NOTHING, Caller, Now, Thing, may
from service.access.verbs import SCOPES, VERBS
from service.groups.charter import Appointment, Charter
from tests.access.conftest import Decide, Tokens
from tests.conftest import Changed, Time, put
from tests.meetings.conftest import BASE, at

SECOND = timedelta(seconds=1)
HANDOVER = at("2008-06-30T22:00")  # 1 July 2008, 00:00 in Europe/Zurich
Probe = Callable[[str | None], tuple[int, str]]


@pytest.fixture
def probe(client: TestClient, token: Tokens, time: Time) -> Probe:
    """Does what only the chair may, as somebody whose token was made once: the status, and the problem's type."""
    made: dict[str | None, str] = {}
    keys = count(1)

    def ask(email: str | None) -> tuple[int, str]:
        if email not in made:
            made[email] = token(email, days=1095)
        day = (time.at + timedelta(days=30)).date().isoformat()
        headers = {"Authorization": f"Bearer {made[email]}", "Idempotency-Key": f"probe-{next(keys)}"}
        body = {"title": "Extraordinary meeting", "day": day, "at": "15:00"}
        answer = client.post(f"{BASE}/meetings", json=body, headers=headers)
        return answer.status_code, answer.json().get("type", "").removeprefix("/problems/")

    return ask


def of(member: str) -> str:
    return f"gmg@{member}.example"


def test_one_second_before_and_after_a_handover(probe: Probe, time: Time) -> None:
    time.at = HANDOVER - SECOND
    assert probe(of("unfpa")) == (201, "")
    assert probe(of("unhcr")) == (403, "chair-term-not-begun")
    assert probe(of("ilo")) == (403, "chair-only")
    assert probe(None) == (403, "chair-only"), (
        "the secretariat keeps the record, and does not steer while there is a chair"
    )
    time.at = HANDOVER
    assert probe(of("unfpa")) == (403, "chair-term-ended")
    assert probe(of("unhcr")) == (201, "")


def test_an_acting_chair_for_as_long_as_it_acts(probe: Probe, decide: Decide, time: Time) -> None:
    taken = decide(interim="iom", from_="2008-06-01", until="2008-06-15")
    assert taken.status_code == 201
    time.at = at("2008-05-31T21:59:59")
    assert (probe(of("unfpa"))[0], probe(of("iom"))[0]) == (201, 403)
    time.at += SECOND
    assert (probe(of("unfpa"))[0], probe(of("iom"))[0]) == (403, 201)
    time.at = at("2008-06-14T21:59:59")
    assert (probe(of("unfpa"))[0], probe(of("iom"))[0]) == (403, 201)
    time.at += SECOND
    assert (probe(of("unfpa"))[0], probe(of("iom"))[0]) == (201, 403)


def test_an_acting_chair_that_is_taken_back_may_nothing_at_once(probe: Probe, decide: Decide, time: Time) -> None:
    taken = decide(interim="iom", from_="2008-06-01", until="2008-07-01").json()["decision"]["id"]
    time.at = at("2008-05-20T12:00")
    assert decide(withdraw=taken).status_code == 201
    time.at = at("2008-06-10T12:00")
    assert (probe(of("unfpa"))[0], probe(of("iom"))[0]) == (201, 403)


def test_co_chairs_each_may(probe: Probe, decide: Decide, time: Time) -> None:
    decide(appoint=["unhcr", "iom"], term="2008-07-01")
    time.at = HANDOVER
    assert [probe(of(member))[0] for member in ("unhcr", "iom", "unfpa", "ilo")] == [201, 201, 403, 403]


def test_where_nobody_chairs_the_secretariat_steers(probe: Probe, decide: Decide, time: Time) -> None:
    decide(vacant="2008-07-01", until="2008-09-01")
    assert probe(None)[0] == 403
    time.at = HANDOVER
    assert (probe(None)[0], probe(of("unhcr"))[0], probe(of("unfpa"))[0]) == (201, 403, 403)
    time.at = at("2008-08-31T22:00")
    assert (probe(None)[0], probe(of("unhcr"))[0]) == (403, 201)


def test_a_seat_that_changes_hands_inside_a_term(probe: Probe, decide: Decide, time: Time) -> None:
    decide(appoint=["unrc"], term="2010-07-01")
    time.at = at("2010-07-31T21:59:59")
    assert [probe(of(seat))[0] for seat in ("ece", "eca", "unrc")] == [201, 403, 201]
    time.at += SECOND
    assert [probe(of(seat))[0] for seat in ("ece", "eca", "unrc")] == [403, 201, 201]


def test_a_member_that_leaves_in_its_term_leaves_the_chair_to_the_secretariat(
    probe: Probe, engine: Engine, changed: Changed, time: Time
) -> None:
    assert probe(of("unfpa"))[0] == 201
    assert probe(None)[0] == 403
    members = [m.model_dump(by_alias=True) for m in changed().members]
    for member in members:
        if member["id"] == "unhcr":
            member["left"] = date(2008, 10, 1)
    time.at = at("2008-07-02T12:00")
    put(engine, changed(members=members))
    time.at = at("2008-09-30T21:59:59")
    assert (probe(of("unhcr"))[0], probe(None)[0]) == (201, 403)
    time.at += SECOND
    assert (probe(of("unhcr"))[0], probe(None)[0]) == (403, 201)


def test_who_serves_another_organization_now_may_nothing_for_the_old_one(
    probe: Probe, engine: Engine, changed: Changed, time: Time
) -> None:
    assert probe(of("unfpa"))[0] == 201
    people = [p.model_dump(by_alias=True) for p in changed().people]
    for person in people:
        if person["email"] == of("unfpa"):
            person["appointments"] = [
                {"organization": "unfpa", "role": "focal-point", "from": date(2008, 1, 1), "until": date(2008, 6, 1)},
                {"organization": "iom", "role": "focal-point", "from": date(2008, 6, 1)},
            ]
    put(engine, changed(people=people))
    time.at = at("2008-05-31T21:59:59")
    assert probe(of("unfpa"))[0] == 201
    time.at += SECOND
    assert probe(of("unfpa"))[0] == 403


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_does_what_it_was_made_for(client: TestClient, token: Tokens, scope: str) -> None:
    headers = {"Authorization": f"Bearer {token(of('unfpa'), scope=scope)}", "Idempotency-Key": "k"}
    assert client.get(f"{BASE}/me", headers=headers).json()["scopes"] == [scope]
    body = {"title": "Meeting", "day": "2008-06-20", "at": "15:00"}
    answer = client.post(f"{BASE}/meetings", json=body, headers=headers)
    assert answer.status_code == (201 if scope == "meetings" else 403)
    assert scope == "meetings" or answer.json()["type"] == "/problems/scope-missing"


def test_no_other_scope_is_made(client: TestClient, token: Tokens) -> None:
    with pytest.raises(Exception, match="A scope is read, write, or some of"):
        token(of("unfpa"), scope="everything")


def caller(*roles: tuple[str, str], secretariat: bool = False, **values: Any) -> Caller:
    held = tuple(
        Appointment.model_validate({"organization": organization, "role": role, "from": date(2008, 1, 1)})
        for organization, role in roles
    )
    return Caller("person:x", "X", "gmg", held, secretariat, values.get("scopes", ALL_SCOPES))


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_the_table_of_verbs(gmg: Charter, verb: str) -> None:
    """Of each verb: nobody who is not named in the table may, and everybody who is named may."""
    now = Now(gmg, at("2008-05-15T12:00"))
    thing = Thing(("ilo",))
    by, scope = VERBS[verb]
    asked = {
        "nobody": None,
        "observer": caller(("ilo", "observer")),
        "own": caller(("ilo", "alternate")),
        "other": caller(("wb", "focal-point")),
        "chair": caller(("unfpa", "chair-office")),
        "secretariat": caller(secretariat=True),
    }
    found = {name: may(one, verb, thing, now) for name, one in asked.items()}
    expected = {
        "nobody": "public" in by,
        "observer": bool({"public", "self"} & set(by)),
        "own": bool({"public", "self", "member", "own"} & set(by)),
        "other": bool({"public", "self", "member"} & set(by)),
        "chair": bool({"public", "self", "member", "chair"} & set(by)),
        "secretariat": bool({"public", "self", "member", "secretariat"} & set(by)),
    }
    assert {name: authority is not None for name, authority in found.items()} == expected
    if scope is not None:
        assert may(caller(("ilo", "head"), ("unfpa", "head"), scopes=frozenset()), verb, thing, now) is None
    if by[0] == "own":
        assert may(caller(("ilo", "head")), verb, NOTHING, now) != "own", "what is nobody's is nobody's own"
