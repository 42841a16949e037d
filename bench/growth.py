"""Growth: what is due or shown at ten times as much, and ten times more, of everything that is past; SQLite.

A group that has lived for a year is copied, and one thing in it is made more by its own rows (`copies.py`); as much is
due and shown as before. Each row is one look at the largest of a curve against the same look at the smallest.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from bench import copies
from bench.living import SECRETARY
from bench.measure import Row, at_most
from bench.worlds import LOOKS, NOT_OF_MEMBERS, NOW, WHYS, World, of_members, seed
from service import clock
from service.database import connect
from service.wiring import wire

FOCAL = "gmg@{}.example"
AIM = 1.5
Grow = Callable[[Engine, int], None]


class Curve(NamedTuple):
    """One thing that grows, at these sizes, each ten times the one before."""

    what: str
    grow: Grow
    sizes: tuple[int, ...]


CURVES = (
    Curve("groups", lambda engine, size: copies.groups(engine, size, "young"), (10, 100, 1_000)),
    Curve("meetings", copies.meetings, (100, 1_000, 10_000)),
    Curve("decisions, activities, notices", copies.record, (100, 1_000, 10_000)),
    Curve("actions", copies.actions, (1_000, 10_000, 100_000, 1_000_000)),
    Curve("events", copies.events, (1_000, 10_000, 100_000, 1_000_000)),
)
# A charter holds no more than the last of these.
MEMBERS = (14, 140, 500)
ROUNDS = 15
# Seconds that a look is done over and over in one round at least, and that all its rounds take at most, but for two.
_LEAST, _MOST = 0.02, 20.0


def rows(curves: tuple[Curve, ...] = CURVES, members: tuple[int, ...] = MEMBERS, rounds: int = ROUNDS) -> Iterator[Row]:
    wire()
    with tempfile.TemporaryDirectory() as folder, clock.use(lambda: NOW):
        first = Path(folder) / "seed.db"
        if curves:
            seed(first)
        for curve in curves:
            with ExitStack() as stack:
                worlds = []
                for size in curve.sizes:
                    path = Path(folder) / f"{size}.db"
                    shutil.copy(first, path)
                    engine = connect(f"sqlite:///{path}")
                    curve.grow(engine, size)
                    worlds.append(stack.enter_context(World(engine, "gmg", "iom", FOCAL, SECRETARY)))
                yield from _curve(curve.what, curve.sizes, worlds, rounds, dict.fromkeys(LOOKS, AIM))
            for path in Path(folder).glob("[0-9]*.db"):
                path.unlink()
        if members:
            yield from _members(Path(folder), members, rounds)


def _members(folder: Path, sizes: tuple[int, ...], rounds: int) -> Iterator[Row]:
    """Members are themselves what many pages show, and every one of them has a turn: these may follow their number."""
    with ExitStack() as stack:
        worlds = [stack.enter_context(of_members(folder, size)) for size in sizes]
        aims = {look: AIM if look in NOT_OF_MEMBERS else sizes[-1] / sizes[0] for look in LOOKS}
        yield from _curve("members", sizes, worlds, rounds, aims)


@contextmanager
def looking(what: str, size: str, look: str) -> Iterator[tuple[Engine, Callable[[], None], str]]:
    """For `bench.where`: one look at one size of a curve, each by its name."""
    wire()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(clock.use(lambda: NOW))
        world = stack.enter_context(_one(Path(folder), what, int(size)))
        yield world.engine, lambda: LOOKS[look](world), ""


def _one(folder: Path, what: str, size: int) -> World:
    if what == "members":
        return of_members(folder, size)
    path = folder / "seed.db"
    seed(path)
    engine = connect(f"sqlite:///{path}")
    next(curve for curve in CURVES if curve.what == what).grow(engine, size)
    return World(engine, "gmg", "iom", FOCAL, SECRETARY)


def _curve(
    what: str, sizes: tuple[int, ...], worlds: list[World], rounds: int, aims: dict[str, float]
) -> Iterator[Row]:
    for name, look in LOOKS.items():
        found = _quickest(look, worlds, rounds)
        shown = ", ".join(f"{seconds * 1000:.3g}" for seconds in found)
        said = f"{name}: {sizes[-1]} {what} / {sizes[0]} ({shown} ms)"
        asked = f'`python -m bench.where growth "{what}" {sizes[-1]} "{name}"` shows where its time goes.'
        yield at_most(said, found[-1] / found[0], aims[name], f"{WHYS.get(name, f'Of {name}:')} {asked}")


def _quickest(look: Callable[[World], None], worlds: list[World], rounds: int) -> list[float]:
    """Seconds of the quickest look at each, in rounds that take turns; what is over at once is done some times."""
    found = [float("inf")] * len(worlds)
    first = time.perf_counter()
    for done in range(rounds + 1):
        if done > 2 and time.perf_counter() - first > _MOST:
            break
        for at, world in enumerate(worlds):
            times = 1 if found[at] == float("inf") else max(1, round(_LEAST / found[at]))
            began = time.perf_counter()
            for _ in range(times):
                look(world)
            found[at] = min(found[at], (time.perf_counter() - began) / times)
    return found
