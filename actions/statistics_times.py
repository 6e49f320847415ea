"""How long residents waited for a person, in working hours; who still waits counts as well."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, extract, func, select
from sqlalchemy.orm import Session

from actions.figures import Cell, Column, Hidden, Period, Table
from actions.opening_hours import local_day, periods
from actions.small_numbers import FEWEST_FOR_SHARE, WEEK, shown
from actions.statistics_words import word
from actions.waiting_time import Wait, reached
from actions.working_time import OFFICE
from store.figure_tables import FigureWeek
from store.states import Urgency
from store.tables import Event

HALF, NINE_OF_TEN = Fraction(1, 2), Fraction(9, 10)
HOUR = timedelta(hours=1)
SECONDS = 3600
BEFORE = 14
"""So many days before the first moment there was work, whatever the holidays."""
LONG_AGO = date(2000, 1, 3)
"""A Monday before the first request."""
AT_ONCE = 500
"""Rows."""
REQUESTED = Event.name == "requested"
STILL_WAITING = "Nog wachtend"
TIMES = Table(
    "times",
    "Tijd tot een mens",
    "Van de vragen aan het team die in deze periode meetellen: binnen hoeveel werkuren (9 tot 17 uur, naar boven"
    " afgerond) de helft en 9 van de 10 voor het eerst contact hadden. Wie aan het eind van de periode nog wacht, telt"
    " mee als iemand die minstens zo lang wacht.",
    (Column("Urgentie"), Column("Vragen"), Column("De helft", "werkuren"), Column("9 van de 10", "werkuren")),
    (),
)
Group = tuple[str, str]
"""An urgency and a wijk, of which requests are told together."""


class WorkedHours:
    """Office hours as a clock that can be read often: a year of requests is read while somebody waits for the page.

    In whole seconds, moments since 1970.
    """

    def __init__(self, first: date, last: date) -> None:
        """For moments from a day until another, both included."""
        days = (first + timedelta(days=number) for number in range(-BEFORE, (last - first).days + 1))
        stretches = [one for day in days for one in _of(day)]
        worked = list(accumulate((closes - opens for opens, closes in stretches), initial=0))
        self._opens = [opens for opens, _ in stretches]
        self._worked = worked[1:]
        self._less = [opens - before for opens, before in zip(self._opens, worked, strict=False)]

    def until(self, moment: int) -> int:
        """What was worked since a moment that is the same for all."""
        place = bisect_right(self._opens, moment) - 1
        return min(moment - self._less[place], self._worked[place])


@lru_cache(maxsize=4096)
def _of(day: date) -> tuple[tuple[int, int], ...]:
    return tuple((int(opens.timestamp()), int(closes.timestamp())) for opens, closes in periods(OFFICE, day))


def times(session: Session, now: datetime, period: Period, wijk: str | None = None) -> Table:
    """Time to a person per urgency, over the requests that `weeks.told` counts in the period."""
    end = min(now, period.ends_at)
    found = _waits(session, end, _stretches(session, period, wijk))
    return replace(TIMES, rows=tuple((word(one.value), *_row(found.get(one.value, []))) for one in Urgency))


def _row(waits: Sequence[Wait]) -> tuple[Cell, ...]:
    if len(waits) < FEWEST_FOR_SHARE:
        return (shown(len(waits)), Hidden.SMALL, Hidden.SMALL)
    return (len(waits), *(_hours(reached(waits, share)) for share in (HALF, NINE_OF_TEN)))


def _hours(waited: timedelta | None) -> Cell:
    return STILL_WAITING if waited is None else waited // HOUR


def _stretches(session: Session, period: Period, wijk: str | None) -> Mapping[Group, Period]:
    """Of each urgency and wijk the weeks whose requests are told in the period: those that waited go along."""
    grew = (FigureWeek.name == "requested") & (FigureWeek.told > 0) & (FigureWeek.week < period.until)
    query = select(FigureWeek.detail, FigureWeek.wijk, FigureWeek.week).where(grew)
    weeks: dict[Group, list[date]] = {}
    for urgency, of, week in session.execute(query if wijk is None else query.where(FigureWeek.wijk == wijk)):
        weeks.setdefault((urgency, of), []).append(week)
    return {group: one for group, grown in weeks.items() if (one := _stretch(grown, period)) is not None}


def _stretch(grown: Sequence[date], period: Period) -> Period | None:
    """From the end of the last week in which it grew before the period, until that of the last in it."""
    within = [week for week in grown if week >= period.first]
    before = max((week for week in grown if week < period.first), default=LONG_AGO)
    return Period(before + WEEK, max(within) + WEEK) if within else None


def _waits(session: Session, end: datetime, stretches: Mapping[Group, Period]) -> Mapping[str, list[Wait]]:
    """The waits until the end, in whole hours upwards, per urgency. Closed without contact: it waited until then."""
    if not stretches:
        return {}
    begin = min(one.starts_at for one in stretches.values())
    within = {group: (one.starts_at.timestamp(), one.ends_at.timestamp()) for group, one in stretches.items()}
    first = session.scalar(select(func.min(Event.at)).where(REQUESTED, Event.at >= begin)) or end
    until, last = WorkedHours(local_day(first), local_day(end)).until, int(end.timestamp())
    alike: Counter[tuple[str, int, bool]] = Counter()
    # A year of requests is many: they are not kept as objects, which Python would look through for garbage.
    for urgency, wijk, at, contacted, closed in session.connection().execute(_requests(begin, end)).yield_per(AT_ONCE):
        starts, ends = within.get((urgency, wijk), (last, last))
        if starts <= at < ends:
            waited = until(contacted or closed or last) - until(at)
            alike[urgency, -(-waited // SECONDS), contacted is not None] += 1
    return _each(alike)


def _each(alike: Mapping[tuple[str, int, bool], int]) -> Mapping[str, list[Wait]]:
    found: dict[str, list[Wait]] = {}
    for (urgency, hours, contacted), count in alike.items():
        found.setdefault(urgency, []).extend([Wait(hours * HOUR, contacted)] * count)
    return found


def _requests(begin: datetime, end: datetime) -> Any:
    """Each request with its first contact and when it was first closed, as far as that was before the end."""
    here = (Event.at >= begin) & (Event.at < end)
    contacted, closed = (func.min(case((Event.name == name, Event.at))) for name in ("contacted", "closed"))
    ended = (
        select(Event.request_id, contacted.label("contacted_at"), closed.label("closed_at"))
        .where(here & Event.name.in_(("contacted", "closed")))
        .group_by(Event.request_id)
        .subquery()
    )
    moments = (_seconds(one) for one in (Event.at, ended.c.contacted_at, ended.c.closed_at))
    requests = select(Event.detail, func.coalesce(Event.wijk, ""), *moments)
    return requests.outerjoin(ended, ended.c.request_id == Event.request_id).where(here & REQUESTED)


def _seconds(moment: Any) -> ColumnElement[int]:
    return cast(extract("epoch", moment), BigInteger)
