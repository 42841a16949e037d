"""The minutes of a meeting, its numbered outcomes, and what members object to."""

from datetime import datetime

from sqlalchemy import Column, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from service.database import Instant


class MinutesRow(SQLModel, table=True):
    """The minutes of a meeting as Markdown. They are a draft until `circulated_at`; `until` ends the silence."""

    __tablename__ = "minutes"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "meeting"], ["meeting.group_id", "meeting.id"]),
        Index("ix_minutes_until", "group_id", "until"),
    )

    group_id: str = Field(primary_key=True, max_length=40)
    meeting: str = Field(primary_key=True, max_length=80)
    text: str
    version: int = 1
    by: str = Field(max_length=300)
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    circulated_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    until: datetime | None = Field(default=None, sa_column=Column(Instant))
    numbered: int = 0


class OutcomeRow(SQLModel, table=True):
    """One outcome of a meeting. Its number is for good from the first circulation on."""

    __tablename__ = "outcome"
    __table_args__ = (ForeignKeyConstraint(["group_id", "meeting"], ["meeting.group_id", "meeting.id"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    meeting: str = Field(primary_key=True, max_length=80)
    number: int = Field(primary_key=True)
    text: str
    item: str | None = Field(default=None, max_length=20)


class ObjectionRow(SQLModel, table=True):
    """What a member objects to in one version of the minutes."""

    __tablename__ = "minutes_objection"
    __table_args__ = (ForeignKeyConstraint(["group_id", "meeting"], ["meeting.group_id", "meeting.id"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    meeting: str = Field(primary_key=True, max_length=80)
    version: int = Field(primary_key=True)
    member: str = Field(primary_key=True, max_length=40)
    text: str
    by: str = Field(max_length=300)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
