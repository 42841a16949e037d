"""Processes of the real service that are killed and started again, and clients that repeat what got no answer."""

import atexit
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import requests

from tests.prove.starting import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 90


class Death(NamedTuple):
    """How a process ends: at a `point` of tests/chaos/serve.py when it comes there again, or `after` seconds."""

    point: str = ""
    number: int = 1
    after: float = 0


class _Mother:
    """A process that has loaded the service once and makes others by fork, for all fleets of a run."""

    def __init__(self, preload: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.chaos.serve"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GMG_")} | preload
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def bear(self, asked: dict[str, Any]) -> int:
        """Make a process; its id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)


@cache
def _mother(preload: tuple[tuple[str, str], ...]) -> _Mother:
    found = _Mother(dict(preload))
    atexit.register(found.end)
    return found


@dataclass
class Fleet:
    """Processes of the service on one database, whose clock goes on from `began`."""

    folder: Path
    env: dict[str, str]
    began: datetime
    plant: str = ""
    # What the clock of the machine is made of (see test_machine_clock.py).
    preload: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    _keepers: list[threading.Thread] = field(default_factory=list)
    _living: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.told = self.folder / "deaths"
        self.told.touch()
        self._behind = (datetime.now(UTC) - self.began).total_seconds()
        self._mother = _mother(tuple(self.preload.items()))

    def start(self, role: str, port: int, death: Death | None = None) -> int:
        """Start a process of a role; its id. A web process listens on `port`."""
        asked: dict[str, Any] = {
            "args": ["serve", "--role", role],
            "env": self.env | {"GMG_PORT": str(port)},
            "log": str(self.folder / f"{role}-{port}.log"),
            "plant": self.plant,
            "told": str(self.told),
            "behind": self._behind,
        }
        if death is not None and death.point:
            asked["die"] = [death.point, death.number]
        with self._lock:
            pid = self._mother.bear(asked)
            self._living.add(pid)
        return pid

    def keep(self, role: str, deaths: Sequence[Death] = ()) -> tuple[int, threading.Thread]:
        """Keep a process running that ends in each of these ways in turn; its port, and who looks after it."""
        port = free_port()
        keeper = threading.Thread(target=self._keep, args=(role, port, deaths))
        self._keepers.append(keeper)
        keeper.start()
        return port, keeper

    def _keep(self, role: str, port: int, deaths: Sequence[Death]) -> None:
        for death in deaths:
            pid = self.start(role, port, death)
            if death.point:
                while lives(pid) and not self.over.wait(0.05):
                    pass
            else:
                self.over.wait(death.after)
            if self.over.is_set():
                return
            self._count(pid, role)
        pid = self.start(role, port)
        while not self.over.wait(0.05):
            if not lives(pid):
                self.wrong.append(f"{role} ended by itself; see its log")
                return

    def _count(self, pid: int, role: str) -> None:
        """Kill it unless it has killed itself; a process that ended in any other way is a fault of the test."""
        if lives(pid):
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not lives(pid), self.over)
        elif pid not in self.dead():
            self.wrong.append(f"{role} ended by itself; see its log")
        with self._lock:
            self.kills += 1

    def dead(self) -> list[int]:
        """The processes that have killed themselves at a point."""
        return [int(line) for line in self.told.read_text().split()]

    def end(self) -> None:
        """Kill what is left."""
        self.over.set()
        for keeper in self._keepers:
            keeper.join(PATIENCE)
        for pid in self._living:
            if lives(pid):
                os.kill(pid, signal.SIGKILL)
        assert self.wrong == []


@contextmanager
def fleet(folder: Path, database_url: str, smtp_port: int, **more: Any) -> Iterator[Fleet]:
    """A fleet on a migrated database, with mail that goes to a server on loopback; nothing of it is left behind."""
    env = {
        "GMG_HOME": str(folder),
        "GMG_DATABASE_URL": database_url,
        "GMG_MAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "GMG_SECRET_KEY": "x7" * 20,
        "GMG_TICK": "0.2",
        "GMG_MAIL_DEADLINE": "0.7",
        "GMG_LEASE": "1.5",
    }
    found = Fleet(folder, env | more.pop("env", {}), **more)
    try:
        yield found
    finally:
        found.end()


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(seen: Callable[[], object], over: threading.Event | None = None, patience: float = PATIENCE) -> None:
    """Until something is seen.

    Raises:
        TimeoutError: it was not, in `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while not seen():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not seen in {patience} s")
        if over is not None and over.is_set():
            return
        time.sleep(0.1)


@dataclass
class Asked:
    """A creation that somebody wants, and every answer that it got."""

    path: str
    body: dict[str, Any]
    key: str = field(default_factory=lambda: str(uuid4()))
    answers: list[requests.Response] = field(default_factory=list)
    # How often the connection broke before an answer was there.
    broken: int = 0

    @property
    def done(self) -> requests.Response | None:
        return next((one for one in self.answers if one.status_code < 300), None)


def insist(ports: Sequence[int], asked: Asked, headers: dict[str, str], patience: float = PATIENCE) -> None:
    """Ask, one process after another, until there is an answer that repeating does not change."""
    deadline = time.monotonic() + patience
    turn = random.Random(asked.key)
    with requests.Session() as session:
        while time.monotonic() < deadline:
            try:
                answer = session.post(
                    f"http://127.0.0.1:{turn.choice(ports)}{asked.path}",
                    json=asked.body,
                    headers=headers | {"Idempotency-Key": asked.key},
                    timeout=15,
                )
            except requests.RequestException:
                asked.broken += 1
            else:
                asked.answers.append(answer)
                if answer.status_code not in (409, 503):
                    return
            time.sleep(turn.uniform(0.02, 0.1))
    raise TimeoutError(f"no answer in {patience} s")


def insist_on_all(ports: Sequence[int], all_asked: Sequence[Asked], headers: dict[str, str], clients: int = 4) -> None:
    """So many clients, each with its share, one after another."""
    wrong: list[BaseException] = []

    def client(share: Sequence[Asked]) -> None:
        try:
            for asked in share:
                insist(ports, asked, headers)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=client, args=(all_asked[number::clients],)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    assert wrong == []
