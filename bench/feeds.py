"""Feeds: over HTTP against a bare route that returns the same bytes, and built anew against `icalendar`."""

import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import icalendar

from bench.measure import Row, at_least, at_most, best, group
from migrations.upgrade import upgrade
from service.calendars.feeds import Shelf, build
from service.database import connect, writing
from service.rotation.commands import apply_charter
from service.wiring import wire

MEMBERS = 498
ROUNDS, SECONDS = 15, 0.25
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def rows() -> Iterator[Row]:
    wire()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        engine = connect(url)
        upgrade(engine)
        with writing(engine) as session:
            apply_charter(session, group(MEMBERS, 1))
        shelf = Shelf(engine)
        feed = shelf.fetch("bench", "all")
        count = feed.body.count(b"BEGIN:VEVENT")
        (Path(folder) / "feed.ics").write_bytes(feed.body)
        with served("ours", url) as ours, served("bare", f"{folder}/feed.ics") as bare:
            get, known = request(), request(f"If-None-Match: {feed.etag}")
            whole = against(ours, bare, get, get)
            unchanged = against(ours, bare, known, request(path="/304"))
        yield at_least(f"warm feed of {count} events / a bare FastAPI route, requests/s", whole, 0.9)
        yield at_least("its 304 / a bare 304, requests/s", unchanged, 0.8)
        calendar = icalendar.Calendar.from_ical(feed.body)
        ratio = best(lambda: build(engine, "bench", "all")) / best(calendar.to_ical, 3)
        yield at_most(f"that feed built after a change / icalendar serialising {count} events", ratio, 0.02)
        shelf.close()
        engine.dispose()


def request(more: str = "", path: str = "/calendars/bench.ics") -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: identity", *([more] if more else [])]
    return "\r\n".join([*lines, "", ""]).encode()


@contextmanager
def served(kind: str, source: str) -> Iterator[int]:
    """A server in a process of its own; its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.server", kind, source, str(port)])
    try:
        until_it_answers(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until_it_answers(port: int, process: subprocess.Popen[Any], seconds: float = 60) -> None:
    """Wait until a server takes connections."""
    last = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            assert process.poll() is None, f"{process.args!r} has ended"
            assert time.monotonic() < last, f"{process.args!r} does not answer"
            time.sleep(0.02)


def against(ours: int, bare: int, our_request: bytes, bare_request: bytes, rounds: int = ROUNDS) -> float:
    """Our requests a second over theirs: the best of rounds that take turns."""
    rates: dict[int, float] = {ours: 0, bare: 0}
    for _ in range(rounds):
        for port, asked in ((ours, our_request), (bare, bare_request)):
            rates[port] = max(rates[port], rate(port, asked))
    return rates[ours] / rates[bare]


def rate(port: int, asked: bytes) -> float:
    """Requests a second over one kept connection; who asks looks at no more of an answer than where it ends."""
    buffer = bytearray(1 << 18)
    with socket.create_connection(("127.0.0.1", port)) as connection, memoryview(buffer) as room:
        done, began = 0, time.perf_counter()
        while (passed := time.perf_counter() - began) < SECONDS:
            connection.sendall(asked)
            have = _more(connection, room)
            while (ends := buffer.find(b"\r\n\r\n", 0, have)) < 0:
                have += _more(connection, room[have:])
            length = _LENGTH.search(buffer, 0, ends)
            left = (int(length[1]) if length else 0) - (have - ends - 4)
            while left > 0:
                left -= _more(connection, room)
            done += 1
        return done / passed


def _more(connection: socket.socket, room: memoryview) -> int:
    """How many bytes more have come.

    Raises:
        ConnectionError: the other side has ended the connection.
    """
    count = connection.recv_into(room)
    if count == 0:
        raise ConnectionError("the server has ended the connection")
    return count
