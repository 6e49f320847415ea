"""Events know their flow, their source, their request, and whether they are the first of their kind in a talk"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("flow", sa.String(length=60), server_default="", nullable=False))
    op.add_column("events", sa.Column("first", sa.Boolean(), server_default="1", nullable=False))
    op.add_column("events", sa.Column("source", sa.String(length=16), nullable=True))
    op.add_column("events", sa.Column("request_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        for name in ("request_id", "source", "first", "flow"):
            batch_op.drop_column(name)
