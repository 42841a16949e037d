"""Common activities, their milestones, and everything that was done about them; nothing is deleted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.database import Instant


class ActivityRow(SQLModel, table=True):
    """A common activity, `[from_day, until_day)` in the group's zone. `state`: see `rules.State`.

    `number` counts the activities of a group; `id` is made of it. `outputs` are documents as
    {document, expected, member, day}, where `expected` is the number (from 1) of the expected output that one
    answers. `decision` is the group decision that agreed it, or `meeting` the meeting where the chair found it
    agreed. `reported_at` is the last report; `marks` is what lists are filtered by (see `rules.marks`).
    """

    __tablename__ = "activity"
    __table_args__ = (UniqueConstraint("group_id", "number"), Index("ix_activity_state", "group_id", "state", "number"))

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    id: str = Field(primary_key=True, max_length=40)
    number: int
    kind: str = Field(max_length=300)
    title: str = Field(max_length=300)
    objective: str
    purposes: list[int] = Field(sa_column=Column(JSON, nullable=False))
    areas: list[str] = Field(sa_column=Column(JSON, nullable=False))
    lead: str = Field(max_length=40)
    partners: list[str] = Field(sa_column=Column(JSON, nullable=False))
    from_day: date
    until_day: date
    expected: list[str] = Field(sa_column=Column(JSON, nullable=False))
    outputs: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    external: str | None = Field(default=None, max_length=20)
    visibility: str = Field(default="members", max_length=10)
    marks: str
    state: str = Field(default="proposed", max_length=12)
    reason: str | None = Field(default=None, max_length=300)
    decision: str | None = Field(default=None, max_length=40)
    meeting: str | None = Field(default=None, max_length=80)
    proposed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    agreed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    reported_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    version: int = 1


class MilestoneRow(SQLModel, table=True):
    """A milestone, to be reached by the end of the day `due` in the group's zone.

    `moves` counts how often it was moved, so that a moved milestone is reminded of anew; `set_at` is when it
    was last put where it is.
    """

    __tablename__ = "milestone"
    __table_args__ = (ForeignKeyConstraint(["group_id", "activity"], ["activity.group_id", "activity.id"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    activity: str = Field(primary_key=True, max_length=40)
    number: int = Field(primary_key=True)
    title: str = Field(max_length=300)
    due: date = Field(index=True)
    reached: date | None = None
    moves: int = 0
    set_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class ActivityReportRow(SQLModel, table=True):
    """One thing that was done about an activity: a report on its progress, or any other change of it.

    `what`: proposed, agreed, started, reported, edited, completed, discontinued, milestone-added,
    milestone-reached, milestone-moved. `member` is the organization that `by` acted for, `authority` by what
    right. `text` is the progress, or the reason. `changes` are {field, before, after}; `links` are documents.
    """

    __tablename__ = "activity_report"
    __table_args__ = (ForeignKeyConstraint(["group_id", "activity"], ["activity.group_id", "activity.id"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    activity: str = Field(primary_key=True, max_length=40)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    by: str = Field(max_length=300)
    member: str | None = Field(default=None, max_length=40)
    authority: str = Field(max_length=20)
    what: str = Field(max_length=20)
    state_from: str | None = Field(default=None, max_length=12)
    state_to: str | None = Field(default=None, max_length=12)
    text: str = ""
    changes: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    outputs: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    links: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
