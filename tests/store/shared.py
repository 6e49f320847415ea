"""Databases that the tests of a folder share, emptied before each: much cheaper than a new one each time.

A conftest imports these fixtures; its `database` then takes the place of the house's own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from store.database import Database
from store.tables import Table
from tests.conftest import fresh_postgresql


@pytest.fixture(scope="session")
def shared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('shared') / 'shared.db'}")
    event.listen(database.engine, "connect", _without_waiting_for_the_disk)
    yield from _upgraded(database)


@pytest.fixture(scope="session")
def shared_postgresql(postgresql: str) -> Iterator[Database]:
    yield from _upgraded(Database(fresh_postgresql(postgresql)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database: every test that takes it runs on SQLite and on PostgreSQL."""
    found: Database = request.getfixturevalue(f"shared_{request.param}")
    empty(found)
    return found


def empty(database: Database) -> None:
    """Take every row out."""
    with database.transaction() as session:
        for table in reversed(Table.metadata.sorted_tables):
            session.execute(table.delete())


def _without_waiting_for_the_disk(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _upgraded(database: Database) -> Iterator[Database]:
    database.upgrade()
    yield database
    database.close()
