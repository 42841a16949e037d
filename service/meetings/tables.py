"""Meetings as rows: each occurrence is one of its own, with one identity for life; nothing is deleted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from service.database import Instant


class MeetingRow(SQLModel, table=True):
    """One meeting. `state`: proposed, called, held, cancelled.

    `id` is made of cadence and slot, so that proposing twice proposes once; `uid` is its UID in calendars.
    `sequence` (RFC 5545 3.8.7.4) counts changes of time, place and status; each is kept in `schedules` as
    [sequence, start, minutes, zone, place, status]. `version` counts every change, `changed_at` is the last.
    `chair` is who chairs by the terms as they stand, and frozen once the meeting is held. `by_hand`
    names the fields that somebody has set: those no longer follow the cadence. `withdrawn` says that its
    slot is gone from the cadence; it comes back with the slot.
    """

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_start", "group_id", "start"),)

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    id: str = Field(primary_key=True, max_length=80)
    uid: str = Field(max_length=36, unique=True)
    cadence: str | None = Field(default=None, max_length=40)
    slot: str | None = Field(default=None, max_length=40)
    level: str = Field(max_length=12)
    title: str = Field(max_length=300)
    members: list[str] | None = Field(default=None, sa_column=Column(JSON))
    state: str = Field(default="proposed", max_length=10)
    start: datetime = Field(sa_column=Column(Instant, nullable=False))
    minutes: int
    zone: str = Field(max_length=60)
    place: str = Field(default="", max_length=300)
    link: str | None = Field(default=None, max_length=500)
    quorum: Any = Field(sa_column=Column(JSON, nullable=False))
    freeze: int = 7
    chair: list[str] = Field(sa_column=Column(JSON, nullable=False))
    presided_by: str | None = Field(default=None, max_length=300)
    reason: str | None = Field(default=None, max_length=300)
    by_hand: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    withdrawn: bool = False
    sequence: int = 0
    schedules: list[list[Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    settled_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class HorizonRow(SQLModel, table=True):
    """Until which day the meetings of a group's cadences have been proposed."""

    __tablename__ = "meeting_horizon"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    until_day: date
