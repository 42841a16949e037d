"""Agenda items and the news of each agency."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from service.database import Instant


class ItemRow(SQLModel, table=True):
    """One item of an agenda, or without `meeting` of the backlog of its level.

    `state`: proposed, accepted, concluded, deferred, referred, withdrawn, dropped. An item that goes on to
    another meeting is a new row with its `origin`, so that each agenda stays as it was. `carried` says
    that it came by itself from the meeting before, for the chair to keep or drop.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "meeting"], ["meeting.group_id", "meeting.id"]),
        Index("ix_agenda_item_meeting", "group_id", "meeting"),
    )

    id: str = Field(primary_key=True, max_length=20)
    group_id: str = Field(max_length=40, foreign_key="group.id")
    meeting: str | None = Field(default=None, max_length=80)
    level: str = Field(max_length=12)
    position: int
    kind: str = Field(max_length=10)
    title: str = Field(max_length=300)
    text: str = ""
    purposes: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    member: str | None = Field(default=None, max_length=40)
    presenter: str | None = Field(default=None, max_length=300)
    minutes: int
    links: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str = Field(default="proposed", max_length=10)
    late: bool = False
    carried: bool = False
    origin: str | None = Field(default=None, max_length=20)
    conclusion: str | None = None
    version: int = 1
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class NewsRow(SQLModel, table=True):
    """What a member has to tell at the information exchange of a meeting."""

    __tablename__ = "news"
    __table_args__ = (ForeignKeyConstraint(["group_id", "meeting"], ["meeting.group_id", "meeting.id"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    meeting: str = Field(primary_key=True, max_length=80)
    member: str = Field(primary_key=True, max_length=40)
    text: str
    by: str = Field(max_length=300)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
