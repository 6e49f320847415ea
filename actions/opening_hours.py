"""When a service is open: weekly rules in the time of the clock on the wall, after HSDS `schedules` and iCalendar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MIDNIGHT = 24 * 60
DAYS_AHEAD = 400


@dataclass(frozen=True)
class Opening:
    """Open on these days of the week (0 is Monday), from `opens` until `closes`, in minutes since local midnight.

    `closes` may be `MIDNIGHT`, the end of the day. `valid_from` and `valid_to` are both included.
    """

    days: frozenset[int]
    opens: int
    closes: int
    valid_from: date | None = None
    valid_to: date | None = None
    closed_on_holidays: bool = False

    @property
    def always(self) -> bool:
        """Whether this is day and night, every day of the year."""
        limited = self.valid_from or self.valid_to or self.closed_on_holidays
        return not limited and (len(self.days), self.opens, self.closes) == (len(WEEKDAYS), 0, MIDNIGHT)

    def holds_on(self, day: date) -> bool:
        if (self.valid_from and day < self.valid_from) or (self.valid_to and day > self.valid_to):
            return False
        return day.weekday() in self.days and not (self.closed_on_holidays and is_holiday(day))


def local_day(now: datetime) -> date:
    """The date in the Netherlands at an aware moment."""
    return now.astimezone(AMSTERDAM).date()


def is_holiday(day: date) -> bool:
    """Whether it is a Dutch public holiday (library `holidays`, Good Friday included)."""
    return day in _holidays(day.year)


def is_open(schedules: Sequence[Opening], now: datetime) -> bool:
    """Whether any of the rules says that it is open at an aware moment."""
    return any(opens <= now < closes for opens, closes in periods(schedules, local_day(now)))


def opens_next(schedules: Sequence[Opening], now: datetime) -> datetime | None:
    """The first moment (UTC) at which what is closed now opens; None when it is open, or stays closed for a year."""
    if is_open(schedules, now):
        return None
    for ahead in range(DAYS_AHEAD):
        starts = [opens for opens, _ in periods(schedules, local_day(now) + timedelta(days=ahead)) if opens > now]
        if starts:
            return min(starts)
    return None


def periods(schedules: Sequence[Opening], day: date) -> Iterator[tuple[datetime, datetime]]:
    """From when until when (UTC) it is open by each of the rules that hold on a day."""
    for rule in schedules:
        if rule.holds_on(day):
            opens, closes = _moment(day, rule.opens), _moment(day, rule.closes)
            if opens < closes:
                yield opens, closes


def _moment(day: date, minutes: int) -> datetime:
    """The first moment (UTC) at which the clock on the wall has come so far.

    In spring the clock skips an hour: a time within it comes when the clock skips, at a whole hour.
    """
    wall = datetime.combine(day, time(), UTC).replace(tzinfo=None) + timedelta(minutes=minutes)
    moment = wall.replace(tzinfo=AMSTERDAM).astimezone(UTC)
    skipped = moment.astimezone(AMSTERDAM).replace(tzinfo=None) != wall
    return moment.replace(minute=0) if skipped else moment


@cache
def _holidays(year: int) -> frozenset[date]:
    import holidays  # slow to import, and most commands do without

    return frozenset(holidays.country_holidays("NL", years=year))
