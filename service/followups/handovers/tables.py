"""Handovers as far as anybody has filled them in, and the dossiers frozen of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKeyConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from service.database import Instant


class HandoverRow(SQLModel, table=True):
    """What was filled in about a handover; `turn` is the key of the term that begins.

    `day`, `outgoing` and `incoming` are those that the confirmations were given for: they hold as long as the
    terms still say the same. A side that the secretariat stood for has confirmed without a member.
    `passed_at` is when its day was seen to have come.
    """

    __tablename__ = "handover"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    turn: str = Field(primary_key=True, max_length=40)
    day: date
    outgoing: list[str] = Field(sa_column=Column(JSON, nullable=False))
    incoming: list[str] = Field(sa_column=Column(JSON, nullable=False))
    documents: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    outgoing_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    outgoing_member: str | None = Field(default=None, max_length=40)
    outgoing_by: str | None = Field(default=None, max_length=300)
    incoming_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    incoming_member: str | None = Field(default=None, max_length=40)
    incoming_by: str | None = Field(default=None, max_length=300)
    reservations: str = ""
    passed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    version: int = 1


class HandoverAnswerRow(SQLModel, table=True):
    """What stands under one heading of the checklist, and which side wrote it last.

    `side`: outgoing, incoming, secretariat.
    """

    __tablename__ = "handover_answer"
    __table_args__ = (ForeignKeyConstraint(["group_id", "turn"], ["handover.group_id", "handover.turn"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    turn: str = Field(primary_key=True, max_length=40)
    heading: str = Field(primary_key=True, max_length=20)
    text: str = ""
    links: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    done: bool = False
    side: str = Field(max_length=12)
    by: str = Field(max_length=300)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))


class DossierRow(SQLModel, table=True):
    """A dossier of a handover as it was frozen. The database refuses to change or delete it (migration 0009).

    `number` 1 is frozen when the day has come; each later one corrects those before it, for a `reason`.
    `data` is the dossier as values (`contents.Dossier`), `sha256` that of `pdf`.
    """

    __tablename__ = "dossier"
    __table_args__ = (ForeignKeyConstraint(["group_id", "turn"], ["handover.group_id", "handover.turn"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    turn: str = Field(primary_key=True, max_length=40)
    number: int = Field(primary_key=True)
    frozen_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    by: str | None = Field(default=None, max_length=300)
    reason: str | None = None
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    markdown: str
    pdf: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sha256: str = Field(max_length=64)
