"""How somebody shows who they are: a program or a calendar by a token, a browser by a session.

Of every secret that is given out only the SHA-256 is kept; each is random, so nothing slower is needed.
"""

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from service.database import Instant


class TokenRow(SQLModel, table=True):
    """A token, known by its SHA-256 alone. It acts for a person, or without one for the secretariat.

    `kind`: api (a Bearer token) or feed (part of a calendar's address, good for that feed alone).
    `scope`: read for a token that may only look, write for all, or some of `verbs.SCOPES` joined by commas.
    """

    __tablename__ = "token"

    id: str = Field(primary_key=True, max_length=20)
    group_id: str = Field(max_length=40, foreign_key="group.id", index=True)
    kind: str = Field(max_length=8)
    person_id: str | None = Field(default=None, max_length=36)
    name: str = Field(max_length=300)
    hash: str = Field(max_length=64, unique=True)
    scope: str = Field(max_length=60)
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class SessionRow(SQLModel, table=True):
    """Somebody who is signed in with a browser, known by the SHA-256 of the browser's cookie.

    `roles` is a digest of the roles that the person had at sign-in: with other roles they sign in anew.
    `way`: mail or oidc.
    """

    __tablename__ = "session"

    hash: str = Field(primary_key=True, max_length=64)
    group_id: str = Field(max_length=40, foreign_key="group.id")
    person_id: str = Field(max_length=36, index=True)
    way: str = Field(max_length=8)
    roles: str = Field(max_length=64)
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    last_seen: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class SignInRow(SQLModel, table=True):
    """A sign-in that a browser has asked for, good once and for that browser alone.

    `hash` is that of the mailed link or of the provider's `state`, `browser` that of the cookie which the
    asking browser was given. `nonce` and `verifier` are for a provider, `person_id` is for a mailed link.
    """

    __tablename__ = "sign_in"

    hash: str = Field(primary_key=True, max_length=64)
    group_id: str = Field(max_length=40, foreign_key="group.id")
    way: str = Field(max_length=8)
    person_id: str | None = Field(default=None, max_length=36)
    browser: str = Field(max_length=64)
    next: str = Field(max_length=200)
    nonce: str | None = Field(default=None, max_length=64)
    verifier: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class SignInTryRow(SQLModel, table=True):
    """That a sign-in was asked for; `of` is a keyed digest of the address, or of where it came from."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index("ix_sign_in_try_of", "of", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    of: str = Field(max_length=64)
    at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))


class IdentityRow(SQLModel, table=True):
    """Who somebody is at a provider of identities: its issuer and the subject there, never the address."""

    __tablename__ = "identity"

    group_id: str = Field(primary_key=True, max_length=40, foreign_key="group.id")
    issuer: str = Field(primary_key=True, max_length=300)
    subject: str = Field(primary_key=True, max_length=255)
    person_id: str = Field(max_length=36, index=True)
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
