"""Ratios against simple yardsticks, measured in one run: `make bench`. Each is the best of several rounds."""

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import icalendar

from migrations.upgrade import upgrade
from service.calendars.feeds import Shelf
from service.database import connect, writing
from service.groups.charter import Charter
from service.rotation.commands import apply_charter
from service.rotation.engine import add_months, terms
from service.wiring import wire


def best(work: Callable[[], object], rounds: int = 7) -> float:
    """Seconds of the quickest of `rounds`."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def group(size: int, months: int) -> Charter:
    """`size` members in turn from 2008 on."""
    return Charter.model_validate(
        {
            "group": {"id": "bench", "name": "Bench", "founded": date(2006, 1, 1), "timezone": "Europe/Zurich"},
            "members": [{"id": f"m{n}", "name": f"Member {n}", "joined": date(2006, 1, 1)} for n in range(size)],
            "rotation": [{"from": date(2008, 1, 1), "months": months, "order": [f"m{n}" for n in range(size)]}],
        }
    )


def hundred_years() -> float:
    """Terms of 100 years against a loop that only adds months."""
    charter, start, end = group(14, 6), date(2008, 1, 1), date(2108, 1, 1)

    def plain() -> list[tuple[date, date]]:
        found, day = [], start
        while day < end:
            following = add_months(day, 6)
            found.append((day, following))
            day = following
        return found

    return best(lambda: [terms(charter, end) for _ in range(20)]) / best(lambda: [plain() for _ in range(20)])


def feed_after_a_change() -> tuple[float, int]:
    """A feed of about 1,000 events built from kept bytes against `icalendar` serialising all of it."""
    wire()
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(engine)
        with writing(engine) as session:
            apply_charter(session, group(430, 1))
        shelf = Shelf(engine)
        body = shelf.fetch("bench", "all").body
        calendar = icalendar.Calendar.from_ical(body)

        def rebuilt() -> None:
            fresh = Shelf(engine)
            fresh.fetch("bench", "all")
            fresh.close()

        ratio = best(rebuilt) / best(calendar.to_ical, 3)
        shelf.close()
        engine.dispose()
        return ratio, body.count(b"BEGIN:VEVENT")


def main() -> None:
    print(f"{'what':<64} {'ratio':>7}  aim")
    print(f"{'terms of 100 years / a loop that only adds months':<64} {hundred_years():>7.2f}  at most 8")
    ratio, count = feed_after_a_change()
    print(f"{f'feed of {count} events from kept bytes / icalendar serialising it':<64} {ratio:>7.3f}  at most 0.02")


main()
