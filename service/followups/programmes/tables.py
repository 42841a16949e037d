"""The programme of a term: its theme and its activities."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from service.database import Instant


class ProgrammeRow(SQLModel, table=True):
    """The programme of the term with the key `turn` (`Term.key`); `activities` are ids in the chair's order.

    `theme` is empty while only what was carried here stands in it. Once closed, `unfinished` are the
    activities that were not completed then, and `carried` those of them that pass to the next programme.
    """

    __tablename__ = "programme"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    turn: str = Field(primary_key=True, max_length=40)
    theme: str = Field(default="", max_length=300)
    text: str = ""
    activities: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    by: str = Field(max_length=300)
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    closed_by: str | None = Field(default=None, max_length=300)
    summary: str | None = None
    unfinished: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    carried: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    version: int = 1
