"""Databases that the tests of a folder share, emptied before each: much cheaper than a new one each time.

A conftest imports these fixtures; its `database` then takes the place of the house's own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.dashboard_tables import Table
from store.database import Database
from store.tables import DataKey
from tests.conftest import fresh_postgresql

MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def shared_sqlite() -> Iterator[Database]:
    """In memory where there is a folder for that: the tests do not wait for the disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield from _upgraded(Database(f"sqlite:///{folder}/shared.db"))


@pytest.fixture(scope="session")
def shared_postgresql(postgresql: str) -> Iterator[Database]:
    yield from _upgraded(Database(fresh_postgresql(postgresql)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database: every test that takes it runs on SQLite and on PostgreSQL."""
    found: Database = request.getfixturevalue(f"shared_{request.param}")
    empty(found)
    return found


EMPTYING = [
    f"DELETE FROM {table}" for table in reversed(Table.metadata.sorted_tables) if table is not DataKey.__table__
]


def empty(database: Database) -> None:
    """Take every row out, but not the key of the database; thousands of times, so as plain SQL."""
    with database.transaction() as session:
        connection = session.connection()
        for statement in EMPTYING if database.on_sqlite else ["; ".join(EMPTYING)]:
            connection.exec_driver_sql(statement)


def _upgraded(database: Database) -> Iterator[Database]:
    database.upgrade()
    yield database
    database.close()
