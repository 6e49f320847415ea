"""Appointments: when somebody of the team can be visited, what is agreed, and who waits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = ("talk", "coach", "fitting")
SAID = ("kept", "resident_missed", "member_missed")
BOOKED = sa.text("state = 'booked'")


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=24)


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "availabilities",
        sa.Column("member_id", big, nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pause", sa.Integer(), nullable=False),
        sa.Column("a_day", sa.Integer(), nullable=False),
        sa.Column("days_off", sa.JSON(), nullable=False),
        sa.Column("feed_digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id"),
        sa.UniqueConstraint("feed_digest"),
    )
    op.create_table(
        "appointments",
        sa.Column("id", big, nullable=False),
        sa.Column("request_id", big, nullable=False),
        sa.Column("person_id", big, nullable=False),
        sa.Column("member_id", big, nullable=False),
        sa.Column("kind", _word("appointmentkind", *KINDS), nullable=False),
        sa.Column("place", _word("place", "home", "community_centre", "telephone", "walk"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whereabouts", sa.LargeBinary(), nullable=True),
        sa.Column("state", _word("appointmentstate", "booked", "cancelled", "kept", "missed"), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resident_says", _word("attendance", *SAID), nullable=True),
        sa.Column("member_says", _word("attendance", *SAID), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.create_index("appointments_time", ["state", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointments_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointments_request_id"), ["request_id"], unique=False)
        batch_op.create_index(
            "appointments_slot", ["member_id", "starts_at"], unique=True, sqlite_where=BOOKED, postgresql_where=BOOKED
        )

    op.create_table(
        "appointment_waits",
        sa.Column("id", big, nullable=False),
        sa.Column("request_id", big, nullable=False),
        sa.Column("kind", _word("appointmentkind", *KINDS), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", "kind"),
    )


def downgrade() -> None:
    op.drop_table("appointment_waits")
    op.drop_table("appointments")
    op.drop_table("availabilities")
