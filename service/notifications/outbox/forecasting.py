"""What would be sent in the coming days: the planner and the dispatcher run ahead on a copy of one group.

The copy is a database of its own and the channels send nothing, so nothing here can be written to the live database or
reach anybody. The clock of a whole process has to run ahead for it (`clock.use`), so a process that serves people
starts another one for it: `gmg outbox forecast`, which ends up in `service.simulate.foresee`.
"""

import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from datetime import date, datetime
from typing import Any, NamedTuple

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Table, case, insert, literal, select
from sqlmodel import Session, SQLModel

from service import clock
from service.access.bodies import Out
from service.events import DueRow
from service.groups import queries as groups
from service.groups.charter import Charter
from service.language.speech import _
from service.notifications.outbox.tables import WAITING
from service.problems import Problem
from service.zones import day_in

MOST_DAYS = 400
# Seconds after which a forecast is given up, and how many answers are kept in memory.
LONGEST = 60.0
_KEPT = 16
_BATCH = 500
# What the planner does not look at: secrets, what is kept of requests, what workers tell of themselves, and ways out,
# which the copy has of its own.
LEFT_OUT = {"audit", "identity", "relay", "repeat", "session", "sign_in", "sign_in_try", "tally", "tick", "token"}
log = structlog.get_logger()


class LineOut(Out):
    """One message that would be sent. `title` is its subject line; empty for another channel than mail."""

    at: datetime
    kind: str
    title: str
    recipient: str
    channel: str


class ForecastOut(Out):
    """What would be sent from `at` until `until`, if nobody changed anything meanwhile."""

    group: str
    at: datetime
    until: datetime
    days: int
    lines: list[LineOut]


class Asked(NamedTuple):
    """Which forecast: it holds as long as the group, what has happened in it and the day are the same."""

    group_id: str
    version: int
    position: int
    day: date
    days: int


def asked(session: Session, charter: Charter, days: int) -> Asked:
    """The forecast of the next `days` days as the group stands now."""
    row = groups.group_row(session, charter.group.id)
    due = session.get(DueRow, row.id)
    return Asked(row.id, row.version, due.events if due else 0, day_in(clock.now(), row.timezone), days)


_known: OrderedDict[tuple[str, Asked], ForecastOut] = OrderedDict()
# A forecast keeps a core busy: one at a time in each process.
_one_at_a_time = threading.Lock()


def forecast(engine: Engine, wanted: Asked) -> ForecastOut:
    """The forecast, made by a process of its own, or the one that was made of the same before.

    Raises:
        Problem: 503, it took longer than a minute, another one is being made, or the process has failed.
    """
    key = (str(engine.url), wanted)
    # Another thread may let go of what is kept, between a look and a second one.
    made = _known.get(key)
    if made is not None:
        return made
    if not _one_at_a_time.acquire(timeout=LONGEST):
        raise Problem(503, "forecast-is-busy", _("Another forecast is being made; try again."), headers=_LATER)
    try:
        if key not in _known:
            _known[key] = _made(engine, wanted)
            while len(_known) > _KEPT:
                _known.popitem(last=False)
        return _known[key]
    finally:
        _one_at_a_time.release()


_LATER = {"Retry-After": "60"}


def _made(engine: Engine, wanted: Asked) -> ForecastOut:
    command = [
        sys.executable, "-m", "service.cli", "outbox", "forecast", "--format", "json", "--group", wanted.group_id,
        "--days", str(wanted.days), "--at", clock.now().isoformat(),
    ]  # fmt: skip
    url = engine.url.render_as_string(hide_password=False)
    try:
        done = subprocess.run(  # noqa: S603 - this program itself; the group's id is one that is known here
            command,
            env=os.environ | {"GMG_DATABASE_URL": url},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
        return ForecastOut.model_validate(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        log.error("forecast took too long", group=wanted.group_id, days=wanted.days)
        raise Problem(
            503, "forecast-took-too-long", _("This took too long; ask for fewer days."), headers=_LATER
        ) from None
    except (ValueError, ValidationError):
        log.error("forecast failed", group=wanted.group_id, days=wanted.days, code=done.returncode)
        raise Problem(
            503, "forecast-failed", _("No forecast could be made; tell the operator to run gmg outbox forecast."),
            headers=_LATER,
        ) from None  # fmt: skip


def copy_group(live: Connection, into: Connection, group_id: str) -> None:
    """Copy all that belongs to a group, but for `LEFT_OUT`, into an empty database.

    Of what has gone out only the row is taken, not its bytes. What a worker has in hand is taken as waiting.
    """
    taken: dict[str, Any] = {}
    for table in SQLModel.metadata.sorted_tables:
        mine = _mine(table, group_id, taken)
        if mine is None:
            continue
        taken[table.name] = mine
        rows = live.execution_options(yield_per=_BATCH).execute(select(*_columns(table)).where(mine))
        for batch in rows.mappings().partitions():
            into.execute(insert(table), [_as_copied(table, dict(row)) for row in batch])


def _mine(table: Table, group_id: str, taken: dict[str, Any]) -> Any:
    """Which rows of a table are the group's: by its id, or by the row that they belong to; None for no table of it."""
    if table.name in LEFT_OUT:
        return None
    if table.name == "group":
        return table.c.id == group_id
    if "group_id" in table.c:
        return table.c.group_id == group_id
    for column in table.columns:
        for key in column.foreign_keys:
            parent = key.column
            if parent.table.name in taken:
                return column.in_(select(parent).where(taken[parent.table.name]))
    return None


def _columns(table: Table) -> list[Any]:
    if table.name != "delivery":
        return list(table.columns)
    waits = table.c.state.in_((*WAITING, "sending"))
    body = case((waits, table.c.body), else_=literal(b"", table.c.body.type)).label("body")
    return [body if column.name == "body" else column for column in table.columns]


def _as_copied(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    if table.name == "delivery" and row["state"] == "sending":
        return row | {"state": "pending", "owner": None, "next_attempt_at": clock.now()}
    return row
