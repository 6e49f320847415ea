"""Why a request is urgent is encrypted: it can tell of health, money or danger"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.encryption import EncryptedText
from store.numbering import numbers_go_on

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rewrite(sa.String(400), EncryptedText(), sa.LargeBinary())


def downgrade() -> None:
    _rewrite(EncryptedText(), sa.String(400), sa.String(400))


Type = sa.types.TypeEngine[Any]


def _rewrite(old: Type, new: Type, stored: Type) -> None:
    """Each row in the other form, in a column that takes the place of the old one."""
    rows = sa.table("requests", sa.column("id"), sa.column("why", old), sa.column("rewritten", new))
    kept = {"sqlite_autoincrement": True}
    with numbers_go_on(op.get_bind(), "requests"):
        op.add_column("requests", sa.Column("rewritten", stored, nullable=True))
        for number, why in op.get_bind().execute(sa.select(rows.c.id, rows.c.why)).all():
            op.execute(rows.update().where(rows.c.id == number).values(rewritten=why))
        with op.batch_alter_table("requests", table_kwargs=kept) as batch:
            batch.drop_column("why")
        with op.batch_alter_table("requests", table_kwargs=kept) as batch:
            batch.alter_column("rewritten", new_column_name="why", existing_type=stored, nullable=False)
