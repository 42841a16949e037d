"""Messages that stand in the outbox and are due, without anything that they are about."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import Engine

from service.database import writing
from service.events import record
from service.groups.commands import confirm
from service.notifications.outbox.tables import DeliveryRow


def plant_messages(engine: Engine, group: str, count: int, now: datetime | None = None) -> set[str]:
    """Confirmed messages that are due now; their Message-IDs."""
    ids = set()
    now = now or datetime.now(UTC)
    with writing(engine) as session:
        confirm(session, group)
        event = record(session, group, "test", "test")
        assert event is not None
        session.flush()
        for number in range(count):
            id_ = str(uuid4())
            message_id = f"<{id_}@test.example>"
            ids.add(message_id)
            body = f"Message-ID: {message_id}\r\nSubject: {number}\r\n\r\n.line {number}\r\n".encode()
            session.add(
                DeliveryRow(
                    id=id_,
                    dedupe_key=id_,
                    group_id=group,
                    event_id=event.id,
                    person_id="p",
                    recipient=f"r{number}@test.example",
                    address=f"r{number}@test.example",
                    channel="mail",
                    message_id=message_id,
                    body=body,
                    body_hash=sha256(body).hexdigest(),
                    created_at=now,
                    next_attempt_at=now - timedelta(minutes=1),
                    not_after=now + timedelta(days=1),
                )
            )
    return ids


def plant_message(engine: Engine, group: str, now: datetime) -> None:
    """One confirmed message that is due."""
    plant_messages(engine, group, 1, now)
