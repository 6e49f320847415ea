"""What a resident would like: which days, and which part of the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from actions.availability import FreeTime
from actions.opening_hours import AMSTERDAM

ALL_DAYS = frozenset(range(7))


@dataclass(frozen=True)
class TimeWish:
    """Days of the week (0 is Monday), from `first` to `last` (both included), beginning within these times of day.

    An appointment must begin at `after` or later, and before `before`. What is not said holds for every time.
    """

    days: frozenset[int] = ALL_DAYS
    first: date | None = None
    last: date | None = None
    after: time | None = None
    before: time | None = None

    def fits(self, starts_at: datetime) -> bool:
        """Whether an appointment that begins at this moment is as wished."""
        local = starts_at.astimezone(AMSTERDAM)
        early = (self.first and local.date() < self.first) or (self.after and local.time() < self.after)
        late = (self.last and local.date() > self.last) or (self.before and local.time() >= self.before)
        return local.weekday() in self.days and not early and not late

    def among(self, times: Iterable[FreeTime]) -> list[FreeTime]:
        """Those of these times that fit."""
        return [one for one in times if self.fits(one.starts_at)]

    def refined(self, by: TimeWish) -> TimeWish:
        """This wish with what somebody adds to it; where both cannot be, what was said last counts.

        Who does not care ("maakt niet uit") has no wish any more.
        """
        if by == TimeWish():
            return by
        no_hours = by.after is None and by.before is None
        hours = (self.after, self.before) if no_hours else (by.after, by.before)
        return TimeWish(*self._days_with(by), *hours)

    def _days_with(self, by: TimeWish) -> tuple[frozenset[int], date | None, date | None]:
        """The days that fit both wishes, or only the other one when there are none."""
        first = max((day for day in (self.first, by.first) if day), default=None)
        last = min((day for day in (self.last, by.last) if day), default=None)
        both = self.days & by.days
        if first and last:
            span = (first + timedelta(days=ahead) for ahead in range(min((last - first).days + 1, 7)))
            both &= {day.weekday() for day in span}
        return (self.days & by.days, first, last) if both else (by.days, by.first, by.last)

    def as_json(self) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in ("first", "last", "after", "before")}
        return {"days": sorted(self.days), **{name: value.isoformat() for name, value in said.items() if value}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TimeWish:
        dates = (stored.get(name) for name in ("first", "last"))
        first, last = (date.fromisoformat(one) if one else None for one in dates)
        after, before = (time.fromisoformat(one) if (one := stored.get(name)) else None for name in ("after", "before"))
        return cls(frozenset(stored["days"]), first, last, after, before)
