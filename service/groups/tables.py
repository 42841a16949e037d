"""The charter as rows: the same facts, part by part, each in the order of the file."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.database import Instant


class GroupRow(SQLModel, table=True):
    """A group. `version` counts every change of its charter; `changed_at` is the instant of the last.

    `published` counts every change of what its feeds show. `stamp` is new and unlike any other with each
    change of the charter, also of one that was never committed: what was read under a stamp stays true of it.
    """

    __tablename__ = "group"

    id: str = Field(primary_key=True, max_length=40)
    version: int = 1
    revision: int = 0
    published: int = 1
    stamp: str = Field(default="", max_length=36)
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    timezone: str = Field(max_length=60)
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    words: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    reminders: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class OrganizationRow(SQLModel, table=True):
    """A member, or with `seat_of` one of the seats of a member."""

    __tablename__ = "organization"
    __table_args__ = (ForeignKeyConstraint(["group_id", "seat_of"], ["organization.group_id", "organization.id"]),)

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    id: str = Field(primary_key=True, max_length=40)
    position: int
    seat_of: str | None = Field(default=None, max_length=40)
    name: str = Field(max_length=300)
    short: str | None = Field(default=None, max_length=300)
    joined: date
    left: date | None = None
    sort: str | None = Field(default=None, max_length=300)
    website: str | None = Field(default=None, max_length=500)
    city: str | None = Field(default=None, max_length=300)
    timezone: str | None = Field(default=None, max_length=60)
    head_title: str | None = Field(default=None, max_length=300)
    mandate: str | None = None
    source: str | None = None


class HolderRow(SQLModel, table=True):
    """Who heads an organization, from and until when."""

    __tablename__ = "head_holder"
    __table_args__ = (ForeignKeyConstraint(["group_id", "organization"], ["organization.group_id", "organization.id"]),)

    group_id: str = Field(primary_key=True, max_length=40)
    organization: str = Field(primary_key=True, max_length=40)
    position: int = Field(primary_key=True)
    name: str = Field(max_length=300)
    from_day: date
    until_day: date | None = None
    acting: bool = False
    source: str | None = None


class RecordRow(SQLModel, table=True):
    """A term on record."""

    __tablename__ = "chair_record"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    from_day: date = Field(primary_key=True)
    until_day: date
    chair: list[str] = Field(sa_column=Column(JSON, nullable=False))
    kind: str = Field(max_length=12)
    source: str | None = None
    note: str | None = None


class RuleRow(SQLModel, table=True):
    """A rotation rule of the group (`member` empty) or among the seats of a member."""

    __tablename__ = "rotation_rule"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    member: str = Field(primary_key=True, max_length=40)
    from_day: date = Field(primary_key=True)
    months: int
    order: Any = Field(sa_column=Column(JSON, nullable=False))
    first: str | None = Field(default=None, max_length=40)
    source: str | None = None


class DecisionRow(SQLModel, table=True):
    """A decision on the chair, as the charter writes it."""

    __tablename__ = "chair_decision"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    id: str = Field(primary_key=True, max_length=40)
    position: int
    taken: date
    what: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    source: str | None = None
    reason: str | None = None


class PersonRow(SQLModel, table=True):
    """Somebody, or a role mailbox, that the service writes to."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("group_id", "email"),)

    id: str = Field(primary_key=True, max_length=36)
    group_id: str = Field(max_length=40, foreign_key="group.id")
    position: int
    name: str = Field(max_length=300)
    email: str = Field(max_length=254)
    language: str | None = Field(default=None, max_length=300)


class AppointmentRow(SQLModel, table=True):
    """The role of a person for an organization, from and until when."""

    __tablename__ = "appointment"

    person_id: str = Field(primary_key=True, max_length=36, foreign_key="person.id")
    position: int = Field(primary_key=True)
    organization: str | None = Field(default=None, max_length=40)
    role: str = Field(max_length=20)
    from_day: date
    until_day: date | None = None


class CadenceRow(SQLModel, table=True):
    """A kind of meeting that comes back, as the charter writes it."""

    __tablename__ = "cadence"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    id: str = Field(primary_key=True, max_length=40)
    position: int
    what: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class HolidayRow(SQLModel, table=True):
    """A day on which a duty station rests."""

    __tablename__ = "holiday"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    city: str = Field(primary_key=True, max_length=300)
    day: date = Field(primary_key=True)
    position: int
    name: str = Field(max_length=300)
