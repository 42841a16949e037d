"""Texts of messages are not kept for ever: what remains is that it went, to whom and when, its subject and its hash."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from service import clock
from service.notifications.outbox.tables import WAITING, DeliveryRow

# So many in one transaction, which others wait for.
MOST = 500
_OWED = (*WAITING, "sending")
_KEPT = (b"message-id", b"subject")


def forget(session: Session, kept: timedelta) -> None:
    """Forget the texts of what was accepted `kept` ago, or could no longer go since then, `MOST` at a time.

    What may still go out keeps its text, however old it is.
    """
    cutoff, row = clock.now() - kept, DeliveryRow
    asked = select(row).where(
        col(row.forgotten_at).is_(None),
        col(row.created_at) < cutoff,
        col(row.state).not_in(_OWED),
        func.coalesce(col(row.accepted_at), col(row.not_after)) < cutoff,
    )
    for one in session.exec(asked.order_by(col(row.created_at)).limit(MOST).with_for_update(skip_locked=True)):
        _forget(one, clock.now())
        session.add(one)


def _forget(row: DeliveryRow, now: datetime) -> None:
    row.body, row.said, row.forgotten_at = head(row.body), None, now


def head(body: bytes) -> bytes:
    """Of a mail its name and its subject, folded as they went (RFC 5322, 2.2.3); nothing of any other message."""
    kept: list[bytes] = []
    names: set[bytes] = set()
    name = b""
    for line in body.splitlines():
        if not line:
            break
        if line[:1] not in b" \t":
            name = line.partition(b":")[0].lower()
        if name in _KEPT:
            kept.append(line)
            names.add(name)
    return b"\r\n".join([*kept, b"", b""]) if b"message-id" in names else b""
