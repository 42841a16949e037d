"""Brings a database to the newest revision, or says which one it is at."""

from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from migrations.models import METADATA

_HERE = Path(__file__).parent


def config(connection: Connection | None = None) -> Config:
    found = Config(attributes={"connection": connection})
    found.set_main_option("script_location", str(_HERE))
    return found


def upgrade(engine: Engine, revision: str = "head") -> None:
    """All revisions up to `revision` in one transaction: the database ends at the old one or the new one."""
    with engine.execution_options(writes=True).begin() as connection:
        _lock(connection)
        command.upgrade(config(connection), revision)


def _lock(connection: Connection) -> None:
    """Two processes that start together migrate one after the other."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7236001)")


@cache
def newest() -> str | None:
    """The newest revision that this code knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


def revision_of(engine: Engine) -> str | None:
    """The revision that the database is at."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def drift(engine: Engine) -> list[Any]:
    """Where the tables of the models differ from those of the database."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))
