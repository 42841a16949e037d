"""The service that does nothing: how long it takes to start and how much memory it holds, against a bare application.

Ours is `gmg serve --role all` on a migrated database with the shipped group and nothing due; the other is FastAPI with
SQLModel, one table and one route, under the same server. Each starts in a process of its own, in turns. Nobody has
named an aim. `python -X importtime -m bench.server least sqlite:///x.db 0` shows what the start is made of.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from bench.feeds import free_port, request
from bench.measure import Row
from migrations.upgrade import upgrade
from service.database import connect, writing
from service.rotation.check import load
from service.rotation.commands import apply_charter
from service.scheduler import plan
from service.wiring import wire

ROUNDS, SETTLES = 5, 3.0


class Found(NamedTuple):
    """Seconds until it was ready; MiB that it holds, as the process sees it and with its share of what is shared."""

    seconds: float
    rss: float
    pss: float


def rows(rounds: int = ROUNDS, settles: float = SETTLES) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        database = f"sqlite:///{home / 'gmg.db'}"
        _prepare(database)
        ours, least = [], []
        for _ in range(rounds):
            ours.append(_started(["-m", "service.cli", "serve", "--role", "all"], "/readyz", home, settles))
            least.append(_started(["-m", "bench.server", "least", f"sqlite:///{folder}/least.db"], "/", home, settles))
    mine, theirs = _best(ours), _best(least)
    yield Row("seconds until an idle `gmg serve --role all` is ready / a bare application", _ratio(mine, theirs, 0))
    yield Row(f"these are {mine.seconds:.2f} s and {theirs.seconds:.2f} s", f"{mine.seconds:.2f} s")
    yield Row("memory that it holds (RSS) / a bare application", _ratio(mine, theirs, 1))
    yield Row("the same with its share of what is shared (PSS)", _ratio(mine, theirs, 2))
    yield Row(f"these are {mine.pss:.0f} MiB and {theirs.pss:.0f} MiB (PSS)", f"{mine.pss:.0f} MiB")


def _prepare(database: str) -> None:
    wire()
    engine = connect(database)
    upgrade(engine)
    with writing(engine) as session:
        apply_charter(session, load((files("service") / "charters" / "gmg.yaml").read_bytes(), "gmg.yaml"))
    plan(engine)
    engine.dispose()


def _best(found: list[Found]) -> Found:
    return Found(*(min(values) for values in zip(*found, strict=True)))


def _ratio(mine: Found, theirs: Found, at: int) -> str:
    return f"{mine[at] / theirs[at]:.3g}"


def _started(command: list[str], path: str, home: Path, settles: float) -> Found:
    """Start it, wait until `path` is answered by 200, and look at it when it has settled."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GMG_")}
    environment |= {"GMG_HOME": str(home), "GMG_PORT": str(port), "GMG_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    with _process([sys.executable, *command], environment) as process:
        began = time.perf_counter()
        while not _ready(port, path):
            assert process.poll() is None, f"{command} has ended"
            assert time.perf_counter() - began < 120, f"{command} does not answer"
            time.sleep(0.01)
        seconds = time.perf_counter() - began
        # What is told here is an idle process: its first look at what is due is over by then.
        time.sleep(settles)
        held = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    kib = {line.split(":")[0]: int(line.split()[1]) for line in held.splitlines()[1:]}
    return Found(seconds, kib["Rss"] / 1024, kib["Pss"] / 1024)


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _ready(port: int, path: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request("Connection: close", path))
            return b" 200 " in connection.makefile("rb").readline()
    except OSError:
        return False
