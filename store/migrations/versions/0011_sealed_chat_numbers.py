"""The numbers of chats are encrypted, with a key of this database's own"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from store import encryption
from store.database import SEALING
from store.encryption import SEALING_BITS, EncryptedText, SealedNumber
from store.numbering import numbers_go_on

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXES = {
    ("inbox", "chat_id"): {"inbox_chat": ["chat_id", "received_at"], "inbox_waiting": ["chat_id", "state"]},
    ("people", "chat_id"): {},
    ("outgoing", "chat_id"): {"outgoing_chat": ["chat_id", "telegram_message_id"]},
    ("outgoing", "source_chat_id"): {"outgoing_source": ["source_chat_id", "source_message_id"]},
}
"""The columns with their indexes, which stay until the numbers are rewritten: each is looked up by its index."""


def upgrade() -> None:
    keys = op.create_table(
        "data_keys",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("key", EncryptedText(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    key = AESSIV.generate_key(SEALING_BITS)
    op.execute(keys.insert().values(name=SEALING, key=b64encode(key).decode()))
    encryption.seal_with(op.get_bind().dialect, key)
    _rewrite(sa.BigInteger(), SealedNumber(), sa.LargeBinary())


def downgrade() -> None:
    _rewrite(SealedNumber(), sa.BigInteger(), sa.BigInteger())
    op.drop_table("data_keys")


Type = sa.types.TypeEngine[Any]


def _rewrite(old: Type, new: Type, stored: Type) -> None:
    """Each number in the other form, in a column that takes the place of the old one."""
    for (table, column), indexes in INDEXES.items():
        op.add_column(table, sa.Column("rewritten", stored, nullable=True))
        rows = sa.table(table, sa.column(column, old), sa.column("rewritten", new))
        before = rows.c[column]
        numbers = op.get_bind().scalars(sa.select(before).where(before.is_not(None)).distinct()).all()
        for number in numbers:
            op.execute(rows.update().where(before == number).values(rewritten=number))
        for name in indexes:
            op.drop_index(name, table)
        with numbers_go_on(op.get_bind(), table):
            _take_the_place(table, column, stored)
        for name, columns in indexes.items():
            op.create_index(name, table, columns)


def _take_the_place(table: str, column: str, kind: Type) -> None:
    """The new column for the old one; a number of `outgoing` goes on being given out once."""
    naming = {"uq": "%(table_name)s_%(column_0_name)s_key"}  # as PostgreSQL names it by itself
    kept = {"sqlite_autoincrement": True} if table == "outgoing" else {}
    with op.batch_alter_table(table, naming_convention=naming, table_kwargs=kept) as batch:
        if table == "people":
            batch.drop_constraint("people_chat_id_key", type_="unique")
        batch.drop_column(column)
    with op.batch_alter_table(table, table_kwargs=kept) as batch:
        batch.alter_column("rewritten", new_column_name=column, existing_type=kind, nullable=column == "source_chat_id")
    if table == "people":
        with op.batch_alter_table(table) as batch:
            batch.create_unique_constraint("people_chat_id_key", [column])
