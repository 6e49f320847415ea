"""What the talks share: databases, and what was visited of the flows."""

from __future__ import annotations

import pytest

from tests.conversations.visited import Place
from tests.store.shared import shared_postgresql, shared_sqlite

__all__ = ["shared_postgresql", "shared_sqlite"]


@pytest.fixture(scope="session")
def visited() -> set[Place]:
    """The steps and branches that the talks of this session have come by."""
    return set()
