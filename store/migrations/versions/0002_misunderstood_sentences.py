"""Misunderstood sentences"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "misunderstood",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("intents", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.LargeBinary(), nullable=False),
        sa.Column("chosen", sa.String(length=60), nullable=True),
        sa.Column("open_slot", sa.String(length=60), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("label", sa.String(length=60), nullable=True),
        sa.Column(
            "why",
            sa.Enum("unsure", "doubt", "corrected", name="why", native_enum=False, length=24),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("misunderstood", schema=None) as batch_op:
        batch_op.create_index("misunderstood_person", ["person_id", "at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("misunderstood", schema=None) as batch_op:
        batch_op.drop_index("misunderstood_person")

    op.drop_table("misunderstood")
