"""When the bot may begin to talk by itself: the hours are those of Amsterdam."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.quiet_hours import waking_time

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def _local(text: str) -> datetime:
    """A moment in Amsterdam: `2026-11-23 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


MOMENTS = {
    "in the day it is the moment itself": ("2026-11-23 14:17", "2026-11-23 14:17"),
    "at the first minute": ("2026-11-23 09:00", "2026-11-23 09:00"),
    "just before the first minute": ("2026-11-23 08:59", "2026-11-23 09:00"),
    "just before the last minute": ("2026-11-23 19:59", "2026-11-23 19:59"),
    "at the last minute": ("2026-11-23 20:00", "2026-11-24 09:00"),
    "before midnight": ("2026-11-23 23:59", "2026-11-24 09:00"),
    "after midnight": ("2026-11-24 00:01", "2026-11-24 09:00"),
    "on a Saturday": ("2026-11-28 10:00", "2026-11-28 10:00"),
    "on a Saturday evening": ("2026-11-28 20:30", "2026-11-30 09:00"),
    "on a Sunday": ("2026-11-29 14:00", "2026-11-30 09:00"),
    "in the night to a Monday": ("2026-11-30 03:00", "2026-11-30 09:00"),
    "on King's Day": ("2026-04-27 11:00", "2026-04-28 09:00"),
    "on the evening before a holiday": ("2026-04-26 21:00", "2026-04-28 09:00"),
    "at Christmas, and after it a Sunday": ("2026-12-25 12:00", "2026-12-28 09:00"),
    "on New Year's Eve in the night": ("2026-12-31 23:00", "2027-01-02 09:00"),
    "at Easter, Sunday and Monday": ("2026-04-05 12:00", "2026-04-07 09:00"),
    "on Good Friday": ("2026-04-03 12:00", "2026-04-04 09:00"),
    "in the night when the clock goes forward": ("2026-03-29 01:30", "2026-03-30 09:00"),
    "in the evening before the clock goes forward": ("2026-03-28 20:00", "2026-03-30 09:00"),
    "in the night when the clock goes back": ("2026-10-25 02:30", "2026-10-26 09:00"),
    "in the evening before the clock goes back": ("2026-10-24 21:00", "2026-10-26 09:00"),
}


@pytest.mark.parametrize(("moment", "wakes"), MOMENTS.values(), ids=MOMENTS)
def test_nobody_is_disturbed_at_night_on_a_sunday_or_on_a_holiday(moment: str, wakes: str) -> None:
    assert waking_time(_local(moment)) == _local(wakes)


@pytest.mark.parametrize(
    ("moment", "wakes"),
    [
        (datetime(2026, 3, 27, 22, tzinfo=UTC), datetime(2026, 3, 28, 8, tzinfo=UTC)),  # winter time: 9 is 8 UTC
        (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)),  # summer time: 9 is 7 UTC
        (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)),
        (datetime(2026, 7, 1, 17, 59, tzinfo=UTC), datetime(2026, 7, 1, 17, 59, tzinfo=UTC)),
        (datetime(2026, 7, 1, 18, 0, tzinfo=UTC), datetime(2026, 7, 2, 7, tzinfo=UTC)),
        (datetime(2026, 12, 1, 18, 59, tzinfo=UTC), datetime(2026, 12, 1, 18, 59, tzinfo=UTC)),
        (datetime(2026, 12, 1, 19, 0, tzinfo=UTC), datetime(2026, 12, 2, 8, tzinfo=UTC)),
    ],
)
def test_the_hours_are_those_of_amsterdam_in_winter_and_in_summer(moment: datetime, wakes: datetime) -> None:
    assert waking_time(moment) == wakes


@given(st.integers(0, 7 * 365 * 24 * 60))
def test_it_is_never_before_the_moment_nor_far_after_it_and_always_in_the_day(minutes: int) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    wakes = waking_time(moment)
    local = wakes.astimezone(AMSTERDAM)
    assert moment <= wakes <= moment + timedelta(days=5)
    assert time(9) <= local.time() < time(20) and local.strftime("%A") != "Sunday"
    assert waking_time(wakes) == wakes
