"""What somebody would like, and what it becomes when they say more."""

from __future__ import annotations

from datetime import date, time

import pytest

from actions.time_wishes import ALL_DAYS, TimeWish
from tests.actions.people import moment

NEXT_WEEK = TimeWish(first=date(2026, 11, 30), last=date(2026, 12, 6))
TUESDAY = TimeWish(frozenset({1}), date(2026, 11, 24), date(2026, 12, 1))
NO_FRIDAY, NO_TUESDAY = TimeWish(ALL_DAYS - {4}), TimeWish(ALL_DAYS - {1})
AFTERNOON, MORNING = TimeWish(after=time(12), before=time(18)), TimeWish(before=time(12))
WEDNESDAY = TimeWish(frozenset({2}), date(2026, 11, 25), date(2026, 11, 25))


@pytest.mark.parametrize(
    ("before", "more", "becomes"),
    [
        (NEXT_WEEK, TUESDAY, TimeWish(frozenset({1}), date(2026, 11, 30), date(2026, 12, 1))),
        (NO_FRIDAY, NO_TUESDAY, TimeWish(ALL_DAYS - {1, 4})),
        (TUESDAY, AFTERNOON, TimeWish(frozenset({1}), TUESDAY.first, TUESDAY.last, time(12), time(18))),
        (AFTERNOON, MORNING, MORNING),
        (AFTERNOON, TUESDAY, TimeWish(frozenset({1}), TUESDAY.first, TUESDAY.last, time(12), time(18))),
        (TUESDAY, WEDNESDAY, WEDNESDAY),
        (WEDNESDAY, NEXT_WEEK, NEXT_WEEK),
        (TUESDAY, TimeWish(), TimeWish()),
    ],
)
def test_what_is_said_later_adds_to_the_wish_or_takes_its_place(
    before: TimeWish, more: TimeWish, becomes: TimeWish
) -> None:
    assert before.refined(more) == becomes


@pytest.mark.parametrize("wish", [TimeWish(), NEXT_WEEK, TUESDAY, NO_FRIDAY, AFTERNOON, WEDNESDAY])
def test_a_wish_is_kept_as_it_was(wish: TimeWish) -> None:
    assert TimeWish.from_json(wish.as_json()) == wish


@pytest.mark.parametrize(
    ("wish", "at", "fits"),
    [
        (AFTERNOON, "2026-11-24T12:00", True),
        (AFTERNOON, "2026-11-24T18:00", False),
        (MORNING, "2026-11-24T11:59", True),
        (NEXT_WEEK, "2026-12-06T23:59", True),
        (NEXT_WEEK, "2026-12-07T00:00", False),
        (TUESDAY, "2026-11-25T10:00", False),
    ],
)
def test_a_time_fits_by_the_dutch_clock(wish: TimeWish, at: str, fits: bool) -> None:
    assert wish.fits(moment(at)) is fits
