"""Boundaries as announced, and deliveries: every message that is to go out or has gone."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from service.database import Instant
from service.events import Event


class BoundaryRow(SQLModel, table=True):
    """The day on which a term begins, as people have been or will be told of it.

    `revision` counts every change of its day or of the chairs on either side, so that a day moved
    away and back is announced again; `learned_at` is when this revision became known. `member`
    names the member whose seats rotate, empty for the chair of the group.
    """

    __tablename__ = "boundary"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    key: str = Field(primary_key=True, max_length=80)
    member: str = Field(default="", max_length=40)
    day: date = Field(index=True)
    until_day: date
    outgoing: list[str] = Field(sa_column=Column(JSON, nullable=False))
    incoming: list[str] = Field(sa_column=Column(JSON, nullable=False))
    revision: int = 1
    learned_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    passed: bool = False
    gone: bool = False


class DeliveryRow(SQLModel, table=True):
    """One message to one recipient by one channel; its bytes are frozen when it is planned.

    `subject` is what it is about (a boundary's key, or `meeting-` and the id), `revision` which state of it.
    `person_id` is empty for somebody who is no person of the group, such as an observer.

    `state`: pending, sending (owned by a worker), accepted, failed, expired, superseded, held.
    """

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_due", "state", "next_attempt_at"),)

    id: str = Field(primary_key=True, max_length=36)
    dedupe_key: str = Field(unique=True, max_length=200)
    group_id: str = Field(max_length=40, foreign_key="group.id")
    event_id: str = Field(max_length=36, foreign_key=f"{Event.__tablename__}.id")
    subject: str | None = Field(default=None, max_length=80, index=True)
    revision: int = 0
    person_id: str = Field(default="", max_length=36, index=True)
    recipient: str = Field(max_length=254)
    channel: str = Field(max_length=20)
    message_id: str = Field(max_length=200)
    body: bytes
    body_hash: str = Field(max_length=64)
    state: str = Field(default="pending", max_length=12)
    attempts: int = 0
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    next_attempt_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    not_after: datetime = Field(sa_column=Column(Instant, nullable=False))
    accepted_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    owner: str | None = Field(default=None, max_length=60)
    last_error: str | None = Field(default=None, max_length=300)
    superseded_by: str | None = Field(default=None, max_length=36)
