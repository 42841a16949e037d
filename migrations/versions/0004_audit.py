"""Who did what: an audit that can only grow, events in one order for each group, tokens with scopes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SQLITE = "CREATE TRIGGER audit_{verb} BEFORE {verb} ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END"
_POSTGRESQL = (
    "CREATE FUNCTION audit_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit only grows'; END $$",
    "CREATE TRIGGER audit_grows BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_grows()",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=True),
        sa.Column("authority", sa.String(length=20), nullable=True),
        sa.Column("request", sa.String(length=300), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_group_id"), "audit", ["group_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRESQL:
            op.execute(statement)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(verb=verb))
    op.add_column("due", sa.Column("events", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("event", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    # Those of before are put into the order in which they were recorded.
    op.execute(
        "UPDATE event SET position = (SELECT count(*) FROM event AS other WHERE other.group_id = event.group_id AND "
        "(other.recorded_at < event.recorded_at OR (other.recorded_at = event.recorded_at AND other.id <= event.id)))"
    )
    op.execute("UPDATE due SET events = (SELECT count(*) FROM event WHERE event.group_id = due.group_id)")
    op.create_index("ix_event_position", "event", ["group_id", "position"], unique=True)
    with op.batch_alter_table("token") as batch:
        batch.alter_column("scope", existing_type=sa.String(length=8), type_=sa.String(length=60), nullable=False)
