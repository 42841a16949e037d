"""Endpoints of other systems that the group's events are posted to."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from service.database import Instant


class WebhookRow(SQLModel, table=True):
    """An endpoint. `member` is whose it is, empty for the secretariat's; `kinds` the kinds of events it wants, all
    where it names none. `position` is that of the last event that was planned for it.

    Its secret is derived from the service's own key, its id and `secret_version`, so none is kept here; the one
    before is used beside it until `overlap_until`. `failing_since` is set while nothing but failures came back.
    """

    __tablename__ = "webhook"

    id: str = Field(primary_key=True, max_length=36)
    group_id: str = Field(max_length=40, foreign_key="group.id", index=True)
    member: str = Field(default="", max_length=40)
    url: str = Field(max_length=500)
    label: str = Field(default="", max_length=100)
    kinds: list[str] = Field(sa_column=Column(JSON, nullable=False))
    position: int = 0
    secret_version: int = 1
    overlap_until: datetime | None = Field(default=None, sa_column=Column(Instant))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    created_by: str = Field(max_length=300)
    failing_since: datetime | None = Field(default=None, sa_column=Column(Instant))
    disabled_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    why: str | None = Field(default=None, max_length=300)
    version: int = 1
