"""The pulse of a worker: a row that says when it last looked, and a call to somebody outside who waits for it.

The row serves `/metrics` and `gmg healthy`. The call (`GMG_DEADMAN_URL`) goes to a service that raises the alarm when
it stays away, since a service that is dead cannot report its own death. It comes after a look that went well, from
each worker; what goes wrong with it is logged and stops nothing.
"""

import time

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service import outgoing, ticks
from service.database import writing

log = structlog.get_logger()
# Seconds for the call out, in which nothing else is done.
_DEADLINE = 5.0
# Seconds between two signs of life while one look goes on.
_OFTEN = 10.0


class Pulse:
    """Signs of life of one worker; `url` is who is called, or empty."""

    def __init__(self, engine: Engine, tally: ticks.Tally, url: str) -> None:
        self._engine, self._tally, self._url = engine, tally, url
        self._last = float("-inf")

    def planned(self) -> None:
        """Everything due is in the outbox."""
        self._write(planned=True)

    def working(self) -> None:
        """A batch has gone out; noted now and then."""
        if time.monotonic() - self._last >= _OFTEN:
            self._write(planned=False)
            self.call()

    def looked(self) -> None:
        """A look is over and went well."""
        self._write(planned=False)
        self.call()

    def stopped(self) -> None:
        """This worker ends; nobody is to wait for it."""
        counts = self._tally.taken()
        try:
            with writing(self._engine) as session:
                ticks.beat(session, counts, planned=False)
                ticks.gone(session)
        except SQLAlchemyError as error:
            log.warning("the worker's end is not written down", error=type(error).__name__)

    def _write(self, *, planned: bool) -> None:
        counts = self._tally.taken()
        try:
            with writing(self._engine) as session:
                ticks.beat(session, counts, planned=planned)
        except SQLAlchemyError:
            self._tally.give_back(counts)
            raise
        self._last = time.monotonic()

    def call(self) -> None:
        """Tell whoever waits outside that this worker lives."""
        if not self._url:
            return
        try:
            answer = outgoing.post(self._url, b"", {"Content-Type": "text/plain"}, deadline=_DEADLINE)
        except (outgoing.Blocked, outgoing.Unanswered) as error:
            log.warning("the dead man's switch was not reached", why=str(error))
            return
        if not answer.ok:
            log.warning("the dead man's switch did not take it", status=answer.status)
