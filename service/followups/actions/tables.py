"""Follow-up actions as rows, and the log of everything that happened to each; nothing is deleted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from service.database import Instant


class ActionRow(SQLModel, table=True):
    """One action as its log leaves it. `state`: open, in-progress, done, dropped; `pending` is either of the first two.

    `owner` is a member's id, or `chair` for whoever chairs. `before` is what was asked for (a meeting's id, or
    `next`, `next:principals`, `next:focal-points`) and `meeting` the meeting that it stands for by now, empty
    while none is in sight; `due` is then the day before it, and follows it. `place` orders lists: the day that it
    is due, or `rules.NO_DAY`. `dues` counts the changes of the due date, `due_since` is the last of them.
    `key` is the caller's own name for it, in an import. `reason` says why it was dropped.
    """

    __tablename__ = "action"
    __table_args__ = (
        Index("ix_action_number", "group_id", "number", unique=True),
        Index("ix_action_key", "group_id", "key", unique=True),
        Index("ix_action_place", "group_id", "place", "number"),
        Index("ix_action_pending", "group_id", "pending", "place", "number"),
        Index("ix_action_state", "group_id", "state", "place", "number"),
        Index("ix_action_owner", "group_id", "owner", "place", "number"),
        Index("ix_action_owes", "group_id", "owner", "pending", "place", "number", "state"),
        Index("ix_action_closed", "group_id", "closed_at"),
        Index("ix_action_assignee", "group_id", "assignee", "place", "number"),
        Index("ix_action_source", "group_id", "source", "place", "number"),
        Index("ix_action_meeting", "group_id", "meeting"),
    )

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    id: str = Field(primary_key=True, max_length=20)
    number: int
    title: str = Field(max_length=300)
    text: str = ""
    owner: str = Field(max_length=40)
    helpers: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    assignee: str | None = Field(default=None, max_length=36)
    purposes: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    documents: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    source: str | None = Field(default=None, max_length=100)
    visibility: str = Field(default="members", max_length=10)
    key: str | None = Field(default=None, max_length=100)
    state: str = Field(default="open", max_length=12)
    pending: bool = True
    reason: str | None = None
    due: date | None = None
    before: str | None = Field(default=None, max_length=80)
    meeting: str | None = Field(default=None, max_length=80)
    place: date
    dues: int = 0
    due_since: datetime = Field(sa_column=Column(Instant, nullable=False))
    opened_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    opened_by: str = Field(max_length=300)
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    version: int = 1


class ActionLogRow(SQLModel, table=True):
    """One thing that happened to an action: who did it, when and for which organization (none: for the record).

    `before` and `after` hold the fields of the action that it changed, and no others; put one over the other in
    the order of `number`, every `after` gives the action as it stands (`rules.retold`).
    """

    __tablename__ = "action_log"
    __table_args__ = (ForeignKeyConstraint(["group_id", "action"], ["action.group_id", "action.id"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    action: str = Field(primary_key=True, max_length=20)
    number: int = Field(primary_key=True)
    verb: str = Field(max_length=12)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    by: str = Field(max_length=300)
    organization: str | None = Field(default=None, max_length=40)
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    after: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    text: str = ""
    links: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
