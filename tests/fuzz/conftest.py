"""What the fuzz tests share: the count of their cases, a quiet log, and the table at the end of `make fuzz`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.fuzz.cases import PARTS, table
from tests.store.shared import shared_sqlite

__all__ = ["shared_sqlite"]


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


@pytest.fixture(autouse=True)
def _count(request: pytest.FixtureRequest, logged: list[Any]) -> Iterator[None]:
    """Each test tries as many cases as it says."""
    part = getattr(request.function, "part", None)
    if part is None:
        yield
        return
    part.begin()
    yield
    part.end()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if any(part.tried for part in PARTS):
        terminalreporter.section("what was tried")
        for line in table(PARTS):
            terminalreporter.write_line(line)
