"""A creation that is sent twice is done once: Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07; P13).

The key, the answer and what was created commit together. A second request with the same key waits for
the first one's transaction and is given the first answer; keys are kept for 24 hours and belong to
whoever sent them.
"""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, Column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Field, Session, SQLModel, col, delete, select

from service import clock
from service.database import Instant
from service.language.speech import _
from service.problems import Problem

KEPT = timedelta(hours=24)
# PostgreSQL's name for a lock that was not given in time (its appendix A, class 55).
_LOCK_NOT_AVAILABLE = "55P03"
_KEY = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,198}[\x21-\x7e]|[\x21-\x7e]")


class RepeatRow(SQLModel, table=True):
    """A creation that was asked for, and its answer once it is there."""

    __tablename__ = "repeat"

    caller: str = Field(primary_key=True, max_length=60)
    key: str = Field(primary_key=True, max_length=200)
    fingerprint: str = Field(max_length=64)
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    status: int = 0
    headers: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    body: bytes = b""


def read_key(given: str | None) -> str:
    """The key of a creation, as the header `Idempotency-Key` has it.

    Raises:
        Problem: 400, it is missing, empty, longer than 200 characters or not printable ASCII.
    """
    if given is None:
        raise Problem(
            400,
            "key-required",
            _("Send an Idempotency-Key, such as a new UUID: then the request can be repeated safely."),
        )
    if _KEY.fullmatch(given) is None:
        raise Problem(400, "invalid-key", _("Idempotency-Key takes 1 to 200 printable ASCII characters."))
    return given


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same one."""
    return sha256(b"\0".join((method.encode(), path.encode(), body))).hexdigest()


def claim(session: Session, caller: str, key: str, of: str) -> RepeatRow:
    """The row of this creation: new, or with the answer that the first request was given.

    Raises:
        Problem: 422, the key was used for another request; 409, that request is still running.
    """
    now = clock.now()
    values: dict[str, Any] = {
        "caller": caller, "key": key, "fingerprint": of, "created_at": now, "status": 0, "headers": {}, "body": b"",
    }  # fmt: skip
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    asked = insert(RepeatRow).values(**values).on_conflict_do_nothing()
    try:
        new = session.connection().execute(asked).rowcount == 1
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        # Whoever waits here waits for the first request: PostgreSQL gives up after `database.BUSY_SECONDS`.
        raise Problem(
            409, "still-running", _("The first request with this key is still running."), headers={"Retry-After": "1"}
        ) from None
    if new:
        row = RepeatRow(**values)
        make_transient_to_detached(row)
        session.add(row)
        return row
    row = session.exec(select(RepeatRow).where(RepeatRow.caller == caller, RepeatRow.key == key)).one()
    if row.created_at <= now - KEPT:
        row.fingerprint, row.created_at, row.status, row.headers, row.body = of, now, 0, {}, b""
    elif row.fingerprint != of:
        raise Problem(422, "key-reused", _("This Idempotency-Key was used for another request; send a new one."))
    return row


def forget(session: Session) -> None:
    """Forget the keys that are no longer kept."""
    session.exec(delete(RepeatRow).where(col(RepeatRow.created_at) <= clock.now() - KEPT))
