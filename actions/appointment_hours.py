"""What somebody sets about their appointments: on which hours, how long, with what pause, how many, and days without.

Every function changes an `Availability` that is held fast (`actions.availability.of`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from actions.team_settings import DAYS, Hours, SettingRefused, in_notation, read_hours
from store.agenda_tables import Availability

HOUR = 60
GRID = range(9, 21)
"""The hours that can be switched one by one; others are written (`set_hours`)."""
LENGTHS = range(15, 181)
PAUSES = range(121)
A_DAY = range(1, 13)

Stretch = tuple[int, int]
Week = dict[int, list[Stretch]]
"""The stretches of each weekday (0 is Monday), in minutes since local midnight, in order."""


class OutOfRange(SettingRefused):
    """Not a length, pause or number that appointments can have."""


class NotOnTheGrid(SettingRefused):
    """No weekday, or no hour of `GRID`."""


class DayIsOver(SettingRefused):
    """A day in the past."""


class Switch(enum.StrEnum):
    """How an hour stands."""

    ON = "on"
    OFF = "off"
    PARTLY = "partly"


def switch_hour(availability: Availability, day: int, hour: int) -> None:
    """Have appointments on this hour of a weekday (0 is Monday), or no more; raises `NotOnTheGrid`.

    An hour that was there in part is there as a whole after the first time. What lies around it stays.
    """
    switched = hour_stands(availability, day, hour)
    opens, closes = hour * HOUR, (hour + 1) * HOUR
    week = _week(availability.hours)
    if switched is Switch.ON:
        week[day] = [one for stretch in week[day] for one in _without(stretch, opens, closes)]
    else:
        week[day] = [*week[day], (opens, closes)]
    availability.hours = _stored(week)


def hour_stands(availability: Availability, day: int, hour: int) -> Switch:
    """Whether there are appointments on all of this hour of a weekday, on none or on a part; raises `NotOnTheGrid`."""
    if day not in range(len(DAYS)) or hour not in GRID:
        raise NotOnTheGrid(f"Hours are switched on the days 0 to 6 from {GRID[0]} to {GRID[-1]}, not {day} at {hour}.")
    opens, closes = hour * HOUR, (hour + 1) * HOUR
    inside = sum(max(0, min(closes, ends) - max(opens, begins)) for begins, ends in _week(availability.hours)[day])
    return {0: Switch.OFF, HOUR: Switch.ON}.get(inside, Switch.PARTLY)


def set_hours(availability: Availability, notation: str) -> None:
    """The hours of every week, written as `team_settings.EXAMPLE`; nothing written is none. Raises `HoursUnclear`."""
    availability.hours = _stored(_week(read_hours(notation) if notation.strip() else ()))


def in_words(availability: Availability) -> str:
    """The hours of every week, in the notation that `set_hours` reads; empty when there are none."""
    return in_notation(availability.hours, _clock)


def is_too_short(availability: Availability) -> bool:
    """Whether there are hours, but no stretch of them is as long as an appointment."""
    longest = max((one["closes"] - one["opens"] for one in availability.hours), default=availability.minutes)
    return longest < availability.minutes


def has_hours(availability: Availability, day: date) -> bool:
    """Whether there are hours on the weekday of this day."""
    return any(day.weekday() in one["days"] for one in availability.hours)


def set_length(availability: Availability, minutes: int) -> None:
    """How long an appointment lasts; raises `OutOfRange`."""
    availability.minutes = _within(LENGTHS, minutes, "An appointment lasts {} to {} minutes")


def set_pause(availability: Availability, minutes: int) -> None:
    """How long is kept free between two appointments; raises `OutOfRange`."""
    availability.pause = _within(PAUSES, minutes, "Between two appointments are {} to {} minutes")


def set_a_day(availability: Availability, count: int) -> None:
    """How many appointments there may be in a day; raises `OutOfRange`."""
    availability.a_day = _within(A_DAY, count, "There can be {} to {} appointments a day")


def days_off(availability: Availability, today: date) -> list[date]:
    """The days without appointments that are not over, in order."""
    days = (date.fromisoformat(one) for one in availability.days_off)
    return sorted(day for day in days if day >= today)


def set_day_off(availability: Availability, day: date, today: date, *, off: bool) -> None:
    """Have no appointments on a day, or have them again; days that are over are forgotten. Raises `DayIsOver`."""
    if day < today:
        raise DayIsOver(f"{day} is over: name today or a day after it.")
    others = {one for one in days_off(availability, today) if one != day}
    availability.days_off = [one.isoformat() for one in sorted(others | ({day} if off else set()))]


def switch_day_off(availability: Availability, day: date, today: date) -> bool:
    """The other way round than it stands; gives whether the day is off now. Raises `DayIsOver`."""
    off = day not in days_off(availability, today)
    set_day_off(availability, day, today, off=off)
    return off


def _within(limits: range, wanted: int, sentence: str) -> int:
    if wanted not in limits:
        raise OutOfRange(f"{sentence.format(limits[0], limits[-1])}, not {wanted}.")
    return wanted


def _week(hours: Iterable[Hours]) -> Week:
    week: Week = {day: [] for day in range(len(DAYS))}
    for one in hours:
        for day in one["days"]:
            week[day].append((one["opens"], one["closes"]))
    return week


def _stored(week: Mapping[int, Sequence[Stretch]]) -> list[Hours]:
    """As in `Availability.hours`: days that have the same stretch share it, and what touches is one."""
    days: dict[Stretch, list[int]] = {}
    for day, stretches in week.items():
        for stretch in _merged(stretches):
            days.setdefault(stretch, []).append(day)
    found = [Hours(days=on, opens=opens, closes=closes) for (opens, closes), on in days.items()]
    return sorted(found, key=lambda one: (one["days"], one["opens"]))


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for opens, closes in sorted(stretches):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], closes))
        else:
            found.append((opens, closes))
    return found


def _without(stretch: Stretch, opens: int, closes: int) -> list[Stretch]:
    """What is left of a stretch."""
    begins, ends = stretch
    left = (begins, min(ends, opens)), (max(begins, closes), ends)
    return [one for one in left if one[0] < one[1]]


def _clock(minutes: int) -> str:
    hour, rest = divmod(minutes, HOUR)
    return f"{hour}:{rest:02}" if rest else str(hour)
