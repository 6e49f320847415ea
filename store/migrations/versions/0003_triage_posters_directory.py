"""What triage advised, attachments, posters, and the history of the directory"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("people", schema=None) as people:
        people.add_column(sa.Column("source", sa.String(length=16), nullable=True))
    with op.batch_alter_table("requests", schema=None) as requests:
        requests.add_column(sa.Column("exit", sa.String(length=24), nullable=True))
        requests.add_column(sa.Column("coach", sa.String(length=24), nullable=True))
        requests.add_column(sa.Column("why", sa.String(length=400), nullable=False, server_default=""))
    op.create_table(
        "attachments",
        sa.Column("id", big, nullable=False),
        sa.Column("person_id", big, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("file_id", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attachments_person_id", "attachments", ["person_id"], unique=False)
    op.create_table(
        "posters",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("wijk", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "directory_changes",
        sa.Column("id", big, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("change", sa.String(length=24), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("member_id", big, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("directory_changes_service", "directory_changes", ["service", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("directory_changes_service", table_name="directory_changes")
    op.drop_table("directory_changes")
    op.drop_table("posters")
    op.drop_index("ix_attachments_person_id", table_name="attachments")
    op.drop_table("attachments")
    with op.batch_alter_table("requests", schema=None) as requests:
        requests.drop_column("why")
        requests.drop_column("coach")
        requests.drop_column("exit")
    with op.batch_alter_table("people", schema=None) as people:
        people.drop_column("source")
