"""What each reader has chosen: language, quiet hours, how each kind reaches them, who stands in for them."""

from datetime import date, datetime, time

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from service.database import Instant


class ReaderRow(SQLModel, table=True):
    """A person as a reader. Quiet hours are on the clocks of the duty station and may pass midnight."""

    __tablename__ = "reader"

    person_id: str = Field(primary_key=True, max_length=36)
    group_id: str = Field(max_length=40, foreign_key="group.id", index=True)
    language: str | None = Field(default=None, max_length=2)
    quiet_from: time | None = None
    quiet_until: time | None = None
    version: int = 1


class ChoiceRow(SQLModel, table=True):
    """How a kind of message reaches a person: `form` at-once, daily, weekly or none; `contact_id` empty for mail."""

    __tablename__ = "choice"

    person_id: str = Field(primary_key=True, max_length=36)
    kind: str = Field(primary_key=True, max_length=30)
    group_id: str = Field(max_length=40, foreign_key="group.id", index=True)
    form: str = Field(default="at-once", max_length=10)
    contact_id: str | None = Field(default=None, max_length=36)


class AbsenceRow(SQLModel, table=True):
    """Somebody is away on the days `[from_day, until_day)` of their duty station; `alternate` gets everything."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_group_id_person_id", "group_id", "person_id"),)

    id: str = Field(primary_key=True, max_length=36)
    group_id: str = Field(max_length=40, foreign_key="group.id")
    person_id: str = Field(max_length=36)
    from_day: date
    until_day: date
    alternate: str = Field(max_length=36)


class ContactRow(SQLModel, table=True):
    """A chat channel of a person: `channel` slack or teams. `secret` is its address, encrypted: who has it can write.

    `failing_since` is set while nothing but failures came back.
    """

    __tablename__ = "contact"

    id: str = Field(primary_key=True, max_length=36)
    group_id: str = Field(max_length=40, foreign_key="group.id")
    person_id: str = Field(max_length=36, index=True)
    channel: str = Field(max_length=20)
    label: str = Field(max_length=100)
    secret: bytes
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    failing_since: datetime | None = Field(default=None, sa_column=Column(Instant))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    why: str | None = Field(default=None, max_length=300)
