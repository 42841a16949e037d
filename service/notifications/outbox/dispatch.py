"""Deliveries out through channels: claimed by one worker at a time, tried until the other side has answered.

A delivery is claimed in one transaction, sent outside of any, and its outcome written in another.
A worker that dies in between leaves it claimed; another takes it over once its claim has not moved
for a whole lease on the observer's own monotonic clock, which no change of the wall clock touches
(promise P9). The bytes and the Message-ID are those of the first attempt.
"""

import os
import socket
import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import uuid4

import structlog
from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from service import clock
from service.database import reading, writing
from service.groups.tables import GroupRow
from service.notifications.handovers.rules import RETRY_AFTER, retry_at
from service.notifications.outbox.tables import DeliveryRow

BATCH = 20
log = structlog.get_logger()


class Refused(Exception):
    """The other side has refused for good; trying again would not help."""


class NotNow(Exception):
    """The other side did not take it this time; try again later."""


class Message(NamedTuple):
    """A claimed delivery, as a channel needs it."""

    id: str
    group_id: str
    recipient: str
    message_id: str
    body: bytes
    attempts: int
    at: datetime


class Channel(Protocol):
    """A way out. `send` returns what the other side said.

    Raises:
        NotNow: try again later.
        Refused: do not.
    """

    def send(self, message: Message) -> str: ...


Chooser = Callable[[bool], Channel]


class Dispatcher:
    """One worker's hands: claims what is due and sends it through the channel that its group may use."""

    def __init__(self, engine: Engine, channel_for: Chooser, lease: float) -> None:
        self.engine = engine
        self.channel_for = channel_for
        self.lease = lease
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._seen: dict[str, tuple[str | None, int, float]] = {}

    def run(self) -> int:
        """Send everything that is due now; how many were accepted."""
        accepted = 0
        self._free_orphans()
        while claimed := self._claim():
            for message, confirmed in claimed:
                accepted += self._send(message, confirmed)
        return accepted

    def _claim(self) -> list[tuple[Message, bool]]:
        now = clock.now()
        with writing(self.engine) as session:
            self._expire(session, now)
            furthest = now + RETRY_AFTER[-1]
            due = (
                select(DeliveryRow)
                .where(DeliveryRow.state == "pending")
                # A clock that was set back must not leave a delivery waiting for a time that is far off now.
                .where((col(DeliveryRow.next_attempt_at) <= now) | (col(DeliveryRow.next_attempt_at) > furthest))
                .order_by(col(DeliveryRow.not_after), col(DeliveryRow.id))
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            rows = list(session.exec(due))
            for row in rows:
                row.state, row.owner, row.attempts = "sending", self.name, row.attempts + 1
                session.add(row)
            confirmed = (
                {row.id for row in session.exec(select(GroupRow)) if row.confirmed_at is not None} if rows else set()
            )
            return [
                (
                    Message(row.id, row.group_id, row.recipient, row.message_id, row.body, row.attempts, now),
                    row.group_id in confirmed,
                )
                for row in rows
            ]

    def _expire(self, session: Session, now: datetime) -> None:
        session.exec(
            update(DeliveryRow)
            .where(col(DeliveryRow.state) == "pending", col(DeliveryRow.not_after) < now)
            .values(state="expired")
        )

    def _send(self, message: Message, confirmed: bool) -> bool:
        try:
            answer = self.channel_for(confirmed).send(message)
        except NotNow as error:
            self._settle(
                message,
                state="pending",
                next_attempt_at=retry_at(message.attempts, clock.now()),
                answer=_short(error),
            )
            log.warning("delivery postponed", delivery=message.id, attempts=message.attempts)
            return False
        except Refused as error:
            self._settle(message, state="failed", answer=_short(error))
            log.error("delivery failed", delivery=message.id)
            return False
        self._settle(message, state="accepted", accepted_at=clock.now(), answer=answer[:300] or None)
        return True

    def _settle(self, message: Message, **values: object) -> None:
        """Write the outcome, unless another worker has taken the delivery over meanwhile."""
        with writing(self.engine) as session:
            session.exec(
                update(DeliveryRow)
                .where(
                    col(DeliveryRow.id) == message.id,
                    col(DeliveryRow.owner) == self.name,
                    col(DeliveryRow.attempts) == message.attempts,
                )
                .values(owner=None, **values)
            )

    def _free_orphans(self) -> None:
        """Put back what is claimed and has not moved for a whole lease."""
        now = time.monotonic()
        with reading(self.engine) as session:
            rows = session.exec(
                select(DeliveryRow.id, DeliveryRow.owner, DeliveryRow.attempts).where(DeliveryRow.state == "sending")
            ).all()
        seen = {}
        for id_, owner, attempts in rows:
            before = self._seen.get(id_)
            same = before is not None and before[:2] == (owner, attempts)
            seen[id_] = before if same and before is not None else (owner, attempts, now)
        self._seen = seen
        for id_, (owner, attempts, since) in seen.items():
            if now - since >= self.lease:
                with writing(self.engine) as session:
                    session.exec(
                        update(DeliveryRow)
                        .where(
                            col(DeliveryRow.id) == id_,
                            col(DeliveryRow.state) == "sending",
                            col(DeliveryRow.owner) == owner,
                            col(DeliveryRow.attempts) == attempts,
                        )
                        .values(state="pending", owner=None, next_attempt_at=clock.now())
                    )


def _short(error: Exception) -> str:
    return str(error)[:300]
