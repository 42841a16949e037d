"""Boundaries as announced, and who has acknowledged them."""

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from service.database import Instant


class BoundaryRow(SQLModel, table=True):
    """The day on which a term begins, as people have been or will be told of it.

    `revision` counts every change of its day or of the chairs on either side, so that a day moved
    away and back is announced again; `learned_at` is when this revision became known. `member`
    names the member whose seats rotate, empty for the chair of the group.
    """

    __tablename__ = "boundary"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    key: str = Field(primary_key=True, max_length=80)
    member: str = Field(default="", max_length=40)
    day: date = Field(index=True)
    until_day: date
    outgoing: list[str] = Field(sa_column=Column(JSON, nullable=False))
    incoming: list[str] = Field(sa_column=Column(JSON, nullable=False))
    revision: int = 1
    learned_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    passed: bool = False
    gone: bool = False


class AcknowledgementRow(SQLModel, table=True):
    """That somebody of the incoming chair has seen that it is their turn; once a person for a revision of a boundary.

    `way` is `link`, `rsvp` or `answer` (the turn was accepted on record).
    """

    __tablename__ = "acknowledgement"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    key: str = Field(primary_key=True, max_length=80)
    revision: int = Field(primary_key=True)
    person_id: str = Field(primary_key=True, max_length=36)
    organization: str = Field(max_length=40)
    way: str = Field(max_length=12)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
