"""Indexes by which what is due and new is found among all that is past."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
# Only indexes.
breaking = False


def upgrade() -> None:
    op.create_index("ix_event_news", "event", ["group_id", "kind", "recorded_at"])
    op.create_index("ix_event_subject", "event", ["group_id", "subject"])
    # The index of positions begins with the group as well.
    op.drop_index(op.f("ix_event_group_id"), table_name="event")
    op.create_index("ix_action_closed", "action", ["group_id", "closed_at"])
    op.drop_index("ix_action_owes", table_name="action")
    op.create_index("ix_action_owes", "action", ["group_id", "owner", "pending", "place", "number", "state"])
    op.create_index("ix_minutes_until", "minutes", ["group_id", "until"])
    op.drop_index(op.f("ix_delivery_subject"), table_name="delivery")
    op.create_index("ix_delivery_subject", "delivery", ["group_id", "subject"])
    op.create_index("ix_group_decision_until", "group_decision", ["group_id", "until"])
    op.create_index("ix_activity_state", "activity", ["group_id", "state", "number"])


def downgrade() -> None:
    op.drop_index("ix_activity_state", table_name="activity")
    op.drop_index("ix_group_decision_until", table_name="group_decision")
    op.drop_index("ix_delivery_subject", table_name="delivery")
    op.create_index(op.f("ix_delivery_subject"), "delivery", ["subject"])
    op.drop_index("ix_minutes_until", table_name="minutes")
    op.drop_index("ix_action_owes", table_name="action")
    op.create_index("ix_action_owes", "action", ["group_id", "owner", "pending", "place", "number"])
    op.drop_index("ix_action_closed", table_name="action")
    op.create_index(op.f("ix_event_group_id"), "event", ["group_id"])
    op.drop_index("ix_event_subject", table_name="event")
    op.drop_index("ix_event_news", table_name="event")
