"""Ratios against simple yardsticks: `make bench`, or some rooms alone: `python -m bench dispatch feeds`.

Each room that was measured takes the place of its section in bench/results.md; `--dry` only prints.
"""

import sys
import time
from datetime import UTC, datetime
from importlib import import_module

from bench import results
from bench.measure import Row, hush

# In the order of the table. What takes long stands last.
ROOMS = (
    "rotation", "idle", "feeds", "radicale", "meetings", "pages", "followups", "groups", "simulation", "dispatch",
    "growth", "handing_over",
)  # fmt: skip


def main(given: list[str]) -> None:
    dry = "--dry" in given
    wanted = [name for name in given if name != "--dry"] or list(ROOMS)
    unknown = [name for name in wanted if name not in ROOMS]
    if unknown:
        sys.exit(f"no such room: {', '.join(unknown)}; choose from {', '.join(ROOMS)}")
    hush()
    print(f"{'what':<100} {'figure':>8}  {'aim':<13}")
    for name in wanted:
        section = _measured(name)
        if not dry:
            results.keep(section, list(ROOMS))


def _measured(name: str) -> results.Section:
    room = import_module(f"bench.{name}")
    machine, began, clock = results.machine(), datetime.now(UTC), time.perf_counter()
    rows: list[Row] = []
    for row in room.rows():
        rows.append(row)
        verdict = "  MISSED" if row.met is False else ""
        print(f"{row.what:<100} {row.figure:>8}  {row.aim:<13}{verdict}", flush=True)
    about = " ".join((room.__doc__ or "").partition("\n\n")[0].split())
    return results.Section(name, about, rows, began, time.perf_counter() - clock, machine)


if __name__ == "__main__":
    main(sys.argv[1:])
