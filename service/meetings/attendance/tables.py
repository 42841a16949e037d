"""Who comes to a meeting, and who was there: one row for each member organization, and the observers."""

from datetime import datetime

from sqlalchemy import JSON, Column, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from service.database import Instant


class AttendanceRow(SQLModel, table=True):
    """A member's answer and presence. `answer`: accepted, tentative, declined, delegated; empty before any.

    `answered_sequence` is the SEQUENCE that was answered, `answered_at` when (for a REPLY its DTSTAMP).
    `presence`: in-person, remote, absent, excused; empty until the chair's office has noted it.
    """

    __tablename__ = "attendance"
    __table_args__ = (ForeignKeyConstraint(["group_id", "meeting"], ["meeting.group_id", "meeting.id"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    meeting: str = Field(primary_key=True, max_length=80)
    member: str = Field(primary_key=True, max_length=40)
    answer: str = Field(default="", max_length=10)
    answered_sequence: int = -1
    answered_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    answered_by: str | None = Field(default=None, max_length=300)
    via: str = Field(default="", max_length=8)
    representative: str | None = Field(default=None, max_length=300)
    rank: str | None = Field(default=None, max_length=12)
    presence: str = Field(default="", max_length=10)


class ObserverRow(SQLModel, table=True):
    """A guest at one meeting, with what they are given and nothing more.

    They are told title and time; the way in only where `link` says so, and of the agenda only `items`.
    """

    __tablename__ = "observer"
    __table_args__ = (ForeignKeyConstraint(["group_id", "meeting"], ["meeting.group_id", "meeting.id"]),)

    id: str = Field(primary_key=True, max_length=36)
    group_id: str = Field(max_length=40, index=True)
    meeting: str = Field(max_length=80)
    name: str = Field(max_length=300)
    kind: str = Field(max_length=16)
    email: str | None = Field(default=None, max_length=254)
    link: bool = False
    items: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    invited_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(Instant))
