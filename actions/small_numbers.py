"""What figures may tell without pointing to a household (why: `docs/figures.md`).

Everything is reckoned from parts that do not overlap, of whole weeks. A part grows only when at least `FEWEST` came
together since it grew before. So whatever is subtracted from whatever, nothing under `FEWEST` comes out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from actions import signals
from actions.figures import Cell, Hidden, Period

FEWEST = 5
"""A smaller number is not shown, nor can it be reckoned."""
FEWEST_FOR_SHARE = 20
"""Of fewer than this no percentage is shown: one more or less would change it by more than 5."""
WEEK = timedelta(days=7)


class PeriodRefused(ValueError):
    """No figures over this period; the message says in Dutch what to choose instead."""


def released(rest: int, came: int) -> tuple[int, int]:
    """How much of a part is told now, and how much waits until there is more: all of it, or nothing yet."""
    together = rest + came
    return (together, 0) if together >= FEWEST else (0, together)


def shown(told: int) -> Cell:
    """A number, or hidden when nothing may be told of it: there are none, or fewer than `FEWEST`."""
    return told if told >= FEWEST else Hidden.SMALL


def share(part: int, whole: int) -> Cell:
    """A part in whole percents; hidden when one of the two sides is, or when there are few."""
    if whole < FEWEST_FOR_SHARE or min(part, whole - part) < FEWEST:
        return Hidden.SMALL
    return round(100 * part / whole)


def floored(count: int) -> Cell:
    """A number of today, in steps of `FEWEST`: at least so many; hidden when there are fewer."""
    return shown(count // FEWEST * FEWEST)


def whole_weeks(period: Period, now: datetime) -> Period:
    """The weeks, Monday to Monday, that lie within the period and may be told by now; none gives an empty period.

    Raises `PeriodRefused` when it ends before it begins.
    """
    if period.until <= period.first:
        raise PeriodRefused("De einddatum moet na de begindatum liggen. Kies een latere einddatum.")
    until = min(_monday(period.until), settled_until(now))
    first = _monday(min(period.first, until) + timedelta(days=6))
    return Period(min(first, until), until)


def settled_until(now: datetime) -> date:
    """The Monday from which on nothing is told yet: weeks that ended less than `signals.DELAY` ago may still change."""
    return signals.counted_until(now).date()


def _monday(day: date) -> date:
    """The Monday of the week in which a day lies."""
    return day - timedelta(days=day.weekday())
