"""When somebody can have appointments: from their hours, what is booked, and the days on which nobody works."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from actions import appointments, availability
from actions.availability import AHEAD, FreeTime
from actions.opening_hours import AMSTERDAM
from store.agenda_tables import Appointment, AppointmentKind, Availability
from store.states import Role
from store.tables import Member
from tests.actions.people import Wijk, moment

MONDAYS = [{"days": [0], "opens": 9 * 60, "closes": 12 * 60}]
ALL_DAYS = [{"days": [*range(7)], "opens": 9 * 60, "closes": 12 * 60}]
NIGHTS = [{"days": [6], "opens": 0, "closes": 5 * 60}]


def _theirs(wijk: Wijk, member: Member | None = None, **given: Any) -> Availability:
    """The availability of somebody: three times on a Monday morning unless something else is given."""
    theirs = availability.of(wijk.session, member or wijk.member("Fatma"))
    for name, value in {"hours": MONDAYS, **given}.items():
        setattr(theirs, name, value)
    wijk.session.flush()
    return theirs


def _clock(times: Any) -> list[str]:
    return [one.starts_at.astimezone(AMSTERDAM).strftime("%a %d %b %H:%M") for one in times]


def _free(wijk: Wijk, theirs: Availability, until: str = "2026-12-01 00:00", **given: Any) -> list[str]:
    return _clock(availability.free(wijk.session, wijk.now, [theirs], moment(until), **given))


def _book(wijk: Wijk, theirs: Availability, starts: str) -> Appointment:
    begins = moment(starts)
    time = FreeTime(begins, theirs.member_id, begins + timedelta(minutes=theirs.minutes))
    made = appointments.book(wijk.session, wijk.now, wijk.claimed(theirs.member), time)
    assert made is not None
    return made


# What is set, and when somebody then has appointments on a Monday.
GRIDS: Mapping[str, tuple[dict[str, Any], list[str]]] = {
    "45 minutes and 15 between": ({}, ["09:00", "10:00", "11:00"]),
    "nothing between": ({"pause": 0}, ["09:00", "09:45", "10:30", "11:15"]),
    "they keep to quarters of an hour": ({"minutes": 30, "pause": 5}, ["09:00", "09:45", "10:30", "11:15"]),
    "the last one ends with the hours": ({"minutes": 60, "pause": 60}, ["09:00", "11:00"]),
    "the pause after the last one is not needed": ({"minutes": 90, "pause": 0}, ["09:00", "10:30"]),
    "longer than the hours": ({"minutes": 181}, []),
    "exactly as long as the hours": ({"minutes": 180}, ["09:00"]),
    "each stretch begins anew": (
        {"hours": [{"days": [0], "opens": 13 * 60 + 30, "closes": 15 * 60}, *MONDAYS], "minutes": 60},
        ["09:00", "10:15", "13:30"],
    ),
    "up to midnight": ({"hours": [{"days": [0], "opens": 23 * 60, "closes": 24 * 60}], "pause": 0}, ["23:00"]),
    "without hours": ({"hours": []}, []),
    "only on another day": ({"hours": [{**MONDAYS[0], "days": [1]}]}, []),
}


@pytest.mark.parametrize(("given", "times"), GRIDS.values(), ids=GRIDS)
def test_the_times_of_a_day_follow_from_hours_length_and_pause(
    wijk: Wijk, given: dict[str, Any], times: list[str]
) -> None:
    found = availability.times_on(_theirs(wijk, **given), date(2026, 11, 30))
    assert [text.rpartition(" ")[2] for text in _clock(found)] == times
    length = timedelta(minutes=given.get("minutes", 45))
    assert all(one.ends_at - one.starts_at == length for one in found)


# A day, what is set, and whether anybody comes then.
DAYS: Mapping[str, tuple[str, dict[str, Any], bool]] = {
    "an ordinary Monday": ("2026-11-30", {}, True),
    "a day off": ("2026-11-30", {"days_off": ["2026-11-30"]}, False),
    "beside a day off": ("2026-12-01", {"days_off": ["2026-11-30"]}, True),
    "Christmas": ("2026-12-25", {}, False),
    "Boxing Day": ("2026-12-26", {}, False),
    "the day after Boxing Day": ("2026-12-27", {}, True),
    "New Year's Day": ("2027-01-01", {}, False),
    "King's Day": ("2027-04-27", {}, False),
    "King's Day of 2025, when the 27th was a Sunday": ("2025-04-26", {}, False),
    "Easter Monday": ("2027-03-29", {}, False),
}


@pytest.mark.parametrize(("day", "given", "some"), DAYS.values(), ids=DAYS)
def test_nobody_comes_on_holidays_and_days_off(wijk: Wijk, day: str, given: dict[str, Any], some: bool) -> None:
    theirs = _theirs(wijk, hours=ALL_DAYS, **given)
    assert bool(availability.times_on(theirs, date.fromisoformat(day))) is some


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ({}, ["28", "29", "30", "01", "02"]),
        ({"away_until": date(2026, 12, 1)}, ["01", "02"]),
        ({"away_until": date(2027, 1, 1)}, []),
        ({"available": False}, []),
    ],
    ids=["there", "back on a day", "away for long", "wants no cards for now"],
)
def test_who_is_away_has_no_appointments(wijk: Wijk, settings: dict[str, Any], days: list[str]) -> None:
    theirs = _theirs(wijk, wijk.member("Fatma", **settings), hours=ALL_DAYS, minutes=180)
    wijk.now = moment("2026-11-27 13:00")
    assert [text.split()[1] for text in _free(wijk, theirs, "2026-12-03 00:00")] == days


# Hours at night on the Sundays on which the clock changes: an hour less, or an hour more.
CHANGES = {
    "an ordinary night": (date(2027, 3, 21), ["00:00", "01:00", "02:00", "03:00", "04:00"]),
    "the clock goes forward": (date(2026, 3, 29), ["00:00", "01:00", "03:00", "04:00"]),
    "the clock goes forward at Easter": (date(2027, 3, 28), []),
    "the clock goes back": (date(2027, 10, 31), ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00"]),
}


@pytest.mark.parametrize(("day", "times"), CHANGES.values(), ids=CHANGES)
def test_when_the_clock_changes_no_time_is_lost_or_there_twice(wijk: Wijk, day: date, times: list[str]) -> None:
    found = availability.times_on(_theirs(wijk, hours=NIGHTS), day)
    assert [text.rpartition(" ")[2] for text in _clock(found)] == times
    assert len({one.starts_at for one in found}) == len(found)


@pytest.mark.parametrize(
    ("before", "after"),
    [("2027-03-22 09:00", "2027-04-05 09:00"), ("2027-10-25 09:00", "2027-11-01 09:00")],
    ids=["summer time", "winter time"],
)
def test_nine_o_clock_stays_nine_o_clock(wijk: Wijk, before: str, after: str) -> None:
    theirs = _theirs(wijk, hours=ALL_DAYS)
    for one in map(moment, (before, after)):
        assert availability.times_on(theirs, one.date())[0].starts_at == one


# When somebody asks, and the first Monday time that is free then.
NOTICES = {
    "three hours of work before": ("2026-11-27 16:00", "Mon 30 Nov 11:00"),
    "on the Friday before, in time for the first": ("2026-11-27 13:59", "Mon 30 Nov 09:00"),
    "at the weekend: three hours on Monday": ("2026-11-28 20:00", None),
    "too late on the day itself": ("2026-11-30 09:00", None),
}


@pytest.mark.parametrize(("asked", "first"), NOTICES.values(), ids=NOTICES)
def test_no_appointment_begins_within_three_hours_of_work(wijk: Wijk, asked: str, first: str | None) -> None:
    wijk.now = moment(asked)
    assert next(iter(_free(wijk, _theirs(wijk))), None) == first


def test_no_time_is_offered_later_than_six_weeks_from_now(wijk: Wijk) -> None:
    theirs = _theirs(wijk)
    wijk.now = moment("2026-11-23 10:00")
    found = availability.free(wijk.session, wijk.now, [theirs], wijk.now + 2 * AHEAD)
    assert _clock(found)[-1] == "Mon 04 Jan 09:00"


def test_until_is_itself_too_late(wijk: Wijk) -> None:
    assert _free(wijk, _theirs(wijk), "2026-11-30 11:00") == ["Mon 30 Nov 09:00", "Mon 30 Nov 10:00"]


MORNING = ["Mon 30 Nov 09:00", "Mon 30 Nov 10:00", "Mon 30 Nov 11:00"]


def test_what_is_booked_is_free_no_more_and_what_is_cancelled_is_again(wijk: Wijk) -> None:
    theirs = _theirs(wijk)
    made = _book(wijk, theirs, "2026-11-30 10:00")
    assert _free(wijk, theirs) == [MORNING[0], MORNING[2]]
    assert appointments.cancel(wijk.session, wijk.now, made)
    assert _free(wijk, theirs) == MORNING


def test_the_pause_is_kept_on_both_sides_of_what_was_booked_with_another_length(wijk: Wijk) -> None:
    theirs = _theirs(wijk)
    _book(wijk, theirs, "2026-11-30 10:00")
    theirs.minutes, theirs.pause = 30, 0
    assert _free(wijk, theirs) == ["Mon 30 Nov 09:00", "Mon 30 Nov 09:30", "Mon 30 Nov 11:00", "Mon 30 Nov 11:30"]
    theirs.pause = 15
    assert _free(wijk, theirs) == ["Mon 30 Nov 09:00", "Mon 30 Nov 11:15"]
    theirs.pause = 30
    assert _free(wijk, theirs) == ["Mon 30 Nov 09:00"]


def test_no_more_in_a_day_than_somebody_wants(wijk: Wijk) -> None:
    theirs = _theirs(wijk, a_day=1)
    made = _book(wijk, theirs, "2026-11-30 10:00")
    assert _free(wijk, theirs) == []
    assert _free(wijk, theirs, "2026-12-08 00:00")[0] == "Mon 07 Dec 09:00"
    assert _free(wijk, theirs, but=made.id) == MORNING


def test_an_appointment_of_somebody_else_is_in_nobodys_way(wijk: Wijk) -> None:
    fatma, joop = _theirs(wijk), _theirs(wijk, wijk.member("Joop"))
    _book(wijk, fatma, "2026-11-30 10:00")
    assert _free(wijk, joop) == MORNING
    found = availability.free(wijk.session, wijk.now, [fatma, joop], moment("2026-12-01 00:00"))
    both, only = [fatma.member_id, joop.member_id], [joop.member_id]
    assert [one.member_id for one in found] == [*both, *only, *both]
    assert _clock(found) == [MORNING[0]] * 2 + [MORNING[1]] + [MORNING[2]] * 2


def test_of_nobody_nothing_is_free(wijk: Wijk) -> None:
    assert availability.free(wijk.session, wijk.now, []) == []


def test_who_gives_what_follows_from_the_role(wijk: Wijk) -> None:
    roles = {"Fatma": Role.WIJKVERBINDER, "Petra": Role.PROFESSIONAL, "Coby": Role.COORDINATOR}
    others = {"Ed": Role.ENERGY_COACH, "Vera": Role.VOLUNTEER}
    for name, role in {**roles, **others}.items():
        _theirs(wijk, wijk.member(name, role=role))

    def names(kind: AppointmentKind) -> list[str]:
        return [one.member.name for one in availability.of_kind(wijk.session, kind)]

    assert names(AppointmentKind.TALK) == [*roles]
    assert names(AppointmentKind.COACH) == ["Ed"]
    assert names(AppointmentKind.FITTING) == ["Vera"]


def test_who_left_or_cannot_be_reached_has_no_appointments(wijk: Wijk) -> None:
    fatma, joop, anna, wim = (_theirs(wijk, wijk.member(name)) for name in ("Fatma", "Joop", "Anna", "Wim"))
    joop.member.active = False
    wijk.lose(anna.member)
    wim.member.person = None
    wijk.session.flush()
    assert availability.of_kind(wijk.session, AppointmentKind.TALK) == [fatma]


def test_of_some_members_only(wijk: Wijk) -> None:
    fatma, joop = _theirs(wijk), _theirs(wijk, wijk.member("Joop"))
    assert availability.of_kind(wijk.session, AppointmentKind.TALK, [joop.member_id]) == [joop]
    assert availability.of_kind(wijk.session, AppointmentKind.TALK, []) == []
    assert availability.of_kind(wijk.session, AppointmentKind.COACH, [fatma.member_id]) == []


def test_who_gave_no_hours_yet_has_an_empty_availability_that_stays(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    theirs = availability.of(wijk.session, fatma)
    assert (theirs.hours, theirs.days_off, theirs.minutes, theirs.pause, theirs.a_day) == ([], [], 45, 15, 3)
    assert availability.of(wijk.session, fatma) is theirs
