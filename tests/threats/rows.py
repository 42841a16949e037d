"""What a row of the table of threats is: an exchange that is sent, or a test that shows what no exchange can.

A row without words of its own means the secretariat, who may most and whose input gets furthest, at a door of the API.
"""

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

# Stands in what is sent wherever it may stand, so that an answer that repeats it is seen.
MARK = "zq7mark"
Body = bytes | Callable[[], Iterator[bytes]] | None


class Sent(NamedTuple):
    """An exchange. `by` is a role of tests/access/world.py; `nobody` sends no token.

    `type` is the problem's type; `says` stands in the answer or in one of its headers. `differs` is the reason where
    the answer is another one than the list expects. A header of None is left out.
    """

    threat: int
    what: str
    status: int
    path: str
    body: Body = None
    method: str = "POST"
    headers: dict[str, str | None] = {}
    by: str = "secretariat"
    type: str = ""
    says: str = ""
    differs: str = ""


class Shown(NamedTuple):
    """What no single exchange shows: the tests that do, by their node ids without parameters."""

    threat: int
    what: str
    tests: tuple[str, ...]


Row = Sent | Shown


def said(**body: object) -> bytes:
    """A body of JSON; a name that is a word of Python may end with an underscore."""
    return json.dumps({name.rstrip("_"): value for name, value in body.items()}).encode()


def each(threat: int, status: int, path: str, bodies: dict[str, bytes], **more: object) -> list[Sent]:
    """One row for each body at one door."""
    return [Sent(threat, what, status, path, body, **more) for what, body in bodies.items()]  # type: ignore[arg-type]


def got(threat: int, status: int, paths: dict[str, str], **more: object) -> list[Sent]:
    """One row for each address that is asked for."""
    return [Sent(threat, what, status, path, method="GET", **more) for what, path in paths.items()]  # type: ignore[arg-type]
