"""When the people of a member are taken."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from service.database import Instant


class BusyRow(SQLModel, table=True):
    """A member's busy times as uploaded last: `[start, end)` as instants, nothing of what they are about."""

    __tablename__ = "busy"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    member: str = Field(primary_key=True, max_length=40)
    periods: list[list[str]] = Field(sa_column=Column(JSON, nullable=False))
    by: str = Field(max_length=300)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
