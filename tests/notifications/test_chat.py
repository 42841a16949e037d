"""Chat channels: what can be named (T27), what a message becomes (T26), and what happens when a channel ends."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from service import settings
from service.audit import AuditRow
from service.database import reading, writing
from service.events import Event
from service.groups.commands import confirm
from service.notifications.channels import slack, teams
from service.notifications.channels.chat import Chat
from service.notifications.choices import contacts
from service.notifications.choices.tables import ChoiceRow, ContactRow
from service.notifications.outbox.tables import DeliveryRow
from service.scheduler import Ticker
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.notifications.receiver import Endpoint, endpoint, says

CONTACTS = "/api/v1/groups/gmg/me/contacts"
ILO, OTHER = "gmg@ilo.example", "gmg@wb.example"
SLACK = "https://hooks.slack.com/services/T0/B0/abc"
TEAMS = "https://prod-1.westeurope.logic.azure.com/workflows/x?sig=y"
CHATS = {"slack": slack.body, "teams": teams.body}

Ask = Callable[..., Any]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("GMG_OUTGOING_PRIVATE", "127.0.0.0/8")
    monkeypatch.setenv("GMG_CHAT_HOSTS", "127.0.0.1")
    settings.current.cache_clear()
    with endpoint() as found:
        yield found


@pytest.fixture
def ask(client: TestClient, token: Tokens) -> Ask:
    keys, headers = count(1), dict[str | None, dict[str, str]]()

    def send(method: str, path: str = "", body: Any = None, by: str | None = ILO) -> Any:
        if by not in headers:
            headers[by] = {"Authorization": f"Bearer {token(by)}"}
        more = {"Idempotency-Key": f"chat-{next(keys)}"}
        return client.request(method, CONTACTS + path, json=body, headers=headers[by] | more)

    return send


@pytest.fixture
def work(engine: Engine, there: Endpoint, group: str) -> Callable[[], None]:
    with writing(engine) as session:
        confirm(session, group)
    ticker = Ticker(engine, settings.current())
    return lambda: (ticker.dispatcher.run(), None)[1]


def added(ask: Ask, url: str, channel: str = "slack") -> str:
    answer = ask("POST", "", {"channel": channel, "label": "Ours", "url": url})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def only(engine: Engine) -> DeliveryRow:
    with reading(engine) as session:
        return session.exec(select(DeliveryRow).where(DeliveryRow.kind == "test")).one()


@pytest.mark.parametrize(
    ("channel", "url"),
    [
        ("json", "json://127.0.0.1"), ("syslog", "syslog://"), ("dbus", "dbus://"), ("webhook", SLACK), ("mail", SLACK),
        ("slack", "json://127.0.0.1"), ("slack", "http://hooks.slack.com/x"), ("slack", "https://hooks.slack.com:8443/x"),
        ("slack", "https://hooks.slack.com.evil.example/x"), ("slack", "https://xhooks.slack.com/"), ("slack", TEAMS),
        ("slack", "https://hooks.slack.com@evil.example/"), ("slack", "https://127.0.0.1/"), ("slack", ""),
        ("slack", "https://evil.example\\@hooks.slack.com/"), ("slack", "https://evil.example/#@hooks.slack.com/"),
        ("teams", SLACK), ("teams", "https://logic.azure.com/"), ("teams", "https://evil-logic.azure.com/"),
        ("teams", "https://x.logic.azure.com.evil.example/"), ("slack", "file:///etc/passwd"), ("slack", 7),
    ],
)  # fmt: skip
def test_only_the_channels_there_are(ask: Ask, channel: str, url: Any) -> None:
    """T27."""
    assert ask("POST", "", {"channel": channel, "label": "x", "url": url}).status_code == 422


@pytest.mark.parametrize(
    ("channel", "url"),
    [
        ("slack", SLACK), ("slack", "https://HOOKS.slack.com./services/x"), ("teams", TEAMS),
        ("teams", "https://x.webhook.office.com/y"), ("teams", "https://d.1.environment.api.powerplatform.com/z"),
        ("teams", "https://x.powerautomate.com/y"),
    ],
)  # fmt: skip
def test_addresses_of_the_channels_there_are(ask: Ask, channel: str, url: str) -> None:
    added(ask, url, channel)


def test_the_address_is_kept_encrypted_and_never_shown(engine: Engine, ask: Ask) -> None:
    id_ = added(ask, SLACK)
    assert "hooks.slack.com" not in ask("GET").text
    with reading(engine) as session:
        row = session.exec(select(ContactRow)).one()
        audited = [str((one.before, one.after)) for one in session.exec(select(AuditRow))]
        recorded = [str(one.data) for one in session.exec(select(Event))]
    assert SLACK.encode() not in row.secret
    assert contacts.address_of(row) == SLACK
    assert "B0/abc" not in str(audited + recorded)
    assert [one["id"] for one in ask("GET").json()["contacts"]] == [id_]


def test_everybody_keeps_their_own(ask: Ask) -> None:
    id_ = added(ask, SLACK)
    assert ask("GET", by=OTHER).json()["contacts"] == []
    for method, path in (("DELETE", f"/{id_}"), ("POST", f"/{id_}/test")):
        assert ask(method, path, by=OTHER).status_code == 404
        assert ask(method, path, by=None).status_code in (403, 422)
    for _ in range(9):
        added(ask, SLACK)
    assert ask("POST", "", {"channel": "slack", "label": "x", "url": SLACK}).status_code == 409


@pytest.mark.parametrize("channel", CHATS)
def test_a_test_arrives(engine: Engine, ask: Ask, there: Endpoint, work: Callable[[], None], channel: str) -> None:
    id_ = added(ask, there.url, channel)
    assert ask("POST", f"/{id_}/test").status_code == 201
    work()
    (asked,) = there.asked
    assert asked.headers["content-type"] == "application/json; charset=utf-8"
    assert b"This channel works" in asked.body
    row = only(engine)
    assert (row.state, row.answer, row.address) == ("accepted", "HTTP 200 ok", "Ours")


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_channel_that_is_gone_ends(
    engine: Engine, ask: Ask, there: Endpoint, work: Callable[[], None], status: int
) -> None:
    id_ = added(ask, there.url)
    with writing(engine) as session:
        person = session.exec(select(ContactRow.person_id)).one()
        session.add(ChoiceRow(person_id=person, kind="minutes", group_id="gmg", contact_id=id_))
    there.answers(says(status, b"no_service\x1b[31m\n"))
    ask("POST", f"/{id_}/test")
    work()
    found = ask("GET").json()["contacts"][0]
    assert found["ended_at"] is not None
    assert found["why"] == f"HTTP {status} no_service [31m"
    assert only(engine).state == "failed"
    with reading(engine) as session:
        assert len(session.exec(select(Event).where(Event.kind == "contact.ended")).all()) == 1
        assert session.exec(select(ChoiceRow.contact_id)).one() is None, "what was chosen for it comes by mail"
    assert ask("POST", f"/{id_}/test").status_code == 409


@pytest.mark.parametrize(
    ("script", "state"),
    [
        (says(500), "pending"), (says(429, Retry_After="90"), "pending"), (says(302, Location="https://x/"), "failed"),
        (says(400, b"invalid_payload"), "failed"), (says(202, b""), "accepted"),
        (says(200, b"Microsoft Teams endpoint returned HTTP error 429"), "pending"),
    ],
)  # fmt: skip
def test_what_the_other_side_says(
    engine: Engine, ask: Ask, there: Endpoint, work: Callable[[], None], script: Any, state: str
) -> None:
    id_ = added(ask, there.url)
    there.answers(script)
    ask("POST", f"/{id_}/test")
    work()
    assert only(engine).state == state
    assert ask("GET").json()["contacts"][0]["ended_at"] is None


def test_every_message_for_an_ended_channel_falls_back(
    engine: Engine, ask: Ask, there: Endpoint, group: str, client: TestClient
) -> None:
    """Also one that was under way when its owner took the channel away."""
    fallen: list[str] = []
    id_ = added(ask, there.url)
    ask("POST", f"/{id_}/test")
    assert ask("DELETE", f"/{id_}").status_code == 200
    assert ask("GET").json()["contacts"] == []
    with reading(engine) as session:
        row = session.exec(select(ContactRow)).one()
    assert (row.secret, row.why) == (b"", "its owner took it away")
    with writing(engine) as session:
        confirm(session, group)
    ticker = Ticker(engine, settings.current())
    chat = Chat(engine, fall_back=lambda _, delivery, why: fallen.append(f"{delivery.id} {why}"))
    ticker.dispatcher.channel_for = lambda _message, _confirmed: chat
    ticker.dispatcher.run()
    assert fallen == [f"{only(engine).id} its owner took it away"]
    assert there.asked == []


def test_with_another_key_a_channel_has_to_be_added_anew(
    engine: Engine, ask: Ask, there: Endpoint, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = added(ask, there.url)
    ask("POST", f"/{id_}/test")
    monkeypatch.setenv("GMG_SECRET_KEY", "another key of more than thirty-two letters")
    settings.current.cache_clear()
    work()
    assert there.asked == []
    assert only(engine).state == "failed"


def test_what_is_for_people_waits_for_the_groups_confirmation(
    engine: Engine, ask: Ask, there: Endpoint, group: str
) -> None:
    id_ = added(ask, there.url)
    ask("POST", f"/{id_}/test")
    Ticker(engine, settings.current()).dispatcher.run()
    assert there.asked == []
    assert only(engine).state == "accepted"
