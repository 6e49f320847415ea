"""What figures may tell of each week: parts in which at least five came together"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure_weeks",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("flow", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.String(length=80), nullable=False),
        sa.Column("wijk", sa.String(length=40), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("rest", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("week", "name", "flow", "detail", "wijk"),
    )


def downgrade() -> None:
    op.drop_table("figure_weeks")
