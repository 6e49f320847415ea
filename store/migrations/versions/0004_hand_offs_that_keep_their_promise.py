"""Hand-offs that keep their promise: clocks, routing, promises, notes, measures and signals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LONG_AGO = "1970-01-01 00:00:00"
"""SQLite adds no column that must be filled without a value for the rows that are there; they get theirs below."""


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "signal_reports",
        sa.Column("id", big, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("wijk", sa.String(length=40), nullable=False),
        sa.Column("complex", sa.String(length=40), server_default="", nullable=False),
        sa.Column("more_than", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("wijk", "complex", "topic", "more_than"),
    )
    op.create_table(
        "signals",
        sa.Column("id", big, nullable=False),
        sa.Column("person_id", big, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("wijk", sa.String(length=40), nullable=False),
        sa.Column("complex", sa.String(length=40), server_default="", nullable=False),
        sa.Column("together", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "topic"),
    )
    with op.batch_alter_table("signals", schema=None) as batch_op:
        batch_op.create_index("signals_place", ["wijk", "complex", "topic"], unique=False)

    op.create_table(
        "offers",
        sa.Column("id", big, nullable=False),
        sa.Column("request_id", big, nullable=False),
        sa.Column("member_id", big, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("shown", "declined", "too_heavy", name="offeranswer", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("card_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", "member_id"),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index("ix_offers_member_id", ["member_id"], unique=False)

    op.create_table(
        "promises",
        sa.Column("id", big, nullable=False),
        sa.Column("request_id", big, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", big, nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "kept", "escalated", "replaced", name="promisestate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.create_index("ix_promises_request_id", ["request_id"], unique=False)

    op.create_table(
        "request_notes",
        sa.Column("id", big, nullable=False),
        sa.Column("request_id", big, nullable=False),
        sa.Column("member_id", big, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("request_notes", schema=None) as batch_op:
        batch_op.create_index("ix_request_notes_request_id", ["request_id"], unique=False)

    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("languages", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("capacity", sa.Integer(), server_default="8", nullable=False))
        batch_op.add_column(sa.Column("available", sa.Boolean(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("away_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("hours", sa.JSON(), nullable=True))

    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source_chat_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("source_message_id", sa.BigInteger(), nullable=True))
        batch_op.create_index("outgoing_source", ["source_chat_id", "source_message_id"], unique=False)

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("messages_stopped", sa.Boolean(), server_default="0", nullable=False))

    with op.batch_alter_table("posters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("member_id", big, nullable=True))
        batch_op.create_foreign_key("posters_member", "members", ["member_id"], ["id"], ondelete="SET NULL")

    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "outcome",
                sa.Enum(
                    "solved",
                    "referred",
                    "coach_booked",
                    "measures_placed",
                    "not_reached",
                    "other",
                    name="outcome",
                    native_enum=False,
                    length=24,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("outcome_detail", sa.String(length=60), nullable=True))
        batch_op.add_column(
            sa.Column(
                "rule",
                sa.Enum(
                    "poster",
                    "earlier",
                    "language",
                    "wished",
                    "pool",
                    "coordinator",
                    name="rule",
                    native_enum=False,
                    length=24,
                ),
                server_default="wished",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("language", sa.String(length=8), nullable=True))
        batch_op.add_column(
            sa.Column("waiting_since", sa.DateTime(timezone=True), server_default=LONG_AGO, nullable=False)
        )
        batch_op.add_column(sa.Column("reminded", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("unanswered_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("unanswered_reminded", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("on_top", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column(
                "measures", sa.Enum("kit", "fitting", name="measures", native_enum=False, length=24), nullable=True
            )
        )
        batch_op.add_column(sa.Column("picked_up_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("practice", sa.Boolean(), server_default="0", nullable=False))
        batch_op.create_index("ix_requests_look_at", ["look_at"], unique=False)
    op.execute("UPDATE requests SET waiting_since = COALESCE(claimed_at, requested_at)")
    op.execute("UPDATE requests SET rule = 'coordinator' WHERE state IN ('requested', 'offered')")
    op.execute("UPDATE requests SET look_at = requested_at WHERE state <> 'closed'")


def downgrade() -> None:
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index("ix_requests_look_at")
        batch_op.drop_column("practice")
        batch_op.drop_column("fitted_at")
        batch_op.drop_column("picked_up_at")
        batch_op.drop_column("measures")
        batch_op.drop_column("on_top")
        batch_op.drop_column("look_at")
        batch_op.drop_column("unanswered_reminded")
        batch_op.drop_column("unanswered_since")
        batch_op.drop_column("reminded")
        batch_op.drop_column("waiting_since")
        batch_op.drop_column("language")
        batch_op.drop_column("rule")
        batch_op.drop_column("outcome_detail")
        batch_op.drop_column("outcome")
        batch_op.drop_column("contacted_at")

    with op.batch_alter_table("posters", schema=None) as batch_op:
        batch_op.drop_constraint("posters_member", type_="foreignkey")
        batch_op.drop_column("member_id")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("messages_stopped")

    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_index("outgoing_source")
        batch_op.drop_column("source_message_id")
        batch_op.drop_column("source_chat_id")

    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_column("hours")
        batch_op.drop_column("away_until")
        batch_op.drop_column("available")
        batch_op.drop_column("capacity")
        batch_op.drop_column("languages")

    with op.batch_alter_table("request_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_request_notes_request_id")

    op.drop_table("request_notes")
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.drop_index("ix_promises_request_id")

    op.drop_table("promises")
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index("ix_offers_member_id")

    op.drop_table("offers")
    with op.batch_alter_table("signals", schema=None) as batch_op:
        batch_op.drop_index("signals_place")

    op.drop_table("signals")
    op.drop_table("signal_reports")
