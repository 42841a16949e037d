"""The engine against the least that a loop over months must do."""

from collections.abc import Iterator
from datetime import date

from bench.measure import Row, at_most, best, group
from service.rotation.engine import add_months, terms

# Each round is over in milliseconds, and easily disturbed.
ROUNDS = 60


def rows() -> Iterator[Row]:
    charter, start, end = group(14, 6), date(2008, 1, 1), date(2108, 1, 1)

    def plain() -> list[tuple[date, date]]:
        found, day = [], start
        while day < end:
            following = add_months(day, 6)
            found.append((day, following))
            day = following
        return found

    ours = best(lambda: [terms(charter, end) for _ in range(20)], ROUNDS)
    loop = best(lambda: [plain() for _ in range(20)], ROUNDS)
    yield at_most("terms of 100 years / a loop that only adds months", ours / loop, 8)
