"""Who did what when, and by whose authority: one row for each row that a write has changed, with before and after.

Written by the session itself just before it commits, so that no command can forget it and none can tell
it otherwise; the database refuses to change what stands here, or to delete what is younger than a year (migrations
0004 and 0013).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import JSON, Column, event, insert, inspect
from sqlmodel import Field, Session, SQLModel, col, delete, select

from service import clock
from service.database import Instant

# What the service keeps for its own work, or on record elsewhere: no act of anybody.
_OWN = {
    "audit", "event", "due", "repeat", "delivery", "boundary", "calendar_ledger", "meeting_horizon", "session",
    "sign_in", "sign_in_try", "bounce", "relay",
}  # fmt: skip
CLOCK = "clock"
# So many entries are deleted in one transaction.
MOST = 500


class AuditRow(SQLModel, table=True):
    """One row that was changed. `before` is null for what is new, `after` for what is gone.

    `by` identifies the caller (`person:…`, `token:…`, a name for the command line, `clock` for what time
    brought about); `authority` is what `access.rules.may` found, with the verb that was asked for.
    """

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    group_id: str | None = Field(default=None, max_length=40, index=True)
    by: str = Field(max_length=80)
    name: str = Field(max_length=300)
    verb: str | None = Field(default=None, max_length=40)
    authority: str | None = Field(default=None, max_length=20)
    request: str | None = Field(default=None, max_length=300)
    what: str = Field(max_length=40)
    key: str = Field(max_length=300)
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


def act(session: Session, by: str, name: str, request: str | None = None) -> None:
    """Say on whose behalf this transaction writes."""
    session.info["audit"] = {"by": by[:80], "name": name[:300], "request": request[:300] if request else None}


def authorize(session: Session, verb: str, authority: str) -> None:
    """Note the authority that a check has found; the last one before the commit stands."""
    session.info.setdefault("audit", {}).update(verb=verb, authority=authority)


def assume(session: Session, actor: str | None) -> None:
    """Name who acts where nobody has said so: what records an event knows it."""
    if actor:
        said = session.info.setdefault("audit", {})
        said.setdefault("by", actor[:80])
        said.setdefault("name", actor[:300])


def note(
    session: Session,
    group_id: str | None,
    what: str,
    key: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """Put on record that somebody has changed a row which is else the service's own, such as a delivery."""
    session.info.setdefault("audited", {})[what, key[:300]] = (group_id, before, after)


@event.listens_for(Session, "before_flush")
def _note(session: Session, *_: object) -> None:
    for row in session.new:
        _keep(session, row, None, _values(row, inspect(row).mapper.column_attrs.keys()))
    for row in session.dirty:
        if session.is_modified(row):
            before, after = _differences(row)
            if after:
                _keep(session, row, before, after)
    for row in session.deleted:
        _keep(session, row, _values(row, inspect(row).mapper.column_attrs.keys()), None)


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    session.flush()
    kept = session.info.pop("audited", {})
    if not kept:
        return
    said = {"by": CLOCK, "name": CLOCK, "verb": None, "authority": None, "request": None} | session.info.get(
        "audit", {}
    )
    now = clock.now()
    rows = [
        {"at": now, "group_id": group, "what": what, "key": key, "before": before, "after": after} | said
        for (what, key), (group, before, after) in kept.items()
        if before is not None or after is not None
    ]
    if rows:
        session.connection().execute(insert(AuditRow.__table__), rows)  # type: ignore[attr-defined]


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("audited", None)


def _keep(session: Session, row: Any, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    """Fold several changes of one row in a transaction into one: the first before and the last after."""
    mapped = inspect(row)
    what = mapped.mapper.local_table.name
    if what in _OWN:
        return
    group = getattr(row, "group_id", None) or (row.id if what == "group" else None)
    identity = mapped.mapper.primary_key_from_instance(row)
    key = "/".join(str(part) for part in identity)[:300]
    kept = session.info.setdefault("audited", {})
    known = kept.get((what, key))
    if known is not None:
        _, first, last = known
        if first is None:
            after = None if after is None else (last or {}) | after
            before = None
        elif after is not None:
            before, after = (before or {}) | first, (last or {}) | after
        else:
            before = (before or {}) | first
    kept[what, key] = (group, before, after)


def _values(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names if not isinstance(getattr(row, name), bytes)}


def _differences(row: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = {}, {}
    state = inspect(row)
    for name in list(state.mapper.column_attrs.keys()):
        history = state.attrs[name].history
        if history.has_changes() and not isinstance(getattr(row, name), bytes):
            before[name] = _plain(history.deleted[0]) if history.deleted else None
            after[name] = _plain(history.added[0]) if history.added else None
    return before, after


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


def audited(
    session: Session,
    group_id: str,
    *,
    what: str | None = None,
    key: str | None = None,
    by: str | None = None,
    verb: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[AuditRow]:
    """Entries of a group at instants in `[since, until)`, newest first, below the id `before`."""
    asked = select(AuditRow).where(AuditRow.group_id == group_id)
    for column, value in ((AuditRow.what, what), (AuditRow.key, key), (AuditRow.by, by), (AuditRow.verb, verb)):
        if value is not None:
            asked = asked.where(col(column) == value)
    if since is not None:
        asked = asked.where(col(AuditRow.at) >= since)
    if until is not None:
        asked = asked.where(col(AuditRow.at) < until)
    if before is not None:
        asked = asked.where(col(AuditRow.id) < before)
    return list(session.exec(asked.order_by(col(AuditRow.id).desc()).limit(most)))


def forget(session: Session, kept: timedelta) -> None:
    """Delete entries that were made `kept` ago, the oldest first and `MOST` at a time.

    That it was done is an entry of each group itself, with how many they were.
    """
    cutoff = clock.now() - kept
    asked = select(AuditRow.id, AuditRow.group_id).where(col(AuditRow.at) < cutoff).order_by(col(AuditRow.at))
    old = session.exec(asked.limit(MOST).with_for_update(skip_locked=True)).all()
    if not old:
        return
    session.exec(delete(AuditRow).where(col(AuditRow.id).in_([id_ for id_, _ in old])))
    for group_id, entries in Counter(group_id for _, group_id in old).items():
        note(session, group_id, "audit", f"{group_id or ''}/{cutoff.isoformat()}", {"entries": entries}, {"entries": 0})


def every_entry(session: Session, group_id: str) -> Iterable[AuditRow]:
    """All entries of a group, oldest first, a few at a time."""
    asked = select(AuditRow).where(AuditRow.group_id == group_id).order_by(col(AuditRow.id))
    return session.exec(asked.execution_options(yield_per=500))
