"""Working hours as a clock: it runs only while somebody is at work (weekends, holidays, the change of the clock).

A working day has `DAY` hours of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from actions.opening_hours import DAYS_AHEAD, Opening, local_day, periods
from store.tables import Member

OFFICE = (Opening(frozenset(range(5)), opens=9 * 60, closes=17 * 60, closed_on_holidays=True),)
"""Monday to Friday, 9:00 to 17:00 in the Netherlands, not on public holidays."""
DAY = timedelta(hours=8)


class NoWorkingTime(ValueError):
    """In these hours nobody works for more than a year."""


def hours_of(member: Member | None) -> tuple[Opening, ...]:
    """The working hours of somebody; office hours when they gave none, and for the team as a whole."""
    if member is None or not member.hours:
        return OFFICE
    return tuple(
        Opening(frozenset(one["days"]), one["opens"], one["closes"], closed_on_holidays=True) for one in member.hours
    )


def later(schedules: Sequence[Opening], start: datetime, worked: timedelta) -> datetime:
    """The moment (UTC) at which `worked` has passed since `start` on the clock of these hours.

    Nothing outside hours is where they begin again. Raises `NoWorkingTime` when they do not within `DAYS_AHEAD` days.
    """
    left = worked
    for opens, closes in _stretches(schedules, start):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    raise NoWorkingTime(f"no {worked} of work after {start.isoformat()}")


def between(schedules: Sequence[Opening], start: datetime, end: datetime) -> timedelta:
    """How much working time there is from `start` until `end`; nothing when `end` comes first."""
    passed = timedelta()
    for opens, closes in _stretches(schedules, start):
        if opens >= end:
            break
        passed += min(closes, end) - opens
    return passed


def _stretches(schedules: Sequence[Opening], start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Periods of work (UTC) after `start`, in order, none overlapping another; until nobody works any more."""
    rules, reached = tuple(schedules), start.astimezone(UTC)
    day = local_day(start) - timedelta(days=1)  # work that began yesterday may go on after midnight
    while day < local_day(reached) + timedelta(days=DAYS_AHEAD):
        for opens, closes in _of_day(rules, day):
            if closes > reached:
                yield max(opens, reached), closes
                reached = closes
        day += timedelta(days=1)


@lru_cache(maxsize=4096)
def _of_day(rules: tuple[Opening, ...], day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The periods of a day, in order; kept, as the same days are asked for again and again."""
    return tuple(sorted(periods(rules, day)))
