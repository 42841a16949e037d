"""Sends a row of the table as whoever it names, and says what is wrong with the answer."""

import re
from collections.abc import Mapping
from html import escape
from itertools import count
from typing import Any

from sqlalchemy import Engine
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from service.strict import read_json
from tests.threats.rows import MARK, Sent

BASE = "/api/v1/groups/gmg"
_OUTSIDE = ("/groups", "/static/", "/calendars", "/api/", "/sign-in/")
# What an error gives away that tells of its inside (threat T69): code, statements, libraries and their versions.
INSIDE = re.compile(
    r"Traceback|File \"|\.py\b|sqlalchemy|psycopg|sqlite|pydantic|starlette|fastapi|uvicorn|icalendar|jinja|"
    r"\bSELECT\b|\bINSERT\b|\bUPDATE\b|\bDETAIL:|site-packages|/work/|/home/|gmg/\d|Python/\d|\b0x[0-9a-f]{6,}",
    re.IGNORECASE,
)
_TRACE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_keys = count(1)


def address(row: Sent, world: Mapping[str, str]) -> str:
    path = row.path if row.path.startswith(_OUTSIDE) else BASE + row.path
    return _filled(path, world)


def _filled(text: str, world: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: world.get(found[1], found[0]), text)


def is_page(path: str) -> bool:
    """Whether somebody asks for it with a browser."""
    return path.startswith(("/groups", "/sign-in"))


def send(client: TestClient, row: Sent, world: Mapping[str, str], tokens: Mapping[str, str], *, html: bool) -> Any:
    """What the row is answered with."""
    path = address(row, world)
    given: dict[str, str | None] = {}
    if is_page(path):
        given["Sec-Fetch-Site"] = "same-origin"
        if row.by != "nobody":
            given["Cookie"] = f"gmg={world['session']}"
    elif row.by != "nobody":
        given["Authorization"] = f"Bearer {tokens[row.by]}"
    if html:
        given["Accept"] = "text/html"
    if row.method in ("POST", "PUT", "PATCH"):
        given |= {"Content-Type": "application/json", "Idempotency-Key": f"row-{next(_keys)}"}
        given["If-Match"] = '"1"'
    if row.path.endswith(("/chair-decisions", "/actions")) and "/api/" not in row.path:
        # They create, and so need no version.
        given.pop("If-Match", None)
    given |= {name: None if value is None else _filled(value, world) for name, value in row.headers.items()}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in given.items() if value is not None]
    content = row.body() if callable(row.body) else row.body
    return client.request(row.method, path, content=content, headers=headers, follow_redirects=False)


def faults(row: Sent, answer: Any, world: Mapping[str, str], *, html: bool) -> list[str]:
    """What is wrong with an answer; a refusal is held to more than what is let through."""
    found = []
    if answer.status_code != row.status:
        return [f"{answer.status_code} {answer.text[:160]!r}"]
    if row.says and row.says not in answer.text and row.says not in str(answer.headers):
        found.append(f"does not say {row.says!r}: {answer.text[:200]!r}")
    if answer.status_code < 400:
        return found
    if _told_twice(row, answer.text, world):
        found.append(f"echoes: {answer.text[:200]!r}")
    if INSIDE.search(answer.text) or INSIDE.search(str(answer.headers)):
        found.append(f"gives away: {answer.text[:200]!r} {answer.headers}")
    if answer.status_code == 405 and not answer.headers.get("allow"):
        found.append("names no method in Allow")
    if answer.status_code in (429, 503) and not answer.headers.get("retry-after"):
        found.append("does not say when to try again")
    if answer.status_code == 401 and not answer.headers.get("www-authenticate") and not html:
        found.append("does not say how to authenticate")
    if row.method == "HEAD":
        return found + (["has a body"] if answer.content else [])
    return found + (_page_faults(answer) if html else _problem_faults(row, answer))


def _problem_faults(row: Sent, answer: Any) -> list[str]:
    found = []
    if answer.headers["content-type"] != "application/problem+json":
        return [f"is {answer.headers['content-type']}"]
    problem = read_json(answer.content)
    if problem.get("status") != row.status or not problem.get("detail") or not problem.get("title"):
        found.append(f"is no whole problem: {answer.text[:200]!r}")
    if not str(problem.get("instance", "")).startswith("urn:uuid:") or not _TRACE.search(problem["instance"]):
        found.append("has no trace")
    if row.type and problem["type"] != f"/problems/{row.type}":
        found.append(f"is {problem['type']}")
    if len(answer.content) > 3000:
        found.append(f"is {len(answer.content)} bytes long")
    return found


def _page_faults(answer: Any) -> list[str]:
    found = []
    if not answer.headers["content-type"].startswith("text/html"):
        return [f"is {answer.headers['content-type']} for a browser"]
    # A form that comes back with what was typed is no failure, and needs none.
    if not _TRACE.fullmatch(answer.headers.get("x-trace", "")) and "<form" not in answer.text:
        found.append("has no trace")
    if "<h1>" not in answer.text or "default-src 'none'" not in answer.headers["content-security-policy"]:
        found.append("is no page of ours")
    return found


def _told_twice(row: Sent, text: str, world: Mapping[str, str]) -> bool:
    """Whether an answer repeats what was sent: the mark, a secret, or a long run of anything.

    A page leads to itself in other languages, and so by the address that it was opened at.
    """
    own = escape(_filled(row.path, world).partition("?")[0], quote=True)
    text = re.sub(r'href="([^"]*)"', lambda found: "" if _leads(own, found[1]) else found[0], text)
    sent = row.body if isinstance(row.body, bytes) else b""
    long = re.findall(
        r"[\w%./+-]{60,}", " ".join([row.path, *filter(None, row.headers.values()), sent[:20_000].decode("latin-1")])
    )
    secrets = [world[name] for name in ("feed", "api", "session", "revoked_feed") if name in world]
    return MARK in text or any(one[:60] in text for one in long) or any(one in text for one in secrets)


def _leads(own: str, address: str) -> bool:
    """Whether a link leads to the page's own address, or to one above it."""
    return address.startswith(own) or own.startswith(address)


def counted(engine: Engine) -> dict[str, int]:
    """How many rows each table has: what is refused leaves nothing behind, not half of it either."""
    names = [table.name for table in SQLModel.metadata.sorted_tables]
    asked = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.exec_driver_sql(asked)}


def contents(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: sorted(str(row) for row in connection.execute(table.select()))
            for table in SQLModel.metadata.sorted_tables
        }
