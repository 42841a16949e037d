"""Deliveries out through channels: claimed by one worker at a time, tried until the other side has answered.

A delivery is claimed in one transaction, sent outside of any, and its outcome written in another.
A worker that dies in between leaves it claimed; another takes it over once its claim has not moved
for a whole lease on the observer's own monotonic clock, which no change of the wall clock touches
(promise P9). The bytes and the Message-ID are those of the first attempt.
"""

import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, Update, and_, not_, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from service import clock
from service.database import reading, writing
from service.events import record
from service.groups import queries as groups
from service.groups.tables import GroupRow
from service.notifications.mailing.bounces import note
from service.notifications.outbox import relays
from service.notifications.outbox.channel import Channel, Down, NotNow, Parcel, Refused
from service.notifications.outbox.rules import CHATS, FAILED, LONGEST_MAIL_WAIT, LONGEST_WAIT, PAUSE, relay_of, retry_at
from service.notifications.outbox.tables import DeliveryRow
from service.ticks import Tally

BATCH = 20
log = structlog.get_logger()

Chooser = Callable[[Parcel, bool], Channel]
Gate = Callable[[Connection], bool]


class Claimed(NamedTuple):
    """A message in this worker's hands. `owner` names this very claim; `trial`: its way out did not answer before.

    `since` is when it might first go: for one that was tried before, when it was made.
    """

    message: Parcel
    confirmed: bool
    owner: str
    trial: bool
    since: datetime

    @property
    def relay(self) -> str:
        return relay_of(self.message.channel, self.message.contact_id)


class Dispatcher:
    """One worker's hands: claims what is due and sends each through the channel that its group may use.

    `lease` is in seconds, and more than twice what a channel may take for one message. `gate` says, within the
    transaction of a claim, whether this program may still work with the database.
    """

    def __init__(
        self, engine: Engine, channel_for: Chooser, lease: float, gate: Gate = lambda connection: True
    ) -> None:
        self.engine = engine
        self._writer = engine.execution_options(writes=True)
        self.channel_for = channel_for
        self.lease = lease
        self._gate = gate
        self.stopping = threading.Event()
        self.tally = Tally()
        # Called after each batch: a long outbox is no standstill.
        self.worked: Callable[[], None] = lambda: None
        self.name = f"{socket.gethostname()[:20]}:{os.getpid()}:{uuid4().hex[:8]}"
        self._claims = 0
        self._seen: dict[str, tuple[str | None, int, float]] = {}

    def run(self) -> int:
        """Send everything that is due now; how many were accepted."""
        accepted = 0
        self._free_orphans()
        while not self.stopping.is_set() and (claimed := self._claim()):
            accepted += self._work(claimed)
            self.worked()
        return accepted

    def _work(self, claimed: list[Claimed]) -> int:
        """Send a batch in order; what this worker can not send in time, or at all now, it puts back untried."""
        accepted, since, down = 0, time.monotonic(), set[str]()
        for place, one in enumerate(claimed):
            # Nobody takes over what is begun within half of a lease and ends within the other half (promise P4).
            if self.stopping.is_set() or time.monotonic() - since > self.lease / 2:
                self._put_back(claimed[place:])
                break
            if one.relay in down:
                continue
            try:
                accepted += self._send(one)
            except Down as error:
                down.add(one.relay)
                self._give_up(one, [other for other in claimed[place:] if other.relay == one.relay], error)
        return accepted

    def _claim(self) -> list[Claimed]:
        now = clock.now()
        self._claims += 1
        owner = f"{self.name}:{self._claims}"
        with writing(self.engine) as session:
            broken = relays.broken(session)
            self._expire(session, now)
            confirmed = select(GroupRow.id).where(col(GroupRow.confirmed_at).is_not(None))
            # What is written as a file for a group not yet confirmed does not need the way out.
            by_file = and_(col(DeliveryRow.channel) != "webhook", col(DeliveryRow.group_id).not_in(confirmed))
            barred = and_(relays.goes_by([row.name for row in broken]), not_(by_file))
            trials: list[DeliveryRow] = []
            for relay in relays.on_trial(broken, now):
                trial = self._due(session, now, 1, and_(barred, relays.goes_by([relay.name])))
                if trial:
                    # Held for as long again: should this worker die, another one tries then.
                    relay.open_until = now + PAUSE
                    trials += trial
            rows = trials + self._due(session, now, BATCH, not_(barred) if broken else None)
            # Asked only now: what these rows lock, no migration changes any more until they are claimed.
            if not rows or not self._gate(session.connection()):
                return []
            session.exec(
                update(DeliveryRow)
                .where(col(DeliveryRow.id).in_([row.id for row in rows]))
                .values(state="sending", owner=owner, attempts=DeliveryRow.attempts + 1)
                .execution_options(synchronize_session=False)
            )
            tried = {row.id for row in trials}
            sure = set(session.exec(confirmed.where(col(GroupRow.id).in_({row.group_id for row in rows}))))
            return [
                Claimed(_message(row, now), row.group_id in sure, owner, row.id in tried, _since(row)) for row in rows
            ]

    def _due(self, session: Session, now: datetime, most: int, only: ColumnElement[bool] | None) -> list[DeliveryRow]:
        """What is due, what ends first in front; locked, and nothing that somebody else has locked."""
        at = col(DeliveryRow.next_attempt_at)
        # A clock that was set back must not leave a delivery waiting for a time that is far off now.
        adrift = or_(at > now + LONGEST_WAIT, and_(col(DeliveryRow.channel) == "mail", at > now + LONGEST_MAIL_WAIT))
        asked = select(DeliveryRow).where(DeliveryRow.state == "pending").where(or_(at <= now, adrift))
        if only is not None:
            asked = asked.where(only)
        asked = asked.order_by(col(DeliveryRow.not_after), col(DeliveryRow.id))
        return list(session.exec(asked.limit(most).with_for_update(skip_locked=True)))

    def _expire(self, session: Session, now: datetime) -> None:
        expired = session.exec(
            update(DeliveryRow)
            .where(col(DeliveryRow.state) == "pending", col(DeliveryRow.not_after) < now)
            .values(state="expired")
            .returning(col(DeliveryRow.channel))
            .execution_options(synchronize_session=False)
        )
        for channel in expired.scalars():
            self.tally.outcome(channel, "expired")

    def _send(self, one: Claimed) -> bool:
        """Send it and write down what became of it; whether it was accepted.

        Raises:
            Down: its way out does not answer; nothing is written down.
        """
        message = one.message
        channel = self.channel_for(message, one.confirmed)
        try:
            answer = channel.send(message)
        except NotNow as error:
            self.tally.attempt(message.channel, "postponed")
            at = retry_at(channel.retry_after, message.attempts, clock.now(), error.after)
            self._settle(one, error, state="pending", next_attempt_at=at)
            log.warning("delivery postponed", delivery=message.id, attempts=message.attempts)
            return False
        except Refused as error:
            self.tally.attempt(message.channel, "refused")
            self._settle(one, error, state="failed")
            self.tally.outcome(message.channel, "failed")
            log.error("delivery failed", delivery=message.id, status=error.status)
            return False
        except Down:
            self.tally.attempt(message.channel, "down")
            raise
        except Exception:
            # A fault of ours in one message stops nobody else's.
            self.tally.attempt(message.channel, "error")
            log.exception("delivery went wrong", delivery=message.id)
            at = retry_at(channel.retry_after, message.attempts, clock.now())
            self._settle(
                one, NotNow("the service itself failed; its log says how"), state="pending", next_attempt_at=at
            )
            return False
        now = clock.now()
        self.tally.attempt(message.channel, "accepted")
        values = {"state": "accepted", "accepted_at": now, "answer": answer[:300] or None}
        if one.trial:
            self._settle(one, None, **values)
        else:
            # By far the most that a worker writes: no session, which would cost as much again.
            with self._writer.begin() as connection:
                connection.execute(_still_held([one]).values(owner=None, **values))
        self.tally.outcome(message.channel, "accepted")
        self.tally.waited(message.channel, (now - one.since).total_seconds())
        return True

    def _settle(self, one: Claimed, error: NotNow | Refused | None, **values: object) -> None:
        """Write the outcome, and the mail that came back, unless another worker has taken the delivery over."""
        if error is not None:
            values["answer"] = str(error)[:300]
        with writing(self.engine) as session:
            if one.trial:
                relays.mend(session, one.relay)
            if isinstance(error, Refused) and one.message.channel in CHATS:
                self._refused(session, one, values)
                return
            if error is None or not error.status or one.message.channel != "mail":
                self._let_go(session, [one], **values)
                return
            groups.group_row(session, one.message.group_id, lock=True)
            if self._let_go(session, [one], **values):
                note(session, one.message.id, error.status, str(error), "smtp")

    def _refused(self, session: Session, one: Claimed, values: dict[str, object]) -> None:
        """A chat channel does not take it: an event with the outcome, so that the planner sends it another way."""
        message = one.message
        groups.group_row(session, message.group_id, lock=True)
        if self._let_go(session, [one], **values):
            occurrence = f"{message.id}:{message.attempts}"
            record(session, message.group_id, FAILED, message.id, occurrence, channel=message.channel)

    def _give_up(self, one: Claimed, untried: list[Claimed], error: Down) -> None:
        """The way out does not answer: shut it for all workers, and put back all that would go by it."""
        now, answer = clock.now(), str(error)[:300]
        values: dict[str, object] = {"state": "pending", "answer": answer}
        if error.suspect:
            schedule = self.channel_for(one.message, one.confirmed).retry_after
            values["next_attempt_at"] = retry_at(schedule, one.message.attempts, now)
        else:
            values["attempts"] = DeliveryRow.attempts - 1
        for last in (False, True):
            try:
                with writing(self.engine) as session:
                    relays.shut(session, one.relay, now, answer)
                    self._let_go(session, [one], **values)
                    self._let_go(session, untried[1:], state="pending", attempts=DeliveryRow.attempts - 1)
                break
            except IntegrityError:
                # Another worker has found it out at the same instant.
                if last:
                    raise
        log.error("the other side does not answer", relay=one.relay, answer=answer, put_back=len(untried))

    def _put_back(self, claimed: list[Claimed]) -> None:
        with writing(self.engine) as session:
            self._let_go(session, claimed, state="pending", attempts=DeliveryRow.attempts - 1)

    def _let_go(self, session: Session, claimed: list[Claimed], **values: object) -> int:
        """Change what is still in the hands of these claims; how many were."""
        if not claimed:
            return 0
        return int(session.exec(_still_held(claimed).values(owner=None, **values)).rowcount)

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


def _still_held(claimed: list[Claimed]) -> Update:
    """A change of what is still in the hands of these claims."""
    return update(DeliveryRow).where(
        col(DeliveryRow.id).in_([one.message.id for one in claimed]),
        col(DeliveryRow.owner).in_({one.owner for one in claimed}),
        col(DeliveryRow.state) == "sending",
    )


def _since(row: DeliveryRow) -> datetime:
    return row.created_at if row.attempts else row.next_attempt_at


def _message(row: DeliveryRow, now: datetime) -> Parcel:
    return Parcel(
        id=row.id,
        group_id=row.group_id,
        channel=row.channel,
        kind=row.kind,
        recipient=row.recipient,
        address=row.address,
        contact_id=row.contact_id,
        message_id=row.message_id,
        body=row.body,
        attempts=row.attempts + 1,
        at=now,
        not_after=row.not_after,
    )
