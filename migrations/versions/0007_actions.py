"""Follow-up actions and their log."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LISTS = {
    "ix_action_place": ["place", "number"],
    "ix_action_pending": ["pending", "place", "number"],
    "ix_action_state": ["state", "place", "number"],
    "ix_action_owner": ["owner", "place", "number"],
    "ix_action_owes": ["owner", "pending", "place", "number"],
    "ix_action_assignee": ["assignee", "place", "number"],
    "ix_action_source": ["source", "place", "number"],
    "ix_action_meeting": ["meeting"],
}


def upgrade() -> None:
    op.create_table(
        "action",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("helpers", sa.JSON(), nullable=False),
        sa.Column("assignee", sa.String(length=36), nullable=True),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=True),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("before", sa.String(length=80), nullable=True),
        sa.Column("meeting", sa.String(length=80), nullable=True),
        sa.Column("place", sa.Date(), nullable=False),
        sa.Column("dues", sa.Integer(), nullable=False),
        sa.Column("due_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_action_group_id")),
        sa.PrimaryKeyConstraint("group_id", "id", name=op.f("pk_action")),
    )
    op.create_index("ix_action_number", "action", ["group_id", "number"], unique=True)
    op.create_index("ix_action_key", "action", ["group_id", "key"], unique=True)
    for name, columns in _LISTS.items():
        op.create_index(name, "action", ["group_id", *columns], unique=False)
    op.create_table(
        "action_log",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("organization", sa.String(length=40), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "action"], ["action.group_id", "action.id"], name=op.f("fk_action_log_group_id_action")
        ),
        sa.PrimaryKeyConstraint("group_id", "action", "number", name=op.f("pk_action_log")),
    )
    op.add_column("calendar_ledger", sa.Column("public", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("ix_calendar_ledger_kind", "calendar_ledger", ["group_id", "kind", "end_day"], unique=False)
