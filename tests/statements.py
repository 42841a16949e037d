"""What an engine is asked, statement by statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine, event


class Asked(NamedTuple):
    """A statement, and what was given with it."""

    statement: str
    given: Any


@contextmanager
def listened(engine: Engine) -> Iterator[list[Asked]]:
    """What the engine is asked within the block, in order."""
    asked: list[Asked] = []
    # The connection and its cursor come first.
    listening = (engine, "before_cursor_execute", lambda *told: asked.append(Asked(*told[2:4])))
    event.listen(*listening)
    try:
        yield asked
    finally:
        event.remove(*listening)
