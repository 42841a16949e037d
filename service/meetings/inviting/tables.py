"""What each person was told of each meeting: the ground of every further message about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from service.database import Instant


class InvitationRow(SQLModel, table=True):
    """What somebody was last told: `said` is the meeting as it stood then, `sequence` its SEQUENCE.

    `address` is their mailbox; `invited` says that the message was an invitation that their calendar
    keeps, and not a word to the host alone.
    """

    __tablename__ = "meeting_invitation"
    __table_args__ = (ForeignKeyConstraint(["group_id", "meeting"], ["meeting.group_id", "meeting.id"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    meeting: str = Field(primary_key=True, max_length=80)
    address: str = Field(primary_key=True, max_length=254)
    name: str = Field(max_length=300)
    organization: str = Field(default="", max_length=40)
    invited: bool = True
    sequence: int
    said: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    told_at: datetime = Field(sa_column=Column(Instant, nullable=False))
