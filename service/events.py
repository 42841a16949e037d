"""What happened: rows written in the transaction of the change that they tell of.

Time makes events as well. Each has an occurrence that is unique for its kind and subject, so any
number of processes may find it due and it is recorded once.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, select

from service import clock
from service.database import Instant


class Event(SQLModel, table=True):
    """One thing that happened in a group. `effective_at` may lie before `recorded_at`."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("group_id", "kind", "subject", "occurrence"),)

    id: str = Field(primary_key=True, max_length=36)
    group_id: str = Field(max_length=40, index=True)
    kind: str = Field(max_length=60)
    subject: str = Field(max_length=80)
    occurrence: str = Field(max_length=80)
    effective_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    actor: str | None = Field(default=None, max_length=80)
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


Follower = Callable[[Session, str], None]
_followers: tuple[Follower, ...] = ()


def follow_changes(*followers: Follower) -> None:
    """Name what is written together with every change of a group's terms (see `service/wiring.py`).

    Each is called inside the transaction of the change with the session and the group's id. So the
    rooms above (what feeds have published, what people were told) keep in step without being known here.
    """
    global _followers
    _followers = followers


def terms_changed(session: Session, group_id: str) -> None:
    """Let every follower see the terms of a group as this transaction leaves them."""
    if not _followers:
        raise RuntimeError("nothing follows changes; call service.wiring.wire() first")
    session.flush()
    for follower in _followers:
        follower(session, group_id)


def record(
    session: Session,
    group_id: str,
    kind: str,
    subject: str,
    occurrence: str | None = None,
    *,
    effective_at: datetime | None = None,
    actor: str | None = None,
    **data: Any,
) -> Event | None:
    """Add an event to the transaction; None when this occurrence is recorded already."""
    now = clock.now()
    occurrence = occurrence or str(uuid4())
    known = select(Event.id).where(
        Event.group_id == group_id,
        Event.kind == kind,
        Event.subject == subject,
        Event.occurrence == occurrence,
    )
    if session.exec(known).first() is not None:
        return None
    event = Event(
        id=str(uuid4()),
        group_id=group_id,
        kind=kind,
        subject=subject,
        occurrence=occurrence,
        effective_at=effective_at or now,
        recorded_at=now,
        actor=actor,
        data=data,
    )
    session.add(event)
    return event
