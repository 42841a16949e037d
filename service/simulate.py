"""Years in seconds: the real planner and dispatcher under a virtual clock, on a database of their own."""

import csv
import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import col, select

from migrations.upgrade import upgrade
from service import clock, zones
from service.database import connect, reading, writing
from service.events import Event
from service.groups.charter import Charter
from service.notifications.channels.files import Files
from service.notifications.outbox.dispatch import Dispatcher
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
    instant, end = zones.midnight(start, zone), zones.midnight(until, zone)
    with tempfile.TemporaryDirectory() as folder, clock.use(lambda: instant):
        engine = connect(f"sqlite:///{folder}/simulation.db")
        # Nobody needs this database after a power cut.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        upgrade(engine)
        with writing(engine) as session:
            apply_charter(session, charter, actor="simulation")
        files = Files(mail)
        dispatcher = Dispatcher(engine, lambda _: files, lease=float("inf"))
        while instant < end:
            plan(engine)
            dispatcher.run()
            instant = _next(next_due(engine), instant, end)
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
        engine.dispose()
    return _write(mail, rows)


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
