"""Deliveries: every message that is to go out or has gone; and the ways out that are closed for a while."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from service.database import Instant
from service.events import Event

# What has not gone out, and is taken back when what it says is no longer so.
WAITING = ("pending", "held", "gathered")


class DeliveryRow(SQLModel, table=True):
    """One message to one recipient by one channel; its bytes are frozen when it is planned.

    `kind` is one of `notifications.kinds`, or `webhook`. `subject` is what it is about (a boundary's key, or
    `meeting-` and the id), `revision` which state of it. `recipient` is the mailbox of whom it is for, `address`
    where it goes: the same, or that of an alternate, or the name of a chat channel. `contact_id` is the chat
    channel or the webhook endpoint. `person_id` is empty for somebody who is no person of the group, such as an
    observer. `said` is the message before it became bytes. `answer` is what the other side said last, or what
    keeps it back. From `forgotten_at` on `said` is gone, and of the body its subject is left.

    `state`: pending, sending (owned by a worker), accepted, failed, expired, superseded, held (until somebody
    lets it go), gathered (until its digest is due), merged (it went out in the digest that `superseded_by` names),
    declined (the reader has chosen none).
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_due", "state", "next_attempt_at"),
        # A worker takes what ends first: it must not look at all that waits to find it.
        Index("ix_delivery_end", "state", "not_after", "id"),
        Index("ix_delivery_address", "address", "created_at"),
        Index("ix_delivery_subject", "group_id", "subject"),
        Index("ix_delivery_made", "group_id", "created_at", "id"),
        # Those whose text is still kept: a month of them, whatever else has gone out.
        Index(
            "ix_delivery_remembered",
            "created_at",
            sqlite_where=text("forgotten_at IS NULL"),
            postgresql_where=text("forgotten_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True, max_length=36)
    dedupe_key: str = Field(unique=True, max_length=200)
    group_id: str = Field(max_length=40, foreign_key="group.id")
    event_id: str = Field(max_length=36, foreign_key=f"{Event.__tablename__}.id", index=True)
    kind: str = Field(default="", max_length=30)
    subject: str | None = Field(default=None, max_length=80)
    revision: int = 0
    person_id: str = Field(default="", max_length=36, index=True)
    recipient: str = Field(max_length=254)
    address: str = Field(max_length=254)
    channel: str = Field(max_length=20)
    contact_id: str | None = Field(default=None, max_length=36, index=True)
    message_id: str = Field(max_length=200)
    said: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    body: bytes
    body_hash: str = Field(max_length=64)
    state: str = Field(default="pending", max_length=12)
    attempts: int = 0
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    next_attempt_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    not_after: datetime = Field(sa_column=Column(Instant, nullable=False))
    accepted_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    owner: str | None = Field(default=None, max_length=60)
    answer: str | None = Field(default=None, max_length=300)
    superseded_by: str | None = Field(default=None, max_length=36)
    forgotten_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class RelayRow(SQLModel, table=True):
    """A way out that did not answer, such as the mail server: nobody tries it before `open_until`.

    One row for all workers, so that they do not hammer it together.
    """

    __tablename__ = "relay"

    name: str = Field(primary_key=True, max_length=120)
    failures: int = 0
    open_until: datetime | None = Field(default=None, sa_column=Column(Instant))
    answer: str | None = Field(default=None, max_length=500)
