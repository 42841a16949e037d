"""Short notices by agencies."""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.database import Instant


class NoticeRow(SQLModel, table=True):
    """What an agency lets the others know. `number` counts those of a group, in the order of `published_at`."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("group_id", "number"),)

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    id: str = Field(primary_key=True, max_length=20)
    number: int
    member: str = Field(max_length=40)
    theme: str = Field(max_length=300)
    text: str
    link: str | None = Field(default=None, max_length=500)
    visibility: str = Field(default="members", max_length=8)
    by: str = Field(max_length=300)
    published_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    version: int = 1
