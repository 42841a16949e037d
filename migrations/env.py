"""Runs the revisions on the connection it is given, in one transaction of its own.

Python's sqlite3 would commit before each DDL statement; our engine begins transactions itself, so
that a migration ends at the old or the new revision on both databases, never between (promise P12).
"""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import AutoString

from migrations.models import METADATA
from service.database import Instant


def _render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Types as what they are in the database, so that revisions import nothing of the service."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_item=_render,
        compare_type=False,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    context.run_migrations()


run(context.config.attributes["connection"])
