"""The clock: the real one, or one from a file that runs on."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

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


def test_a_clock_that_is_moved_meanwhile_is_not_read_by_halves(tmp_path: Path) -> None:
    file, beside = tmp_path / "clock", tmp_path / "beside"
    file.write_text("2026-11-24T10:00:00+01:00")
    os.utime(file, (time.time() - 3600, time.time() - 3600))
    beside.write_text("2026-11-25T10:00:00+01:00")
    real_open = Path.open

    def moved_meanwhile(path: Path, *args: object, **more: object) -> object:
        beside.replace(file)
        return real_open(path, *args, **more)  # type: ignore[arg-type]

    with mock.patch.object(Path, "open", moved_meanwhile):
        read = Clock(file).now()
    assert abs(read - datetime(2026, 11, 25, 9, tzinfo=UTC)) < timedelta(minutes=1)
