"""What is well, what is worth a look and what is wrong. Pure.

Each rule gives a finding; what is not well says what to do. The limits are those of the alerts in docs/keeping.md.
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

State = Literal["ok", "warn", "fail"]

BACKUP_WARN, BACKUP_FAIL = timedelta(hours=26), timedelta(days=7)
PENDING_WARN, PENDING_FAIL = timedelta(minutes=15), timedelta(hours=4)
LOOK_WARN, LOOK_FAIL = timedelta(minutes=3), timedelta(minutes=30)
SKEW_WARN, SKEW_FAIL = timedelta(seconds=5), timedelta(seconds=60)
DISK_WARN, DISK_FAIL = 0.10, 0.02
TZ_WARN = 2
OLDEST_POSTGRESQL = 14
# For how long what did not go out is told of.
NEWS = timedelta(days=30)


class Finding(NamedTuple):
    """What was looked at, how it is, and that in a sentence."""

    check: str
    state: State
    text: str


def backup(last: datetime | None, now: datetime) -> Finding:
    if last is None:
        return Finding("backup", "warn", "No backup is known; make one with gmg backup, every day by a timer.")
    age = now - last
    return Finding(
        "backup",
        _step(age, BACKUP_WARN, BACKUP_FAIL),
        f"The last one is {said(age)} old." + ("" if age <= BACKUP_WARN else " Look why the timer makes none."),
    )


def disk(free: int, total: int) -> Finding:
    """`free` and `total` in bytes, of the disk under GMG_HOME."""
    share = free / total if total else 0.0
    state: State = "ok" if share >= DISK_WARN else "warn" if share >= DISK_FAIL else "fail"
    text = f"{share:.0%} free, {free // 2**20} MiB." + ("" if state == "ok" else " See docs/runbook/disk-full.md.")
    return Finding("disk", state, text)


def skew(theirs: datetime, ours: datetime) -> Finding:
    """How far the database's clock is from this machine's."""
    apart = abs(theirs - ours)
    text = f"{apart.total_seconds():.1f} s from the database's." if apart > timedelta(seconds=1) else "They agree."
    state = _step(apart, SKEW_WARN, SKEW_FAIL)
    return Finding("clock", state, text + ("" if state == "ok" else " Let both keep time by NTP."))


def ahead(newest: datetime | None, ours: datetime) -> Finding:
    """Whether anything on record lies after this machine's now."""
    if newest is None or newest - ours <= SKEW_WARN:
        return Finding("clock", "ok", "Nothing on record lies ahead of this machine's clock.")
    text = f"The newest event was recorded {said(newest - ours)} from now: was the clock set back?"
    return Finding("clock", _step(newest - ours, SKEW_WARN, SKEW_FAIL), text)


def sqlite(version: tuple[int, ...], journal: str, safe: bool) -> Finding:
    name = ".".join(str(part) for part in version)
    if safe:
        return Finding("database version", "ok", f"SQLite {name}, journal {journal}.")
    if journal.lower() != "wal":
        text = f"SQLite {name} has the WAL-reset fault; the journal is {journal}, which does not meet it."
        return Finding("database version", "ok", text)
    text = f"SQLite {name} has the WAL-reset fault and the journal is WAL, which may damage the database."
    return Finding("database version", "fail", f"{text} Set GMG_SQLITE_WAL=auto and start the service anew.")


def postgresql(number: int) -> Finding:
    """`number` as PostgreSQL counts its versions: 180004 is 18.4."""
    name = f"PostgreSQL {number // 10000}.{number % 10000}"
    if number // 10000 < OLDEST_POSTGRESQL:
        return Finding("database version", "warn", f"{name} gets no more fixes; move to a newer one.")
    return Finding("database version", "ok", f"{name}.")


def zones(version: str, now: datetime) -> Finding:
    """`version` of the tables of zones, such as 2026f."""
    year = int(version[:4]) if version[:4].isdigit() else 0
    if year + TZ_WARN > now.year:
        return Finding("zones", "ok", f"Tables of {version}.")
    text = f"The tables of zones are of {version or 'an unknown version'}: clocks may have been changed by law since."
    return Finding("zones", "warn", f"{text} Install a newer tzdata.")


def mode(what: str, bits: int, secret: bool) -> Finding | None:
    """A file or folder that others than its owner may read; None where they may not."""
    if bits & 0o077 == 0:
        return None
    text = f"{what} is open to others ({bits & 0o777:o}); run chmod go= {what}"
    return Finding("modes", "fail" if secret else "warn", text)


def ticker(last: datetime | None, now: datetime) -> Finding:
    """Whether somebody looks at what falls due: `last` is when a worker last had done so, whole."""
    if last is None:
        return Finding("ticker", "warn", "No worker has looked at what is due yet; start gmg serve.")
    age = now - last
    state = _step(age, LOOK_WARN, LOOK_FAIL)
    text = f"A worker has looked {said(age)} ago."
    return Finding("ticker", state, text + ("" if state == "ok" else " Does one run? See gmg serve and its log."))


def pending(oldest: datetime | None, now: datetime) -> Finding:
    if oldest is None:
        return Finding("outbox", "ok", "Nothing waits to be sent.")
    age = now - oldest
    state = _step(age, PENDING_WARN, PENDING_FAIL)
    text = f"The oldest message that is due waits for {said(age)}."
    return Finding("outbox", state, text + ("" if state == "ok" else " See gmg outbox show --state pending."))


def held(count: int) -> Finding | None:
    if not count:
        return None
    return Finding("held", "warn", f"{count} deliveries are held; see docs/runbook/release-held.md.")


def lost(failed: int, expired: int) -> Finding:
    """What did not go out in the last days, see `NEWS`."""
    if not failed + expired:
        return Finding("deliveries", "ok", f"None has failed or expired in {NEWS.days} days.")
    text = f"{failed} failed and {expired} expired in {NEWS.days} days; see gmg outbox show --state failed (expired)."
    return Finding("deliveries", "warn", text)


def relays(shut: list[tuple[str, str | None]]) -> list[Finding]:
    """The ways out that did not answer last, each with what it said."""
    if not shut:
        return [Finding("ways out", "ok", "All have answered.")]
    return [Finding("ways out", "warn", f"{name} did not answer: {answer or 'no word'}.") for name, answer in shut]


def groups(ids: list[str], unconfirmed: list[str]) -> list[Finding]:
    if not ids:
        return [Finding("groups", "warn", "There is none; see gmg charter apply.")]
    if not unconfirmed:
        return [Finding("groups", "ok", f"{len(ids)}, all confirmed.")]
    return [
        Finding("groups", "warn", f"Mail of {id_} is written as files until gmg group confirm {id_}.")
        for id_ in unconfirmed
    ]


def proxies(secure: bool, trusted: bool) -> Finding:
    if secure and not trusted:
        text = "GMG_PUBLIC_URL is https but GMG_TRUSTED_PROXIES is empty: all who sign in count as one place."
        return Finding("proxies", "warn", text)
    return Finding("proxies", "ok", "Trusted proxies are set." if trusted else "Served without one.")


def revision(at: str | None, newest: str | None, works: bool) -> Finding:
    if at == newest:
        return Finding("revision", "ok", f"{at}, the newest.")
    if works:
        return Finding("revision", "warn", f"{at}, ahead of this program, which still works with it.")
    text = f"The database is at {at or 'no revision'}, this program at {newest}."
    return Finding("revision", "fail", f"{text} Run gmg migrate, or install the program that made it.")


def said(span: timedelta) -> str:
    """A length of time in its largest whole unit."""
    seconds = int(span.total_seconds())
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"


def _step(value: timedelta, warn: timedelta, fail: timedelta) -> State:
    return "ok" if value <= warn else "warn" if value <= fail else "fail"
