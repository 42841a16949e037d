"""Webhooks from end to end: doors, planning and signing; and the order of promise P15."""

import inspect
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select
from starlette.testclient import TestClient

from service import clock
from service.access import cloud_events
from service.audit import AuditRow
from service.database import reading
from service.notifications.webhooks import feeding
from service.notifications.webhooks.rules import secret_of, shown, signed, wants
from service.scheduler import next_due, plan
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.notifications.hooking import (  # noqa: F401
    DAY,
    ILO,
    OTHER,
    WEBHOOKS,
    Ask,
    ask,
    happen,
    made,
    row_of,
    rows,
    there,
    took,
    work,
)
from tests.notifications.receiver import Asked, Endpoint, Receiver, says


def test_an_event_reaches_its_endpoint_signed(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None]
) -> None:
    happen(engine, "sample.moved", sequence=2)
    work()
    (asked,) = there.asked
    (row,) = rows(engine)
    assert took(Receiver(made["secret"]), asked) == 200
    body = json.loads(asked.body)
    assert asked.headers["webhook-id"] == row.id
    assert (body["type"], body["subject"], body["specversion"]) == ("sample.moved", "m1", "1.0")
    assert took(Receiver(made["secret"]), asked) == 200
    assert row.state == "accepted"
    assert row_of(engine, made["id"]).position >= int(body["sequence"])


def test_it_gets_what_a_member_sees_at_the_door_of_events(
    engine: Engine, made: dict[str, Any], ask: Ask, there: Endpoint, work: Callable[[], None], client: TestClient
) -> None:
    plan(engine)
    assert ask("PATCH", f"/{made['id']}", {"kinds": []}).status_code == 200
    ask("POST", "", {"url": there.url}, by=None)
    happen(engine, "sample.moved", "token.made", "people.imported", "sign-in.asked", "contact.ended", "other.opened")
    work()
    work()
    got: dict[str, list[str]] = {}
    for row in rows(engine):
        got.setdefault(row.contact_id or "", []).append(json.loads(row.body)["type"])
    mine = got.pop(made["id"])
    assert {"sample.moved", "other.opened"} <= set(mine)
    assert not [kind for kind in mine if cloud_events.is_private(kind)]
    (secretariats,) = got.values()
    assert {"token.made", "people.imported", "sample.moved"} <= set(secretariats)
    assert len(there.asked) == len(rows(engine))


def test_kinds_are_filtered(engine: Engine, ask: Ask, there: Endpoint, work: Callable[[], None]) -> None:
    answer = ask("POST", "", {"url": there.url, "member": "ilo", "kinds": ["sample.*", "other.done"]})
    happen(engine, "sample.moved", "other.done", "other.not", "samples.x", "other.opened")
    work()
    assert [json.loads(row.body)["type"] for row in rows(engine)] == ["sample.moved", "other.done"]
    assert row_of(engine, answer.json()["id"]).position > 0
    assert wants([], "x.y")
    assert not wants(["sample.*"], "sample")


def test_batches_are_bounded_and_all_comes(
    engine: Engine, made: dict[str, Any], work: Callable[[], None], monkeypatch: pytest.MonkeyPatch, time: Time
) -> None:
    monkeypatch.setattr(feeding, "BATCH", 3)
    happen(engine, *["sample.moved"] * 8)
    seen = []
    for _ in range(4):
        work()
        seen.append(len(rows(engine)))
        due = next_due(engine)
        assert due is not None
        time.at = max(time.at, due)
    assert seen == [3, 6, 8, 8] or seen == [2, 5, 8, 8]


def test_the_secret_is_shown_once(client: TestClient, token: Tokens, there: Endpoint, engine: Engine, ask: Ask) -> None:
    headers = {"Authorization": f"Bearer {token(ILO)}", "Idempotency-Key": "once"}
    first, again = (client.post(WEBHOOKS, json={"url": there.url, "member": "ilo"}, headers=headers) for _ in "ab")
    assert first.json()["secret"].startswith("whsec_")
    assert again.json() == first.json() | {"secret": None}
    secret, id_ = first.json()["secret"], first.json()["id"]
    for path in ("", f"/{id_}", f"/{id_}/deliveries"):
        assert secret not in ask("GET", path).text
    with reading(engine) as session:
        assert secret not in str(session.exec(select(AuditRow)).all())
    # Known answer: the receiver's library of the specification makes the same.
    assert shown(secret_of(b"k" * 32, "id", 1)) != shown(secret_of(b"k" * 32, "id", 2))


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the specification's own libraries."""
    from base64 import b64decode
    from datetime import UTC, datetime

    headers = signed(
        [b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_both_secrets_sign_for_a_day(
    engine: Engine, made: dict[str, Any], ask: Ask, there: Endpoint, work: Callable[[], None], time: Time
) -> None:
    """T37."""
    rotated = ask("POST", f"/{made['id']}/rotate")
    assert rotated.status_code == 200
    new = rotated.json()["secret"]
    assert new != made["secret"]
    happen(engine, "sample.moved")
    work()
    time.at += timedelta(hours=24)
    happen(engine, "sample.moved")
    work()
    during, after = there.asked
    assert len(during.headers["webhook-signature"].split(" ")) == 2
    time.at -= timedelta(hours=24)
    for secret, statuses in ((made["secret"], 200), (new, 200), ("whsec_AAAA", 401)):
        assert took(Receiver(secret), during) == statuses
    time.at += timedelta(hours=24)
    assert took(Receiver(made["secret"]), after) == 401
    assert took(Receiver("whsec_AAAA", new), after) == 200


def test_what_is_forged_or_replayed_is_refused(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], time: Time
) -> None:
    """T37: the sample receiver."""
    happen(engine, "sample.moved")
    work()
    (asked,) = there.asked
    receiver, now = Receiver(made["secret"]), clock.now().timestamp()
    assert receiver.take(asked.headers, asked.body + b" ", now) == 401
    assert receiver.take(asked.headers | {"webhook-id": "x"}, asked.body, now) == 401
    assert receiver.take(asked.headers | {"webhook-timestamp": str(int(now) + 1)}, asked.body, now) == 401
    assert receiver.take(asked.headers | {"webhook-timestamp": "²"}, asked.body, now) == 400
    for off in (-360, 360):
        assert receiver.take(asked.headers, asked.body, now + off) == 400
    assert receiver.newest == {}
    assert receiver.take(asked.headers, asked.body, now + 240) == 200
    receiver.newest.clear()
    assert receiver.take(asked.headers, asked.body, now) == 200
    assert receiver.newest == {}, "a replayed one changes nothing"


def ends(engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None]) -> list[dict[str, int]]:
    """What the sample receiver has of each subject when events come as they happened, backwards, and mixed."""
    for number in range(1, 6):
        happen(engine, "sample.moved", state=number)
        happen(engine, "sample.moved", subject="m2", state=-number)
    work()
    happened = sorted(there.asked, key=state_of)
    found = []
    for order in (happened, happened[::-1], Random(1).sample(happened, len(happened))):
        receiver = Receiver(made["secret"])
        assert [took(receiver, asked) for asked in order] == [200] * 10
        found.append({subject: event["data"]["state"] for subject, event in receiver.newest.items()})
    return found


def state_of(asked: Asked) -> int:
    return abs(int(json.loads(asked.body)["data"]["state"]))


NEWEST = {"m1": 5, "m2": -5}


@pytest.mark.promise("P15")
def test_any_order_ends_at_the_newest_state(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None]
) -> None:
    """P15."""
    assert ends(engine, made, there, work) == [NEWEST] * 3


@pytest.mark.parametrize(
    ("bug", "wrong"),
    [
        pytest.param(lambda _: "1", 0, marks=pytest.mark.planted("same_sequence", promise="P15")),
        pytest.param(
            lambda position: f"{10**6 - position:010}", 1, marks=pytest.mark.planted("falling_sequence", promise="P15")
        ),
    ],
)
def test_a_sender_whose_sequence_does_not_grow_is_seen(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch,
    bug: Callable[[int], str], wrong: int,
) -> None:  # fmt: skip
    """The planted bugs of P15: all events claim the same place, so the first to come stays; or later ones a lower."""
    real = cloud_events.cloud_event
    monkeypatch.setattr(
        "service.notifications.webhooks.commands.cloud_event",
        lambda row: real(row).model_copy(update={"sequence": bug(row.position)}),
    )
    assert ends(engine, made, there, work)[wrong] == {"m1": 1, "m2": -1}


def test_a_ping(engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], ask: Ask) -> None:
    answer = ask("POST", f"/{made['id']}/test")
    assert answer.status_code == 201, answer.text
    work()
    (asked,) = there.asked
    assert json.loads(asked.body)["type"] == "webhook.ping"
    assert took(Receiver(made["secret"]), asked) == 200
    found = ask("GET", f"/{made['id']}/deliveries").json()["deliveries"]
    assert [(one["id"], one["state"], one["answer"]) for one in found] == [
        (asked.headers["webhook-id"], "accepted", "HTTP 200")
    ]


def test_removing_stops_what_waits(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None], ask: Ask
) -> None:
    happen(engine, "sample.moved")
    plan(engine)
    assert ask("DELETE", f"/{made['id']}").status_code == 200
    work()
    assert there.asked == []
    assert rows(engine)[0].state == "superseded"
    assert ask("GET", f"/{made['id']}").status_code == 404


def test_changing_it_needs_the_version_seen(made: dict[str, Any], ask: Ask) -> None:
    path = f"/{made['id']}"
    assert ask("PATCH", path, {"label": "New"}, etag=False).status_code == 428
    assert ask("PATCH", path, {"label": "New", "kinds": ["sample.*"]}).json()["kinds"] == ["sample.*"]
    assert ask("PATCH", path, {"url": "https://10.0.0.1/"}).status_code == 422
    assert ask("PATCH", path, {"kinds": ["*"]}).status_code == 422
    assert ask("PATCH", path, {"url": None}).status_code == 422
    assert ask("POST", f"{path}/replay", {"since": "no-such-event"}).status_code == 404
    assert ask("POST", f"{path}/replay", {"since": -1}).status_code == 422
    for wrong in (True, 5.0, "x" * 37, None):
        (fault,) = ask("POST", f"{path}/replay", {"since": wrong}).json()["errors"]
        assert fault["where"] == "body.since"
        assert fault["message"].startswith("Give the sequence of an event")


def test_another_agency_does_not_learn_that_it_is_there(made: dict[str, Any], ask: Ask, there: Endpoint) -> None:
    """T42; and no name is looked up for who may not save it."""
    path = f"/{made['id']}"
    for method, more in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/deliveries")):
        body = {"url": "https://10.0.0.1/"} if method == "PATCH" else None
        assert ask(method, path + more, body, by=OTHER).status_code == 404, (method, more)
    assert ask("GET", "", by=OTHER).json()["webhooks"] == []
    assert ask("POST", "", {"url": "https://10.0.0.1/", "member": "ilo"}, by=OTHER).status_code == 403
    assert len(ask("GET", "", by=None).json()["webhooks"]) == 1


def test_there_is_a_limit(made: dict[str, Any], ask: Ask, there: Endpoint) -> None:
    for _ in range(9):
        assert ask("POST", "", {"url": there.url, "member": "ilo"}).status_code == 201
    assert ask("POST", "", {"url": there.url, "member": "ilo"}).status_code == 409


def test_feeding_is_no_change_for_the_audit(
    engine: Engine, made: dict[str, Any], there: Endpoint, work: Callable[[], None]
) -> None:
    def entries() -> int:
        with reading(engine) as session:
            return session.exec(select(func.count()).where(AuditRow.what == "webhook")).one()

    before = entries()
    there.answers(says(500), says(200))
    happen(engine, "sample.moved", "sample.called")
    work()
    assert entries() == before


def test_the_pages_of_deliveries(engine: Engine, made: dict[str, Any], work: Callable[[], None], ask: Ask) -> None:
    happen(engine, *["sample.moved"] * 5)
    work()
    seen: list[str] = []
    path = f"/{made['id']}/deliveries?limit=2"
    after = ""
    for _ in range(3):
        page = ask("GET", path + after).json()
        seen += [one["id"] for one in page["deliveries"]]
        after = f"&after={page['next']}"
    assert page["next"] is None
    assert sorted(seen) == sorted(row.id for row in rows(engine))
    assert ask("GET", f"{path}&after=forged").status_code == 400


def test_the_documentation_shows_this_very_receiver() -> None:
    text = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
    assert inspect.getsource(Receiver) in text
