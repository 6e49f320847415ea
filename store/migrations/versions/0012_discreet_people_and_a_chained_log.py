"""Whom the bot writes discreetly, and an audit log of which each row carries the digest of the one before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("discreet", sa.Boolean(), server_default=sa.false(), nullable=False))
    for name in ("previous", "digest"):
        op.add_column("audit_log", sa.Column(name, sa.String(length=64), server_default="", nullable=False))


def downgrade() -> None:
    for name in ("digest", "previous"):
        op.drop_column("audit_log", name)
    op.drop_column("people", "discreet")
