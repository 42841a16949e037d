"""Handovers and their dossiers."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SQLITE = "CREATE TRIGGER dossier_{verb} BEFORE {verb} ON dossier BEGIN SELECT RAISE(ABORT, 'a dossier is frozen'); END"
_POSTGRESQL = (
    "CREATE FUNCTION dossier_is_frozen() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'a dossier is frozen'; END $$",
    "CREATE TRIGGER dossier_is_frozen BEFORE UPDATE OR DELETE ON dossier "
    "FOR EACH ROW EXECUTE FUNCTION dossier_is_frozen()",
)


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outgoing", sa.JSON(), nullable=False),
        sa.Column("incoming", sa.JSON(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("outgoing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outgoing_member", sa.String(length=40), nullable=True),
        sa.Column("outgoing_by", sa.String(length=300), nullable=True),
        sa.Column("incoming_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("incoming_member", sa.String(length=40), nullable=True),
        sa.Column("incoming_by", sa.String(length=300), nullable=True),
        sa.Column("reservations", sa.String(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_handover_group_id")),
        sa.PrimaryKeyConstraint("group_id", "turn", name=op.f("pk_handover")),
    )
    op.create_table(
        "handover_answer",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.String(length=40), nullable=False),
        sa.Column("heading", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("side", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "turn"], ["handover.group_id", "handover.turn"], name=op.f("fk_handover_answer_group_id_turn")
        ),
        sa.PrimaryKeyConstraint("group_id", "turn", "heading", name=op.f("pk_handover_answer")),
    )
    op.create_table(
        "dossier",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("markdown", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "turn"], ["handover.group_id", "handover.turn"], name=op.f("fk_dossier_group_id_turn")
        ),
        sa.PrimaryKeyConstraint("group_id", "turn", "number", name=op.f("pk_dossier")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRESQL:
            op.execute(statement)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(verb=verb))
