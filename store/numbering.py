"""Numbers of rows that are given out once, also when SQLite writes a table anew (for migrations)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text


@contextmanager
def numbers_go_on(connection: Connection, table: str) -> Iterator[None]:
    """Go on after the highest number that a table ever gave out, whatever the block does to the table.

    SQLite keeps that number beside the table (its AUTOINCREMENT); a table that is copied and renamed would go on after
    the highest number that is still in it. PostgreSQL never forgets.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    named = {"table": table}
    given = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :table"), named)
    yield
    if given is not None:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), named)
        added = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :given)")
        connection.execute(added, {**named, "given": given})
