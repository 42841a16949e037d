"""Sessions of browsers: a new id at every sign-in, kept on the server, ended at sign-out (threats T46 and T51).

Who somebody is and what they may do is computed at each request. A session is no more once its person is gone
or has other roles than at sign-in: they sign in anew.
"""

import json
import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

import structlog
from sqlmodel import Session, col, delete, update

from service import clock
from service.access.commands import digest
from service.access.queries import person_caller
from service.access.rules import Caller
from service.access.tables import SessionRow
from service.groups.charter import Appointment

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=2)
# How often it is noted that a session is still in use.
_NOTED = timedelta(minutes=5)
_KEPT = timedelta(days=30)
log = structlog.get_logger()


def begin(session: Session, caller: Caller, way: str, *, before: str = "") -> str:
    """Sign a person in; the secret for their cookie, told this once. The session of `before` ends."""
    now = clock.now()
    if before:
        end(session, before)
    session.exec(delete(SessionRow).where(col(SessionRow.expires_at) < now - _KEPT))
    secret = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            hash=digest(secret), group_id=caller.group_id, person_id=caller.person or "", way=way,
            roles=_roles(caller.appointments), created_at=now, last_seen=now, expires_at=now + LASTS,
        )
    )  # fmt: skip
    log.info("signed in", person=caller.person, way=way)
    return secret


def caller_of(session: Session, secret: str, group_id: str) -> Caller | None:
    """Who is signed in to a group with this cookie, with the roles of today; None where nobody is."""
    row = _row(session, secret)
    if row is None or row.group_id != group_id:
        return None
    found = person_caller(session, group_id, row.person_id)
    return found if found is not None and _roles(found.appointments) == row.roles else None


def is_stale(session: Session, secret: str) -> bool:
    """Whether it should be noted that the session is still in use."""
    row = _row(session, secret)
    return row is not None and clock.now() - row.last_seen >= _NOTED


def touch(session: Session, secret: str) -> None:
    """Note that the session is in use."""
    row = _row(session, secret)
    if row is not None:
        row.last_seen = clock.now()
        session.add(row)


def end(session: Session, secret: str) -> None:
    """Sign out; who is signed out already stays so."""
    row = _row(session, secret)
    if row is not None:
        row.ended_at = clock.now()
        session.add(row)
        log.info("signed out", person=row.person_id)


def end_all(session: Session, group_id: str, person_id: str | None = None) -> int:
    """Sign a person out of every browser, or everybody of the group; how many sessions that ended."""
    now = clock.now()
    open_ = [col(SessionRow.group_id) == group_id, col(SessionRow.ended_at).is_(None), col(SessionRow.expires_at) > now]
    if person_id is not None:
        open_.append(col(SessionRow.person_id) == person_id)
    ended = session.exec(update(SessionRow).where(*open_).values(ended_at=now)).rowcount
    log.info("signed out everywhere", person=person_id, sessions=ended)
    return int(ended)


def _row(session: Session, secret: str) -> SessionRow | None:
    row = session.get(SessionRow, digest(secret)) if secret else None
    # Held, so that a transaction reads it once.
    session.info["session"] = row
    now = clock.now()
    if row is None or row.ended_at is not None or now >= row.expires_at or now - row.last_seen >= IDLE:
        return None
    return row


def _roles(appointments: Iterable[Appointment]) -> str:
    held = sorted([role.organization or "", role.role] for role in appointments)
    return sha256(json.dumps(held).encode()).hexdigest()
