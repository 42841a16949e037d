"""What happened: rows written in the transaction of the change that they tell of.

Time makes events as well. Each has an occurrence that is unique for its kind and subject, so any
number of processes may find it due and it is recorded once.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, or_, select, union_all

from service import audit, clock
from service.database import Instant


class Event(SQLModel, table=True):
    """One thing that happened in a group. `effective_at` may lie before `recorded_at`.

    `position` counts the events of the group without a gap, in the order in which they were committed: who
    has read up to one misses nothing by asking for those after it.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("group_id", "kind", "subject", "occurrence"),
        Index("ix_event_position", "group_id", "position", unique=True),
        # What has happened lately of some kinds, and what has happened to one thing, whatever else there is.
        Index("ix_event_news", "group_id", "kind", "recorded_at"),
        Index("ix_event_subject", "group_id", "subject"),
    )

    id: str = Field(primary_key=True, max_length=36)
    group_id: str = Field(max_length=40)
    kind: str = Field(max_length=60)
    subject: str = Field(max_length=80)
    occurrence: str = Field(max_length=80)
    effective_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    actor: str | None = Field(default=None, max_length=80)
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    position: int = 0


class DueRow(SQLModel, table=True):
    """When a group owes something next: an event not looked at yet, or an instant that time will bring.

    One row a group, so that a look at what is due costs the same however many groups owe nothing. `events`
    is the position of the group's last event; whoever records one holds this row until it commits.
    """

    __tablename__ = "due"

    group_id: str = Field(primary_key=True, max_length=40)
    at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    events: int = 0


# A group is looked at at least this often.
LONGEST = timedelta(days=7)

Topic = Literal["terms", "meeting", "external", "action", "decision", "notice", "handover", "activity"]
Follower = Callable[[Session, str, str], None]
_followers: dict[Topic, tuple[Follower, ...]] = {}


def follow(topic: Topic, *followers: Follower) -> None:
    """Name what is written together with every change of a topic (see `service/wiring.py`).

    Each is called inside the transaction of the change with the session, the group's id and the key of
    what changed (empty for the terms of a group). So the rooms above (what feeds have published, what
    people were told) keep in step without being known here.
    """
    _followers[topic] = followers


def changed(session: Session, topic: Topic, group_id: str, key: str = "") -> None:
    """Let every follower of a topic see it as this transaction leaves it."""
    if topic not in _followers:
        raise RuntimeError("nothing follows changes; call service.wiring.wire() first")
    session.flush()
    for follower in _followers[topic]:
        follower(session, group_id, key)


def terms_changed(session: Session, group_id: str) -> None:
    """Let every follower see the terms of a group as this transaction leaves them."""
    changed(session, "terms", group_id)


def owes(session: Session, group_id: str, at: datetime) -> None:
    """Note when a group owes something next, in place of what was noted before.

    The group's own row is to be locked: whoever looks and whoever changes take turns.
    """
    _due_row(session, group_id).at = at


def _due_row(session: Session, group_id: str) -> DueRow:
    """The row, locked once in this transaction: to lock it again would read it again."""
    held: dict[str, DueRow] = session.info.setdefault("due", {})
    if group_id not in held:
        row = session.get(DueRow, group_id, with_for_update=True)
        held[group_id] = row or DueRow(group_id=group_id, at=clock.now())
        session.add(held[group_id])
    return held[group_id]


def due_groups(session: Session) -> list[str]:
    """The groups that owe something by now, those that have waited longest first.

    Asked for as two ends of one index: for either in one question, SQLite walks past all that owe nothing.
    """
    ends = [select(DueRow.at, DueRow.group_id).where(end) for end in _due_ends()]
    return [row.group_id for row in sorted(session.connection().execute(union_all(*ends)))]


def is_due(session: Session, group_id: str) -> bool:
    """Whether a group still owes something: another worker may have looked at it in the meantime."""
    asked = select(DueRow.group_id).where(DueRow.group_id == group_id, or_(*_due_ends()))
    return session.exec(asked).first() is not None


def _due_ends() -> tuple[Any, Any]:
    """A clock that was set back must not leave a group waiting for an instant that is far off now."""
    now = clock.now()
    return col(DueRow.at) <= now, col(DueRow.at) > now + LONGEST


def next_due(session: Session) -> datetime | None:
    """The first instant at which any group owes something."""
    return session.exec(select(DueRow.at).order_by(col(DueRow.at)).limit(1)).first()


def lately(session: Session, group_id: str, kinds: Iterable[str], since: datetime) -> list[Event]:
    """What of some kinds was recorded from an instant on, in order.

    They are put in order here: asked for the order of positions, a database walks through all that ever happened.
    """
    asked = select(Event).where(
        Event.group_id == group_id, col(Event.kind).in_(tuple(kinds)), col(Event.recorded_at) >= since
    )
    return sorted(session.exec(asked), key=lambda event: event.position)


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
    """Add an event to the transaction; None when this occurrence is recorded already.

    What has happened is to be looked at: the group is due from now on.
    """
    now = clock.now()
    audit.assume(session, actor)
    occurrence = occurrence or str(uuid4())
    # Whoever records takes turns, and only then looks: two that find the same thing due record it once.
    due = _due_row(session, group_id)
    known = select(Event.id).where(
        Event.group_id == group_id,
        Event.kind == kind,
        Event.subject == subject,
        Event.occurrence == occurrence,
    )
    if session.exec(known).first() is not None:
        return None
    due.at = now
    due.events += 1
    event = Event(
        id=str(uuid4()),
        group_id=group_id,
        kind=kind,
        subject=subject,
        occurrence=occurrence,
        effective_at=effective_at or now,
        recorded_at=now,
        actor=actor[:80] if actor else None,
        data=data,
        position=due.events,
    )
    session.add(event)
    return event
