"""Radicale as the other choice for a calendar that many subscribe to: the same events, each under a server of its own.

Radicale serves the very bytes of our feed of meetings as one collection, by its own server, with its files in a folder
and no sign-in. It answers no conditional GET, so what our 304 stands against is how its clients learn that nothing has
changed: a REPORT of `sync-collection` with the token of the last one (RFC 6578). Its server keeps no connection, so
each request of both has one of its own. A change is one event put at another hour: ours through the API with all that
is written beside it (event, audit), theirs a PUT; each is read before, and the whole calendar after.
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

from bench.feeds import free_port, served, until_it_answers
from bench.measure import Row, at_least, group
from migrations.upgrade import upgrade
from service import clock
from service.access.commands import make_token
from service.calendars.feeds import build
from service.database import connect, writing
from service.groups.charter import Charter
from service.meetings import commands
from service.rotation.commands import apply_charter
from service.rotation.queries import standing
from service.wiring import wire

EVENTS, ROUNDS = 1_000, 15
FEED, COLLECTION = "/calendars/bench/meetings.ics", "/bench/meetings/"
# Whoever says a name has its folder; the word beside it is not looked at.
_BENCH = f"Authorization: Basic {b64encode(b'bench:bench').decode()}"
_SYNC = (
    '<sync-collection xmlns="DAV:"><sync-token>{token}</sync-token><sync-level>1</sync-level>'
    "<prop><getetag/></prop></sync-collection>"
)


def rows(events: int = EVENTS, rounds: int = ROUNDS) -> Iterator[Row]:
    wire()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        meetings, token, body = _group(url, events)
        with served("ours", url) as ours, _radicale(f"{folder}/radicale") as theirs:
            there = _ask(theirs, "PUT", COLLECTION, body, "Content-Type: text/calendar")
            assert there.status == 201, there
            shown = _ask(theirs, "GET", COLLECTION)
            for found in (shown.body, _ask(ours, "GET", FEED).body):
                assert found.count(b"BEGIN:VEVENT") == events, found[:300]
            yield at_least(
                f"warm feed of {events} events / Radicale's GET of the same collection, requests/s",
                _against(lambda: _ask(ours, "GET", FEED), lambda: _ask(theirs, "GET", COLLECTION), rounds),
                1,
            )
            known = f"If-None-Match: {_ask(ours, 'GET', FEED).headers['etag']}"
            assert _ask(ours, "GET", FEED, b"", known).status == 304
            asked = _SYNC.format(token=_token(theirs, "")).encode()
            yield at_least(
                "its 304 / Radicale's sync-collection with nothing new, requests/s",
                _against(
                    lambda: _ask(ours, "GET", FEED, b"", known),
                    lambda: _ask(theirs, "REPORT", COLLECTION, asked, "Depth: 1"),
                    rounds,
                ),
                1,
            )
            one, other = _ours(ours, token, meetings), _theirs(theirs, body)
            yield at_least(
                f"a change to one of {events} events and the feed after it / Radicale's PUT and GET, times/s",
                _against(one, other, rounds),
                1,
            )


def _group(url: str, events: int) -> tuple[list[str], str, bytes]:
    """A group with so many meetings ahead: their ids, a token of the API, and the feed."""
    engine = connect(url)
    upgrade(engine)
    charter = _with_people(group(3, 6))
    said = {"minutes": 60, "zone": "Europe/Zurich", "level": "focal-points", "members": None, "link": None}
    said |= {"quorum": "majority", "freeze": 7, "title": "Meeting", "actor": "bench"}
    first = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    with writing(engine) as session:
        apply_charter(session, charter)
        term = standing(session, "bench").now.term
        assert term is not None
        chair = f"{term.chair[0]}@bench.example"
        token, _ = make_token(
            session, "bench", kind="api", email=chair, name=None, lasts=timedelta(days=1), actor="bench"
        )
    with writing(engine) as session:
        ids = [
            commands.create(session, charter, start=first + timedelta(hours=n), place="Geneva", **said).id  # type: ignore[arg-type]
            for n in range(events)
        ]
    body = build(engine, "bench", "meetings").body
    engine.dispose()
    return ids, token, body


def _with_people(charter: Charter) -> Charter:
    """Each member with a focal point, since only the chair's people move meetings."""
    people = [
        {
            "name": member.name,
            "email": f"{member.id}@bench.example",
            "appointments": [{"organization": member.id, "role": "focal-point", "from": "2008-01-01"}],
        }
        for member in charter.members
    ]
    return Charter.model_validate(charter.model_dump(by_alias=True) | {"people": people})


@contextmanager
def _radicale(folder: str) -> Iterator[int]:
    """Radicale on a port of its own."""
    port = free_port()
    command = [
        sys.executable, "-m", "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{port}", "--auth-type", "none",
        "--storage-filesystem-folder", folder, "--web-type", "none", "--logging-level", "error",
        "--rights-type", "authenticated",
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until_it_answers(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _ours(port: int, token: str, meetings: list[str]) -> Callable[[], None]:
    """Moves the next meeting by half an hour and reads the feed."""
    numbers = count()

    def change() -> None:
        path = f"/api/v1/groups/bench/meetings/{meetings[next(numbers) % len(meetings)]}"
        found = _ask(port, "GET", path, b"", f"Authorization: Bearer {token}")
        at = datetime.fromisoformat(json.loads(found.body)["start"]) + timedelta(minutes=30)
        said = json.dumps({"at": f"{at:%H:%M}"}).encode()
        known = f"If-Match: {found.headers['etag']}"
        lines = (f"Authorization: Bearer {token}", "Content-Type: application/json", known)
        moved = _ask(port, "POST", f"{path}/move", said, *lines)
        assert moved.status == 200, moved
        assert b"BEGIN:VEVENT" in _ask(port, "GET", FEED).body

    return change


def _theirs(port: int, feed: bytes) -> Callable[[], None]:
    """Reads the next event, puts it back at half past, and reads the collection."""
    uids = re.findall(rb"(?m)^UID:(\S+)\r?$", feed)
    numbers = count()

    def change() -> None:
        uid = uids[next(numbers) % len(uids)].decode()
        path = f"{COLLECTION}{uid}.ics"
        found = _ask(port, "GET", path)
        moved = re.sub(rb"(DTSTART[^:]*:\d{8}T\d\d)\d\d", rb"\g<1>30", found.body)
        lines = ("Content-Type: text/calendar", f"If-Match: {found.headers['etag']}")
        done = _ask(port, "PUT", path, moved, *lines)
        assert done.status in (201, 204), done
        assert b"BEGIN:VEVENT" in _ask(port, "GET", COLLECTION).body

    return change


def _against(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> float:
    """How much quicker ours is: the quickest of each, in rounds that take turns."""
    found = {ours: float("inf"), theirs: float("inf")}
    for _ in range(rounds):
        for work in (ours, theirs):
            began = time.perf_counter()
            work()
            found[work] = min(found[work], time.perf_counter() - began)
    return found[theirs] / found[ours]


def _token(port: int, before: str) -> str:
    answer = _ask(port, "REPORT", COLLECTION, _SYNC.format(token=before).encode(), "Depth: 1")
    found = re.search(rb"sync-token>([^<]+)<", answer.body)
    assert found is not None, answer
    return found[1].decode()


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def _request(method: str, path: str, body: bytes = b"", *more: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: identity", *more]
    if path.startswith(COLLECTION):
        lines.append(_BENCH)
    lines += [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def _ask(port: int, method: str, path: str, body: bytes = b"", *more: str) -> Answer:
    """One request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=600) as connection:
        connection.sendall(_request(method, path, body, *more, "Connection: close"))
        head, _, rest = b"".join(iter(lambda: connection.recv(1 << 20), b"")).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split()[1]), headers, rest)
