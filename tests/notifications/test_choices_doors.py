"""What a reader chooses by the API: what is named is replaced, no duty is switched off, and who stands in may."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from service import clock
from service.audit import AuditRow
from service.database import reading, writing
from service.events import Event
from service.groups.charter import Appointment
from service.groups.tables import PersonRow
from service.notifications.choices.away import places, stands_for
from service.notifications.choices.tables import ChoiceRow, ContactRow, ReaderRow
from service.notifications.kinds import KINDS
from service.scheduler import plan
from tests.access.conftest import Tokens, secretariat, token  # noqa: F401 - fixtures
from tests.conftest import Time
from tests.meetings.conftest import BASE, CHAIR, OTHER

ADA = {"name": "Ada Lovelace", "email": "ada@ilo.example", "organization": "ilo", "role": "alternate"}
CHOICES, ABSENCES = "/me/choices", "/me/absences"
Ask = Callable[..., Any]


@pytest.fixture
def ask(client: TestClient, token: Tokens) -> Ask:
    """Asks as somebody, by default as ILO's focal point: with a new key, and for the version that stands."""
    made: dict[str | None, str] = {}
    keys = count(1)

    def send(method: str, path: str, as_: str | None = OTHER, etag: str | None = None, **body: object) -> Any:
        if as_ not in made:
            made[as_] = token(as_)
        headers = {"Authorization": f"Bearer {made[as_]}", "Idempotency-Key": f"choice-{next(keys)}"}
        if method == "PATCH":
            headers["If-Match"] = etag or client.get(f"{BASE}{path}", headers=headers).headers["etag"]
        said = {name.rstrip("_"): value for name, value in body.items()}
        return client.request(method, f"{BASE}{path}", json=said or None, headers=headers)

    return send


@pytest.fixture
def ada(ask: Ask) -> str:
    """An alternate of ILO, appointed from today on; her id."""
    made = ask("POST", "/people", **ADA)
    assert made.status_code == 201
    return str(made.json()["id"])


@pytest.fixture
def session(engine: Engine, client: TestClient) -> Iterator[Session]:
    with reading(engine) as found:
        yield found


def id_of(engine: Engine, email: str) -> str:
    with reading(engine) as session:
        return session.exec(select(PersonRow.id).where(PersonRow.email == email)).one()


def contact(engine: Engine, email: str, id_: str, ended: bool = False) -> str:
    """A chat channel of somebody."""
    with writing(engine) as session:
        session.add(
            ContactRow(
                id=id_, group_id="gmg", person_id=id_of(engine, email), channel="slack", label="our channel",
                secret=b"x", created_at=clock.now(), ended_at=clock.now() if ended else None,
            )
        )  # fmt: skip
    return id_


def recorded(engine: Engine, *kinds: str) -> list[Event]:
    with reading(engine) as session:
        return [event for event in session.exec(select(Event)) if event.kind in kinds]


def kind(answer: Any, id_: str) -> dict[str, Any]:
    return next(one for one in answer.json()["kinds"] if one["id"] == id_)


def type_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


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


def test_somebody_stands_in_and_comes_off_again(ask: Ask, engine: Engine, ada: str) -> None:
    made = ask("POST", ABSENCES, from_="2008-06-01", until="2008-06-15", alternate="ADA@ilo.example")
    assert made.status_code == 201
    absence = made.json()
    assert absence | {"id": ""} == {
        "id": "", "from": "2008-06-01", "until": "2008-06-15", "alternate": ada, "name": "Ada Lovelace",
    }  # fmt: skip
    assert ask("GET", ABSENCES).json() == {"absences": [absence]}
    assert ask("GET", f"/people/{id_of(engine, OTHER)}/absences", as_="ada@ilo.example").json() == {
        "absences": [absence]
    }
    gone = ask("DELETE", f"{ABSENCES}/{absence['id']}")
    assert (gone.status_code, gone.json()) == (200, {"absences": []})
    assert type_of(ask("DELETE", f"{ABSENCES}/{absence['id']}")) == (404, "not-found")
    kinds = ("absence.entered", "absence.taken-back")
    assert [(one.kind, one.subject, one.data) for one in recorded(engine, *kinds)] == [
        (kind, id_of(engine, OTHER), {}) for kind in kinds
    ]


def test_days_are_half_open_and_do_not_overlap(ask: Ask, ada: str) -> None:
    def enter(begin: str, end: str) -> Any:
        return ask("POST", ABSENCES, from_=begin, until=end, alternate=ada)

    assert enter("2008-06-10", "2008-06-20").status_code == 201
    assert enter("2008-06-20", "2008-06-25").status_code == 201
    assert enter("2008-06-05", "2008-06-10").status_code == 201
    for begin, end in (("2008-06-19", "2008-07-01"), ("2008-06-01", "2008-06-06"), ("2008-06-12", "2008-06-13")):
        assert type_of(enter(begin, end)) == (409, "absence-overlaps")
    assert [one["from"] for one in ask("GET", ABSENCES).json()["absences"]] == [
        "2008-06-05",
        "2008-06-10",
        "2008-06-20",
    ]


@pytest.mark.parametrize(
    ("begin", "end", "problem"),
    [
        ("2008-06-10", "2008-06-10", "invalid-input"),
        ("2008-06-10", "2008-06-09", "invalid-input"),
        ("2008-06-10", "2009-06-12", "invalid-input"),
        ("2008-05-01", "2008-05-15", "absence-has-passed"),
        ("2008-06-31", "2008-07-02", "invalid-input"),
    ],
)
def test_days_that_cannot_be(ask: Ask, ada: str, begin: str, end: str, problem: str) -> None:
    assert type_of(ask("POST", ABSENCES, from_=begin, until=end, alternate=ada)) == (422, problem)


def test_an_absence_may_have_begun_and_is_gone_once_it_has_passed(ask: Ask, ada: str, time: Time) -> None:
    made = ask("POST", ABSENCES, from_="2008-05-01", until="2008-05-16", alternate=ada)
    assert made.status_code == 201
    time.at += timedelta(days=1)
    assert ask("GET", ABSENCES).json() == {"absences": []}
    assert ask("DELETE", f"{ABSENCES}/{made.json()['id']}").status_code == 404


def test_days_are_those_of_the_duty_station(ask: Ask, time: Time) -> None:
    """22:30 UTC on the 31st: in Geneva it is 1 June, in New York still 31 May."""
    time.at = time.at.replace(day=31, hour=22, minute=30)
    for of, email, status in (("ilo", OTHER, 422), ("unfpa", CHAIR, 201)):
        name = f"Ada of {of}"
        person = {"name": name, "email": f"ada@{of}.example", "organization": of, "role": "alternate"}
        assert ask("POST", "/people", as_=None, **person).status_code == 201
        # In the group's zone she is appointed on 1 June; who stands in has to serve from the first day on.
        made = ask("POST", ABSENCES, as_=email, from_="2008-06-01", until="2008-06-02", alternate=f"ada@{of}.example")
        assert made.status_code == 201
        again = ask("POST", ABSENCES, as_=email, from_="2008-05-20", until="2008-06-01", alternate=f"ada@{of}.example")
        assert type_of(again)[1] == ("absence-has-passed" if status == 422 else "alternate-does-not-serve")


def test_who_cannot_stand_in(ask: Ask, engine: Engine, ada: str) -> None:
    ask("POST", "/people", **ADA | {"name": "Eve", "email": "eve@ilo.example"}, from_="2008-06-10", until="2008-06-20")
    answers = set()
    for alternate in ("nobody@ilo.example", CHAIR, OTHER, id_of(engine, OTHER), "eve@ilo.example"):
        answer = ask("POST", ABSENCES, from_="2008-06-01", until="2008-06-15", alternate=alternate)
        assert answer.status_code == 422, alternate
        answers.add(answer.json()["detail"])
    assert len(answers) == 1, "nobody is told whose address is known here"
    body = {"from_": "2008-06-10", "until": "2008-06-20"}
    assert ask("POST", ABSENCES, **body, alternate="eve@ilo.example").status_code == 201


def test_two_may_stand_in_for_each_other(ask: Ask, engine: Engine, ada: str) -> None:
    body = {"from_": "2008-06-01", "until": "2008-06-15"}
    assert ask("POST", ABSENCES, **body, alternate=ada).status_code == 201
    back = ask("POST", ABSENCES, as_="ada@ilo.example", **body, alternate=OTHER)
    assert back.status_code == 201
    plan(engine)


def test_an_agencys_own_people_and_the_secretariat_enter_it_for_others(ask: Ask, engine: Engine, ada: str) -> None:
    path = f"/people/{ada}/absences"
    body = {"from_": "2008-06-01", "until": "2008-06-15", "alternate": OTHER}
    assert type_of(ask("POST", path, as_=CHAIR, **body)) == (403, "not-yours")
    assert type_of(ask("POST", "/people/nobody/absences", as_=CHAIR, **body)) == (403, "not-yours")
    assert ask("GET", path, as_=CHAIR).status_code == 403
    made = ask("POST", path, **body)
    assert made.status_code == 201
    assert ask("DELETE", f"{path}/{made.json()['id']}", as_=CHAIR).status_code == 403
    assert ask("DELETE", f"{ABSENCES}/{made.json()['id']}").status_code == 404, "it is not one's own"
    assert ask("DELETE", f"{path}/{made.json()['id']}", as_=None).status_code == 200
    assert ask("POST", path, as_=None, **body).status_code == 201
    assert type_of(ask("POST", "/people/nobody/absences", as_=None, **body)) == (404, "not-found")
    with reading(engine) as session:
        kept = session.exec(select(AuditRow).where(AuditRow.what == "absence")).all()
    assert {(row.verb, row.authority) for row in kept} == {("people.appoint", "own"), ("people.appoint", "secretariat")}


def test_a_repetition_enters_one_absence(client: TestClient, ask: Ask, token: Tokens, ada: str) -> None:
    headers = {"Authorization": f"Bearer {token(OTHER)}", "Idempotency-Key": "once"}
    body = {"from": "2008-06-01", "until": "2008-06-15", "alternate": ada}
    first, second = (client.post(f"{BASE}{ABSENCES}", json=body, headers=headers) for _ in range(2))
    assert (first.json(), second.headers["idempotent-replayed"]) == (second.json(), "true")
    assert len(ask("GET", ABSENCES).json()["absences"]) == 1


def test_what_is_chosen_is_heeded(ask: Ask, engine: Engine) -> None:
    """The rows are those that the sender reads; which message takes which way is proved beside it."""
    ask("PATCH", CHOICES, language="fr", choices={"minutes": {"form": "daily"}})
    with reading(engine) as session:
        (reader,), (choice,) = session.exec(select(ReaderRow)).all(), session.exec(select(ChoiceRow)).all()
    assert (reader.person_id, reader.group_id, reader.language) == (id_of(engine, OTHER), "gmg", "fr")
    assert (choice.kind, choice.form, choice.contact_id) == ("minutes", "daily", None)


def role(organization: str | None, begin: str, until: str | None = None, role: str = "alternate") -> Appointment:
    return Appointment.model_validate(
        {"organization": organization, "role": role, "from": begin, "until": until}
    )  # fmt: skip


def test_who_stands_in_serves_all_that_the_other_serves_on_each_day() -> None:
    june, july = role("ilo", "2008-06-01").from_, role("ilo", "2008-07-01").from_
    ilo, iom = role("ilo", "2008-01-01"), role("iom", "2008-01-01")
    assert stands_for([ilo], [ilo, iom], june, july)
    assert not stands_for([ilo, iom], [ilo], june, july), "what is for IOM would reach somebody of ILO"
    assert not stands_for([ilo], [role("ilo", "2008-01-01", "2008-06-30")], june, july)
    assert stands_for([ilo], [role("ilo", "2008-01-01", "2008-07-01")], june, july)
    assert stands_for([ilo], [role("ilo", "2008-01-01", "2008-06-10"), role("ilo", "2008-06-10")], june, july)
    assert not stands_for([ilo], [role("ilo", "2008-01-01", role="observer")], june, july)
    assert not stands_for([role(None, "2008-01-01", role="observer")], [ilo], june, july), "a guest has nothing to do"
    keeper = role(None, "2008-01-01", role="secretariat")
    assert stands_for([keeper], [keeper, ilo], june, july)
    assert not stands_for([keeper], [ilo], june, july)
    assert places([keeper, ilo], june) == {"", "ilo"}
