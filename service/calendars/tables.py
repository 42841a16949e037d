"""What was published about each entry: the memory that keeps UID, SEQUENCE and DTSTAMP true."""

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from service.database import Instant


class LedgerRow(SQLModel, table=True):
    """One entry as last published, with its bytes. `start_day` and `end_day` are days in the group's zone.

    `kind`: term, handover, meeting, external. `of` names the members whose entry it is, where it is not
    everybody's. `inner` is what the group's own people see, where that is more than the public sees.
    """

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
    kind: str = Field(max_length=10)
    of: list[str] | None = Field(default=None, sa_column=Column(JSON))
    zone: str | None = Field(default=None, max_length=60)
    body: bytes
    inner: bytes | None = None
