"""Where the time of a look goes, and what its slow statements do.

    python -m bench.where opening|comment|sending       what `followups` and `dispatch` measure
    python -m bench.where growth CURVE SIZE "LOOK"      one look of `growth` at one size

Prints the share of time in which each function of ours, and each library, was at work (looked at every millisecond in
all threads), and the statements that took longest with the plan of SQLite.
"""

import sys
import sysconfig
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bench.measure import hush

ROOT = Path(__file__).parents[1]
EVERY, SECONDS = 0.001, 5.0
_LIBRARIES = sysconfig.get_paths()["purelib"]
# Statements quicker than this are not shown, in seconds.
_QUICK = 0.002


def main(given: list[str]) -> None:
    hush()
    from bench import dispatch, followups, growth

    what, *more = given or [""]
    made: dict[str, Callable[..., Any]] = {
        "opening": followups.openings, "comment": followups.comments, "sending": dispatch.sendings,
        "growth": growth.looking,
    }  # fmt: skip
    if what not in made:
        sys.exit(__doc__)
    with made[what](*more) as (engine, work, under):
        work()
        with _watched(under) as found:
            began = time.perf_counter()
            times = 0
            while time.perf_counter() - began < SECONDS:
                work()
                times += 1
            seconds = time.perf_counter() - began
        print(f"{times} times in {seconds:.1f} s, {seconds / times * 1000:.1f} ms each\n")
        _tell(found)
        _statements(engine, work)


@contextmanager
def _watched(under: str) -> Iterator[Counter[str]]:
    """Counts, for each moment at which a function of ours is at work, all that are on its stack; with `under` on it."""
    found: Counter[str] = Counter()
    ended = threading.Event()

    def watch() -> None:
        mine = threading.get_ident()
        while not ended.wait(EVERY):
            for thread, frame in sys._current_frames().items():
                seen = _seen(frame) if thread != mine else set()
                if not under or under in seen:
                    found.update(seen)

    # Who computes gives way this often, else only those who wait for something would be seen.
    before = sys.getswitchinterval()
    sys.setswitchinterval(EVERY / 4)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield found
    ended.set()
    watcher.join()
    sys.setswitchinterval(before)


def _seen(frame: Any) -> set[str]:
    """Names of what is on a stack; nothing where none of ours is."""
    names: set[str] = set()
    libraries, ours = "", False
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(str(ROOT / "service")):
            ours = True
            names.add(f"{Path(path).relative_to(ROOT)}:{frame.f_code.co_name}")
        elif path.startswith(_LIBRARIES) and not ours and not libraries:
            libraries = Path(path).relative_to(_LIBRARIES).parts[0].removesuffix(".py")
        frame = frame.f_back
    return names | {f"({libraries or 'ours or the standard library'}, by itself)", ""} if ours else set()


def _tell(found: Counter[str]) -> None:
    whole = max(1, found.pop("", 1))
    for name, times in found.most_common(40):
        print(f"{100 * times / whole:5.1f} %  {name}")


def _statements(engine: Engine, work: Callable[[], object]) -> None:
    """The statements of one more time, those that took longest first."""
    seen: list[tuple[float, str, Any]] = []

    def before(*given: Any) -> None:
        given[4].began = time.perf_counter()

    def after(*given: Any) -> None:
        seen.append((time.perf_counter() - given[4].began, given[2], given[3]))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    work()
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)
    print(f"\n{len(seen)} statements, {sum(one[0] for one in seen) * 1000:.1f} ms in all")
    for seconds, statement, values in sorted(seen, key=lambda one: -one[0])[:6]:
        if seconds < _QUICK:
            break
        print(f"\n{seconds * 1000:.1f} ms  {' '.join(statement.split())}")
        if statement.startswith("SELECT") and engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                for line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
                    print(f"    {line[3]}")


if __name__ == "__main__":
    main(sys.argv[1:])
