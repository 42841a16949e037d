"""More of what a group has, in bulk: its own rows copied by one statement a table, with other ids and older days.

What is copied is past and settled, and lies further back than what feeds and calendars show: however many copies there
are, as much is due and shown as before. SQLite alone.
"""

from collections.abc import Iterable

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from migrations.models import METADATA

GROUP = "gmg"
# Days before the youngest row that is copied; a year of the group is copied.
_BACK = 500
# Names of other rows that no foreign key holds.
_LOOSE = {"person_id", "event_id", "contact_id", "alternate", "assignee", "poll", "delivery_id"}


def actions(engine: Engine, size: int) -> None:
    """As many actions in all: copies of those that are done, with their last log line and their entry for feeds."""
    with _bulk(engine) as connection:
        have, done = _count(connection, "action"), _count(connection, "action", "t.state = 'done'")
        number = f"(t.number + {have} * x)"
        id_ = f"'action-' || {number}"
        finished = "t.state = 'done'"
        old = {
            name: _earlier(f"t.{name}", "x % 3000") for name in ("opened_at", "changed_at", "closed_at", "due_since")
        }
        days = {name: _day_earlier(f"t.{name}", "x % 3000") for name in ("due", "place")}
        times = _times(size, have, done)
        of = "(SELECT id FROM action WHERE group_id = 'gmg' AND state = 'done')"
        _copy(connection, "action_log", times, {"action": f"'action-' || (substr(t.action, 8) + {have} * x)"},
              f"t.verb = 'finish' AND t.action IN {of}")  # fmt: skip
        _copy(connection, "calendar_ledger", times, {
            "key": f"'action-' || (substr(t.key, 8) + {have} * x)", "uid": _other("uid"), **_ledger_days("x % 3000"),
        }, f"t.kind = 'action' AND t.key IN {of}")  # fmt: skip
        _copy(connection, "action", times, {"id": id_, "number": number, **old, **days}, finished)


def meetings(engine: Engine, size: int) -> None:
    """As many meetings in all: copies of those that were held, with answers, agenda, minutes, outcomes and entry."""
    with _bulk(engine) as connection:
        held = "(SELECT id FROM meeting WHERE group_id = 'gmg' AND state = 'held')"
        times = _times(size, _count(connection, "meeting"), _count(connection, "meeting", "t.state = 'held'"))
        of, by, ago = {"meeting": _other("meeting")}, f"t.meeting IN {held}", "(x % 1000) * 7"
        _copy(connection, "calendar_ledger", times,
              {"key": _other("key"), "uid": _other("uid"), **_ledger_days(ago)},
              f"t.kind = 'meeting' AND substr(t.key, 9) IN {held}")  # fmt: skip
        old = {name: _earlier(f"t.{name}", ago) for name in ("start", "created_at", "changed_at", "settled_at")}
        ids = {"id": _other("id"), "uid": _other("uid"), "cadence": "NULL", "slot": "NULL"}
        _copy(connection, "meeting", times, ids | old, f"t.id IN {held}")
        _copy(connection, "attendance", times, of, by)
        _copy(connection, "minutes", times, {**of, "circulated_at": _earlier("t.circulated_at", ago),
                                             "until": _earlier("t.until", ago)}, by)  # fmt: skip
        _copy(connection, "agenda_item", times, {**of, "id": _other("id")}, by)
        _copy(connection, "outcome", times, of, by)


def events(engine: Engine, size: int) -> None:
    """As many events in all, before those of the seed; with a line of the audit for two of them, and a mail for twenty.

    The bodies of these mails are cut short.
    """
    with _bulk(engine) as connection:
        have = _count(connection, "event")
        times, ago = _times(size, have, have), "x % 4000"
        connection.execute(
            text("UPDATE event SET position = position + :by WHERE group_id = 'gmg'"), {"by": have * times}
        )
        connection.execute(text("UPDATE due SET events = events + :by WHERE group_id = 'gmg'"), {"by": have * times})
        ids = {name: _other(name) for name in ("id", "subject", "occurrence")}
        old = {name: _earlier(f"t.{name}", ago) for name in ("effective_at", "recorded_at")}
        _copy(connection, "event", times, {**ids, **old, "position": f"t.position - {have} * x"})
        old = {
            name: _earlier(f"t.{name}", ago) for name in ("created_at", "accepted_at", "next_attempt_at", "not_after")
        }
        seeds = "t.state = 'accepted' AND x % 20 = 0"
        _copy(connection, "delivery", times, {
            **{name: _other(name) for name in ("id", "dedupe_key", "event_id", "message_id", "subject")}, **old,
            "body": "substr(t.body, 1, 500)",
        }, seeds)  # fmt: skip
        # Of the audit nothing can be changed, so what is copied stands after the seed in spite of its days.
        columns = [column.name for column in METADATA.tables["audit"].columns if column.name != "id"]
        _copy(connection, "audit", times, {"at": _earlier("t.at", ago)}, "x % 2 = 0", columns)


def record(engine: Engine, size: int) -> None:
    """As many decisions, activities and notices of each: copies of those that are settled, with what hangs on them."""
    with _bulk(engine) as connection:
        ago = "x % 3000"

        def of_all(table: str, settled: str) -> tuple[int, int]:
            have = _count(connection, table)
            return have, _times(size, have, _count(connection, table, settled))

        def copied(table: str, settled: str, days: Iterable[str], instants: Iterable[str], **more: str) -> None:
            have, times = of_all(table, settled)
            changes = {name: _day_earlier(f"t.{name}", ago) for name in days}
            changes |= {name: _earlier(f"t.{name}", ago) for name in instants}
            changes |= {"id": _further("id", have), "number": f"t.number + {have} * x"} | more
            _copy(connection, table, times, changes, settled)

        def below(table: str, of: str, where: str, have: int, times: int, **more: str) -> None:
            at = {
                name: _earlier(f"t.{name}", ago) for name in ("at", "set_at") if name in METADATA.tables[table].columns
            }
            _copy(connection, table, times, {of: _further(of, have), **at, **more}, where)

        adopted = "SELECT subject FROM event WHERE group_id = 'gmg' AND kind = 'decision.adopted'"
        settled = f"t.id IN ({adopted})"
        of = of_all("group_decision", settled)
        copied("group_decision", settled, (), ("opened_at", "asked_at", "until", "changed_at"))
        below("group_answer", "decision", f"t.decision IN ({adopted})", *of)
        _adopted(connection, *of)
        of = of_all("activity", "1")
        below("activity_report", "activity", "1", *of)
        below("milestone", "activity", "1", *of, due=_day_earlier("t.due", ago))
        copied("activity", "1", ("from_day", "until_day"), ("proposed_at", "agreed_at", "reported_at", "changed_at"),
               state="'completed'", closed_at=_earlier("t.changed_at", ago))  # fmt: skip
        copied("notice", "1", (), ("published_at",))


def _adopted(connection: Connection, have: int, times: int) -> None:
    """The event that silence has adopted each of the decisions that are copied."""
    before = connection.execute(text("SELECT events FROM due WHERE group_id = 'gmg'")).scalar_one()
    old = {name: _earlier(f"t.{name}", "x % 3000") for name in ("effective_at", "recorded_at")}
    place = f"{before} + row_number() OVER ()"
    kind = "t.kind = 'decision.adopted'"
    ids = {"id": _other("id"), "subject": _further("subject", have), "position": place}
    _copy(connection, "event", times, ids | old, kind)
    connection.execute(text("UPDATE due SET events = (SELECT max(position) FROM event WHERE group_id = 'gmg') "
                            "WHERE group_id = 'gmg'"))  # fmt: skip


def groups(engine: Engine, size: int, young: str) -> None:
    """As many groups in all: copies of a young one with everything that it has."""
    with _bulk(engine) as connection:
        times = size - _count(connection, "group", "1", whole=True)
        for table in METADATA.sorted_tables:
            names = _names(table)
            if table.name == "group":
                _copy(connection, "group", times, {"id": "'g' || x"}, "t.id = :of", of=young)
            elif "group_id" in table.columns:
                columns = [
                    column.name for column in table.columns if not (table.name == "audit" and column.name == "id")
                ]
                changes = {"group_id": "'g' || x"} | {name: _other(name) for name in names}
                _copy(connection, table.name, times, changes, "1", columns, young)
            elif table.name == "appointment":
                _copy(connection, table.name, times, {"person_id": _other("person_id")},
                      "t.person_id IN (SELECT id FROM person WHERE group_id = :of)", of=young)  # fmt: skip


def _names(table: Table) -> set[str]:
    """The columns that name a row for all groups together, or point at one that does."""
    found = _LOOSE & set(table.columns.keys())
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            names = set(constraint.columns.keys())
            found |= names if "group_id" not in names else set()
    return {name for name in found if not isinstance(table.columns[name].type, Integer)}


class _bulk:
    """One transaction without the order of foreign keys; statistics of the planner afterwards, as time would bring."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Connection:
        self._connection = self._engine.connect()
        raw = self._connection.connection.dbapi_connection
        assert raw is not None
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-400000"):
            raw.cursor().execute(f"PRAGMA {pragma}")
        self._transaction = self._connection.begin()
        return self._connection

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._transaction.commit()
        else:
            self._transaction.rollback()
        self._connection.close()
        # A new connection has the settings of the service again.
        self._engine.dispose()
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        self._engine.dispose()


def _copy(
    connection: Connection, table: str, times: int, changes: dict[str, str], where: str = "1",
    columns: list[str] | None = None, of: str = GROUP,
) -> None:  # fmt: skip
    """Each row of a group in `table` for which `where` holds, once for each x of 1 to `times`.

    `changes` are expressions of x for some of the columns.
    """
    names = columns or [column.name for column in METADATA.tables[table].columns]
    asked = ", ".join(changes.get(name, f't."{name}"') for name in names)
    into = ", ".join(f'"{name}"' for name in names)
    mine = "t.group_id = :of AND " if "group_id" in METADATA.tables[table].columns else ""
    statement = f"""
        INSERT INTO "{table}" ({into})
        WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {times})
        SELECT {asked} FROM n CROSS JOIN "{table}" AS t WHERE {mine}{where}"""
    if times > 0:
        connection.execute(text(statement), {"of": of} if ":of" in statement else {})


def _count(connection: Connection, table: str, where: str = "1", *, whole: bool = False) -> int:
    of = "" if whole else f" AND t.group_id = '{GROUP}'"
    return int(connection.execute(text(f'SELECT count(*) FROM "{table}" AS t WHERE {where}{of}')).scalar_one())


def _times(size: int, have: int, copied: int) -> int:
    return round(max(0, size - have) / copied)


def _other(name: str) -> str:
    return f"""t."{name}" || '~' || x"""


def _further(name: str, have: int) -> str:
    """The id of a copy, whose number stands at its end."""
    stem = f"rtrim(t.{name}, '0123456789')"
    return f"{stem} || (CAST(substr(t.{name}, length({stem}) + 1) AS INTEGER) + {have} * x)"


def _earlier(instant: str, days: str) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%S.000000', {instant}, '-' || ({_BACK} + {days}) || ' days')"


def _day_earlier(day: str, days: str) -> str:
    return f"date({day}, '-' || ({_BACK} + {days}) || ' days')"


def _ledger_days(days: str) -> dict[str, str]:
    return {name: _day_earlier(f"t.{name}", days) for name in ("start_day", "end_day")}
