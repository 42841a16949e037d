"""Webhooks: events posted to endpoints of other systems, signed at each attempt (Standard Webhooks 1.0.0)."""

from datetime import datetime, timedelta
from random import SystemRandom

from sqlalchemy import Engine
from sqlmodel import Session, col, update

from service import clock, outgoing
from service.database import reading, writing
from service.groups.queries import group_row
from service.notifications.outbox.channel import Down, NotNow, Parcel, Refused
from service.notifications.webhooks.commands import disable, secrets
from service.notifications.webhooks.rules import ATTEMPTS, PATIENCE, signed, steps
from service.notifications.webhooks.tables import WebhookRow

_GONE = 410
_chance = SystemRandom()


class Webhooks:
    """Posts events. A 2xx reply accepts; 410 disables the endpoint at once, five days of failures do so too.

    `deadline` is in seconds. An endpoint that does not answer is left alone for a while; what it answers to one
    delivery is about that one. Of what it says only the status is kept: it may be about things of its network.
    """

    def __init__(self, engine: Engine, deadline: float = outgoing.DEADLINE) -> None:
        self._engine = engine
        self._deadline = deadline

    @property
    def retry_after(self) -> tuple[timedelta, ...]:
        return steps(_chance)

    def send(self, message: Parcel) -> str:
        now = clock.now()
        with reading(self._engine) as session:
            row = session.get(WebhookRow, message.contact_id)
        if row is None:
            raise Refused("the endpoint was removed")
        if row.disabled_at is not None:
            raise Refused("the endpoint is disabled; enable it, then replay")
        headers = signed(secrets(row, now), message.id, now, message.body)
        headers["Content-Type"] = "application/cloudevents+json; charset=utf-8"
        try:
            answer = outgoing.post(row.url, message.body, headers, deadline=self._deadline)
        except outgoing.Blocked as blocked:
            self._failed(row, now, "blocked address")
            raise Refused(f"blocked address: it {blocked}") from None
        except outgoing.Unanswered as error:
            self._failed(row, now, str(error))
            if message.attempts >= ATTEMPTS:
                raise _given_up(str(error)) from None
            raise Down(str(error), suspect=True) from None
        said = f"HTTP {answer.status}"
        if answer.ok:
            if row.failing_since is not None:
                self._mark(row, None)
            return said
        self._failed(row, now, said, gone=answer.status == _GONE)
        if answer.status == _GONE:
            raise Refused(f"{said}: the endpoint wants no more")
        if message.attempts >= ATTEMPTS:
            raise _given_up(said)
        raise NotNow(said, answer.retry_after)

    def _failed(self, row: WebhookRow, now: datetime, why: str, *, gone: bool = False) -> None:
        """Note a failure; disable the endpoint where it is the last straw."""
        since = row.failing_since
        if not gone and since is None:
            self._mark(row, now)
        elif gone or (since is not None and now - since >= PATIENCE):
            with writing(self._engine) as session:
                group_row(session, row.group_id, lock=True)
                found = session.get(WebhookRow, row.id)
                if found is not None and found.version == row.version:
                    reason = "it answered 410 Gone" if gone else f"nothing but failures for {PATIENCE.days} days: {why}"
                    disable(session, found, reason)

    def _mark(self, row: WebhookRow, since: datetime | None) -> None:
        """Since when it fails; no change that anybody made, so none for the audit."""
        with writing(self._engine) as session:
            _set(session, row.id, since)


def _set(session: Session, id_: str, since: datetime | None) -> None:
    session.exec(update(WebhookRow).where(col(WebhookRow.id) == id_).values(failing_since=since))


def _given_up(why: str) -> Refused:
    return Refused(f"given up after {ATTEMPTS} attempts: {why}")
