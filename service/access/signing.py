"""A sign-in that a browser asks for: good once, for ten minutes, and for that browser alone (threat T48)."""

import re
import secrets
from datetime import timedelta

from sqlmodel import Session, col, delete

from service import clock
from service.access.commands import digest
from service.access.tables import SignInRow

LASTS = timedelta(minutes=10)
_KEPT = timedelta(days=1)
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_STEP = r"/[A-Za-z0-9][A-Za-z0-9._~-]*"
# Where a sign-in may lead: a path of this service, segment by segment, and nothing that a browser could take
# for another host (threat T54).
_NEXT = re.compile(rf"/groups(?:{_STEP}){{1,6}}")


def browser_secret(kept: str) -> str:
    """What a browser is known by: what it has kept, or something new."""
    return kept if _SECRET.fullmatch(kept) else secrets.token_urlsafe(32)


def way_on(wanted: str | None, group_id: str) -> str:
    """Where to go after signing in: the page that was wanted, else the desk; what is no path of ours leads home."""
    if not wanted:
        return f"/groups/{group_id}/desk"
    return wanted if len(wanted) <= 200 and _NEXT.fullmatch(wanted) else "/"


def ask(
    session: Session,
    group_id: str,
    *,
    way: str,
    browser: str,
    next_: str,
    person_id: str | None = None,
    nonce: str | None = None,
    verifier: str | None = None,
) -> str:
    """Note that a browser wants to sign in; the secret by which it comes back, told this once."""
    now = clock.now()
    session.exec(delete(SignInRow).where(col(SignInRow.created_at) < now - _KEPT))
    secret = secrets.token_urlsafe(32)
    session.add(
        SignInRow(
            hash=digest(secret), group_id=group_id, way=way, person_id=person_id, browser=digest(browser),
            next=next_, nonce=nonce, verifier=verifier, created_at=now, expires_at=now + LASTS,
        )
    )  # fmt: skip
    return secret


def asked(session: Session, secret: str) -> SignInRow | None:
    """The sign-in of that secret, in whatever state and whoever asks."""
    return session.get(SignInRow, digest(secret))


def use(session: Session, way: str, secret: str, browser: str) -> SignInRow | None:
    """The sign-in of that secret, used up by this; None where it is unknown, used, too old, or of another browser."""
    if not _SECRET.fullmatch(secret) or not browser:
        return None
    row = session.get(SignInRow, digest(secret), with_for_update=True)
    if row is None or row.way != way or row.used_at is not None:
        return None
    if clock.now() >= row.expires_at or row.browser != digest(browser):
        return None
    row.used_at = clock.now()
    session.add(row)
    return row
