"""The clock: the real one, or one from a file that runs on."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.clock import Clock, ClockError


def test_without_a_file_it_is_now() -> None:
    for clock in (Clock(), Clock(Path("/nowhere/clock"))):
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
        assert clock.now().tzinfo is UTC


def test_a_file_sets_the_moment_and_time_runs_on_from_there(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text("2026-11-24T10:00:00+01:00\n", encoding="utf-8")
    written = time.time() - 90
    os.utime(file, (written, written))
    moment = datetime(2026, 11, 24, 9, 1, 30, tzinfo=UTC)
    assert moment <= Clock(file).now() < moment + timedelta(seconds=30)
    file.write_text("2027-01-01T00:00:00+00:00", encoding="utf-8")
    assert Clock(file).now().year == 2027


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-11-24T10:00:00", "2026-13-01T00:00:00+01:00"])
def test_a_file_that_cannot_be_read_is_told_with_an_example(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clock"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ClockError, match=r"for example 2026-11-24T10:00:00\+01:00"):
        Clock(file).now()
