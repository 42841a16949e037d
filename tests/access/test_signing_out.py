"""The operator ends the sessions of somebody whose machine is lost, or of everybody (ASVS 5.0.0, 7.4.5)."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from service.access import sessions
from service.access.queries import person_caller
from service.database import reading, writing
from service.groups.tables import PersonRow
from tests.commandline import Gmg
from tests.conftest import Time


@pytest.fixture
def gmg_command(
    database_url: str, group: str, time: Time, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Gmg:
    return Gmg(database_url, monkeypatch, capsys)


def signed_in(engine: Engine, email: str) -> str:
    """The secret of a new session of that person."""
    with writing(engine) as session:
        person = session.exec(select(PersonRow.id).where(PersonRow.email == email)).one()
        caller = person_caller(session, "gmg", person)
        assert caller is not None
        return sessions.begin(session, caller, "mail")


def those_still_in(engine: Engine, *secrets: str) -> list[bool]:
    with reading(engine) as session:
        return [sessions.caller_of(session, secret, "gmg") is not None for secret in secrets]


def test_a_person_is_signed_out_of_every_browser_and_nobody_else(gmg_command: Gmg, engine: Engine) -> None:
    laptop, phone = (signed_in(engine, "gmg@ilo.example") for _ in range(2))
    other = signed_in(engine, "gmg@iom.example")
    assert those_still_in(engine, laptop, phone, other) == [True, True, True]
    assert gmg_command("people", "sign-out", "GMG@ilo.example").out.endswith("\n2 sessions ended.\n")
    assert those_still_in(engine, laptop, phone, other) == [False, False, True]
    assert gmg_command("people", "sign-out", "gmg@ilo.example").out.endswith("\n0 sessions ended.\n")


def test_everybody_is_signed_out(gmg_command: Gmg, engine: Engine) -> None:
    secrets = [signed_in(engine, f"gmg@{member}.example") for member in ("ilo", "iom")]
    assert gmg_command("people", "sign-out").out.endswith("\n2 sessions ended.\n")
    assert those_still_in(engine, *secrets) == [False, False]


def test_an_address_that_nobody_has_signs_nobody_out(gmg_command: Gmg, engine: Engine) -> None:
    secret = signed_in(engine, "gmg@ilo.example")
    done = gmg_command("people", "sign-out", "gmg@ilo.exampel")
    assert done.code == 1
    assert "gmg people list" in done.err
    assert those_still_in(engine, secret) == [True]
