"""Logs as JSON lines in UTC on standard error: one line a record, nothing in it that lets somebody in.

What is known of the request or the delivery that a line belongs to (`known`) stands in each line: the trace, the actor
and the agency as ids. Everything then goes through `service/redaction.py`. Of an exception the type and the places are
told, and its text only where that cannot hold what somebody has sent: a log is read by more people than a mail.
"""

import logging
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import structlog

from service.redaction import Redaction, told

# Of the request that is being answered; shared with the threads that work for it.
_known: ContextVar[dict[str, str] | None] = ContextVar("known", default=None)
# One for the whole process, since loggers are kept; it learns what is secret in `set_up`.
_redaction = Redaction()


@contextmanager
def known(**facts: str) -> Iterator[dict[str, str]]:
    """Let every line that is logged inside say these; what is noted meanwhile is in the mapping given."""
    kept = dict(facts)
    before = _known.set(kept)
    try:
        yield kept
    finally:
        _known.reset(before)


def note(**facts: str) -> None:
    """Add what has become known of the request that is being answered; outside of one it is lost."""
    kept = _known.get()
    if kept is not None:
        kept.update(facts)


def trace() -> str | None:
    """What the request that is being answered is known by in the log."""
    return (_known.get() or {}).get("trace")


def set_up(secrets: Iterable[str] = (), key: bytes = b"") -> None:
    """Send every log of the process through one renderer.

    `secrets` are texts that must never be written, such as passwords of the settings; `key` makes the hashes by which
    mail addresses are known.
    """
    _redaction.learn(secrets, key)
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_what_is_known,
        _with_exceptions,
        _redaction,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(default=str)],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.INFO
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)


def redacted(text: str) -> str:
    """A text as it may be written where others read it."""
    return _redaction.text(text)


def _uncaught(type_: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(type_, KeyboardInterrupt):
        return
    structlog.get_logger().error("uncaught", exc_info=(type_, error, trace))


def _with_what_is_known(_: Any, __: str, line: dict[str, Any]) -> dict[str, Any]:
    return (_known.get() or {}) | line


def _with_exceptions(_: Any, __: str, line: dict[str, Any]) -> dict[str, Any]:
    """An exception as its type, the places it came through and what can be told of its text."""
    given = line.pop("exc_info", None)
    line.pop("stack_info", None)
    # A record of the standard library that went through a formatter before carries it as text.
    line.pop("exc_text", None)
    if not given:
        return line
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exc_info()[1]
    if isinstance(error, BaseException):
        line["exception"] = told(error)
    return line
