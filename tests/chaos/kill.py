"""Kills a process of its own at a chosen statement, as a power cut would."""

import os
import signal
from collections.abc import Callable

from sqlalchemy import Engine, event
from sqlmodel import Session

from service.database import connect

# In short form only some statements are taken, since each costs a process; `make prove-long` takes every one.
STRIDE = int(os.environ.get("PROVE_STRIDE", "6"))


def killed_at(number: int, url: str, do: Callable[[Engine], None]) -> bool:
    """Run `do` in a forked process that is killed before its statement `number` (from 1), the commit included.

    Returns False when `do` was through before; an error in it is an error of the test.
    """
    return _forked(url, lambda engine: _arm(engine, number), do)


def killed_after_commit(url: str, do: Callable[[Engine], None]) -> None:
    """Run `do` in a forked process that is killed as soon as a first session has committed."""
    assert _forked(url, lambda _: event.listen(Session, "after_commit", _die), do), "it never committed"


def _forked(url: str, arm: Callable[[Engine], None], do: Callable[[Engine], None]) -> bool:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            engine = connect(url)
            arm(engine)
            do(engine)
            engine.dispose()
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    if os.WIFSIGNALED(ended):
        assert os.WTERMSIG(ended) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(ended) == 0, "the work itself failed"
    return False


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(engine: Engine, number: int) -> None:
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            _die()

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
