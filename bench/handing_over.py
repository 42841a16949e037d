"""Many groups that hand over at the same instant, with 42 people each: planned and sent, each size in its own process.

python -m bench.handing_over SIZE PORT prints the seconds a delivery, and the peak of memory in MiB.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import event
from sqlmodel import func, select

from bench.dispatch import FROM, relay
from bench.measure import Row, at_most, group, hush
from migrations.upgrade import upgrade
from service import clock
from service.database import connect, reading, writing
from service.groups.charter import Charter
from service.groups.commands import confirm
from service.notifications.channels.smtp import Smtp
from service.notifications.outbox.dispatch import Dispatcher
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.commands import apply_charter
from service.scheduler import plan
from service.wiring import wire

SIZES = (100, 1000)
MEMBERS, PEOPLE = 14, 3
EACH = MEMBERS * PEOPLE
# The groups are known on the eve, and every one of them hands over at this instant.
EVE, HANDOVER = datetime(2026, 6, 30, 12, tzinfo=UTC), date(2026, 7, 1)


def rows() -> Iterator[Row]:
    with relay(0) as port:
        found = {size: _in_a_process(size, port) for size in SIZES}
    (small, small_peak), (large, large_peak) = (found[size] for size in SIZES)
    yield at_most(
        f"time a delivery, {SIZES[1]} groups handing over at once / {SIZES[0]} ({EACH} deliveries each)",
        large / small,
        1.3,
    )
    yield at_most("peak memory of the same", large_peak / small_peak, 1.3)
    yield Row(f"milliseconds to plan and send one of the {SIZES[1] * EACH} deliveries", f"{large * 1000:.3g}")


def _in_a_process(size: int, port: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.handing_over", str(size), str(port)]
    seconds, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), float(peak)


def _measure(size: int, port: int) -> tuple[float, float]:
    """Seconds a delivery from the first look to the last answer, and the most memory that the process had."""
    wire()
    now = EVE
    with tempfile.TemporaryDirectory() as folder, clock.use(lambda: now):
        engine = connect(f"sqlite:///{folder}/bench.db")
        # The disk is not what is measured.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        upgrade(engine)
        for number in range(size):
            with writing(engine) as session:
                apply_charter(session, _group(number))
                confirm(session, f"g{number}")
        channel = Smtp(f"smtp://127.0.0.1:{port}", FROM, 10, b"k" * 32)
        worker = Dispatcher(engine, lambda *_: channel, 90)
        plan(engine)
        worker.run()
        now = HANDOVER_AT
        began = time.perf_counter()
        plan(engine)
        sent = worker.run()
        seconds = time.perf_counter() - began
        with reading(engine) as session:
            left = session.exec(select(func.count()).where(DeliveryRow.state != "accepted")).one()
        engine.dispose()
    assert sent >= size * EACH, f"{sent} sent"
    assert left == 0, f"{left} not sent"
    return seconds / sent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# The morning after, when everybody's reminder of the day is due.
HANDOVER_AT = datetime(2026, 7, 1, 12, tzinfo=UTC) + timedelta(hours=6)


def _group(number: int) -> Charter:
    base = group(MEMBERS, 6)
    people = [
        {
            "name": f"Person {at} of member {member}",
            "email": f"p{at}@m{member}.g{number}.example",
            "appointments": [{"organization": f"m{member}", "role": "focal-point", "from": date(2026, 1, 1)}],
        }
        for member in range(MEMBERS)
        for at in range(PEOPLE)
    ]
    said = base.model_dump(by_alias=True)
    said["group"]["id"] = f"g{number}"
    return Charter.model_validate(said | {"people": people, "reminders": {"leads": [0], "ask": None}})


def main() -> None:
    hush()
    seconds, peak = _measure(int(sys.argv[1]), int(sys.argv[2]))
    print(seconds, peak)


if __name__ == "__main__":
    main()
