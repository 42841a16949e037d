"""Tokens: how a program, or a calendar, shows for whom it comes."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from service.database import Instant


class TokenRow(SQLModel, table=True):
    """A token, known by its SHA-256 alone. It acts for a person, or without one for the secretariat.

    `kind`: api (a Bearer token) or feed (part of a calendar's address, good for that feed alone).
    `scope`: write, or read for a token that may only look.
    """

    __tablename__ = "token"

    id: str = Field(primary_key=True, max_length=20)
    group_id: str = Field(max_length=40, foreign_key="group.id", index=True)
    kind: str = Field(max_length=8)
    person_id: str | None = Field(default=None, max_length=36)
    name: str = Field(max_length=300)
    hash: str = Field(max_length=64, unique=True)
    scope: str = Field(max_length=8)
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(Instant))
