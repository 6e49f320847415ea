"""Databases for the tests of the store."""

from __future__ import annotations

from tests.store.shared import database, shared_postgresql, shared_sqlite

__all__ = ["database", "shared_postgresql", "shared_sqlite"]
