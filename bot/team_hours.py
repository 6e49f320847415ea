"""`/instellingen`, appointments: on which hours, how long, with what pause, how many, days without, and the calendar.

All of it is one message that is edited; the data of its buttons begins with `set:appt`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from actions import appointment_hours, appointments, availability, calendar_files
from actions.appointment_hours import GRID, Switch
from actions.availability import AHEAD
from actions.opening_hours import is_holiday, local_day
from actions.outbox import Button
from actions.team_settings import DAYS
from bot.team_visit import Rows, TeamVisit
from store.agenda_tables import Availability

APPOINTMENTS = "appt"
DAY = re.compile(r"day:([0-6])", re.ASCII)
HOUR = re.compile(r"hour:([0-6]):(\d{1,2})", re.ASCII)
DAY_OFF = re.compile(r"off:(\d{4}-\d{2}-\d{2})", re.ASCII)
CHOICE = re.compile(r"(minutes|pause|a_day)(?::(\d{1,3}))?", re.ASCII)
DAYS_SHOWN = 14
"""So many of the coming days with hours can be taken off."""
LOOK_AHEAD = 200
"""Days: as far as days with hours are looked for."""
MOST_TOLD = 10
IN_ROW = 3


@dataclass(frozen=True)
class Choice:
    """Something with few values: the text that asks for it, its buttons, and what sets it."""

    ask: str
    button: str
    values: tuple[int, ...]
    set: Callable[[Availability, int], None]


CHOICES: Mapping[str, Choice] = {
    "minutes": Choice("team_choose_minutes", "button_choose_minutes", (30, 45, 60, 90), appointment_hours.set_length),
    "pause": Choice("team_choose_pause", "button_choose_pause", (0, 15, 30), appointment_hours.set_pause),
    "a_day": Choice("team_choose_a_day", "button_choose_a_day", (1, 2, 3, 4, 5, 6), appointment_hours.set_a_day),
}


def press(visit: TeamVisit, what: str) -> None:
    """Carry out a button; `what` is its data without `set:appt` and the colon."""
    mine = availability.of(visit.session, visit.member)
    if page := PAGES.get(what):
        return page(visit, mine)
    if found := DAY.fullmatch(what):
        return _hours_of_day(visit, mine, int(found[1]))
    if (found := HOUR.fullmatch(what)) and int(found[2]) in GRID:
        appointment_hours.switch_hour(mine, int(found[1]), int(found[2]))
        return _hours_of_day(visit, mine, int(found[1]))
    if found := DAY_OFF.fullmatch(what):
        return _switch_day_off(visit, mine, found[1])
    if found := CHOICE.fullmatch(what):
        return _choose(visit, mine, CHOICES[found[1]], found[1], found[2])
    return visit.help()


def tell_appointments(visit: TeamVisit, on: Callable[[date], bool]) -> None:
    """Say which appointments they have on such days, if any, with a button to move each."""
    coming = appointments.coming_with(visit.session, visit.now, visit.member, visit.now + AHEAD)
    found = [one for one in coming if on(local_day(one.starts_at))][:MOST_TOLD]
    if not found:
        return
    times = [{"starts": one.starts_at.isoformat()} for one in found]
    rows = tuple(
        (Button("button_shift_then", f"shift:{one.id}", time),) for one, time in zip(found, times, strict=True)
    )
    visit.tell("team_appointments_then", rows, items=times, item_key="team_appointment_then_line")


# --- pages ----------------------------------------------------------------------------------------------------


def _overview(visit: TeamVisit, mine: Availability) -> None:
    rows: Rows = (
        (Button("button_week", _data("week")), Button("button_days_off", _data("off"))),
        (
            Button("button_minutes", _data("minutes")),
            Button("button_pause", _data("pause")),
            Button("button_a_day", _data("a_day")),
        ),
        *([(Button("button_calendar", _data("feed")),)] if visit.dashboard_url else []),
        (Button("button_done", "set:show"),),
    )
    visit.show("team_appointments", rows, **_standing(visit, mine))


def _standing(visit: TeamVisit, mine: Availability) -> dict[str, Any]:
    off = appointment_hours.days_off(mine, local_day(visit.now))
    return {
        "hours": appointment_hours.in_words(mine),
        "standing": "none" if not mine.hours else "too_short" if appointment_hours.is_too_short(mine) else "some",
        "minutes": mine.minutes,
        "pause": mine.pause,
        "a_day": mine.a_day,
        "days": "some" if off else "none",
        "items": [{"day": day.isoformat()} for day in off],
        "item_key": "team_day_off_line",
    }


def _week(visit: TeamVisit, mine: Availability) -> None:
    days = [Button("button_weekday", _data(f"day:{day}"), {"weekday": day}) for day in range(len(DAYS))]
    visit.show("team_week", (*_in_rows(days, 2), _TO_OVERVIEW), hours=appointment_hours.in_words(mine))


def _hours_of_day(visit: TeamVisit, mine: Availability, day: int) -> None:
    buttons = [_hour_button(day, hour, appointment_hours.hour_stands(mine, day, hour)) for hour in GRID]
    back = (Button("button_other_day", _data("week")), *_TO_OVERVIEW)
    visit.show("team_hours_of_day", (*_in_rows(buttons, IN_ROW), back), weekday=day)


def _hour_button(day: int, hour: int, stands: Switch) -> Button:
    return Button("button_hour", _data(f"hour:{day}:{hour}"), {"hour": hour, "stands": stands.value})


def _days_off(visit: TeamVisit, mine: Availability) -> None:
    off = appointment_hours.days_off(mine, local_day(visit.now))
    days = _days(visit, mine)
    rows = tuple((_day_button(day, day in off),) for day in days)
    visit.show("team_days_off", (*rows, _TO_OVERVIEW), days="some" if days else "none")


def _day_button(day: date, off: bool) -> Button:
    return Button("button_day_off", _data(f"off:{day}"), {"day": day.isoformat(), "off": "yes" if off else "no"})


def _days(visit: TeamVisit, mine: Availability) -> list[date]:
    """The days that can be switched: the coming ones with hours, and those that are off already."""
    today = local_day(visit.now)
    coming = (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))
    with_hours = (day for day in coming if appointment_hours.has_hours(mine, day) and not is_holiday(day))
    return sorted({*islice(with_hours, DAYS_SHOWN), *appointment_hours.days_off(mine, today)})


def _switch_day_off(visit: TeamVisit, mine: Availability, written: str) -> None:
    """A day of an old message, that is over, is not switched: the days as they are now are shown."""
    day = next((one for one in _days(visit, mine) if one.isoformat() == written), None)
    off = day is not None and appointment_hours.switch_day_off(mine, day, local_day(visit.now))
    _days_off(visit, mine)
    if off:
        tell_appointments(visit, lambda one: one == day)


def _choose(visit: TeamVisit, mine: Availability, choice: Choice, name: str, value: str | None) -> None:
    if value is None:
        buttons = [Button(choice.button, _data(f"{name}:{one}"), {"value": one}) for one in choice.values]
        return visit.show(choice.ask, (*_in_rows(buttons, IN_ROW), _TO_OVERVIEW), **{name: getattr(mine, name)})
    if int(value) not in choice.values:
        return visit.help()
    choice.set(mine, int(value))
    return _overview(visit, mine)


# --- the calendar on a telephone ------------------------------------------------------------------------------


def _calendar(visit: TeamVisit, mine: Availability) -> None:
    """The address is shown once: we keep only what it is recognised by."""
    if mine.feed_digest is None:
        return _new_address(visit, mine)
    return visit.show("team_calendar_there", _CALENDAR_ROWS)


def _new_address(visit: TeamVisit, mine: Availability) -> None:
    if not visit.dashboard_url:
        return _overview(visit, mine)
    token = calendar_files.new_feed(visit.session, visit.member)
    address = calendar_files.feed_address(visit.dashboard_url, token)
    return visit.show("team_calendar_address", _CALENDAR_ROWS, address=address)


def _stop_calendar(visit: TeamVisit, mine: Availability) -> None:
    calendar_files.stop_feed(visit.session, visit.member)
    visit.show("team_calendar_stopped", (_TO_OVERVIEW,))


def _data(what: str = "") -> str:
    return f"set:{APPOINTMENTS}:{what}" if what else f"set:{APPOINTMENTS}"


def _in_rows(buttons: list[Button], width: int) -> Iterator[tuple[Button, ...]]:
    return (tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


_TO_OVERVIEW = (Button("button_all_appointments", _data()),)
_CALENDAR_ROWS: Rows = (
    (Button("button_calendar_new", _data("feed:new")), Button("button_calendar_stop", _data("feed:stop"))),
    _TO_OVERVIEW,
)
PAGES: Mapping[str, Callable[[TeamVisit, Availability], None]] = {
    "": _overview,
    "week": _week,
    "off": _days_off,
    "feed": _calendar,
    "feed:new": _new_address,
    "feed:stop": _stop_calendar,
}
