"""The clock file: one time for all processes."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.client import Person, SandboxError
from sandbox.clock import Clock
from sandbox.wire import ControlError
from tests.sandbox.conftest import Place, Seconds

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def test_time_runs_on_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text(NOON.isoformat())
    os.utime(file, (5000, 5000))
    real = Seconds()
    real.now = 5060
    clock = Clock(file, real)
    assert clock.now() == NOON + timedelta(minutes=1)
    clock.move_to(NOON + timedelta(days=2))
    real.now += 10
    assert clock.now() == NOON + timedelta(days=2, seconds=10)
    assert Clock(file, real).timestamp() == int(clock.now().timestamp())
    clock.back()
    assert clock.now() == datetime.fromtimestamp(real.now, UTC)


def test_without_a_file_it_is_the_real_time(tmp_path: Path) -> None:
    real = Seconds()
    assert Clock(None, real).timestamp() == Clock(tmp_path / "none", real).timestamp() == 1000
    with pytest.raises(ControlError, match="without --clock-file"):
        Clock(None).back()


def test_a_wrong_moment_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = Clock(file)
    with pytest.raises(ControlError, match="needs its offset"):
        clock.move_to(NOON.replace(tzinfo=None))
    for text, reason in (("soon", "does not hold an ISO date-time"), ("2026-01-01T00:00", "has no offset")):
        file.write_text(text)
        with pytest.raises(ControlError, match=reason):
            Clock(file).now()


@pytest.mark.asyncio
async def test_the_clock_dates_the_messages(place: Place, fatma: Person) -> None:
    await place.people.clock(to="2026-11-02T12:00:00+00:00")
    said = await fatma.says("het is koud")
    (message,) = await place.people.history(fatma.id, after=said["message_id"] - 1)
    assert abs(message.raw["date"] - NOON.timestamp()) < 5
    moved = await place.people.clock(days=1, hours=2)
    assert datetime.fromisoformat(moved["now"]) - NOON >= timedelta(hours=26)
    dutch = await place.people.clock(to="2026-12-01T09:00")
    assert dutch["now"].startswith("2026-12-01T08:00")
    back = await place.people.clock(back=True)
    assert abs(datetime.fromisoformat(back["now"]) - datetime.now(UTC)) < timedelta(seconds=5)
    with pytest.raises(SandboxError, match="not an ISO date-time"):
        await place.people.clock(to="tomorrow")
    assert (await place.people.get("/sandbox/clock"))["movable"] is True
