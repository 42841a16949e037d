"""Group decisions with the answers of members, and notices."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_decision",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("operative", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=True),
        sa.Column("outcome", sa.Integer(), nullable=True),
        sa.Column("position", sa.Boolean(), nullable=False),
        sa.Column("visibility", sa.String(length=8), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("supersedes", sa.String(length=20), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rounds", sa.JSON(), nullable=False),
        sa.Column("objections", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "meeting"], ["meeting.group_id", "meeting.id"], name=op.f("fk_group_decision_group_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "supersedes"],
            ["group_decision.group_id", "group_decision.id"],
            name=op.f("fk_group_decision_group_id_supersedes"),
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_group_decision_group_id")),
        sa.PrimaryKeyConstraint("group_id", "id", name=op.f("pk_group_decision")),
        sa.UniqueConstraint("group_id", "year", "number", name=op.f("uq_group_decision_group_id_year_number")),
    )
    op.create_index("ix_group_decision_supersedes", "group_decision", ["group_id", "supersedes"], unique=False)
    op.create_table(
        "group_answer",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "decision"],
            ["group_decision.group_id", "group_decision.id"],
            name=op.f("fk_group_answer_group_id_decision"),
        ),
        sa.PrimaryKeyConstraint("group_id", "decision", "number", name=op.f("pk_group_answer")),
    )
    op.create_table(
        "notice",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("theme", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("visibility", sa.String(length=8), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_notice_group_id")),
        sa.PrimaryKeyConstraint("group_id", "id", name=op.f("pk_notice")),
        sa.UniqueConstraint("group_id", "number", name=op.f("uq_notice_group_id_number")),
    )
