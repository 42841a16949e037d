"""What workers leave behind for those who watch: when each has last looked, and what has gone out since the beginning.

A worker has no door of its own, so it writes both into the database, in one small transaction a look, and every web
process tells the same of it. The counts are kept in memory between two looks: a worker that is killed takes up to one
look of them with it. They are for watching; what is owed stands in the outbox.
"""

import os
import socket
import threading
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, delete, select

from service import clock
from service.database import Instant

# Who has not been seen for this long is no worker any more.
FORGOTTEN = timedelta(days=1)
ATTEMPTS, OUTCOMES, LATENCY, SECONDS = "attempts", "outcomes", "latency", "seconds"
# Upper bounds, in seconds, between the instant a message may go and its acceptance by the other side.
BOUNDS = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)
OVER = "inf"


class TickRow(SQLModel, table=True):
    """A worker: a process that looks at what is due.

    `planned_at` is when it last had put everything due into the outbox; `seen_at` when it last got on with its work,
    which with a long outbox is later.
    """

    __tablename__ = "tick"

    worker: str = Field(primary_key=True, max_length=80)
    host: str = Field(max_length=64)
    process: int
    planned_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    seen_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class TallyRow(SQLModel, table=True):
    """How often something has happened since the beginning: `name` what, `result` how it ended, by `channel`."""

    __tablename__ = "tally"

    name: str = Field(primary_key=True, max_length=20)
    channel: str = Field(primary_key=True, max_length=20)
    result: str = Field(primary_key=True, max_length=20)
    count: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


class Tally:
    """Counts of one process that are not in the database yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def attempt(self, channel: str, result: str) -> None:
        """One attempt to send: accepted, postponed, refused, down (no answer) or error (a fault of ours)."""
        self._add(ATTEMPTS, channel, result)

    def outcome(self, channel: str, outcome: str) -> None:
        """What became of a message in the end: accepted, failed or expired."""
        self._add(OUTCOMES, channel, outcome)

    def waited(self, channel: str, seconds: float) -> None:
        """How long a message that was accepted had waited since it might go."""
        bound = next((str(bound) for bound in BOUNDS if seconds <= bound), OVER)
        self._add(LATENCY, channel, bound)
        self._add(SECONDS, channel, "sum", max(0, round(seconds)))

    def _add(self, name: str, channel: str, result: str, count: int = 1) -> None:
        with self._lock:
            self._counts[name, channel, result] += count

    def taken(self) -> Counter[tuple[str, str, str]]:
        """What was counted since the last call."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return counts

    def give_back(self, counts: Counter[tuple[str, str, str]]) -> None:
        """What could not be written is written with what comes next."""
        with self._lock:
            self._counts.update(counts)


def worker_name() -> str:
    """What this process is known by: its host and its process id."""
    return f"{socket.gethostname()[:64]}:{os.getpid()}"


def beat(session: Session, counts: Counter[tuple[str, str, str]], *, planned: bool) -> None:
    """Note that this worker is at work, and add what it has counted."""
    now, connection = clock.now(), session.connection()
    values = {"host": socket.gethostname()[:64], "process": os.getpid(), "seen_at": now}
    if planned:
        values["planned_at"] = now
    _put(connection, TickRow, {"worker": worker_name()}, values, values)
    # In one order, so that two workers never wait for each other.
    for (name, channel, result), count in sorted(counts.items()):
        key = {"name": name, "channel": channel, "result": result}
        _put(connection, TallyRow, key, {"count": count}, {"count": TallyRow.__table__.c.count + count})  # type: ignore[attr-defined]
    session.exec(delete(TickRow).where(col(TickRow.seen_at) < now - FORGOTTEN))


def gone(session: Session) -> None:
    """This worker ends."""
    session.exec(delete(TickRow).where(col(TickRow.worker) == worker_name()))


def last_planned(session: Session) -> datetime | None:
    """When any worker had last put everything due into the outbox; None where none ever has."""
    at = col(TickRow.planned_at)
    return session.exec(select(at).where(at.is_not(None)).order_by(at.desc()).limit(1)).first()


def workers(session: Session, host: str | None = None) -> list[TickRow]:
    """The workers that are known, of one host or of all."""
    asked = select(TickRow).order_by(col(TickRow.worker)).limit(1000)
    return list(session.exec(asked.where(TickRow.host == host) if host is not None else asked))


def tallies(session: Session) -> list[TallyRow]:
    """Every count, in a fixed order."""
    asked = select(TallyRow).order_by(col(TallyRow.name), col(TallyRow.channel), col(TallyRow.result))
    return list(session.exec(asked))


def _put(
    connection: Connection,
    table: type[SQLModel],
    key: dict[str, str],
    new: dict[str, object],
    changed: dict[str, object],
) -> None:
    """A new row, or what changes in the one that is there: in one statement, since others may do the same."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    asked = insert(table).values(**key, **new)
    connection.execute(asked.on_conflict_do_update(index_elements=list(key), set_=changed))
