"""Fixtures of the tests that need Rasa."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rasa_server import RasaServer, running_rasa


@pytest.fixture(scope="session")
def rasa_server() -> Iterator[RasaServer]:
    """One real Rasa server for the whole session."""
    with running_rasa() as server:
        yield server
