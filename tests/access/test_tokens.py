"""Tokens: who they act for, and what a wrong, old or foreign one gets (T38 to T42, T47)."""

import json
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service.access.commands import revoke_token
from service.access.tables import TokenRow
from service.database import reading, writing
from tests.access.conftest import CHARTER, DECISIONS, Decide, Tokens
from tests.conftest import Changed, Time, events_of, put

ME = "/api/v1/groups/gmg/me"
OWN = "/calendars/p/{token}/gmg.ics"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def revoke(engine: Engine) -> None:
    with writing(engine) as session:
        for row in session.exec(select(TokenRow)).all():
            revoke_token(session, row.id, actor="test")
            revoke_token(session, row.id, actor="test")


def test_a_token_acts_for_its_person_with_the_roles_of_today(client: TestClient, token: Tokens) -> None:
    found = client.get(ME, headers=bearer(token("GMG@iom.example"))).json()
    assert (found["name"], found["secretariat"], found["writes"]) == ("GMG focal point of IOM", False, True)
    assert [(role["organization"], role["role"]) for role in found["roles"]] == [("iom", "focal-point")]
    assert client.get(ME, headers=bearer(token())).json()["secretariat"] is True


def test_only_a_digest_is_kept(engine: Engine, token: Tokens) -> None:
    made = token()
    assert made.startswith("gmg_")
    with reading(engine) as session:
        (row,) = session.exec(select(TokenRow)).all()
    assert made[4:] not in json.dumps(row.model_dump(mode="json"))
    assert len(made) == len("gmg_") + 43, "256 bits"


BAD = ["", "Bearer", "Bearer ", "Bearer x", "Bearer gmg_", "Basic Z21nOmdtZw==", "gmg_x", "Bearer " + "g" * 9000]


@pytest.mark.parametrize("given", [None, *BAD])
def test_t47_no_token_or_none_that_is_known(client: TestClient, given: str | None) -> None:
    headers = {"Authorization": given} if given is not None else {}
    for answer in (
        client.get(ME, headers=headers),
        client.get(DECISIONS, headers=headers),
        client.get(CHARTER, headers=headers),
        client.post(
            DECISIONS, json={"pass": "unhcr", "term": "2008-07-01"}, headers=headers | {"Idempotency-Key": "k"}
        ),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


def test_t47_truncated_changed_expired_revoked_or_of_somebody_gone(
    client: TestClient, engine: Engine, token: Tokens, time: Time, changed: Changed
) -> None:
    good, own = token("gmg@iom.example"), token("gmg@ilo.example", days=3)
    assert client.get(ME, headers=bearer(good)).status_code == 200
    bodies = set()
    for bad in (good[:-1], good[:-1] + ("A" if good[-1] != "A" else "B"), good.upper(), good + "A", "feed_" + good[4:]):
        answer = client.get(ME, headers=bearer(bad))
        assert answer.status_code == 401
        bodies.add(answer.json()["detail"])
    assert client.get(ME, headers=bearer(own)).status_code == 200
    time.at += timedelta(days=3)
    bodies.add(client.get(ME, headers=bearer(own)).json()["detail"])
    assert len(bodies) == 1, "whoever guesses learns nothing"
    people = [p.model_dump(by_alias=True) for p in changed().people if p.email != "gmg@iom.example"]
    put(engine, changed(people=people))
    assert client.get(ME, headers=bearer(good)).status_code == 401
    put(engine, changed())
    assert client.get(ME, headers=bearer(good)).status_code == 401, "whoever comes back is given a new one"


def test_t47_a_revoked_token_is_good_for_nothing_at_once(client: TestClient, engine: Engine, token: Tokens) -> None:
    good = token()
    assert client.get(ME, headers=bearer(good)).status_code == 200
    revoke(engine)
    assert client.get(ME, headers=bearer(good)).status_code == 401


def test_t47_a_token_that_may_only_look(client: TestClient, token: Tokens, decide: Decide) -> None:
    headers = bearer(token(scope="read"))
    assert decide(headers, preview=True, pass_="unhcr", term="2008-07-01").status_code == 200
    answer = decide(headers, pass_="unhcr", term="2008-07-01")
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/read-only-token")
    answer = client.put(
        CHARTER, json=client.get(CHARTER, headers=headers).json(), headers=headers | {"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/read-only-token")


def test_t42_another_groups_token_and_anothers_charter(
    client: TestClient, engine: Engine, token: Tokens, changed: Changed
) -> None:
    other = changed().group.model_dump(by_alias=True) | {"id": "other"}
    put(engine, changed(group=other))
    answer = client.get("/api/v1/groups/other/chair-decisions", headers=bearer(token()))
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/other-group")
    member = bearer(token("gmg@iom.example"))
    assert client.get(CHARTER, headers=member).status_code == 403, "the charter holds everybody's addresses"
    assert client.put(CHARTER, json=changed().model_dump(mode="json", by_alias=True),
                      headers=member | {"If-Match": '"1"'}).status_code == 403  # fmt: skip


def test_t38_a_feeds_address_is_good_for_that_feed_alone(client: TestClient, token: Tokens) -> None:
    own = token("gmg@iom.example", kind="feed")
    answer = client.get(OWN.format(token=own))
    assert answer.status_code == 200
    public = client.get("/calendars/gmg.ics").content
    assert [event["UID"] for event in events_of(answer.content)] == [event["UID"] for event in events_of(public)]
    assert b"Chair: UNFPA" in answer.content
    assert b"Chair: UNFPA" not in public, "who is inside sees more than the public"
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["x-robots-tag"] == "noindex"
    same = client.get(OWN.format(token=own), headers={"If-None-Match": answer.headers["etag"]})
    assert same.status_code == 304
    api = token("gmg@iom.example")
    problems = set()
    for path in (
        OWN.format(token=own[:-1]), OWN.format(token="feed_" + "A" * 43), OWN.format(token=api),
        OWN.format(token="feed_" + api[4:]), OWN.format(token="x"), OWN.format(token="%00"),
        f"/calendars/p/{own}/other.ics", f"/calendars/p/{own}/chair.ics",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 404, path
        problems.add(answer.json()["detail"])
    assert len(problems) == 1


def test_t39_a_revoked_feed_is_gone_and_never_asks_for_a_password(
    client: TestClient, engine: Engine, token: Tokens, time: Time
) -> None:
    own = token("gmg@iom.example", kind="feed")
    etag = client.get(OWN.format(token=own)).headers["etag"]
    revoke(engine)
    for headers in ({}, {"If-None-Match": etag}):
        assert client.get(OWN.format(token=own), headers=headers).status_code == 410
    late = token("gmg@iom.example", kind="feed", days=1)
    time.at += timedelta(days=1)
    assert client.get(OWN.format(token=late)).status_code == 410


def test_t40_a_feeds_token_opens_no_other_door(client: TestClient, token: Tokens) -> None:
    own = token("gmg@iom.example", kind="feed")
    assert client.get(ME, headers=bearer(own)).status_code == 401
    assert client.post(OWN.format(token=own)).status_code == 405
    assert client.delete(OWN.format(token=own)).status_code == 405


def test_t41_no_token_and_no_link_in_a_log(client: TestClient, token: Tokens) -> None:
    own, api = token("gmg@iom.example", kind="feed"), token()
    with structlog.testing.capture_logs() as logs:
        client.get(OWN.format(token=own[:-2]))
        client.get(f"/calendars/p/{own}/other.ics")
        client.get("/api/v1/groups/other/me", headers=bearer(api))
        client.get(f"/groups/gmg/answer/{own}")
    assert len(logs) == 4
    assert own[5:20] not in str(logs)
    assert api[4:20] not in str(logs)
    assert client.get("/groups/gmg").headers["referrer-policy"] == "no-referrer"
