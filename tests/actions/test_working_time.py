"""Working hours as a clock: tables reckoned by hand, both changes of the clock, and properties of any hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.opening_hours import AMSTERDAM, MIDNIGHT, Opening, is_holiday, is_open, local_day, periods
from actions.working_time import DAY, OFFICE, NoWorkingTime, _of_day, between, hours_of, later
from store.tables import Member

EVERY = frozenset(range(7))
HOUR = timedelta(hours=1)
TUESDAY_MORNING = (Opening(frozenset({1}), 9 * 60, 12 * 60, closed_on_holidays=True),)
NIGHT = (Opening(EVERY, 0, 6 * 60),)
OVER_MIDNIGHT = (Opening(EVERY, 22 * 60, 30 * 60),)
TWICE = (Opening(frozenset(range(5)), 9 * 60, 13 * 60), Opening(frozenset(range(5)), 11 * 60, 17 * 60))
AFTERNOON_FIRST = (Opening(EVERY, 13 * 60, 17 * 60), Opening(EVERY, 9 * 60, 12 * 60))
Hours = tuple[Opening, ...]


def _at(text: str, fold: int = 0) -> datetime:
    """A moment by the Dutch clock; `fold` 1 is the second of two equal times."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold).astimezone(UTC)


WORKED: dict[str, tuple[Hours, str, float, str]] = {
    "within a day": (OFFICE, "2026-11-23 10:00", 3, "2026-11-23 13:00"),
    "to the last minute": (OFFICE, "2026-11-23 09:00", 8, "2026-11-23 17:00"),
    "to the next day": (OFFICE, "2026-11-23 16:00", 2, "2026-11-24 10:00"),
    "over a weekend": (OFFICE, "2026-11-27 15:00", 4, "2026-11-30 11:00"),
    "begun on a Saturday": (OFFICE, "2026-11-28 12:00", 1, "2026-11-30 10:00"),
    "begun before hours": (OFFICE, "2026-11-23 03:00", 1, "2026-11-23 10:00"),
    "begun after hours": (OFFICE, "2026-11-23 17:00", 1, "2026-11-24 10:00"),
    "nothing, within hours": (OFFICE, "2026-11-23 10:00", 0, "2026-11-23 10:00"),
    "nothing, outside hours": (OFFICE, "2026-11-28 12:00", 0, "2026-11-30 09:00"),
    "from Good Friday to Easter Monday": (OFFICE, "2026-04-02 16:00", 2, "2026-04-07 10:00"),
    "Easter 2027, when the clock changes too": (OFFICE, "2027-03-25 16:00", 2, "2027-03-30 10:00"),
    "at Christmas": (OFFICE, "2026-12-24 16:00", 9, "2026-12-28 17:00"),
    "at New Year": (OFFICE, "2026-12-31 16:00", 2, "2027-01-04 10:00"),
    "on King's Day": (OFFICE, "2026-04-24 16:00", 2, "2026-04-28 10:00"),
    "on King's Day 2027": (OFFICE, "2027-04-26 16:00", 2, "2027-04-28 10:00"),
    "when the clock goes forward": (OFFICE, "2026-03-27 16:00", 2, "2026-03-30 10:00"),
    "when the clock goes back": (OFFICE, "2026-10-23 16:00", 2, "2026-10-26 10:00"),
    "when the clock goes back in 2027": (OFFICE, "2027-10-29 16:00", 2, "2027-11-01 10:00"),
    "in the night in which the clock goes forward": (NIGHT, "2026-03-29 01:00", 3, "2026-03-29 05:00"),
    "the same in 2027": (NIGHT, "2027-03-28 00:00", 5, "2027-03-28 06:00"),
    "in the night in which the clock goes back": (NIGHT, "2026-10-25 01:00", 6, "2026-10-25 06:00"),
    "the same as well in 2027": (NIGHT, "2027-10-31 00:00", 7, "2027-10-31 06:00"),
    "a night of seven hours over midnight": (OVER_MIDNIGHT, "2026-03-28 22:00", 7, "2026-03-29 06:00"),
    "a night of nine hours over midnight": (OVER_MIDNIGHT, "2027-10-30 22:00", 9, "2027-10-31 06:00"),
    "begun after the midnight of such a night": (OVER_MIDNIGHT, "2026-11-24 02:00", 5, "2026-11-24 23:00"),
    "only on Tuesday morning": (TUESDAY_MORNING, "2026-11-24 11:00", 3, "2026-12-01 11:00"),
    "only on Tuesday morning, asked on Wednesday": (TUESDAY_MORNING, "2026-11-25 10:00", 1, "2026-12-01 10:00"),
    "what overlaps counts once": (TWICE, "2026-11-23 09:00", 8, "2026-11-23 17:00"),
    "the afternoon written before the morning": (AFTERNOON_FIRST, "2026-11-23 09:00", 4, "2026-11-23 14:00"),
    "day and night": ((Opening(EVERY, 0, MIDNIGHT),), "2026-10-24 12:00", 25, "2026-10-25 12:00"),
}


@pytest.mark.parametrize(("hours", "start", "worked", "end"), WORKED.values(), ids=WORKED)
def test_the_clock_runs_only_while_somebody_is_at_work(hours: Hours, start: str, worked: float, end: str) -> None:
    assert later(hours, _at(start), worked * HOUR) == _at(end)
    assert between(hours, _at(start), _at(end)) == worked * HOUR


BETWEEN: dict[str, tuple[Hours, str, str, float]] = {
    "a whole week": (OFFICE, "2026-11-23 00:00", "2026-11-30 00:00", 40),
    "a week with a holiday": (OFFICE, "2026-04-27 00:00", "2026-05-04 00:00", 32),
    "a weekend": (OFFICE, "2026-11-27 17:00", "2026-11-30 09:00", 0),
    "an evening": (OFFICE, "2026-11-23 18:00", "2026-11-23 22:00", 0),
    "Good Friday to Easter Monday": (OFFICE, "2026-04-02 17:00", "2026-04-07 09:00", 0),
    "from before hours to after them": (OFFICE, "2026-11-23 06:00", "2026-11-23 23:00", 8),
    "the wrong way round": (OFFICE, "2026-11-24 12:00", "2026-11-23 12:00", 0),
    "the wrong way round, by a year": (OFFICE, "2027-11-24 12:00", "2026-11-23 12:00", 0),
    "no time at all": (OFFICE, "2026-11-23 12:00", "2026-11-23 12:00", 0),
    "two hours that overlap": (TWICE, "2026-11-23 10:00", "2026-11-23 14:00", 4),
    "a year and a half, with thirteen holidays in the week": (OFFICE, "2025-12-29 00:00", "2027-06-28 00:00", 3016),
    "when nobody ever works": ((), "2026-11-23 00:00", "2027-11-23 00:00", 0),
}


@pytest.mark.parametrize(("hours", "start", "end", "worked"), BETWEEN.values(), ids=BETWEEN)
def test_there_is_so_much_work_between_two_moments(hours: Hours, start: str, end: str, worked: float) -> None:
    assert between(hours, _at(start), _at(end)) == worked * HOUR


def test_the_second_of_two_equal_hours_is_work_as_well() -> None:
    assert between(NIGHT, _at("2026-10-25 02:30"), _at("2026-10-25 02:30", fold=1)) == HOUR


@pytest.mark.parametrize(
    ("start", "worked", "end"),
    [("2026-03-29 01:30", 1, "2026-03-29 03:30"), ("2026-10-25 01:30", 2, "2026-10-25 02:30")],
)
def test_a_moment_by_the_dutch_clock_is_reckoned_with_as_one_in_utc(start: str, worked: int, end: str) -> None:
    local = datetime.fromisoformat(start).replace(tzinfo=AMSTERDAM)
    reached = later(NIGHT, local, worked * HOUR)
    assert reached == _at(end, fold=1) and reached.tzinfo is UTC
    assert between(NIGHT, local, reached.astimezone(AMSTERDAM)) == worked * HOUR


def test_who_works_an_hour_a_week_gets_there_after_more_than_a_year() -> None:
    hour = (Opening(frozenset({1}), 9 * 60, 10 * 60, closed_on_holidays=True),)
    assert later(hour, _at("2026-11-23 12:00"), 15 * DAY) == _at("2029-03-20 10:00")


@pytest.mark.parametrize(
    "hours",
    [
        (),
        (Opening(frozenset(), 0, MIDNIGHT),),
        (Opening(EVERY, 600, 600),),
        (Opening(EVERY, 600, 660, valid_to=_at("2026-11-01 00:00").date()),),
        (Opening(EVERY, 600, 660, valid_from=_at("2028-11-01 00:00").date()),),
    ],
)
def test_without_work_for_more_than_a_year_there_is_no_such_moment(hours: Hours) -> None:
    with pytest.raises(NoWorkingTime, match="no 1:00:00 of work after 2026-11-23T09:00"):
        later(hours, datetime(2026, 11, 23, 9, tzinfo=UTC), HOUR)


@pytest.mark.parametrize("member", [None, Member(name="Fatma"), Member(name="Fatma", hours=[])])
def test_who_gave_no_hours_works_office_hours(member: Member | None) -> None:
    assert hours_of(member) == OFFICE


def test_who_gave_hours_works_those_and_not_on_holidays() -> None:
    given_hours: list[dict[str, Any]] = [{"days": [1], "opens": 540, "closes": 720}]
    assert hours_of(Member(name="Fatma", hours=given_hours)) == TUESDAY_MORNING


def test_a_day_is_reckoned_once_however_often_it_is_asked_for() -> None:
    """Both are asked for at every message of a case: a year of them must cost about a millisecond."""
    start = _at("2026-11-23 12:00")
    _of_day.cache_clear()
    for _ in range(50):
        assert between(OFFICE, start, later(OFFICE, start, 250 * DAY)) == 250 * DAY
    assert _of_day.cache_info().misses < 400


# --- any hours ------------------------------------------------------------------------------------------------

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
amounts = st.integers(0, 60 * 60).map(lambda minutes: timedelta(minutes=minutes))
openings = st.builds(
    Opening,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, MIDNIGHT - 60).map(lambda minutes: minutes // 5 * 5),
    st.sampled_from([MIDNIGHT, 28 * 60]),
    closed_on_holidays=st.booleans(),
)
short = st.builds(
    lambda days, opens, length, closed: Opening(days, opens, opens + length, closed_on_holidays=closed),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, MIDNIGHT),
    st.integers(60, 10 * 60),
    st.booleans(),
)
schedules = st.one_of(st.just(OFFICE), st.lists(st.one_of(openings, short), min_size=1, max_size=3).map(tuple))


@given(schedules, moments, amounts)
def test_what_is_worked_until_a_later_moment_is_what_was_asked(
    hours: Hours, start: datetime, worked: timedelta
) -> None:
    assert between(hours, start, later(hours, start, worked)) == worked


@given(schedules, moments, moments, amounts, amounts)
def test_a_later_start_or_more_work_never_ends_earlier(
    hours: Hours, one: datetime, other: datetime, less: timedelta, more: timedelta
) -> None:
    (first, second), (less, more) = sorted((one, other)), sorted((less, more))
    assert first <= later(hours, first, less) <= later(hours, first, more) <= later(hours, second, more)


@given(schedules, moments, amounts)
def test_it_never_ends_outside_hours(hours: Hours, start: datetime, worked: timedelta) -> None:
    end = later(hours, start, worked)
    days = (local_day(end) - timedelta(days=1), local_day(end))
    assert any(opens <= end <= closes for day in days for opens, closes in periods(hours, day))


@given(schedules, st.lists(moments, min_size=3, max_size=3).map(sorted))
def test_the_parts_of_a_time_add_up(hours: Hours, times: list[datetime]) -> None:
    start, middle, end = times
    assert between(hours, start, middle) + between(hours, middle, end) == between(hours, start, end)


@given(moments, st.integers(0, 40 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)))
def test_it_is_as_much_as_there_are_minutes_at_which_it_is_open(start: datetime, lasts: timedelta) -> None:
    """Reckoned in another way: a quarter of an hour at a time."""
    start, quarter = start.replace(minute=0), timedelta(minutes=15)
    quarters = lasts // quarter
    open_ones = sum(is_open(OFFICE, start + number * quarter) for number in range(quarters))
    assert between(OFFICE, start, start + quarters * quarter) == open_ones * quarter


@given(moments)
def test_at_the_office_nobody_works_on_a_holiday_or_in_the_weekend(moment: datetime) -> None:
    day = moment.astimezone(AMSTERDAM).date()
    midnight = datetime.combine(day, datetime.min.time(), AMSTERDAM)
    tomorrow = datetime.combine(day + timedelta(days=1), datetime.min.time(), AMSTERDAM)
    works = day.weekday() < 5 and not is_holiday(day)
    assert between(OFFICE, midnight, tomorrow) == (DAY if works else timedelta())
