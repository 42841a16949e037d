"""The tables of a revision as the revisions themselves make them, the same for both databases."""

from functools import cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from migrations.upgrade import config, upgrade
from service.database import connect

Kind = Literal["text", "number", "truth", "instant", "day", "time", "json", "bytes"]
VERSIONS = "alembic_version"
_KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], Kind], ...] = (
    (sa.JSON, "json"),
    (sa.Boolean, "truth"),
    (sa.Integer, "number"),
    (sa.DateTime, "instant"),
    (sa.Date, "day"),
    (sa.Time, "time"),
    (sa.LargeBinary, "bytes"),
    (sa.String, "text"),
)


class TableShape(NamedTuple):
    """A table: its columns with their kinds, and which of them are its key, in order."""

    name: str
    columns: dict[str, Kind]
    key: tuple[str, ...]


def knows(revision: str) -> bool:
    """Whether this program has that revision."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(config()).walk_revisions())


@cache
def shape(revision: str) -> tuple[TableShape, ...]:
    """The tables of a revision that is known, each after those that it refers to."""
    engine = connect("sqlite://")
    upgrade(engine, revision)
    found = sa.MetaData()
    found.reflect(engine)
    engine.dispose()
    return tuple(
        TableShape(
            table.name,
            {column.name: _kind(column) for column in table.columns},
            tuple(column.name for column in table.primary_key.columns),
        )
        for table in found.sorted_tables
        if table.name != VERSIONS
    )


def _kind(column: sa.Column[object]) -> Kind:
    for type_, kind in _KINDS:
        if isinstance(column.type, type_):
            return kind
    raise TypeError(f"{column} has a type that no backup knows: {column.type!r}; add it to service/keeping/shape.py")
