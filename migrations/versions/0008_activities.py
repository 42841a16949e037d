"""Common activities, their milestones and reports, and the programme of a term."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("lead", sa.String(length=40), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("expected", sa.JSON(), nullable=False),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("external", sa.String(length=20), nullable=True),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("marks", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("meeting", sa.String(length=80), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_activity_group_id")),
        sa.PrimaryKeyConstraint("group_id", "id", name=op.f("pk_activity")),
        sa.UniqueConstraint("group_id", "number", name=op.f("uq_activity_group_id_number")),
    )
    op.create_table(
        "milestone",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("activity", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("reached", sa.Date(), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "activity"], ["activity.group_id", "activity.id"], name=op.f("fk_milestone_group_id_activity")
        ),
        sa.PrimaryKeyConstraint("group_id", "activity", "number", name=op.f("pk_milestone")),
    )
    op.create_index(op.f("ix_milestone_due"), "milestone", ["due"], unique=False)
    op.create_table(
        "activity_report",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("activity", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=True),
        sa.Column("authority", sa.String(length=20), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("state_from", sa.String(length=12), nullable=True),
        sa.Column("state_to", sa.String(length=12), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "activity"],
            ["activity.group_id", "activity.id"],
            name=op.f("fk_activity_report_group_id_activity"),
        ),
        sa.PrimaryKeyConstraint("group_id", "activity", "number", name=op.f("pk_activity_report")),
    )
    op.create_index(op.f("ix_activity_report_at"), "activity_report", ["at"], unique=False)
    op.create_table(
        "programme",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.String(length=40), nullable=False),
        sa.Column("theme", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("activities", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=300), nullable=True),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("unfinished", sa.JSON(), nullable=False),
        sa.Column("carried", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_programme_group_id")),
        sa.PrimaryKeyConstraint("group_id", "turn", name=op.f("pk_programme")),
    )
