"""What a resident would like: which days, and which part of the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
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
        """This wish with what somebody adds to it: other days take the place of the days, other hours of the hours."""
        days = (by.days, by.first, by.last)
        hours = (by.after, by.before)
        same_days, same_hours = days == (ALL_DAYS, None, None), hours == (None, None)
        if same_days and same_hours:
            return by
        return TimeWish(
            *((self.days, self.first, self.last) if same_days else days),
            *((self.after, self.before) if same_hours else hours),
        )

    def as_json(self) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in ("first", "last", "after", "before")}
        return {"days": sorted(self.days), **{name: value.isoformat() for name, value in said.items() if value}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TimeWish:
        dates = (stored.get(name) for name in ("first", "last"))
        first, last = (date.fromisoformat(one) if one else None for one in dates)
        after, before = (time.fromisoformat(one) if (one := stored.get(name)) else None for name in ("after", "before"))
        return cls(frozenset(stored["days"]), first, last, after, before)
