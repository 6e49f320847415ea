"""Open now, and when it opens next: tables of moments, both changes of the clock, and properties of any rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from actions.opening_hours import AMSTERDAM, MIDNIGHT, Opening, is_holiday, is_open, opens_next

EVERY = frozenset(range(7))
OFFICE = Opening(frozenset({0, 1, 3}), 9 * 60, 17 * 60)
ALWAYS = Opening(EVERY, 0, MIDNIGHT)
NIGHT = Opening(EVERY, 150, 4 * 60)


def _at(text: str, fold: int = 0) -> datetime:
    """A moment by the Dutch clock; `fold` 1 is the second of two equal times."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("rules", "moment", "expected"),
    [
        ([OFFICE], "2026-11-23T08:59", False),
        ([OFFICE], "2026-11-23T09:00", True),
        ([OFFICE], "2026-11-23T16:59", True),
        ([OFFICE], "2026-11-23T17:00", False),
        ([OFFICE], "2026-11-25T12:00", False),
        ([], "2026-11-23T12:00", False),
        ([ALWAYS], "2026-11-23T23:59", True),
        ([ALWAYS], "2026-03-29T03:00", True),
        ([OFFICE, NIGHT], "2026-11-25T03:00", True),
        ([Opening(EVERY, 540, 1020, valid_from=date(2026, 12, 1))], "2026-11-30T12:00", False),
        ([Opening(EVERY, 540, 1020, valid_from=date(2026, 12, 1))], "2026-12-01T12:00", True),
        ([Opening(EVERY, 540, 1020, valid_to=date(2026, 11, 30))], "2026-11-30T12:00", True),
        ([Opening(EVERY, 540, 1020, valid_to=date(2026, 11, 30))], "2026-12-01T12:00", False),
        ([Opening(EVERY, 540, 1020, closed_on_holidays=True)], "2026-12-25T12:00", False),
        ([Opening(EVERY, 540, 1020)], "2026-12-25T12:00", True),
        ([NIGHT], "2026-03-29T03:00", True),
        ([Opening(EVERY, 130, 170)], "2026-03-29T03:00", False),
    ],
)
def test_it_is_open_or_not(rules: list[Opening], moment: str, expected: bool) -> None:
    assert is_open(rules, _at(moment)) is expected


@pytest.mark.parametrize(
    ("rules", "moment", "expected"),
    [
        ([OFFICE], "2026-11-23T08:00", "2026-11-23T09:00"),
        ([OFFICE], "2026-11-23T12:00", None),
        ([OFFICE], "2026-11-23T17:00", "2026-11-24T09:00"),
        ([OFFICE], "2026-11-26T18:00", "2026-11-30T09:00"),
        ([Opening(frozenset({0}), 540, 1020, closed_on_holidays=True)], "2026-04-05T12:00", "2026-04-13T09:00"),
        ([Opening(EVERY, 540, 1020, valid_from=date(2027, 5, 1))], "2026-11-23T12:00", "2027-05-01T09:00"),
        ([Opening(EVERY, 540, 1020, valid_to=date(2026, 11, 1))], "2026-11-23T12:00", None),
        ([], "2026-11-23T12:00", None),
        ([ALWAYS], "2026-11-23T12:00", None),
        ([NIGHT], "2026-03-29T01:59", "2026-03-29T03:00"),
        ([Opening(EVERY, 130, 170)], "2026-03-29T01:00", "2026-03-30T02:10"),
        ([OFFICE], "2026-10-25T12:00", "2026-10-26T09:00"),
    ],
)
def test_it_opens_next(rules: list[Opening], moment: str, expected: str | None) -> None:
    assert opens_next(rules, _at(moment)) == (_at(expected) if expected else None)


def test_in_autumn_an_hour_that_comes_twice_counts_the_first_time() -> None:
    rule = [Opening(EVERY, 150, 180)]
    assert [is_open(rule, _at(time, fold)) for time, fold in (("2026-10-25T02:30", 0), ("2026-10-25T02:30", 1))] == [
        True,
        True,
    ]
    until_half_past = [Opening(EVERY, 60, 150)]
    assert is_open(until_half_past, _at("2026-10-25T02:15"))
    assert not is_open(until_half_past, _at("2026-10-25T02:15", fold=1))


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 4, 27), True), (date(2026, 12, 26), True), (date(2026, 5, 5), False), (date(2025, 5, 5), True)],
)
def test_the_dutch_holidays_are_known(day: date, expected: bool) -> None:
    assert is_holiday(day) is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (ALWAYS, True),
        (OFFICE, False),
        (Opening(EVERY, 0, MIDNIGHT, closed_on_holidays=True), False),
        (Opening(EVERY, 0, MIDNIGHT, valid_to=date(2026, 1, 1)), False),
    ],
)
def test_day_and_night_is_without_any_limit(rule: Opening, expected: bool) -> None:
    assert rule.always is expected


@st.composite
def _openings(draw: st.DrawFn) -> Opening:
    opens = draw(st.integers(0, MIDNIGHT - 1))
    return Opening(
        days=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        opens=opens,
        closes=draw(st.integers(opens + 1, MIDNIGHT)),
        valid_from=draw(st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1))),
        valid_to=draw(st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 1))),
        closed_on_holidays=draw(st.booleans()),
    )


_schedules = st.lists(_openings(), max_size=3)
_ordinary = st.timedeltas(timedelta(0), timedelta(days=500)).map(lambda since: datetime(2026, 1, 1, tzinfo=UTC) + since)
_around_changes = st.sampled_from([datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]).flatmap(
    lambda day: st.timedeltas(timedelta(0), timedelta(hours=4)).map(lambda since: day + since)
)
_moments = _ordinary | _around_changes


@given(_schedules, _moments)
@example([NIGHT], _at("2026-03-29T03:00"))
def test_open_is_what_the_clock_on_the_wall_says(schedules: list[Opening], now: datetime) -> None:
    wall = now.astimezone(AMSTERDAM)
    if wall.replace(fold=1).utcoffset() != wall.replace(fold=0).utcoffset():
        return  # the hour that comes twice has a test of its own
    minutes = wall.hour * 60 + wall.minute
    says = any(rule.holds_on(wall.date()) and rule.opens <= minutes < rule.closes for rule in schedules)
    assert is_open(schedules, now) is says


@given(_schedules, _moments)
def test_what_opens_next_is_closed_until_then_and_open_from_then(schedules: list[Opening], now: datetime) -> None:
    opens = opens_next(schedules, now)
    if opens is None:
        return
    assert not is_open(schedules, now) and opens > now
    assert is_open(schedules, opens) and not is_open(schedules, opens - timedelta(seconds=1))
    between = (now + (opens - now) * share / 50 for share in range(50))
    assert not any(is_open(schedules, moment) for moment in between)


@given(_schedules, _moments, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_nothing_opens_before_it_was_foretold(schedules: list[Opening], now: datetime, later: timedelta) -> None:
    if is_open(schedules, now + later):
        opens = opens_next(schedules, now)
        assert is_open(schedules, now) or (opens is not None and opens <= now + later)
