"""Years in seconds: the real planner and dispatcher under a virtual clock, on a database of their own.

`simulate` begins with a charter and nothing else, `foresee` with a copy of a group as it stands.
"""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlmodel import col, select

from migrations.upgrade import upgrade
from service import clock, zones
from service.database import connect, reading, writing
from service.events import Event
from service.groups.charter import Charter
from service.notifications.channels.files import Files
from service.notifications.outbox.channel import Channel, Parcel
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.forecasting import ForecastOut, LineOut, copy_group
from service.notifications.outbox.showing import title
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.commands import apply_charter
from service.scheduler import next_due, plan
from service.wiring import wire

_LONGEST_SLEEP = timedelta(days=7)


def simulate(charter: Charter, start: date, until: date, mail: Path) -> int:
    """Run from `start` to `until` (days in the group's zone), write every mail and `ledger.csv` into `mail`.

    The service is taken to know the charter from the first instant on. Returns the number of mails.
    """
    wire()
    zone = charter.group.timezone
    first = zones.midnight(start, zone)
    with _own_database() as engine:
        with clock.use(lambda: first), writing(engine) as session:
            apply_charter(session, charter, actor="simulation")
        _run(engine, first, zones.midnight(until, zone), Files(mail))
        with reading(engine) as session:
            rows = session.exec(
                select(
                    DeliveryRow.accepted_at,
                    Event.kind,
                    Event.subject,
                    Event.occurrence,
                    DeliveryRow.recipient,
                    DeliveryRow.channel,
                )  # type: ignore[call-overload]
                .join(Event, col(Event.id) == col(DeliveryRow.event_id))
                .where(DeliveryRow.state == "accepted")
                .order_by(col(DeliveryRow.accepted_at), Event.subject, DeliveryRow.recipient)
            ).all()
    return _write(mail, rows)


def foresee(live: Engine, group_id: str, days: int) -> ForecastOut:
    """What would be sent in the next `days` days, a line each, if nobody changed anything.

    The live database is read in one transaction that may not write; what it says is run ahead on a copy of the group,
    by a channel that sends nothing. What has failed, expired or is held in the copy stays so.
    """
    wire()
    start = clock.now()
    end = start + timedelta(days=days)
    with _own_database() as engine:
        with _looking(live) as source, engine.begin() as copy:
            copy.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            copy_group(source, copy, group_id)
        with reading(engine) as session:
            before = set(session.exec(select(DeliveryRow.id).where(DeliveryRow.state == "accepted")))
        _run(engine, start, end, Nowhere())
        with reading(engine) as session:
            asked = select(DeliveryRow, Event.kind).join(Event, col(Event.id) == col(DeliveryRow.event_id))
            asked = asked.where(DeliveryRow.state == "accepted")
            asked = asked.order_by(col(DeliveryRow.accepted_at), Event.subject, DeliveryRow.recipient)
            lines = [
                LineOut(
                    at=row.accepted_at or start,
                    kind=row.kind or kind,
                    title=title(row.body),
                    recipient=row.recipient or row.address,
                    channel=row.channel,
                )
                for row, kind in session.exec(asked)
                if row.id not in before
            ]
    return ForecastOut(group=group_id, at=start, until=end, days=days, lines=lines)


class Nowhere:
    """A way out that leads nowhere and takes everything."""

    retry_after = (timedelta(minutes=1),)

    def send(self, message: Parcel) -> str:
        return "foreseen"


@contextmanager
def _own_database() -> Iterator[Engine]:
    """A migrated database that is gone at the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{folder}/simulation.db")
        # Nobody needs this database after a power cut.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        upgrade(engine)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _looking(live: Engine) -> Iterator[Connection]:
    """One moment of the live database; to write in it is refused by the database itself."""
    if live.dialect.name == "postgresql":
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with live.connect().execution_options(**options) as connection:
            yield connection
        return
    with live.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
        try:
            yield connection
        finally:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA query_only=OFF")


def _run(engine: Engine, start: datetime, end: datetime, channel: Channel) -> None:
    """Plan and dispatch all that falls due in `[start, end)`."""
    instant = start
    dispatcher = Dispatcher(engine, lambda *_: channel, lease=float("inf"))
    with clock.use(lambda: instant):
        while instant < end:
            plan(engine)
            dispatcher.run()
            coming = [at for at in (next_due(engine), _next_attempt(engine, instant)) if at is not None]
            instant = _next(min(coming, default=None), instant, end)


def _next_attempt(engine: Engine, instant: datetime) -> datetime | None:
    """The first instant after this one at which something that waits, such as for the end of quiet hours, goes out."""
    at = col(DeliveryRow.next_attempt_at)
    asked = select(at).where(col(DeliveryRow.state).in_(("pending", "gathered")), at > instant).order_by(at).limit(1)
    with reading(engine) as session:
        return session.exec(asked).first()


def _next(due: datetime | None, instant: datetime, end: datetime) -> datetime:
    """The next instant worth looking at: what is due next, but never more than a week on."""
    soon = instant + _LONGEST_SLEEP
    return min(end, due if due is not None and due < soon else soon)


def _write(mail: Path, rows: Sequence[Any]) -> int:
    mail.mkdir(parents=True, exist_ok=True)
    with (mail / "ledger.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["at", "event", "subject", "recipient", "channel"])
        for at, kind, subject, occurrence, recipient, channel in rows:
            writer.writerow([f"{at:%Y-%m-%dT%H:%M:%SZ}", kind, f"{subject}:{occurrence}", recipient, channel])
    return len(rows)
