"""What the database says: its revision, clock and version, and the work that waits in it."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from migrations.upgrade import newest, revision_of, works_with
from service import clock
from service.database import reading
from service.events import Event
from service.groups.tables import GroupRow
from service.keeping.doctor import rules
from service.keeping.doctor.rules import Finding
from service.notifications.outbox.tables import DeliveryRow, RelayRow
from service.settings import wal_is_safe
from service.ticks import last_planned


def look(engine: Engine) -> Iterator[Finding]:
    """Whether it answers, is at the revision of this program, and what waits; nothing is written."""
    at = revision_of(engine)
    yield Finding("database", "ok", f"{engine.dialect.name} answers.")
    works = works_with(engine)
    yield rules.revision(at, newest(), works)
    yield version(engine)
    if works:
        with reading(engine) as session:
            yield clocks(engine, session)
            yield from work(session)


def version(engine: Engine) -> Finding:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
            return rules.sqlite(sqlite3.sqlite_version_info, journal, wal_is_safe())
        return rules.postgresql(int(str(connection.exec_driver_sql("SHOW server_version_num").scalar())))


def clocks(engine: Engine, session: Session) -> Finding:
    """PostgreSQL has a clock of its own; for SQLite the record tells whether this machine's went back."""
    if engine.dialect.name == "postgresql":
        theirs: datetime = session.connection().exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        return rules.skew(theirs, clock.now())
    newest_event: datetime | None = session.exec(select(func.max(Event.recorded_at))).one()
    return rules.ahead(newest_event, clock.now())


def work(session: Session) -> Iterator[Finding]:
    now = clock.now()
    ids = list(session.exec(select(GroupRow.id).order_by(col(GroupRow.id))))
    open_ = list(session.exec(select(GroupRow.id).where(col(GroupRow.confirmed_at).is_(None)).order_by(GroupRow.id)))
    yield from rules.groups(ids, open_)
    yield rules.ticker(last_planned(session), now)
    waits = (DeliveryRow.state == "pending", col(DeliveryRow.next_attempt_at) <= now)
    yield rules.pending(session.exec(select(func.min(DeliveryRow.next_attempt_at)).where(*waits)).one(), now)
    since = now - rules.NEWS
    recent = select(DeliveryRow.state, func.count()).where(col(DeliveryRow.created_at) >= since)
    lost = dict(session.exec(recent.group_by(DeliveryRow.state)).all())
    yield rules.lost(lost.get("failed", 0), lost.get("expired", 0))
    kept = session.exec(select(func.count()).where(DeliveryRow.state == "held")).one()
    held = rules.held(kept)
    if held is not None:
        yield held
    shut = session.exec(select(RelayRow.name, RelayRow.answer).order_by(col(RelayRow.name))).all()
    yield from rules.relays([(name, answer) for name, answer in shut])
