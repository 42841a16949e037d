"""Changes endpoints and plans what is sent to one, inside the transaction of the caller. The group's row is locked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlmodel import Session, col, select, update

from service import clock, events
from service.access.cloud_events import cloud_event
from service.events import Event
from service.language.speech import _, ngettext
from service.notifications.outbox.tables import WAITING, DeliveryRow
from service.notifications.webhooks.queries import last_position
from service.notifications.webhooks.rules import LASTS, MOST, OVERLAP, secret_of, shown
from service.notifications.webhooks.tables import WebhookRow
from service.problems import Problem
from service.settings import current

DISABLED, PING = "webhook.disabled", "webhook.ping"
_NO_MORE = "the endpoint is disabled"


def make(
    session: Session, group_id: str, *, member: str, url: str, label: str, kinds: Sequence[str], actor: str
) -> WebhookRow:
    """An endpoint that gets what happens from now on.

    Raises:
        Problem: 409, the member has as many as it may have.
    """
    asked = select(WebhookRow.id).where(WebhookRow.group_id == group_id, WebhookRow.member == member)
    if len(session.exec(asked).all()) >= MOST:
        raise Problem(
            409,
            "too-many-webhooks",
            ngettext(
                "There is {n} webhook already; remove it, or change it.",
                "There are {n} webhooks already; remove one, or change it.",
                MOST,
            ),
        )
    row = WebhookRow(
        id=str(uuid4()),
        group_id=group_id,
        member=member,
        url=url,
        label=label,
        kinds=list(kinds),
        position=last_position(session, group_id),
        created_at=clock.now(),
        created_by=actor[:300],
    )
    session.add(row)
    _record(session, row, "webhook.made", actor, member=member, kinds=list(kinds))
    return row


def edit(session: Session, row: WebhookRow, *, actor: str, **values: object) -> None:
    """Change its address, label or kinds."""
    for name, value in values.items():
        setattr(row, name, value)
    _changed(session, row)
    _record(session, row, "webhook.edited", actor, changed=sorted(values))


def remove(session: Session, row: WebhookRow, *, actor: str) -> None:
    """Take an endpoint away; what waits for it is not sent any more."""
    _settle(session, row, "superseded", "the endpoint was removed")
    _record(session, row, "webhook.removed", actor)
    session.delete(row)


def rotate(session: Session, row: WebhookRow, *, actor: str) -> None:
    """Give it a new secret; the one before signs beside it for a day."""
    row.secret_version += 1
    row.overlap_until = clock.now() + OVERLAP
    _changed(session, row)
    _record(session, row, "webhook.rotated", actor, version=row.secret_version)


def secrets(row: WebhookRow, now: datetime) -> list[bytes]:
    """What signs now: the secret, and while it is being exchanged the one before; so too while the service's key is."""
    versions = [row.secret_version]
    if row.overlap_until is not None and now < row.overlap_until:
        versions.append(row.secret_version - 1)
    keys = reversed(current().signing_keys())
    return [secret_of(key, row.id, version) for key in keys for version in versions]


def secret(row: WebhookRow) -> str:
    """The secret as its receiver keeps it."""
    return shown(secret_of(current().secret(), row.id, row.secret_version))


def ping(session: Session, row: WebhookRow, *, actor: str) -> DeliveryRow:
    """Send it an event that says nothing but that it is a test.

    Raises:
        Problem: 409, it is disabled.
    """
    if row.disabled_at is not None:
        raise Problem(409, "webhook-is-disabled", _("This webhook is disabled; enable it first."))
    event = _record(session, row, PING, actor)
    # Events stand in the database before what refers to them.
    session.flush()
    delivery = planned(row, event)
    session.add(delivery)
    return delivery


def planned(row: WebhookRow, event: Event) -> DeliveryRow:
    """What an endpoint is to get of an event; its bytes are frozen now, what signs them is made at each attempt."""
    id_, now, body = str(uuid4()), clock.now(), cloud_event(event).model_dump_json().encode()
    return DeliveryRow(
        id=id_,
        dedupe_key=key(row, event.id),
        group_id=row.group_id,
        event_id=event.id,
        kind="webhook",
        recipient="",
        address=(urlsplit(row.url).hostname or "")[:254],
        channel="webhook",
        contact_id=row.id,
        message_id=id_,
        body=body,
        body_hash=sha256(body).hexdigest(),
        created_at=now,
        next_attempt_at=now,
        # The outbox begins with what ends first: so they go out in their order, where nothing comes between.
        not_after=now + LASTS + timedelta(microseconds=event.position),
    )


def key(row: WebhookRow, event_id: str) -> str:
    """What is planned once."""
    return f"webhook:{row.id}:{event_id}"


def disable(session: Session, row: WebhookRow, why: str) -> None:
    """Send it nothing more until somebody enables it; what waits for it is held until then."""
    if row.disabled_at is not None:
        return
    row.disabled_at, row.why = clock.now(), why[:300]
    _changed(session, row)
    _settle(session, row, "held", _NO_MORE)
    _record(session, row, DISABLED, None, why=row.why, member=row.member, label=row.label)


def enable(session: Session, row: WebhookRow, *, actor: str) -> None:
    """Go on where it stopped.

    Raises:
        Problem: 409, it is not disabled.
    """
    if row.disabled_at is None:
        raise Problem(409, "webhook-is-enabled", _("This webhook is not disabled; there is nothing to do."))
    row.disabled_at = row.why = row.failing_since = None
    _changed(session, row)
    _again(session, row, col(DeliveryRow.state) == "held")
    _record(session, row, "webhook.enabled", actor)


def replay(session: Session, row: WebhookRow, position: int, *, actor: str) -> None:
    """Send everything after a position once more: what was sent under its id of then, what was not as new.

    Raises:
        Problem: 409, it is disabled.
    """
    if row.disabled_at is not None:
        raise Problem(409, "webhook-is-disabled", _("This webhook is disabled; enable it first."))
    row.position = min(row.position, position)
    _changed(session, row)
    later = select(Event.id).where(Event.group_id == row.group_id, col(Event.position) > position)
    over = col(DeliveryRow.state).in_(("accepted", "failed", "expired"))
    _again(session, row, over & col(DeliveryRow.event_id).in_(later))
    _record(session, row, "webhook.replayed", actor, after=position)


def _again(session: Session, row: WebhookRow, which: object) -> None:
    now = clock.now()
    again = {"state": "pending", "attempts": 0, "next_attempt_at": now, "not_after": now + LASTS, "answer": None}
    session.exec(
        update(DeliveryRow)
        .where(col(DeliveryRow.contact_id) == row.id, which)  # type: ignore[arg-type]
        .values(accepted_at=None, **again)
    )


def _settle(session: Session, row: WebhookRow, state: str, answer: str) -> None:
    waits = col(DeliveryRow.state).in_(WAITING)
    session.exec(
        update(DeliveryRow).where(col(DeliveryRow.contact_id) == row.id, waits).values(state=state, answer=answer)
    )


def _changed(session: Session, row: WebhookRow) -> None:
    row.version += 1
    session.add(row)


def _record(session: Session, row: WebhookRow, kind: str, actor: str | None, **data: Any) -> Event:
    event = events.record(session, row.group_id, kind, row.id, actor=actor, **data)
    if event is None:
        raise RuntimeError("an occurrence of its own cannot be on record already")
    return event
