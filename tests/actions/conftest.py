"""A wijk on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from store.database import Database
from tests.actions.people import Wijk
from tests.store.shared import database, shared_postgresql, shared_sqlite

__all__ = ["database", "shared_postgresql", "shared_sqlite"]


@pytest.fixture
def wijk(database: Database) -> Iterator[Wijk]:
    with database.transaction() as session:
        yield Wijk(session)
