"""The only "now" of the service. Simulation and tests put another clock in place with `use`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_current: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _current()


@contextmanager
def use(source: Callable[[], datetime]) -> Iterator[None]:
    """Let `source` tell the time for the whole process until the block ends."""
    global _current
    before, _current = _current, source
    try:
        yield
    finally:
        _current = before
