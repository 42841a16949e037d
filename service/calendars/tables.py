"""What was published about each entry: the memory that keeps UID, SEQUENCE and DTSTAMP true."""

from datetime import date, datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from service.database import Instant


class LedgerRow(SQLModel, table=True):
    """One entry as last published, with its bytes. `start_day` and `end_day` are days in the group's zone."""

    __tablename__ = "calendar_ledger"

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
    body: bytes
