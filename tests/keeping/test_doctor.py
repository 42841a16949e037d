"""`gmg doctor`: each thing that it looks at, turned bad, is told; and what is well is told to be well."""

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from service.database import writing
from service.events import Event
from service.keeping.backups import note_backup
from service.keeping.doctor import rules
from service.keeping.doctor.rules import Finding
from service.notifications.outbox.tables import DeliveryRow, RelayRow
from service.ticks import TickRow
from tests.commandline import Gmg
from tests.conftest import Time
from tests.keeping.well import Doctor, doctor  # noqa: F401 - fixtures
from tests.notifications.planting import plant_messages


def bad(found: dict[str, Finding]) -> dict[str, str]:
    return {check: one.state for check, one in found.items() if one.state != "ok"}


USUAL = {"mail server": "warn"}


def test_all_is_well_but_for_the_mail_server_that_is_not_set(doctor: Doctor) -> None:
    found = doctor()
    assert bad(found) in (USUAL, USUAL | {"disk": "warn"})
    assert {"settings", "home", "modes", "disk", "zones", "backup", "proxies", "database", "revision", "clock"} < set(
        found
    )
    assert {"database version", "groups", "ticker", "outbox", "deliveries", "ways out", "names"} < set(found)


Turn = Callable[[Engine, str, Path, Time, pytest.MonkeyPatch], None]


def _unconfirmed(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql('UPDATE "group" SET confirmed_at = NULL')


def _late(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    plant_messages(engine, group, 1, time.at - timedelta(hours=20))


def _gone(state: str) -> Turn:
    def turn(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
        plant_messages(engine, group, 2, time.at)
        with writing(engine) as session:
            session.exec(update(DeliveryRow).where(col(DeliveryRow.kind) == "").values(state=state))

    return turn


def _shut(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(engine) as session:
        session.add(RelayRow(name="mail", failures=2, open_until=time.at, answer="connection refused"))


def _stopped(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(engine) as session:
        session.exec(update(TickRow).values(planned_at=time.at - timedelta(hours=2)))


def _behind(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")


def _unknown(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999', works_from = '9999'")


def _open_home(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    home.chmod(0o755)


def _open_secret(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "secret").chmod(0o644)


def _old_backup(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    note_backup(home, time.at - timedelta(days=2), Path("b.zip"), "")


def _torn_note(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "backup.json").write_text('{"taken_at": "2008')


def _full(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    found = os.statvfs(home)
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result((found[0], found[1], found[2], 0, 0, *found[5:10])))


def _no_home(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GMG_HOME", str(home / "nowhere"))


def _read_only(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    # A file where the folder should be: refused by the machine also for root.
    (home / "file").write_text("x")
    monkeypatch.setenv("GMG_HOME", str(home / "file"))


def _wrong_setting(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GMG_LEASE", "1")


def _no_proxy(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GMG_PUBLIC_URL", "https://localhost")


def _old_zones(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.keeping.doctor.machine.tz_version", lambda: "1999a")


def _no_answer(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2"
    monkeypatch.setenv("GMG_DATABASE_URL", url)


def _no_file(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GMG_DATABASE_URL", f"sqlite:///{home}/none.db")


def _no_mail(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GMG_MAIL_URL", "smtp://127.0.0.1:1")


def _no_name(engine: Engine, group: str, home: Path, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setenv("GMG_PUBLIC_URL", "https://gmg.invalid")
    monkeypatch.setenv("GMG_TRUSTED_PROXIES", "10.0.0.1")
    monkeypatch.setattr("socket.getaddrinfo", unknown)


TURNED: dict[str, tuple[Turn, str, str, str]] = {
    "unconfirmed": (_unconfirmed, "groups", "warn", "gmg group confirm gmg"),
    "late": (_late, "outbox", "fail", "20 hours"),
    "failed": (_gone("failed"), "deliveries", "warn", "2 failed and 0 expired"),
    "expired": (_gone("expired"), "deliveries", "warn", "0 failed and 2 expired"),
    "held": (_gone("held"), "held", "warn", "2 deliveries are held"),
    "shut": (_shut, "ways out", "warn", "connection refused"),
    "stopped": (_stopped, "ticker", "fail", "2 hours ago"),
    "behind": (_behind, "revision", "fail", "gmg migrate"),
    "unknown": (_unknown, "revision", "fail", "9999"),
    "open home": (_open_home, "modes", "warn", "chmod go="),
    "open secret": (_open_secret, "modes", "fail", "secret is open to others (644)"),
    "old backup": (_old_backup, "backup", "warn", "2 days old"),
    "torn note": (_torn_note, "backup", "warn", "No backup is known"),
    "full": (_full, "disk", "fail", "0% free"),
    "no home": (_no_home, "home", "fail", "is not there"),
    "read only": (_read_only, "home", "fail", "cannot be written to"),
    "wrong setting": (_wrong_setting, "settings", "fail", "GMG_LEASE"),
    "no proxy": (_no_proxy, "proxies", "warn", "GMG_TRUSTED_PROXIES"),
    "old zones": (_old_zones, "zones", "warn", "1999a"),
    "no answer": (_no_answer, "database", "fail", "does not answer as it should"),
    "no file": (_no_file, "database", "fail", "run gmg migrate"),
    "no mail": (_no_mail, "mail server", "fail", "127.0.0.1"),
    "no name": (_no_name, "names", "fail", "leads nowhere"),
}


@pytest.mark.parametrize("name", TURNED)
def test_each_thing_turned_bad_is_told(
    name: str, doctor: Doctor, engine: Engine, group: str, environment: Path, time: Time,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    turn, check, state, says = TURNED[name]
    before = doctor()
    assert before.get(check, Finding(check, "ok", "")).state in (
        "ok",
        USUAL.get(check),
        "warn" if check == "disk" else "ok",
    )
    turn(engine, group, environment, time, monkeypatch)
    found = doctor()
    assert (found[check].state, says in found[check].text) == (state, True), found[check]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_clock_that_was_set_back_is_told(doctor: Doctor, engine: Engine, time: Time) -> None:
    with writing(engine) as session:
        event = session.exec(select(Event)).first()
        assert event is not None
        event.recorded_at = time.at + timedelta(days=2)
        session.add(event)
    assert doctor()["clock"].state == "fail"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_clock_apart_from_the_database_is_told(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    apart: list[timedelta] = []

    def seen(theirs: datetime, ours: datetime) -> Finding:
        apart.append(theirs - ours)
        return Finding("clock", "ok", "")

    monkeypatch.setattr(rules, "skew", seen)
    doctor()
    # The clock of the test stands in 2008, that of the database does not.
    assert apart[0] > timedelta(days=365)


def test_a_look_that_goes_wrong_does_not_hide_the_others(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> Finding:
        raise RuntimeError("planted")

    monkeypatch.setattr(rules, "zones", wrong)
    found = doctor()
    assert (found["machine"].state, "planted" in found["machine"].text) == ("fail", True)
    assert found["database"].state == "ok"


def test_the_command_exits_with_1_when_something_is_wrong(
    doctor: Doctor, database_url: str, environment: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    gmg = Gmg(database_url, monkeypatch, capsys)
    well = gmg("doctor")
    assert well.code == 0, well.out
    assert "ok    revision" in well.out
    (environment / "secret").chmod(0o644)
    told = gmg("doctor", "--format", "json")
    assert told.code == 1
    found = json.loads(told.out)["findings"]
    assert {"check", "state", "text"} == set(found[0])
    assert [one["state"] for one in found if one["check"] == "modes"] == ["fail"]
    assert gmg("doctor", "--format", "xml").code == 2
    assert (environment / "secret").read_text() not in told.out
