"""What refuses a start beyond the settings, and what says that a process is well."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine, text

from service import clock, outgoing, settings, ticks
from service.database import writing
from service.pulse import Pulse
from service.watching import healthy, starting
from tests.access.serve import serving
from tests.commandline import Gmg
from tests.conftest import Time, app_on

MOUNTS = [
    "/dev/sda1 / ext4 rw 0 0",
    "server:/export /srv nfs4 rw 0 0",
    "/dev/sdb1 /srv/disk xfs rw 0 0",
    "//server/share /mnt/with\\040space cifs rw 0 0",
    "sshfs /home/a/far fuse.sshfs rw 0 0",
    "tmpfs /over tmpfs rw 0 0",
    "server:/x /over nfs rw 0 0",
]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/gmg/gmg.db", None),
        ("/srv/gmg/gmg.db", "nfs4"),
        ("/srv/disk/gmg.db", None),
        ("/srvice/gmg.db", None),
        ("/mnt/with space/gmg.db", "cifs"),
        ("/home/a/far/gmg.db", "fuse.sshfs"),
        ("/over/gmg.db", "nfs"),
    ],
)
def test_a_file_system_of_another_machine(path: str, kind: str | None) -> None:
    assert starting.far_kind(Path(path), MOUNTS) == kind


def test_sqlite_there_is_refused(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nserver:/x / nfs4 rw 0 0\n")
    monkeypatch.setattr(starting, "_MOUNTS", mounts)
    found = starting.faults(engine)
    assert len(found) == (1 if engine.dialect.name == "sqlite" else 0)
    assert all("nfs4" in fault and "GMG_DATABASE_URL" in fault for fault in found)


@pytest.mark.parametrize(("seconds", "refused"), [(-50, False), (50, False), (-75, True), (75, True)])
def test_a_clock_that_is_off(engine: Engine, seconds: int, refused: bool) -> None:
    real = clock.now()
    with clock.use(lambda: real + timedelta(seconds=seconds)):
        found = starting.faults(engine)
    assert bool(found) == (refused and engine.dialect.name == "postgresql")
    assert all("clock" in fault for fault in found)


def test_a_database_ahead_of_this_program(engine: Engine) -> None:
    assert starting.faults(engine) == []
    with writing(engine) as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999', works_from = '0001'"))
    assert starting.faults(engine) == [], "one that the two can share"
    with writing(engine) as session:
        session.connection().execute(text("UPDATE alembic_version SET works_from = '9999'"))
    (fault,) = starting.faults(engine)
    assert "revision 9999" in fault


def test_a_worker_is_well_while_it_looks(
    engine: Engine, database_url: str, group: str, time: Time, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    gmg = Gmg(database_url, monkeypatch, capsys)
    assert gmg("healthy", "--role", "worker").err == "no worker of this host has looked at what is due\n"
    pulse = Pulse(engine, ticks.Tally(), "")
    pulse.planned()
    assert gmg("healthy", "--role", "worker").code == 0
    time.at += timedelta(minutes=2)
    assert gmg("healthy", "--role", "worker").code == 0
    time.at += timedelta(minutes=2)
    done = gmg("healthy", "--role", "worker")
    assert (done.code, "was last seen" in done.err) == (1, True)
    pulse.looked()
    assert gmg("healthy", "--role", "worker").code == 0
    monkeypatch.setattr(healthy, "_lives", lambda process: False)
    assert gmg("healthy", "--role", "worker").code == 1, "a row that a process left which is gone"


def test_one_that_hangs_is_not_hidden_by_one_that_works(engine: Engine, time: Time, database_url: str) -> None:
    with writing(engine) as session:
        host = ticks.worker_name().partition(":")[0]
        late = time.at - timedelta(hours=1)
        session.add(ticks.TickRow(worker=f"{host}:1", host=host, process=1, planned_at=late, seen_at=late))
    Pulse(engine, ticks.Tally(), "").planned()
    using = settings.Settings(database_url=database_url)
    (fault,) = healthy.faults("worker", using)
    assert f"{host}:1 was last seen" in fault


def test_a_web_process_is_asked_whether_it_is_ready(engine: Engine, database_url: str, group: str) -> None:
    app = app_on(engine)
    with serving(app) as (host, port):
        using = settings.Settings(database_url=database_url, host=host, port=port)
        assert healthy.faults("web", using) == []
        assert healthy.faults("all", using) == ["no worker of this host has looked at what is due"]
        app.state.stopping.set()
        (fault,) = healthy.faults("web", using)
        assert "503" in fault
    (fault,) = healthy.faults("web", using)
    assert "refused" in fault


def test_whoever_waits_for_a_sign_of_life_is_called_and_may_be_away(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    answers: list[outgoing.Answer | Exception] = [
        outgoing.Answer(200, b"", None), outgoing.Answer(500, b"", None), outgoing.Unanswered("no answer"),
        outgoing.Blocked("closed"),
    ]  # fmt: skip

    def post(url: str, *_: object, **__: object) -> outgoing.Answer:
        called.append(urlsplit(url).path)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(outgoing, "post", post)
    pulse = Pulse(engine, ticks.Tally(), "https://alive.example/uuid")
    pulse.planned()
    assert called == [], "a look that is not over is none"
    for _ in range(4):
        pulse.looked()
    assert called == ["/uuid"] * 4
    Pulse(engine, ticks.Tally(), "").looked()
    assert len(called) == 4
