"""The state of the database as figures, asked for at each scrape: so every web process tells the same of it.

There is no leader among the processes of this service, and so no figure of one. Nothing here is told apart by agency,
person or group: figures go to a system that others read.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from importlib.metadata import version

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from sqlalchemy import Engine, case, func, select, type_coerce
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from migrations.upgrade import newest
from service import clock, ticks
from service.database import Instant, reading
from service.keeping.backups import last_backup
from service.notifications.outbox.rules import is_shut
from service.notifications.outbox.tables import DeliveryRow, RelayRow
from service.settings import Settings
from service.watching.handovers import next_handover, undelivered, unreached

log = structlog.get_logger()
# A worker that has not been seen for so long is not at work.
AT_WORK = timedelta(minutes=3)
CHANNELS = ("mail", "slack", "teams", "webhook")
Figures = Callable[[Session], Iterator[Metric]]


class Together:
    """Several collections as one, for an encoder."""

    def __init__(self, counts: CollectorRegistry, state: "State") -> None:
        self._counts, self._state = counts, state

    def collect(self) -> Iterable[Metric]:
        yield from self._counts.collect()
        yield from self._state.collect()


class State:
    """What the database and the folder of the service say now."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine, self._settings = engine, settings

    def collect(self) -> Iterator[Metric]:
        """Every figure; a database that does not answer takes its own with it and no others."""
        yield from _of_the_program()
        yield from _of_the_folder(self._settings)
        found: list[Metric] = []
        try:
            with reading(self._engine) as session:
                for figures in (_outbox, _deliveries, _workers, _handovers, _size):
                    found += figures(session)
        except SQLAlchemyError as error:
            log.error("no figures from the database", error=type(error).__name__)
            yield _gauge("gmg_database_up", "Whether the database answers.", 0)
            return
        yield _gauge("gmg_database_up", "Whether the database answers.", 1)
        yield from found


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0


def _of_the_program() -> Iterator[Metric]:
    build = GaugeMetricFamily("gmg_build_info", "The program.", labels=["version", "revision"])
    build.add_metric([version("gmg"), newest() or ""], 1)
    yield build


def _of_the_folder(settings: Settings) -> Iterator[Metric]:
    at = last_backup(settings.home)
    yield _gauge("gmg_backup_last_success_timestamp_seconds", "Of the newest good backup; 0: none.", _seconds(at))
    try:
        disk = shutil.disk_usage(settings.home)
    except OSError:
        return
    yield _gauge("gmg_disk_bytes", "Size of the disk that GMG_HOME lies on.", disk.total)
    yield _gauge("gmg_disk_free_bytes", "What is free of it.", disk.free)


def _outbox(session: Session) -> Iterator[Metric]:
    """What waits, and for how long the one that might have gone first."""
    now = clock.now()
    may_go = case(
        (col(DeliveryRow.attempts) > 0, col(DeliveryRow.created_at)),
        (col(DeliveryRow.next_attempt_at) <= now, col(DeliveryRow.next_attempt_at)),
    )
    asked = (
        select(col(DeliveryRow.channel), func.count(), type_coerce(func.min(may_go), Instant))
        .where(col(DeliveryRow.state).in_(("pending", "sending")))
        .group_by(col(DeliveryRow.channel))
    )
    found = {channel: (count, first) for channel, count, first in session.connection().execute(asked)}
    pending = GaugeMetricFamily("gmg_outbox_pending", "Messages that wait to go out.", labels=["channel"])
    oldest = GaugeMetricFamily(
        "gmg_outbox_oldest_age_seconds", "How long the oldest that might have gone has waited.", labels=["channel"]
    )
    for channel in sorted({*CHANNELS, *found}):
        count, first = found.get(channel, (0, None))
        pending.add_metric([channel], count)
        oldest.add_metric([channel], max(0.0, (now - first).total_seconds()) if first is not None else 0)
    yield pending
    yield oldest
    held = select(func.count()).where(col(DeliveryRow.state) == "held")
    yield _gauge("gmg_outbox_held", "Messages that wait until somebody lets them go.", session.scalar(held) or 0)
    relays = session.connection().execute(select(col(RelayRow.name), col(RelayRow.open_until)).limit(1000)).all()
    shut = GaugeMetricFamily("gmg_relays_down", "Ways out that did not answer last.", labels=["channel"])
    for channel in CHANNELS:
        shut.add_metric([channel], sum(name.partition(":")[0] == channel for name, _ in relays))
    yield shut
    waits = sum(is_shut(until, now) for _, until in relays)
    yield _gauge("gmg_relays_shut", "Of those, how many nobody tries for the moment.", waits)


def _deliveries(session: Session) -> Iterator[Metric]:
    """What workers have counted since the beginning."""
    attempts = CounterMetricFamily("gmg_delivery_attempts", "Attempts to send.", labels=["channel", "result"])
    outcomes = CounterMetricFamily("gmg_deliveries", "What became of messages.", labels=["channel", "outcome"])
    buckets: dict[str, dict[str, int]] = {}
    sums: dict[str, int] = {}
    for row in ticks.tallies(session):
        if row.name == ticks.ATTEMPTS:
            attempts.add_metric([row.channel, row.result], row.count)
        elif row.name == ticks.OUTCOMES:
            outcomes.add_metric([row.channel, row.result], row.count)
        elif row.name == ticks.LATENCY:
            buckets.setdefault(row.channel, {})[row.result] = row.count
        elif row.name == ticks.SECONDS:
            sums[row.channel] = row.count
    yield attempts
    yield outcomes
    latency = HistogramMetricFamily(
        "gmg_delivery_latency_seconds", "From when a message might go until it was accepted.", labels=["channel"]
    )
    for channel, found in sorted(buckets.items()):
        latency.add_metric([channel], _cumulative(found), float(sums.get(channel, 0)))
    yield latency


def _cumulative(found: dict[str, int]) -> list[tuple[str, float]]:
    total, lines = 0, []
    for bound in (*map(str, ticks.BOUNDS), ticks.OVER):
        total += found.get(bound, 0)
        lines.append(("+Inf" if bound == ticks.OVER else f"{bound}.0", float(total)))
    return lines


def _workers(session: Session) -> Iterator[Metric]:
    at = ticks.last_planned(session)
    yield _gauge("gmg_scheduler_last_tick_timestamp_seconds", "When all that was due was planned.", _seconds(at))
    now = clock.now()
    busy = sum(abs(now - row.seen_at) <= AT_WORK for row in ticks.workers(session))
    yield _gauge("gmg_workers", "Workers that were seen within three minutes.", busy)


def _handovers(session: Session) -> Iterator[Metric]:
    now = clock.now()
    yield _gauge(
        "gmg_handover_next_timestamp_seconds", "The next handover of a chair; 0: none is known.",
        _seconds(next_handover(session, now)),
    )  # fmt: skip
    yield _gauge(
        "gmg_handovers_unreached", "Handovers within 24 hours of which no reminder has reached the incoming chair.",
        len(unreached(session, now)),
    )  # fmt: skip
    lost = GaugeMetricFamily(
        "gmg_handover_undelivered", "Messages about handovers that were not delivered, of the last seven days.",
        labels=["outcome"],
    )  # fmt: skip
    for outcome, count in undelivered(session, now).items():
        lost.add_metric([outcome], count)
    yield lost


def _size(session: Session) -> Iterator[Metric]:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    else:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        size = pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    yield _gauge("gmg_db_bytes", "Size of the database.", size)
