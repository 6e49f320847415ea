"""Content by the web page: changed texts, what became of a labelled sentence, and figures by e-mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.add_column("members", sa.Column("figures_by_mail", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("misunderstood", sa.Column("labelled_at", moment, nullable=True))
    op.add_column("misunderstood", sa.Column("means_now", sa.String(length=60), nullable=True))
    op.add_column("misunderstood", sa.Column("read_by_model", sa.String(length=120), nullable=True))
    op.create_table(
        "text_changes",
        sa.Column("id", big, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("member_id", big, nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("language", "key", "variant", "version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "figure_mails",
        sa.Column("id", big, nullable=False),
        sa.Column("member_id", big, nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("member_id", "week"),
    )


def downgrade() -> None:
    op.drop_table("figure_mails")
    op.drop_table("text_changes")
    with op.batch_alter_table("misunderstood", schema=None) as batch_op:
        batch_op.drop_column("read_by_model")
        batch_op.drop_column("means_now")
        batch_op.drop_column("labelled_at")
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_column("figures_by_mail")
