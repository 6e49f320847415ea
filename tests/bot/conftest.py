"""Databases for the tests of the bot, and its log as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.store.shared import database, shared_postgresql, shared_sqlite

__all__ = ["database", "shared_postgresql", "shared_sqlite"]


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """What was logged in this test. Without this a traceback would be printed with all of the content in it."""
    with capture_logs() as lines:
        yield lines
