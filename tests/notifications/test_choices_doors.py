"""What a reader chooses by the API: what is named is replaced, and no duty is switched off."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from service import clock
from service.audit import AuditRow
from service.database import reading, writing
from service.notifications.choices.tables import ChoiceRow, ContactRow, ReaderRow
from service.notifications.kinds import KINDS
from tests.access.conftest import Tokens, token  # noqa: F401 - fixtures
from tests.meetings.conftest import BASE, CHAIR, OTHER
from tests.notifications.choosing import (  # noqa: F401 - fixtures
    ABSENCES,
    CHOICES,
    Ask,
    ask,
    contact,
    id_of,
    recorded,
    type_of,
)


@pytest.fixture
def session(engine: Engine, client: TestClient) -> Iterator[Session]:
    with reading(engine) as found:
        yield found


def kind(answer: Any, id_: str) -> dict[str, Any]:
    return next(one for one in answer.json()["kinds"] if one["id"] == id_)


def test_everything_that_may_be_chosen_is_listed(ask: Ask) -> None:
    found = ask("GET", CHOICES)
    assert (found.status_code, found.headers["etag"]) == (200, '"0"')
    body = found.json()
    assert [one["id"] for one in body["kinds"]] == [one.id for one in KINDS.values() if one.shown]
    assert (body["language"], body["reads"], body["zone"], body["contacts"]) == (None, "en", "Europe/Zurich", [])
    assert kind(found, "minutes") == {
        "id": "minutes", "name": "Minutes", "about": "Minutes that are circulated and adopted.",
        "forms": ["at-once", "daily", "weekly", "none"], "is_duty": False, "by_mail_alone": False,
        "form": "at-once", "contact": None,
    }  # fmt: skip
    assert kind(found, "chair")["is_duty"]
    assert ask("GET", CHOICES, as_="gmg@unfpa.example").json()["zone"] == "America/New_York"


def test_only_what_is_named_is_replaced(ask: Ask, engine: Engine) -> None:
    first = ask(
        "PATCH", CHOICES, language="fr", quiet_from="22:00", quiet_until="06:30",
        choices={"minutes": {"form": "weekly"}, "polls": {"form": "none"}},
    )  # fmt: skip
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    second = ask("PATCH", CHOICES, choices={"polls": {"form": "daily"}})
    body = second.json()
    assert (body["language"], body["reads"], body["quiet_from"], body["quiet_until"]) == ("fr", "fr", "22:00", "06:30")
    assert (kind(second, "minutes")["form"], kind(second, "polls")["form"]) == ("weekly", "daily")
    back = ask("PATCH", CHOICES, language=None, quiet_from=None, quiet_until=None).json()
    assert (back["language"], back["reads"], back["quiet_from"], back["version"]) == (None, "en", None, 3)
    back = ask("PATCH", CHOICES, choices={"minutes": None, "polls": {"form": "daily"}})
    assert (kind(back, "minutes")["form"], kind(back, "polls")["form"]) == ("at-once", "daily")
    (event, *others) = recorded(engine, "choices.changed")
    assert len(others) == 3
    assert (event.subject, event.data) == (id_of(engine, OTHER), {}), "members who read events see nobody's choices"


def test_what_changes_nothing_is_no_change(ask: Ask, engine: Engine) -> None:
    assert ask("PATCH", CHOICES, choices={"minutes": {"form": "at-once"}}).headers["etag"] == '"0"'
    ask("PATCH", CHOICES, language="es")
    assert ask("PATCH", CHOICES, language="es", choices={}).headers["etag"] == '"1"'
    assert len(recorded(engine, "choices.changed")) == 1


def test_a_version_that_is_stale_is_refused(ask: Ask, client: TestClient, token: Tokens) -> None:
    ask("PATCH", CHOICES, language="fr")
    assert type_of(ask("PATCH", CHOICES, etag='"0"', language="es")) == (412, "version-is-stale")
    headers = {"Authorization": f"Bearer {token(OTHER)}"}
    missing = client.patch(f"{BASE}{CHOICES}", json={"language": "es"}, headers=headers)
    assert type_of(missing) == (428, "version-required")
    assert ask("GET", CHOICES).json()["language"] == "fr"


@pytest.mark.parametrize(("id_", "form"), [(id_, form) for id_ in ("chair", "decisions", "faults")
                                          for form in ("none", "daily", "weekly")])  # fmt: skip
def test_no_duty_is_switched_off_or_put_off(ask: Ask, id_: str, form: str, engine: Engine) -> None:
    answer = ask("PATCH", CHOICES, choices={"minutes": {"form": "none"}, id_: {"form": form}})
    assert type_of(answer) == (422, "duty-of-office")
    assert "cannot be switched off, only moved to another channel" in answer.json()["detail"]
    assert kind(ask("GET", CHOICES), "minutes")["form"] == "at-once", "nothing of it is saved"


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"choices": {"sign-in": {"form": "none"}}}, "no-such-kind", "minutes"),
    ({"choices": {"actions": {"form": "none"}}}, "form-not-offered", "at-once, daily, weekly"),
    ({"choices": {"invitations": {"form": "daily"}}}, "form-not-offered", "at-once, none"),
    ({"choices": {"weather": {"form": "none"}}}, "no-such-kind", "minutes"),
    ({"choices": {"minutes": {"form": "hourly"}}}, "invalid-input", ""),
    ({"choices": {"minutes": {"form": None}}}, "invalid-input", ""),
    ({"choices": {"minutes": {"when": "daily"}}}, "invalid-input", ""),
    ({"choices": {"minutes": {"contact": "nobody's"}}}, "no-such-contact", "none for mail"),
    ({"quiet_from": "22:00"}, "quiet-hours", "both"),
    ({"quiet_from": "22:00", "quiet_until": "22:00"}, "quiet-hours", "midnight"),
    ({"quiet_from": "24:00", "quiet_until": "06:00"}, "invalid-input", ""),
    ({"quiet_from": "22:00:01", "quiet_until": "06:00"}, "invalid-input", ""),
    ({"quiet_from": "22:00+02:00", "quiet_until": "06:00"}, "invalid-input", ""),
    ({"quiet_from": 22, "quiet_until": 6}, "invalid-input", ""),
    ({"language": "de"}, "invalid-input", ""),
    ({"version": 7}, "invalid-input", ""),
]


@pytest.mark.parametrize(("body", "problem", "says"), BAD)
def test_what_cannot_be_chosen_is_refused(ask: Ask, body: dict[str, Any], problem: str, says: str) -> None:
    answer = ask("PATCH", CHOICES, **body)
    assert type_of(answer) == (422, problem)
    assert says in answer.json()["detail"]
    assert ask("GET", CHOICES).json()["version"] == 0


def test_a_duty_moves_to_a_chat_channel_of_ones_own(ask: Ask, engine: Engine) -> None:
    mine = contact(engine, OTHER, "mine")
    contact(engine, CHAIR, "theirs")
    contact(engine, OTHER, "ended", ended=True)
    moved = ask("PATCH", CHOICES, choices={"chair": {"contact": mine}, "minutes": {"form": "daily"}})
    assert moved.status_code == 200
    assert [one["id"] for one in moved.json()["contacts"]] == ["mine"]
    assert kind(moved, "chair")["contact"] == "mine"
    for other in ("theirs", "ended"):
        assert type_of(ask("PATCH", CHOICES, choices={"chair": {"contact": other}})) == (422, "no-such-contact")
    alone = ask("PATCH", CHOICES, choices={"invitations": {"contact": mine}})
    assert type_of(alone) == (422, "by-mail-alone")
    back = ask("PATCH", CHOICES, choices={"chair": {"contact": None}})
    assert kind(back, "chair")["contact"] is None
    assert kind(back, "minutes")["form"] == "daily"


def test_a_channel_that_ended_counts_for_nothing(ask: Ask, engine: Engine) -> None:
    mine = contact(engine, OTHER, "mine")
    ask("PATCH", CHOICES, choices={"minutes": {"contact": mine}})
    with writing(engine) as session:
        row = session.get(ContactRow, mine)
        assert row is not None
        row.ended_at = clock.now()
    assert kind(ask("GET", CHOICES), "minutes")["contact"] is None
    answer = ask("PATCH", CHOICES, choices={"minutes": {"form": "daily"}})
    assert (answer.status_code, kind(answer, "minutes")["contact"]) == (200, None)


def test_what_is_chosen_is_on_the_audit(ask: Ask, session: Session) -> None:
    ask("PATCH", CHOICES, choices={"minutes": {"form": "none"}})
    rows = session.exec(select(AuditRow).where(AuditRow.verb == "self.choose")).all()
    assert {(row.what, row.authority, row.name) for row in rows} == {
        ("reader", "self", "GMG focal point of ILO"), ("choice", "self", "GMG focal point of ILO"),
    }  # fmt: skip


def test_the_secretariats_token_has_nothing_of_its_own(ask: Ask) -> None:
    assert type_of(ask("GET", CHOICES, as_=None)) == (422, "no-person")
    assert type_of(ask("PATCH", CHOICES, as_=None, etag='"0"', language="fr")) == (422, "no-person")
    assert type_of(ask("GET", ABSENCES, as_=None)) == (422, "no-person")


def test_a_token_that_may_only_look_chooses_nothing(client: TestClient, token: Tokens) -> None:
    for scope, problem in (("read", "read-only-token"), ("meetings", "scope-missing")):
        headers = {"Authorization": f"Bearer {token(OTHER, scope=scope)}", "If-Match": '"0"'}
        assert client.get(f"{BASE}{CHOICES}", headers=headers).status_code == 200
        answer = client.patch(f"{BASE}{CHOICES}", json={"language": "fr"}, headers=headers)
        assert type_of(answer) == (403, problem)


def test_what_is_chosen_is_heeded(ask: Ask, engine: Engine) -> None:
    """The rows are those that the sender reads; which message takes which way is proved beside it."""
    ask("PATCH", CHOICES, language="fr", choices={"minutes": {"form": "daily"}})
    with reading(engine) as session:
        (reader,), (choice,) = session.exec(select(ReaderRow)).all(), session.exec(select(ChoiceRow)).all()
    assert (reader.person_id, reader.group_id, reader.language) == (id_of(engine, OTHER), "gmg", "fr")
    assert (choice.kind, choice.form, choice.contact_id) == ("minutes", "daily", None)
