"""Decisions of the group, and what members have answered to each."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.database import Instant

# As `queries` asks for those that wait for the chair.
CONTESTED = "withdrawn_at IS NULL AND objections > 0"


class GroupDecisionRow(SQLModel, table=True):
    """One decision of the group. Its number is given once, in the year of the day on which it came up.

    Without `until` it was taken by consensus at `meeting`; else by silence: `until` ends the present `round`, which
    began at `asked_at`, and `rounds` keeps those before with their text. `objections` counts the members that
    object in the present round. Whether it is adopted or superseded is read from the clock, see `rules.state`.
    """

    __tablename__ = "group_decision"
    __table_args__ = (
        UniqueConstraint("group_id", "year", "number"),
        ForeignKeyConstraint(["group_id", "meeting"], ["meeting.group_id", "meeting.id"]),
        ForeignKeyConstraint(["group_id", "supersedes"], ["group_decision.group_id", "group_decision.id"]),
        Index("ix_group_decision_supersedes", "group_id", "supersedes"),
        Index("ix_group_decision_until", "group_id", "until"),
        Index(
            "ix_group_decision_contested",
            "group_id",
            "year",
            "number",
            sqlite_where=text(CONTESTED),
            postgresql_where=text(CONTESTED),
        ),
    )

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    id: str = Field(primary_key=True, max_length=20)
    year: int
    number: int
    operative: str = Field(max_length=12)
    title: str = Field(max_length=300)
    text: str
    purposes: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    meeting: str | None = Field(default=None, max_length=80)
    outcome: int | None = None
    position: bool = False
    visibility: str = Field(default="members", max_length=8)
    links: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    supersedes: str | None = Field(default=None, max_length=20)
    opened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    round: int = 0
    asked_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    until: datetime | None = Field(default=None, sa_column=Column(Instant))
    rounds: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    objections: int = 0
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    reason: str | None = None
    by: str = Field(max_length=300)
    version: int = 1
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class GroupAnswerRow(SQLModel, table=True):
    """What a member has answered in a round; its last answer stands, the others are kept.

    `number` counts the answers to a decision. Round 0 holds what was said at the meeting that took it.
    """

    __tablename__ = "group_answer"
    __table_args__ = (ForeignKeyConstraint(["group_id", "decision"], ["group_decision.group_id", "group_decision.id"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    decision: str = Field(primary_key=True, max_length=20)
    number: int = Field(primary_key=True)
    round: int
    member: str = Field(max_length=40)
    answer: str = Field(max_length=10)
    reason: str | None = None
    by: str = Field(max_length=300)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
