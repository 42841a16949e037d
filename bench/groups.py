"""Many groups on one database: a look when nothing is due, and meetings proposed as time goes by."""

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import event

from bench.measure import Row, at_most, best, group
from migrations.upgrade import upgrade
from service import clock
from service.database import connect, writing
from service.groups.cadence import Cadence
from service.groups.charter import Charter
from service.notifications.channels.files import Files
from service.notifications.outbox.dispatch import Dispatcher
from service.rotation.commands import apply_charter
from service.scheduler import plan
from service.wiring import wire

SIZES = (10, 100, 1000)
CADENCES = ("in month 3 of each term on the second tuesday", "every 6 weeks on thursday")
# Proposals reach a year and a half ahead; after two years every one of them is a new one.
STEPS, STEP = 4, timedelta(days=183)


def rows() -> Iterator[Row]:
    wire()
    looks, lived = {}, {}
    for size in SIZES:
        looks[size], lived[size] = _measure(size)
    small, middle, large = SIZES
    for size in (middle, large):
        yield at_most(f"a look with nothing due at {size} groups / at {small}", looks[size] / looks[small], 1.3)
    for size in (middle, large):
        ratio = lived[size] / lived[small]
        yield at_most(f"two years of meetings proposed, per group, at {size} groups / at {small}", ratio, 1.3)
    yield Row(f"seconds for one of {large} groups to propose two years of meetings", f"{lived[large]:.2g}")


def _measure(size: int) -> tuple[float, float]:
    """Seconds of a look with nothing due, and of two years of proposals for one group, among `size` of them."""
    now = datetime(2026, 1, 15, 12, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder, clock.use(lambda: now):
        engine = connect(f"sqlite:///{folder}/bench.db")
        # The disk is not what is measured.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        upgrade(engine)
        for number in range(size):
            charter = _group(number)
            with writing(engine) as session:
                apply_charter(session, charter)
        plan(engine)
        dispatcher = Dispatcher(engine, lambda *_: Files(Path(folder)), lease=60)

        def look() -> None:
            plan(engine)
            dispatcher.run()

        seconds = best(look, 25)
        began = time.perf_counter()
        for _ in range(STEPS):
            now += STEP
            plan(engine)
        lived = (time.perf_counter() - began) / size
        engine.dispose()
    return seconds, lived


def _group(number: int) -> Charter:
    base = group(3, 6)
    cadences = [
        Cadence.model_validate(
            {"id": f"c{at}", "title": "Meeting", "when": when, "from": date(2026, 1, 1), "at": "15:00"}
        )
        for at, when in enumerate(CADENCES)
    ]
    return base.model_copy(update={"group": base.group.model_copy(update={"id": f"g{number}"}), "cadences": cadences})
