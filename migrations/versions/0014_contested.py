"""An index by which decisions that wait for the chair are found among all that were ever taken."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
# Only an index.
breaking = False


def upgrade() -> None:
    stands = sa.text("withdrawn_at IS NULL AND objections > 0")
    op.create_index(
        "ix_group_decision_contested",
        "group_decision",
        ["group_id", "year", "number"],
        sqlite_where=stands,
        postgresql_where=stands,
    )


def downgrade() -> None:
    op.drop_index("ix_group_decision_contested", table_name="group_decision")
