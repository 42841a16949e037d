"""External events: forums and dialogues outside of the group that its calendars show."""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.database import Instant


class ExternalRow(SQLModel, table=True):
    """An event outside of the group, `[start, end)`. Days of an all-day event are kept as midnights in UTC.

    `uid` is the identity that its own calendar gave it, so that a second import brings it up to date.
    """

    __tablename__ = "external_event"
    __table_args__ = (UniqueConstraint("group_id", "uid"),)

    id: str = Field(primary_key=True, max_length=20)
    group_id: str = Field(max_length=40, foreign_key="group.id")
    uid: str = Field(max_length=300)
    title: str = Field(max_length=300)
    start: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    end: datetime = Field(sa_column=Column(Instant, nullable=False))
    all_day: bool
    zone: str = Field(max_length=60)
    place: str = Field(default="", max_length=300)
    url: str | None = Field(default=None, max_length=500)
    about: str = ""
    withdrawn: bool = False
    version: int = 1
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
