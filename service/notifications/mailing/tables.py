"""Mailboxes that give mail back, and each mail that came back."""

from datetime import date, datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from service.database import Instant


class BounceRow(SQLModel, table=True):
    """A mail that came back: `kind` hard, soft or policy; `status` as RFC 3463 writes it; `way` smtp or dsn."""

    __tablename__ = "bounce"

    delivery_id: str = Field(primary_key=True, max_length=36, foreign_key="delivery.id")
    group_id: str = Field(max_length=40, index=True)
    address: str = Field(max_length=254, index=True)
    kind: str = Field(max_length=8)
    status: str = Field(max_length=12)
    diagnostic: str = Field(max_length=500)
    way: str = Field(max_length=8)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class MailboxRow(SQLModel, table=True):
    """A mailbox that gave mail back: `bounces` counts hard ones since it last worked, at most one a day.

    While `paused_at` is set nothing is sent to it; what is for it waits as held.
    """

    __tablename__ = "mailbox"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    address: str = Field(primary_key=True, max_length=254)
    bounces: int = 0
    last_on: date | None = None
    paused_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    why: str | None = Field(default=None, max_length=500)
