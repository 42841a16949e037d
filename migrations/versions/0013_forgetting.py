"""What was said and done is forgotten in the end: texts of messages, and entries of the audit that are old."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
# A column that may be empty, an index, and what the database refuses.
breaking = False

# By the database's own clock, so that no program can rub out what was done lately.
_SQLITE = (
    "CREATE TRIGGER audit_DELETE BEFORE DELETE ON audit WHEN OLD.at > datetime('now', '-1 year') "
    "BEGIN SELECT RAISE(ABORT, 'the audit only grows for a year'); END"
)
_SQLITE_BEFORE = (
    "CREATE TRIGGER audit_DELETE BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END"
)
_POSTGRESQL = (
    "CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF OLD.at > now() - interval '1 year' THEN RAISE EXCEPTION 'the audit only grows for a year'; END IF; "
    "RETURN OLD; END $$",
    "DROP TRIGGER audit_grows ON audit",
    "CREATE TRIGGER audit_grows BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_grows()",
    "CREATE TRIGGER audit_stays BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays()",
)
_POSTGRESQL_BEFORE = (
    "DROP TRIGGER audit_stays ON audit",
    "DROP FUNCTION audit_stays()",
    "DROP TRIGGER audit_grows ON audit",
    "CREATE TRIGGER audit_grows BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_grows()",
)


def _guard(sqlite: str, postgresql: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in postgresql:
            op.execute(statement)
    else:
        op.execute("DROP TRIGGER audit_DELETE")
        op.execute(sqlite)


def upgrade() -> None:
    op.add_column("delivery", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
    there = sa.text("forgotten_at IS NULL")
    op.create_index("ix_delivery_remembered", "delivery", ["created_at"], sqlite_where=there, postgresql_where=there)
    _guard(_SQLITE, _POSTGRESQL)


def downgrade() -> None:
    _guard(_SQLITE_BEFORE, _POSTGRESQL_BEFORE)
    op.drop_index("ix_delivery_remembered", table_name="delivery")
    op.drop_column("delivery", "forgotten_at")
