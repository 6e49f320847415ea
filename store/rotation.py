"""Changing keys: everything encrypted is written anew with the first key; and the keys are tried before use."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, select, type_coerce, update

from store import encryption
from store.dashboard_tables import Table as AllTables  # with it all tables are known
from store.database import Database
from store.encryption import EncryptedJson, EncryptedText

ROWS_AT_ONCE = 500


def check_keys(database: Database) -> None:
    """Raise `KeysMissing` when one value that is stored cannot be read with the present keys.

    Every value is tried: after a key that went too soon it is any of them. That takes about 3 seconds for 100,000.
    """
    with database.reading() as session:
        for _, column in _encrypted():
            stored = select(type_coerce(column, LargeBinary)).where(column.is_not(None))
            for token in session.scalars(stored.execution_options(yield_per=ROWS_AT_ONCE)):
                encryption.decrypt(token)


def rotate(database: Database) -> int:
    """Encrypt every stored value with the first key, in small transactions while the bot runs; gives how many.

    Every process must have the new key before, or it cannot read what this writes. Raises `KeysMissing` at a value
    that no key fits; what was done until then stays done, and doing it again is no harm.
    """
    return sum(_rotate_column(database, table, column) for table, column in _encrypted())


def _encrypted() -> list[tuple[Table, Column[object]]]:
    kinds = (EncryptedText, EncryptedJson)
    tables = AllTables.metadata.sorted_tables
    return [(table, column) for table in tables for column in table.columns if isinstance(column.type, kinds)]


def _rotate_column(database: Database, table: Table, column: Column[object]) -> int:
    key = next(iter(table.primary_key.columns))
    last, done = None, 0
    while True:
        query = select(key, type_coerce(column, LargeBinary)).where(column.is_not(None)).order_by(key)
        query = query.where(key > last) if last is not None else query
        with database.transaction() as session:
            rows = session.execute(query.limit(ROWS_AT_ONCE).with_for_update()).all()
            for number, token in rows:
                fresh = encryption.anew(token)
                session.execute(update(table).where(key == number).values({column: type_coerce(fresh, LargeBinary)}))
        if not rows:
            return done
        last, done = rows[-1][0], done + len(rows)
