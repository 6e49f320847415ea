"""When the bot may begin to talk by itself: not at night, not on Sundays, not on public holidays."""

from __future__ import annotations

from datetime import datetime

from actions.opening_hours import Opening, is_open, opens_next

WAKING = (Opening(frozenset(range(6)), opens=9 * 60, closes=20 * 60, closed_on_holidays=True),)
"""From 9:00 to 20:00 in the Netherlands, Monday to Saturday."""


def waking_time(moment: datetime) -> datetime:
    """The moment itself, or the next one at which people may be disturbed; both aware."""
    opening = None if is_open(WAKING, moment) else opens_next(WAKING, moment)
    return opening or moment
