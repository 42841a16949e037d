"""Feeds as bytes, kept ready: built when something changed or a day began, then served from memory."""

import gzip
import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from service import clock, zones
from service.calendars.shown import published
from service.calendars.writer import feed_bytes
from service.database import reading
from service.groups import queries as groups
from service.groups.tables import GroupRow, OrganizationRow
from service.language.speech import _
from service.problems import not_found

REFRESH = timedelta(hours=1)
ABOUT = "who chairs, when the chair passes, and when the group meets. Tentative: by rule, not on record."
NAMES = {"all": "{group}", "inside": "{group}", "chair": "{group} chair", "meetings": "{group} meetings"}


@dataclass(frozen=True)
class Feed:
    """The bytes of a feed and their validators.

    `version` counts what the group has published; `expires` is when its next day begins.
    """

    version: int
    expires: datetime
    body: bytes

    @cached_property
    def etag(self) -> str:
        """A strong validator over the bytes (RFC 9110 8.8.3)."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.body, 6, mtime=0)

    @cached_property
    def packed_etag(self) -> str:
        """The compressed form is another representation, so it has a validator of its own."""
        return f'{self.etag[:-1]}-gzip"'


def build(engine: Engine, group_id: str, kind: str) -> Feed:
    """The feed of a group from the bytes that the ledger keeps.

    `kind` is a view, see `shown`.

    Raises:
        Problem: 404, there is no such group, or no such member.
    """
    with reading(engine) as session:
        row = groups.group_row(session, group_id)
        today = zones.day_in(clock.now(), row.timezone)
        found = published(session, group_id, kind, today)
        whole = feed_bytes(
            name=_name(session, row, kind),
            description=f"{row.facts['name']}: {ABOUT}",
            zones=[row.timezone, *{zone for zone, _body in found if zone and zone != "UTC"}],
            events=[body for _zone, body in found],
            refresh=REFRESH,
        )
        return Feed(row.published, _next_day(today, row.timezone), whole)


def _name(session: Session, row: GroupRow, kind: str) -> str:
    """What a client calls the calendar."""
    group = str(row.facts.get("short") or row.facts["name"])
    what, _colon, member = kind.partition(":")
    if what != "member":
        return NAMES[what].format(group=group)
    found = session.get(OrganizationRow, (row.id, member))
    if found is None or found.seat_of is not None:
        raise not_found(_("This member is not here; check the address."))
    return f"{group} {found.short or found.name}"


def _next_day(today: date, zone: str) -> datetime:
    return zones.midnight(today + timedelta(days=1), zone)


class Shelf:
    """The feeds of one process, each kept until the database or the day has moved on.

    On SQLite a change by any connection shows in `PRAGMA data_version` of another, which costs
    microseconds; on PostgreSQL the group's version is looked up at each request, in a worker thread.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._feeds: dict[tuple[str, str], tuple[object, Feed]] = {}
        self._watch: sqlite3.Connection | None = None
        if engine.dialect.name == "sqlite" and engine.url.database:
            self._watch = sqlite3.connect(engine.url.database, check_same_thread=False, isolation_level=None)

    def ready(self, group_id: str, kind: str) -> Feed | None:
        """The feed when it is known to be current, without waiting for anything."""
        held = self._feeds.get((group_id, kind))
        if held is not None and held[0] == self._mark() and clock.now() < held[1].expires:
            return held[1]
        return None

    def fetch(self, group_id: str, kind: str) -> Feed:
        """The current feed, built anew where needed. Reads the database.

        Raises:
            Problem: 404, there is no such group.
        """
        mark = self._mark()
        held = self._feeds.get((group_id, kind))
        if held is not None and clock.now() < held[1].expires and self._version(group_id) == held[1].version:
            feed = held[1]
        else:
            feed = build(self.engine, group_id, kind)
        self._feeds[group_id, kind] = (mark, feed)
        return feed

    def _version(self, group_id: str) -> int | None:
        with self.engine.connect() as connection:
            return connection.scalar(select(GroupRow.published).where(col(GroupRow.id) == group_id))  # type: ignore[call-overload]

    def _mark(self) -> object:
        if self._watch is not None:
            return self._watch.execute("PRAGMA data_version").fetchone()[0]
        return object()

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
