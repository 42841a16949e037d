"""Meetings: cadences, agendas, attendance, minutes, polls, external events; what a group owes next."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "due",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_due")),
    )
    op.create_index(op.f("ix_due_at"), "due", ["at"], unique=False)
    op.create_table(
        "busy",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("periods", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_busy_group_id")),
        sa.PrimaryKeyConstraint("group_id", "member", name=op.f("pk_busy")),
    )
    op.create_table(
        "cadence",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_cadence_group_id")),
        sa.PrimaryKeyConstraint("group_id", "id", name=op.f("pk_cadence")),
    )
    op.create_table(
        "external_event",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("uid", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_external_event_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_event")),
        sa.UniqueConstraint("group_id", "uid", name=op.f("uq_external_event_group_id_uid")),
    )
    op.create_index(op.f("ix_external_event_start"), "external_event", ["start"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("cadence", sa.String(length=40), nullable=True),
        sa.Column("slot", sa.String(length=40), nullable=True),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("members", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("quorum", sa.JSON(), nullable=False),
        sa.Column("freeze", sa.Integer(), nullable=False),
        sa.Column("chair", sa.JSON(), nullable=False),
        sa.Column("presided_by", sa.String(length=300), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("by_hand", sa.JSON(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("schedules", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_meeting_group_id")),
        sa.PrimaryKeyConstraint("group_id", "id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_uid")),
    )
    op.create_index("ix_meeting_start", "meeting", ["group_id", "start"], unique=False)
    op.create_table(
        "meeting_horizon",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_meeting_horizon_group_id")),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_meeting_horizon")),
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=True),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=True),
        sa.Column("presenter", sa.String(length=300), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=True),
        sa.Column("conclusion", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "meeting"], ["meeting.group_id", "meeting.id"], name=op.f("fk_agenda_item_group_id_meeting")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_agenda_item_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    op.create_index("ix_agenda_item_meeting", "agenda_item", ["group_id", "meeting"], unique=False)
    op.create_table(
        "attendance",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_sequence", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=300), nullable=True),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.Column("representative", sa.String(length=300), nullable=True),
        sa.Column("rank", sa.String(length=12), nullable=True),
        sa.Column("presence", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "meeting"], ["meeting.group_id", "meeting.id"], name=op.f("fk_attendance_group_id_meeting")
        ),
        sa.PrimaryKeyConstraint("group_id", "meeting", "member", name=op.f("pk_attendance")),
    )
    op.create_table(
        "meeting_invitation",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organization", sa.String(length=40), nullable=False),
        sa.Column("invited", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "meeting"],
            ["meeting.group_id", "meeting.id"],
            name=op.f("fk_meeting_invitation_group_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("group_id", "meeting", "address", name=op.f("pk_meeting_invitation")),
    )
    op.create_table(
        "minutes",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("circulated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("numbered", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "meeting"], ["meeting.group_id", "meeting.id"], name=op.f("fk_minutes_group_id_meeting")
        ),
        sa.PrimaryKeyConstraint("group_id", "meeting", name=op.f("pk_minutes")),
    )
    op.create_table(
        "minutes_objection",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "meeting"],
            ["meeting.group_id", "meeting.id"],
            name=op.f("fk_minutes_objection_group_id_meeting"),
        ),
        sa.PrimaryKeyConstraint("group_id", "meeting", "version", "member", name=op.f("pk_minutes_objection")),
    )
    op.create_table(
        "news",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "meeting"], ["meeting.group_id", "meeting.id"], name=op.f("fk_news_group_id_meeting")
        ),
        sa.PrimaryKeyConstraint("group_id", "meeting", "member", name=op.f("pk_news")),
    )
    op.create_table(
        "observer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("link", sa.Boolean(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id", "meeting"], ["meeting.group_id", "meeting.id"], name=op.f("fk_observer_group_id_meeting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observer")),
    )
    op.create_index(op.f("ix_observer_group_id"), "observer", ["group_id"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id", "meeting"], ["meeting.group_id", "meeting.id"], name=op.f("fk_outcome_group_id_meeting")
        ),
        sa.PrimaryKeyConstraint("group_id", "meeting", "number", name=op.f("pk_outcome")),
    )
    op.create_table(
        "poll",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("meeting", sa.String(length=80), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "meeting"], ["meeting.group_id", "meeting.id"], name=op.f("fk_poll_group_id_meeting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
    )
    op.create_index(op.f("ix_poll_group_id"), "poll", ["group_id"], unique=False)
    op.create_table(
        "ballot",
        sa.Column("poll", sa.String(length=20), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["poll"], ["poll.id"], name=op.f("fk_ballot_poll")),
        sa.PrimaryKeyConstraint("poll", "member", name=op.f("pk_ballot")),
    )
    op.add_column("calendar_ledger", sa.Column("kind", sa.String(length=10), nullable=False, server_default="term"))
    op.add_column("calendar_ledger", sa.Column("of", sa.JSON(), nullable=True))
    op.add_column("calendar_ledger", sa.Column("zone", sa.String(length=60), nullable=True))
    op.add_column("calendar_ledger", sa.Column("inner", sa.LargeBinary(), nullable=True))
    op.execute("UPDATE calendar_ledger SET kind = 'handover' WHERE key LIKE '%-handover'")
    op.drop_index(op.f("ix_delivery_boundary"), table_name="delivery")
    op.execute("ALTER TABLE delivery RENAME COLUMN boundary TO subject")
    op.create_index(op.f("ix_delivery_subject"), "delivery", ["subject"], unique=False)
    op.add_column("group", sa.Column("published", sa.Integer(), nullable=False, server_default="1"))
    # Every group is looked at once: that proposes its meetings and fills in what the ledger has learned to hold.
    op.execute('INSERT INTO due (group_id, at) SELECT id, changed_at FROM "group"')


def downgrade() -> None:
    op.drop_column("group", "published")
    op.drop_index(op.f("ix_delivery_subject"), table_name="delivery")
    op.execute("ALTER TABLE delivery RENAME COLUMN subject TO boundary")
    op.create_index(op.f("ix_delivery_boundary"), "delivery", ["boundary"], unique=False)
    op.execute("DELETE FROM calendar_ledger WHERE kind IN ('meeting', 'external')")
    for name in ("inner", "zone", "of", "kind"):
        op.drop_column("calendar_ledger", name)
    op.drop_table("ballot")
    op.drop_index(op.f("ix_poll_group_id"), table_name="poll")
    op.drop_table("poll")
    op.drop_table("outcome")
    op.drop_index(op.f("ix_observer_group_id"), table_name="observer")
    op.drop_table("observer")
    op.drop_table("news")
    op.drop_table("minutes_objection")
    op.drop_table("minutes")
    op.drop_table("meeting_invitation")
    op.drop_table("attendance")
    op.drop_index("ix_agenda_item_meeting", table_name="agenda_item")
    op.drop_table("agenda_item")
    op.drop_table("meeting_horizon")
    op.drop_index("ix_meeting_start", table_name="meeting")
    op.drop_table("meeting")
    op.drop_index(op.f("ix_external_event_start"), table_name="external_event")
    op.drop_table("external_event")
    op.drop_table("cadence")
    op.drop_table("busy")
    op.drop_index(op.f("ix_due_at"), table_name="due")
    op.drop_table("due")
