"""Rows as lines, the same bytes for the same rows from either database, and lines as rows again.

A line is a JSON array in the order of the table's columns: instants in UTC to the microsecond, bytes in base64, what
is JSON as the text that is stored. Rows come in the order of their keys, byte by byte, whatever the database's
collation, so two tables are equal if and only if their digests are.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from service.keeping.shape import TableShape

_AT_ONCE = 500
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


def lines(connection: Connection, table: TableShape) -> Iterator[bytes]:
    """Every row of a table, a few in memory at a time."""
    postgresql = connection.dialect.name == "postgresql"
    writers = [_written(kind) for kind in table.columns.values()]
    streamed = connection.execution_options(stream_results=True, yield_per=_AT_ONCE)
    for row in streamed.exec_driver_sql(_asked(table, postgresql)):
        values = [None if value is None else write(value) for write, value in zip(writers, row, strict=True)]
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def digest(connection: Connection, table: TableShape) -> tuple[int, str]:
    """How many rows a table has, and the SHA-256 of their lines."""
    count, summed = 0, sha256()
    for line in lines(connection, table):
        count += 1
        summed.update(line)
    return count, summed.hexdigest()


def put(connection: Connection, table: TableShape, given: Iterable[bytes]) -> None:
    """Put lines into an empty table, inside the transaction of the connection.

    Raises:
        ValueError: a line is no row of this table.
    """
    postgresql = connection.dialect.name == "postgresql"
    readers = [_read(kind, postgresql) for kind in table.columns.values()]
    rows = (_row(line, readers) for line in given)
    names = ", ".join(_quoted(name) for name in table.columns)
    into = f"{_quoted(table.name)} ({names})"
    if not postgresql:
        marks = ", ".join("?" for _ in table.columns)
        _driver(connection).executemany(f"INSERT INTO {into} VALUES ({marks})", rows)  # noqa: S608 - names of ours
        return
    # One statement: what refers to a row of its own table is looked at when all are there.
    with _driver(connection).cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def go_on_counting(connection: Connection, tables: Iterable[TableShape]) -> None:
    """Let PostgreSQL number new rows after those that were put; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        if len(table.key) == 1 and table.columns[table.key[0]] == "number":
            name, key = _quoted(table.name), table.key[0]
            connection.exec_driver_sql(
                f"SELECT setval(sequence, (SELECT max({_quoted(key)}) FROM {name})) "  # noqa: S608 - names of ours
                f"FROM pg_get_serial_sequence(%s, %s) AS sequence WHERE EXISTS (SELECT FROM {name})",
                (name, key),
            )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _asked(table: TableShape, postgresql: bool) -> str:
    columns = ", ".join(
        f"{_quoted(name)}::text" if postgresql and kind == "json" else _quoted(name)
        for name, kind in table.columns.items()
    )
    order = ", ".join(
        f'{_quoted(name)} COLLATE "C"' if postgresql and table.columns[name] == "text" else _quoted(name)
        for name in table.key
    )
    return f"SELECT {columns} FROM {_quoted(table.name)} ORDER BY {order}"  # noqa: S608 - names of ours


def _written(kind: str) -> Callable[[Any], Any]:
    """From what the driver gives to what stands in a line."""
    if kind == "bytes":
        return lambda value: b64encode(value).decode()
    if kind == "truth":
        return bool
    if kind == "instant":
        return _instant
    if kind in ("day", "time"):
        return lambda value: value if isinstance(value, str) else _plain(value)
    return lambda value: value


def _instant(value: str | datetime) -> str:
    if isinstance(value, datetime):
        return value.strftime(_INSTANT)
    return datetime.fromisoformat(value).strftime(_INSTANT)


def _plain(value: date | time) -> str:
    # As SQLAlchemy writes a time for SQLite.
    return value.isoformat("microseconds") if isinstance(value, time) else value.isoformat()


def _read(kind: str, postgresql: bool) -> tuple[type, Callable[[Any], Any]]:
    """The type that stands in a line, and the way from there to what the driver takes."""
    if kind == "bytes":
        return str, lambda value: b64decode(value, validate=True)
    if kind == "truth":
        return bool, bool if postgresql else int
    if kind == "instant" and not postgresql:
        return str, lambda value: datetime.strptime(value, _INSTANT).strftime("%Y-%m-%d %H:%M:%S.%f")  # noqa: DTZ007
    return (int if kind == "number" else str), lambda value: value


def _row(line: bytes, readers: list[tuple[type, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    values = json.loads(line)
    if not isinstance(values, list) or len(values) != len(readers):
        raise ValueError("a line is no row of its table")
    row = []
    for value, (type_, read) in zip(values, readers, strict=True):
        if value is not None and type(value) is not type_:
            raise ValueError("a value is not of its column's kind")
        row.append(None if value is None else read(value))
    return tuple(row)
