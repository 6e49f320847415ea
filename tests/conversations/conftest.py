"""Databases that all talks share, emptied before each; and what was visited of the flows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from store.database import Database
from store.tables import Table
from tests.conftest import fresh_postgresql
from tests.conversations.visited import Place


@pytest.fixture(scope="session")
def visited() -> set[Place]:
    """The steps and branches that the talks of this session have come by."""
    return set()


@pytest.fixture(scope="session")
def shared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('talks') / 'talks.db'}")
    event.listen(database.engine, "connect", _without_waiting_for_the_disk)
    yield from _upgraded(database)


@pytest.fixture(scope="session")
def shared_postgresql(postgresql: str) -> Iterator[Database]:
    yield from _upgraded(Database(fresh_postgresql(postgresql)))


def empty(database: Database) -> None:
    """Take every row out: cheaper than a new database for each talk."""
    with database.transaction() as session:
        for table in reversed(Table.metadata.sorted_tables):
            session.execute(table.delete())


def _without_waiting_for_the_disk(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _upgraded(database: Database) -> Iterator[Database]:
    database.upgrade()
    yield database
    database.close()
