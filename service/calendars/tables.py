"""What was published about each entry: the memory that keeps UID, SEQUENCE and DTSTAMP true."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, true
from sqlmodel import Field, SQLModel

from service.database import Instant


class LedgerRow(SQLModel, table=True):
    """One entry as last published, with its bytes. `start_day` and `end_day` are days in the group's zone.

    `kind`: term, handover, meeting, external, action. `of` names the members whose entry it is, where it is not
    everybody's. `inner` is what the group's own people see, where that is more than the public sees; of an action
    `body` is its due day as an event (empty without one), for the public where `public`, and `inner` the task.
    """

    __tablename__ = "calendar_ledger"
    __table_args__ = (Index("ix_calendar_ledger_kind", "group_id", "kind", "end_day"),)

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    key: str = Field(primary_key=True, max_length=120)
    uid: str = Field(max_length=36)
    sequence: int = 0
    modified: datetime = Field(sa_column=Column(Instant, nullable=False))
    content_hash: str = Field(max_length=64)
    schedule_hash: str = Field(max_length=64)
    start_day: date
    end_day: date
    cancelled: bool = False
    kind: str = Field(max_length=10)
    of: list[str] | None = Field(default=None, sa_column=Column(JSON))
    zone: str | None = Field(default=None, max_length=60)
    body: bytes
    inner: bytes | None = None
    public: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
