"""Polls among the members on when to meet."""

from datetime import datetime

from sqlalchemy import JSON, Column, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from service.database import Instant


class PollRow(SQLModel, table=True):
    """A poll over slots for one meeting. It closes by itself at `deadline`, or earlier at `closed_at`."""

    __tablename__ = "poll"
    __table_args__ = (ForeignKeyConstraint(["group_id", "meeting"], ["meeting.group_id", "meeting.id"]),)

    id: str = Field(primary_key=True, max_length=20)
    group_id: str = Field(max_length=40, index=True)
    meeting: str = Field(max_length=80)
    slots: list[str] = Field(sa_column=Column(JSON, nullable=False))
    deadline: datetime = Field(sa_column=Column(Instant, nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    version: int = 1
    by: str = Field(max_length=300)
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class BallotRow(SQLModel, table=True):
    """What a member says to each slot, by its place in the poll: yes, if-need-be or no."""

    __tablename__ = "ballot"

    poll: str = Field(primary_key=True, max_length=20, foreign_key="poll.id")
    member: str = Field(primary_key=True, max_length=40)
    answers: list[str] = Field(sa_column=Column(JSON, nullable=False))
    by: str = Field(max_length=300)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
