"""T1 to T12: bodies that cannot be read as they stand, at doors of every kind."""

import gzip
import json
import zlib
from collections.abc import Iterator

from tests.threats.rows import MARK, Row, Sent, said

# A good body for each, so that nothing but what the row is about can be wrong with it.
DECISIONS, ACTIONS, MEETINGS = "/chair-decisions", "/actions", "/meetings"
GOOD: dict[str, bytes] = {
    DECISIONS: said(extend="2008-07-01", until="2009-02-01"),
    ACTIONS: said(title="An action", owner="ilo"),
    "/people": said(name="Ms X", email="x@ilo.example", role="alternate", organization="ilo"),
    "/agenda-items": said(title="An item", member="ilo"),
    "/webhooks": said(url="https://93.184.215.14/in", member="ilo"),
}
BY = {"/agenda-items": "own"}
LARGE = 50_000_000
MUCH = b" " * LARGE
GZIP = gzip.compress(b" " * 10_000_000 + GOOD[DECISIONS])


def drip() -> Iterator[bytes]:
    """Fifty megabytes that do not say how many they are."""
    for _ in range(LARGE // 65_536):
        yield b" " * 65_536


def _with(good: bytes, key: str, value: bytes) -> bytes:
    """A body with one more member, whatever that is."""
    return good[:-1] + b', "' + key.encode() + b'": ' + value + b"}"


def _bodies(good: bytes) -> dict[str, tuple[int, int, bytes]]:
    """Bodies by what they are: the threat, the status, the bytes."""
    first = next(iter(json.loads(good)))
    twice = f'{{"{first}": "{MARK}", '.encode() + good[1:]
    escaped = f'{{"\\u{ord(first[0]):04x}{first[1:]}": "{MARK}", '.encode() + good[1:]
    return {
        "broken": (1, 422, good[:-1]),
        "empty": (1, 422, b""),
        "an array for an object": (1, 422, b"[" + good + b"]"),
        "a text for an object": (1, 422, f'"{MARK}"'.encode()),
        "null": (1, 422, b"null"),
        "two texts": (1, 422, good + good),
        "a comment": (1, 422, b"/* x */" + good),
        "a comma too many": (1, 422, good[:-1] + b",}"),
        "NaN": (2, 422, _with(good, "title", b"NaN")),
        "minus infinity": (2, 422, _with(good, "title", b"-Infinity")),
        "1e999": (2, 422, _with(good, "number", b"1e999")),
        "a lone surrogate": (3, 422, _with(good, "title2", b'"\\ud800"')),
        "a lone surrogate in a key": (3, 422, _with(good, "\\udfff", b"1")),
        "two surrogates in the wrong order": (3, 422, _with(good, "title2", b'"\\udc00\\ud800"')),
        "deep": (5, 400, b"[" * 100_000 + b"]" * 100_000),
        "deep objects": (5, 400, b'{"a":' * 40_000 + b"1" + b"}" * 40_000),
        "deep in a field": (5, 400, _with(good, "deep", b"[" * 500 + b"]" * 500)),
        "UTF-16": (9, 400, good.decode().encode("utf-16")),
        "UTF-16 without its mark": (9, 400, good.decode().encode("utf-16-le")),
        "UTF-32": (9, 400, good.decode().encode("utf-32")),
        "a byte order mark": (9, 400, b"\xef\xbb\xbf" + good),
        "invalid UTF-8": (9, 400, _with(good, "title2", b'"\xff\xfe"')),
        "overlong UTF-8": (9, 400, _with(good, "title2", b'"\xc0\xaf"')),
        "a surrogate as bytes": (9, 400, _with(good, "title2", b'"\xed\xa0\x80"')),
        "a key twice": (10, 422, twice),
        "a key twice, once escaped": (10, 422, escaped),
        "a key twice further in": (10, 422, _with(good, "links", b'[{"a": 1, "a": 2}]')),
        "a role": (11, 422, _with(good, "role_", b'"secretariat"')),
        "an id of its own": (11, 422, _with(good, "id_", b'"x"')),
        "an agency's id": (11, 422, _with(good, "agency_id", b"1")),
        "a version": (11, 422, _with(good, "version", b"7")),
        "a prototype": (11, 422, _with(good, "__proto__", b'{"secretariat": true}')),
        "another group": (11, 422, _with(good, "group_id", b'"other"')),
        "a field that would be markup": (11, 422, _with(good, f"<script>{MARK}</script>", b"1")),
        "a very long number": (12, 422, _with(good, "number", b"9" * 5000)),
        "a very long key": (12, 422, _with(good, MARK * 700, b"1")),
    }


def _sizes(path: str) -> list[Row]:
    much: dict[str, str | None] = {"Content-Length": "9" * 30}
    return [
        Sent(6, f"50 MB that say so, {path}", 413, path, MUCH),
        Sent(6, f"50 MB that do not say so, {path}", 413, path, drip),
        Sent(6, f"a length beyond all numbers, {path}", 413, path, b" ", headers=much),
    ]


def _types(path: str, good: bytes) -> list[Row]:
    def sent(threat: int, what: str, headers: dict[str, str | None], body: bytes = good) -> Row:
        return Sent(threat, f"{what}, {path}", 415, path, body, headers=headers)

    return [
        sent(7, "a gzip bomb", {"Content-Encoding": "gzip"}, GZIP),
        sent(7, "deflate", {"Content-Encoding": "deflate"}, zlib.compress(good)),
        sent(7, "brotli", {"Content-Encoding": "br"}),
        sent(7, "packed twice", {"Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(good))),
        sent(8, "text", {"Content-Type": "text/plain"}),
        sent(8, "a form", {"Content-Type": "application/x-www-form-urlencoded"}),
        sent(8, "another charset", {"Content-Type": "application/json; charset=utf-16"}),
        sent(8, "a type that ends like JSON", {"Content-Type": "application/merge-patch+json"}),
        sent(8, "none", {"Content-Type": None}),
        sent(8, "an empty one", {"Content-Type": ""}),
    ]


def rows() -> Iterator[Row]:
    for path, good in GOOD.items():
        for what, (threat, status, body) in _bodies(good).items():
            yield Sent(threat, f"{what}, {path}", status, path, body, by=BY.get(path, "secretariat"))
    for path in (DECISIONS, ACTIONS):
        yield from _types(path, GOOD[path])
    yield from _sizes(DECISIONS)
    # What takes a file and no JSON, and forms, hold to the same.
    for path, kind in (("/external-events/import", "text/calendar"), ("/actions/import", "text/csv")):
        yield Sent(6, f"a file of 50 MB, {path}", 413, path, MUCH, headers={"Content-Type": kind})
        yield Sent(6, f"a file that does not say how large, {path}", 413, path, drip, headers={"Content-Type": kind})
        packed: dict[str, str | None] = {"Content-Type": kind, "Content-Encoding": "gzip"}
        yield Sent(7, f"a packed file, {path}", 415, path, GZIP, headers=packed)
        yield Sent(8, f"a file of another type, {path}", 415, path, b"x", headers={"Content-Type": "text/html"})
    form: dict[str, str | None] = {"Content-Type": "application/x-www-form-urlencoded"}
    yield Sent(6, "a form of 50 MB", 413, "/groups/gmg/notices", MUCH, headers=form)
    yield Sent(6, "a form that does not say how large", 413, "/groups/gmg/notices", drip, headers=form)
    yield Sent(7, "a packed form", 415, "/groups/gmg/notices", GZIP, headers=form | {"Content-Encoding": "gzip"})
