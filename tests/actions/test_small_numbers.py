"""Small numbers stay hidden, whatever is subtracted from whatever: an attacker who asks everything finds nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, combinations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import small_numbers, weeks
from actions.figures import Hidden, Period
from actions.small_numbers import FEWEST, PeriodRefused, floored, released, share, shown, whole_weeks
from actions.statistics_names import Names
from actions.statistics_requests import handoffs
from actions.statistics_talks import funnel, talks, without_person
from actions.statistics_times import times
from store.database import Database
from store.tables import Event
from tests.actions.counted import MONDAY, NOW, happen
from tests.actions.people import moment
from tests.store.shared import empty

SMALL = Hidden.SMALL
WEEKS = 4
MONDAYS = [date(2026, 11, 2) + number * timedelta(days=7) for number in range(WEEKS + 1)]
PERIODS = [Period(first, until) for first, until in combinations(MONDAYS, 2)]
WIJKEN = ("smitsveen", "de_eng", "")
FIGURES = (talks, handoffs, partial(funnel, names=Names()), without_person)
Question = tuple[Period, str | None]
Cells = Mapping[tuple[object, ...], int]
Answers = Mapping[Question, Cells]
"""What the figures show over each period of each wijk (None: all of them), per cell."""

# --- the attack -------------------------------------------------------------------------------------------------


def found(answers: Answers) -> Iterator[tuple[object, ...]]:
    """Everything under `FEWEST` that comes out of subtracting wijken from all, and periods from longer ones."""
    places = list(chain.from_iterable(combinations(WIJKEN, size) for size in range(len(WIJKEN) + 1)))
    for cell in {cell for cells in answers.values() for cell in cells}:
        for outside in places:
            rests = {period: _without(answers, period, cell, outside) for period in PERIODS}
            for longer, shorter in product(PERIODS, [None, *PERIODS]):
                if shorter is None or (longer.first <= shorter.first and shorter.until <= longer.until):
                    left = rests[longer] - (rests[shorter] if shorter else 0)
                    if 0 < abs(left) < 5:
                        yield cell, outside, longer, shorter, left


def _without(answers: Answers, period: Period, cell: tuple[object, ...], wijken: Sequence[str]) -> int:
    """Of all wijken, without some."""
    return answers[period, None].get(cell, 0) - sum(answers[period, wijk].get(cell, 0) for wijk in wijken)


def _asked(session: Session) -> Answers:
    """Everything that can be asked; what is hidden is nothing, as whoever knows the rule can tell."""
    answers: dict[Question, Cells] = {}
    for period, wijk in product(PERIODS, (None, *WIJKEN)):
        told = weeks.told(session, period, wijk)
        answers[period, wijk] = {
            (table.key, column.name, *(one for one in row if isinstance(one, str))): cell
            for table in (figure(told) for figure in FIGURES)
            for row in table.rows
            for column, cell in zip(table.columns, row, strict=True)
            if isinstance(cell, int) and not column.unit
        }
    return answers


# --- the world --------------------------------------------------------------------------------------------------

World = Mapping[tuple[int, str, str], int]
"""How often what happened in a week (its number) and a wijk."""
KINDS: Mapping[str, tuple[str, str]] = {
    "talk": ("talk_started", ""),
    "crisis": ("requested", "crisis"),
    "normal": ("requested", "normal"),
    "seen": ("asked", "pen_fits"),
    "topic": ("with_topic", ""),
}
PARTS: Mapping[str, tuple[str, str]] = {"seen": ("answered", "pen_fits"), "topic": ("passed_on", "")}
PLACES = list(product(range(WEEKS), WIJKEN, KINDS))
worlds = st.lists(st.integers(0, 7), min_size=len(PLACES), max_size=len(PLACES)).map(
    lambda counts: dict(zip(PLACES, counts, strict=True))
)


def _make(session: Session, world: World) -> None:
    """Put it into the database; of what is seen or has a topic, two of three go on."""
    number = 0
    for (week, wijk, kind), count in world.items():
        at = MONDAY + timedelta(days=7 * week, hours=10)
        for _ in range(count):
            number += 1
            happen(session, 1, *KINDS[kind], at=at, wijk=wijk or None, request_id=number)
        if kind in PARTS:
            happen(session, count * 2 // 3, *PARTS[kind], at=at, wijk=wijk or None)
    session.flush()
    weeks.settle(session, NOW)


ONE_HOUSEHOLD: World = {(0, "smitsveen", "talk"): 7, (1, "smitsveen", "talk"): 1, (2, "smitsveen", "talk"): 6}
"""In the second week one household of Smitsveen began a talk."""
ONE_WIJK: World = {(0, "smitsveen", "talk"): 8, (0, "de_eng", "talk"): 3}


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds)
def test_nobody_is_found_by_comparing_periods_and_wijken(shared_sqlite: Database, world: World) -> None:
    empty(shared_sqlite)
    with shared_sqlite.transaction() as session:
        _make(session, world)
        assert list(found(_asked(session))) == []


@pytest.mark.parametrize("world", [ONE_HOUSEHOLD, ONE_WIJK])
def test_nobody_is_found_where_looser_rules_let_them_be(shared_sqlite: Database, world: World) -> None:
    empty(shared_sqlite)
    with shared_sqlite.transaction() as session:
        _make(session, world)
        assert list(found(_asked(session))) == []


@pytest.mark.parametrize("world", [ONE_HOUSEHOLD, ONE_WIJK])
def test_somebody_is_found_when_parts_grow_by_less(
    shared_sqlite: Database, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    empty(shared_sqlite)
    monkeypatch.setattr(small_numbers, "FEWEST", 1)
    with shared_sqlite.transaction() as session:
        _make(session, world)
        assert list(found(_asked(session)))


@pytest.mark.parametrize("world", [ONE_HOUSEHOLD, ONE_WIJK])
def test_somebody_is_found_when_small_numbers_are_hidden_but_others_are_exact(world: World) -> None:
    """The usual rule, whole weeks and nothing under 5: it is not enough."""
    answers: dict[Question, Cells] = {}
    for period, wijk in product(PERIODS, (None, *WIJKEN)):
        within = range((period.first - MONDAYS[0]).days // 7, (period.until - MONDAYS[0]).days // 7)
        count = sum(n for (week, of, _), n in world.items() if week in within and wijk in (None, of))
        answers[period, wijk] = {("talks",): count} if count >= FEWEST else {}
    assert list(found(answers))


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds)
def test_times_are_reckoned_over_exactly_the_requests_that_are_told(shared_sqlite: Database, world: World) -> None:
    empty(shared_sqlite)
    with shared_sqlite.transaction() as session:
        _make(session, world)
        for period, wijk in product(PERIODS, (None, *WIJKEN)):
            counts = [row[1] for row in times(session, NOW, period, wijk).rows]
            assert counts == [row[1] for row in handoffs(weeks.told(session, period, wijk)).rows]


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds)
def test_no_more_than_four_of_a_part_wait_to_be_told(shared_sqlite: Database, world: World) -> None:
    empty(shared_sqlite)
    with shared_sqlite.transaction() as session:
        _make(session, world)
        began = select(func.count()).where(Event.name == weeks.TALK)
        for wijk in WIJKEN:
            happened = session.scalar(began.where(func.coalesce(Event.wijk, "") == wijk)) or 0
            told = weeks.told(session, Period(MONDAYS[0], MONDAYS[-1]), wijk).of(weeks.TALK)
            assert happened - 4 <= told <= happened


# --- the rules one by one ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rest", "came", "then"),
    [(0, 0, (0, 0)), (0, 4, (0, 4)), (0, 5, (5, 0)), (4, 1, (5, 0)), (3, 1, (0, 4)), (4, 40, (44, 0))],
)
def test_a_part_grows_when_enough_came_together(rest: int, came: int, then: tuple[int, int]) -> None:
    assert released(rest, came) == then


@pytest.mark.parametrize(("count", "cell"), [(0, SMALL), (4, SMALL), (5, 5), (6, 6)])
def test_under_five_is_not_shown(count: int, cell: object) -> None:
    assert shown(count) == cell


@pytest.mark.parametrize(("count", "cell"), [(0, SMALL), (4, SMALL), (5, 5), (9, 5), (10, 10)])
def test_what_is_of_today_is_told_in_steps_of_five(count: int, cell: object) -> None:
    assert floored(count) == cell


SHARES = [(10, 20, 50), (9, 19, SMALL), (5, 20, 25), (4, 20, SMALL), (15, 20, 75), (16, 20, SMALL), (20, 20, SMALL)]


@pytest.mark.parametrize(("part", "whole", "cell"), SHARES)
def test_a_share_of_few_or_with_a_hidden_side_is_not_shown(part: int, whole: int, cell: object) -> None:
    assert share(part, whole) == cell


PERIODS_ASKED = {
    "a month, without the days of weeks that lie half in it": ("2026-11-01", "2026-12-01", "2026-11-02", "2026-11-30"),
    "a Monday is a beginning": ("2026-11-02", "2026-11-09", "2026-11-02", "2026-11-09"),
    "a Tuesday is not": ("2026-11-03", "2026-11-16", "2026-11-09", "2026-11-16"),
    "a few days hold no week": ("2026-11-03", "2026-11-06", "2026-11-02", "2026-11-02"),
    "the last week may still change": ("2026-11-02", "2027-01-01", "2026-11-02", "2026-11-30"),
    "the future": ("2027-03-01", "2027-04-01", "2026-11-30", "2026-11-30"),
    "all days that there are": ("0001-01-01", "9999-12-31", "0001-01-01", "2026-11-30"),
    "the last day that there is": ("9999-12-30", "9999-12-31", "2026-11-30", "2026-11-30"),
    "the first day that there is": ("0001-01-01", "0001-01-02", "0001-01-01", "0001-01-01"),
}


@pytest.mark.parametrize(("first", "until", "begins", "ends"), PERIODS_ASKED.values(), ids=PERIODS_ASKED)
def test_a_period_is_the_whole_weeks_in_it_that_are_over(first: str, until: str, begins: str, ends: str) -> None:
    asked = Period(date.fromisoformat(first), date.fromisoformat(until))
    assert whole_weeks(asked, NOW) == Period(date.fromisoformat(begins), date.fromisoformat(ends))


SETTLED: list[tuple[str, str]] = [("2026-12-02 23:59:59", "2026-11-23"), ("2026-12-03 00:00:00", "2026-11-30")]


@pytest.mark.parametrize(("now", "until"), SETTLED)
def test_a_week_is_told_three_days_after_it_ended(now: str, until: str) -> None:
    asked = Period(date(2026, 11, 2), date(2027, 1, 1))
    assert whole_weeks(asked, moment(now)).until == date.fromisoformat(until)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PeriodRefused, match="Kies een latere einddatum"):
        whole_weeks(Period(date(2026, 11, 9), date(2026, 11, 2)), datetime.fromisoformat("2026-12-03T12:00+00:00"))
