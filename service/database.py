"""Sessions on SQLite or PostgreSQL: reads see one moment, a write is one transaction.

SQLite: every write is `BEGIN IMMEDIATE`, so that a transaction that reads before it writes waits
for its turn instead of failing half way (promises, rule for SQLite); foreign keys are enforced.
The journal is WAL only on a SQLite that is free of the WAL-reset fault, else DELETE.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from service.settings import Settings, wal_is_safe

# How long a write waits for its turn, on either engine.
BUSY_SECONDS = 5

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept and given in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def connect(url: str, wal: str = "auto") -> Engine:
    """An engine on `url`; for SQLite the folder is made."""
    if url.startswith("sqlite:"):
        path = url.partition("sqlite:///")[2]
        if path:
            Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(
            url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
        )
        _prepare_sqlite(engine, "WAL" if wal == "on" or (wal == "auto" and wal_is_safe()) else "DELETE")
        return engine
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        connect_args={"options": f"-c timezone=UTC -c lock_timeout={round(BUSY_SECONDS * 1000)}"},
    )


def connect_by(settings: Settings) -> Engine:
    """The engine that the settings name."""
    return connect(settings.database, settings.sqlite_wal)


def _prepare_sqlite(engine: Engine, journal: str) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        for pragma in (f"journal_mode={journal}", "synchronous=FULL", "foreign_keys=ON", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction that is committed whole at the end of the block, or not at all."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only looks; nothing done in it is kept."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
