"""What somebody sets about their appointments, as tables; and any presses in any order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import appointment_hours, availability
from actions.appointment_hours import GRID, DayIsOver, NotOnTheGrid, OutOfRange, Switch, hour_stands, in_words
from actions.opening_hours import local_day
from actions.team_settings import Hours, HoursUnclear, SettingRefused
from store.agenda_tables import Availability
from tests.actions.people import Wijk

TODAY = date(2026, 11, 23)


def _mine(notation: str = "") -> Availability:
    found = Availability(hours=[], days_off=[], minutes=45, pause=15, a_day=3)
    appointment_hours.set_hours(found, notation)
    return found


def _minutes(mine: Availability) -> set[tuple[int, int]]:
    """Every minute of the week on which there are appointments."""
    return {(day, minute) for one in mine.hours for day in one["days"] for minute in range(one["opens"], one["closes"])}


# --- hours ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "switched", "after"),
    [
        ("", [(1, 10)], "di 10-11"),
        ("", [(1, 10), (1, 11)], "di 10-12"),
        ("", [(1, 11), (1, 10)], "di 10-12"),
        ("", [(1, 10), (1, 12)], "di 10-11, di 12-13"),
        ("", [(1, 10), (1, 12), (1, 11)], "di 10-13"),
        ("", [(1, 10), (3, 10)], "di, do 10-11"),
        ("", [(0, 9), (6, 20)], "ma 9-10, zo 20-21"),
        ("", [(1, 10), (1, 10)], ""),
        ("di 10-12", [(1, 10)], "di 11-12"),
        ("di 10-12", [(1, 11)], "di 10-11"),
        ("di 10-13", [(1, 11)], "di 10-11, di 12-13"),
        ("di, do 10-12", [(1, 10)], "di 11-12, do 10-12"),
        ("di, do 10-12", [(1, 12)], "di 10-13, do 10-12"),
        ("di 9:30-12", [(1, 9)], "di 9-12"),
        ("di 9:30-12", [(1, 9), (1, 9)], "di 10-12"),
        ("di 9:30-12", [(1, 10)], "di 9:30-10, di 11-12"),
        ("di 9:30-9:45", [(1, 9)], "di 9-10"),
        ("di 9:15-9:30, di 9:40-10", [(1, 9)], "di 9-10"),
        ("di 7-10", [(1, 9)], "di 7-9"),
        ("di 20-24", [(1, 20)], "di 21-24"),
    ],
)
def test_an_hour_is_switched_and_the_rest_stays(before: str, switched: list[tuple[int, int]], after: str) -> None:
    mine = _mine(before)
    for day, hour in switched:
        appointment_hours.switch_hour(mine, day, hour)
    assert in_words(mine) == after


@pytest.mark.parametrize(
    ("hours", "hour", "stands"),
    [
        ("", 10, Switch.OFF),
        ("di 10-12", 10, Switch.ON),
        ("di 10-12", 12, Switch.OFF),
        ("di 9:30-12", 9, Switch.PARTLY),
        ("di 9:10-9:20, di 9:40-10", 9, Switch.PARTLY),
        ("di 9-9:30, di 9:30-10", 9, Switch.ON),
        ("wo 10-12", 10, Switch.OFF),
    ],
)
def test_how_an_hour_of_tuesday_stands(hours: str, hour: int, stands: Switch) -> None:
    assert hour_stands(_mine(hours), 1, hour) is stands


@pytest.mark.parametrize(("day", "hour"), [(-1, 10), (7, 10), (1, 8), (1, 21), (1, -1)])
def test_what_is_not_on_the_grid_is_refused(day: int, hour: int) -> None:
    mine = _mine("di 10-12")
    with pytest.raises(NotOnTheGrid, match=rf"days 0 to 6 from 9 to 20, not {day} at {hour}\."):
        appointment_hours.switch_hour(mine, day, hour)
    assert in_words(mine) == "di 10-12"


@pytest.mark.parametrize(
    ("written", "stored", "said"),
    [
        ("", [], ""),
        ("  ", [], ""),
        ("di 10-12, do 13-16", [([1], 600, 720), ([3], 780, 960)], "di 10-12, do 13-16"),
        ("dinsdag van 10.30 tot 12 uur", [([1], 630, 720)], "di 10:30-12"),
        ("do 13-16, di 10-12", [([1], 600, 720), ([3], 780, 960)], "di 10-12, do 13-16"),
        ("di 10-11, di 11-12", [([1], 600, 720)], "di 10-12"),
        ("di 10-12, do 10-12", [([1, 3], 600, 720)], "di, do 10-12"),
        ("ma-vr 9-17, wo 19-21", [([0, 1, 2, 3, 4], 540, 1020), ([2], 1140, 1260)], "ma-vr 9-17, wo 19-21"),
    ],
)
def test_hours_are_read_and_said_again(written: str, stored: list[tuple[list[int], int, int]], said: str) -> None:
    mine = _mine("zo 9-10")
    appointment_hours.set_hours(mine, written)
    assert mine.hours == [Hours(days=days, opens=opens, closes=closes) for days, opens, closes in stored]
    assert in_words(mine) == said


def test_hours_that_are_not_clear_are_refused_and_nothing_is_changed() -> None:
    mine = _mine("di 10-12")
    with pytest.raises(HoursUnclear, match="'altijd' is not"):
        appointment_hours.set_hours(mine, "altijd")
    assert in_words(mine) == "di 10-12"


presses = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(GRID)), max_size=20)
written = st.sampled_from(["", "ma-vr 9:30-12", "di 7-9:15, di 9:45-20:10", "zo 0-24", "wo 8:59-9:01"])


@given(written, presses)
def test_any_presses_leave_what_is_around_and_can_be_said_and_read_again(
    notation: str, switched: list[tuple[int, int]]
) -> None:
    mine = _mine(notation)
    for day, hour in switched:
        before, stood = _minutes(mine), hour_stands(mine, day, hour)
        pressed = {(day, minute) for minute in range(hour * 60, (hour + 1) * 60)}
        appointment_hours.switch_hour(mine, day, hour)
        assert _minutes(mine) == (before - pressed if stood is Switch.ON else before | pressed)
    again = _mine(in_words(mine))
    assert again.hours == mine.hours


@pytest.mark.parametrize(
    ("hours", "minutes", "short"),
    [("", 180, False), ("di 10-11", 60, False), ("di 10-11", 61, True), ("di 10-11, wo 9-12", 180, False)],
)
def test_hours_in_which_no_appointment_fits_are_noticed(hours: str, minutes: int, short: bool) -> None:
    mine = _mine(hours)
    appointment_hours.set_length(mine, minutes)
    assert appointment_hours.is_too_short(mine) is short
    assert appointment_hours.has_hours(mine, date(2026, 11, 24)) is bool(hours)


# --- length, pause, number ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "name", "least", "most", "remark"),
    [
        (appointment_hours.set_length, "minutes", 15, 180, "An appointment lasts 15 to 180 minutes, not"),
        (appointment_hours.set_pause, "pause", 0, 120, "Between two appointments are 0 to 120 minutes, not"),
        (appointment_hours.set_a_day, "a_day", 1, 12, "There can be 1 to 12 appointments a day, not"),
    ],
)
def test_numbers_have_limits(
    change: Callable[[Availability, int], None], name: str, least: int, most: int, remark: str
) -> None:
    mine = _mine()
    for good in (least, most):
        change(mine, good)
        assert getattr(mine, name) == good
    for wrong in (least - 1, most + 1):
        with pytest.raises(OutOfRange, match=f"{remark} {wrong}"):
            change(mine, wrong)
    assert getattr(mine, name) == most


def test_every_refusal_is_one_kind() -> None:
    assert all(issubclass(kind, SettingRefused) for kind in (OutOfRange, NotOnTheGrid, DayIsOver))


# --- days off -------------------------------------------------------------------------------------------------


def test_a_day_is_switched_off_and_on_again() -> None:
    mine = _mine()
    later, sooner = TODAY + timedelta(days=9), TODAY
    assert appointment_hours.switch_day_off(mine, later, TODAY)
    assert appointment_hours.switch_day_off(mine, sooner, TODAY)
    assert mine.days_off == ["2026-11-23", "2026-12-02"]
    assert appointment_hours.days_off(mine, TODAY) == [sooner, later]
    assert not appointment_hours.switch_day_off(mine, later, TODAY)
    assert mine.days_off == ["2026-11-23"]


@pytest.mark.parametrize("off", [True, False])
def test_what_is_set_twice_is_set_once(off: bool) -> None:
    mine = _mine()
    for _ in range(2):
        appointment_hours.set_day_off(mine, TODAY, TODAY, off=off)
    assert mine.days_off == (["2026-11-23"] if off else [])


def test_days_that_are_over_are_not_shown_and_forgotten_with_the_next_change() -> None:
    mine = _mine()
    mine.days_off = ["2026-11-22", "2026-11-30"]
    assert appointment_hours.days_off(mine, TODAY) == [date(2026, 11, 30)]
    appointment_hours.set_day_off(mine, TODAY, TODAY, off=True)
    assert mine.days_off == ["2026-11-23", "2026-11-30"]


def test_a_day_that_is_over_is_refused() -> None:
    mine = _mine()
    with pytest.raises(DayIsOver, match="2026-11-22 is over"):
        appointment_hours.switch_day_off(mine, TODAY - timedelta(days=1), TODAY)
    assert mine.days_off == []


# --- in the database ------------------------------------------------------------------------------------------


def test_what_is_set_is_kept_and_gives_the_times(wijk: Wijk) -> None:
    mine = availability.of(wijk.session, wijk.member("Fatma"))
    tuesday = local_day(wijk.now) + timedelta(days=1)
    for hour in (10, 11):
        appointment_hours.switch_hour(mine, tuesday.weekday(), hour)
    appointment_hours.set_length(mine, 60)
    appointment_hours.set_pause(mine, 0)
    wijk.session.flush()
    wijk.session.expire(mine)
    assert in_words(mine) == "di 10-12"
    assert len(availability.times_on(mine, tuesday)) == 2
    appointment_hours.switch_day_off(mine, tuesday, local_day(wijk.now))
    wijk.session.flush()
    wijk.session.expire(mine)
    assert not availability.times_on(mine, tuesday)
