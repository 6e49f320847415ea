"""The honest waiting time: small worlds reckoned by hand, on Monday 23 November 2026 at noon in the Netherlands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from actions.opening_hours import AMSTERDAM
from actions.waiting_time import FAST, FEWEST, SLOW, WINDOW, Wait, Waiting, _days_ahead, expected, reached
from actions.working_time import DAY, OFFICE, later
from store.states import Outcome, RequestState, Urgency
from store.tables import Request, RequestChange
from tests.actions.people import Wijk

State = RequestState


def _at(text: str) -> datetime:
    """A moment by the Dutch clock."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


NOW = _at("2026-11-23 12:00")
MONDAY = _at("2026-11-09 09:00")
"""Ten working days and three hours before now."""


def _asked(world: Wijk, at: datetime, **other: Any) -> None:
    values = {"urgency": Urgency.NORMAL, "state": State.OFFERED, "wijk": "smitsveen", **other}
    world.session.add(
        Request(
            person_id=world.person().id,
            topics="draught",
            reach="here",
            by_whom="own_wijk",
            summary="Tocht.",
            requested_at=at,
            waiting_since=at,
            **values,
        )
    )
    world.session.flush()


def _contacted(world: Wijk, hours: Sequence[float], **other: Any) -> None:
    """Requests of that Monday, each with somebody who made contact after so many hours of work."""
    for worked in hours:
        contacted_at = later(OFFICE, MONDAY, timedelta(hours=worked))
        _asked(world, MONDAY, contacted_at=contacted_at, state=State.CONTACTED, **other)


def _expected(wijk: Wijk, urgency: Urgency = Urgency.NORMAL, of: str | None = None) -> Waiting | None:
    return expected(wijk.session, NOW, urgency, of)


# --- the range ------------------------------------------------------------------------------------------------

WORLDS: dict[str, tuple[Sequence[float], Waiting | None]] = {
    "nothing": ([], None),
    "too few": ([1, 2, 3, 4], None),
    "just enough, all within the afternoon": ([1, 2, 3, 4, 5], Waiting(0, 0)),
    "to tomorrow when it is longer than the afternoon": ([1, 2, 3, 4, 6], Waiting(0, 1)),
    "all within four working days": ([8, 16, 24, 32, 32], Waiting(2, 4)),
    "nine of ten hear within a day": ([8] * 9 + [72], Waiting(1, 1)),
    "eight of ten do": ([8] * 8 + [72, 72], Waiting(1, 9)),
    "one of four hears today": ([2, 24, 24, 24] * 2, Waiting(0, 3)),
    "one of five does": ([2, 24, 24, 24, 24], Waiting(3, 3)),
}


@pytest.mark.parametrize(("hours", "waiting"), WORLDS.values(), ids=WORLDS)
def test_a_quarter_hears_by_the_begin_and_nine_of_ten_by_the_end(
    wijk: Wijk, hours: Sequence[float], waiting: Waiting | None
) -> None:
    _contacted(wijk, hours)
    assert _expected(wijk) == waiting


def test_who_is_still_waiting_counts_with_what_they_waited_so_far(wijk: Wijk) -> None:
    _contacted(wijk, [8] * 9 + [40])
    assert _expected(wijk) == Waiting(1, 1), "nine of the ten had heard after 8 hours"
    for _ in range(2):
        _asked(wijk, NOW - timedelta(days=4, hours=3))
    # These have waited for 19 hours: after 8 hours 3 of 12 are waiting, and only after 40 hours nobody is.
    assert _expected(wijk) == Waiting(1, 5)
    _asked(wijk, MONDAY)
    # This one for 83: after 8 hours 4 of 13 are waiting, after 40 hours half of those that are left: 2 of 13.
    assert _expected(wijk) == Waiting(1, None)


@pytest.mark.parametrize(
    ("waiting_still", "waiting"),
    [(0, Waiting(1, 1)), (1, Waiting(1, 1)), (2, Waiting(1, None)), (30, Waiting(1, None))],
)
def test_when_too_many_are_waiting_there_is_no_upper_end(wijk: Wijk, waiting_still: int, waiting: Waiting) -> None:
    _contacted(wijk, [8] * 10)
    for _ in range(waiting_still):
        _asked(wijk, MONDAY)
    assert _expected(wijk) == waiting


@pytest.mark.parametrize("contacted_after", [None, timedelta(minutes=1)])
@pytest.mark.parametrize("number", [1, 20])
def test_what_was_just_sent_changes_nothing(wijk: Wijk, number: int, contacted_after: timedelta | None) -> None:
    """Nine heard within a quarter of an hour of work; these have waited for an hour, or heard at once."""
    _contacted(wijk, [0.25] * 9 + [24])
    assert _expected(wijk) == Waiting(0, 0)
    asked = NOW - timedelta(hours=1)
    for _ in range(number):
        _asked(wijk, asked, contacted_at=asked + contacted_after if contacted_after else None)
    assert _expected(wijk) == Waiting(0, 0)


def test_what_was_sent_a_working_day_ago_counts(wijk: Wijk) -> None:
    _contacted(wijk, [0.25] * 9 + [24])
    _asked(wijk, NOW - timedelta(days=3))
    assert _expected(wijk) == Waiting(0, 3), "it was Friday noon: after 8 hours of work 2 of 11 were waiting"


def test_nothing_is_known_of_a_first_day(wijk: Wijk) -> None:
    for _ in range(FEWEST):
        _asked(wijk, NOW - timedelta(hours=2))
    assert _expected(wijk) is None


def test_when_most_are_waiting_it_begins_at_the_longest_that_somebody_waited(wijk: Wijk) -> None:
    _contacted(wijk, [8])
    for _ in range(9):
        _asked(wijk, MONDAY)
    assert _expected(wijk) == Waiting(10, None), "ten days and three hours of work"


def test_who_was_not_reached_waited_until_it_was_closed(wijk: Wijk) -> None:
    closed = later(OFFICE, MONDAY, DAY / 2)
    for _ in range(4):
        _asked(wijk, MONDAY, state=State.CLOSED, closed_at=closed, outcome=Outcome.NOT_REACHED)
    _contacted(wijk, [16, 16])
    assert _expected(wijk) == Waiting(2, 2), "the four say only that they waited for half a day"


def test_what_was_closed_and_opened_again_is_waiting_still(wijk: Wijk) -> None:
    closed = later(OFFICE, MONDAY, DAY / 2)
    for _ in range(FEWEST):
        _asked(wijk, MONDAY, state=State.REOPENED, closed_at=closed, outcome=Outcome.NOT_REACHED)
    assert _expected(wijk) == Waiting(10, None)


def test_the_first_contact_counts_when_a_request_was_opened_again_after_it(wijk: Wijk) -> None:
    for contacted_at in (None, NOW, NOW, None, None):
        _asked(wijk, MONDAY, contacted_at=contacted_at)
    for asked in wijk.session.scalars(select(Request)):
        for at, change in ((MONDAY, "claimed"), (later(OFFICE, MONDAY, DAY), "contacted"), (NOW, "contacted")):
            wijk.session.add(RequestChange(request_id=asked.id, at=at, change=change))
    wijk.session.flush()
    assert _expected(wijk) == Waiting(1, 1)


def test_who_was_contacted_and_closed_counts_until_the_contact(wijk: Wijk) -> None:
    for _ in range(FEWEST):
        contacted = later(OFFICE, MONDAY, DAY)
        _asked(wijk, MONDAY, state=State.CLOSED, contacted_at=contacted, closed_at=NOW, outcome=Outcome.SOLVED)
    assert _expected(wijk) == Waiting(1, 1)


# --- which requests count -------------------------------------------------------------------------------------


def test_practice_another_urgency_and_another_wijk_are_left_out(wijk: Wijk) -> None:
    _contacted(wijk, [8] * FEWEST)
    _contacted(wijk, [64] * 20, practice=True)
    _contacted(wijk, [40] * FEWEST, urgency=Urgency.SOON)
    assert _expected(wijk) == Waiting(1, 1)
    assert _expected(wijk, Urgency.SOON) == Waiting(5, 5)
    assert _expected(wijk, Urgency.CRISIS) is None
    _contacted(wijk, [24] * 20, wijk="soesterberg")
    assert _expected(wijk) == Waiting(3, 3)
    assert _expected(wijk, of="smitsveen") == Waiting(1, 1)
    assert _expected(wijk, of="soesterberg") == Waiting(3, 3)
    assert _expected(wijk, of="de_eng") is None


@pytest.mark.parametrize(("earlier", "counts"), [(-1, True), (0, False), (1, False)])
def test_what_is_sixty_days_old_counts_no_more(wijk: Wijk, earlier: int, counts: bool) -> None:
    at = NOW - WINDOW - timedelta(seconds=earlier)
    for _ in range(FEWEST):
        _asked(wijk, at, contacted_at=at, state=State.CONTACTED)
    assert _expected(wijk) == (Waiting(0, 0) if counts else None)


@pytest.mark.parametrize(
    ("asked", "contacted"),
    [
        ("2026-10-23 16:00", "2026-10-26 16:00"),  # the clock goes back in this weekend
        ("2026-03-27 16:00", "2026-03-30 16:00"),  # and forward in this one
        ("2026-04-02 16:00", "2026-04-07 16:00"),  # Good Friday to Easter Monday
    ],
)
def test_weekends_holidays_and_the_change_of_the_clock_are_not_waited(wijk: Wijk, asked: str, contacted: str) -> None:
    for _ in range(FEWEST):
        _asked(wijk, _at(asked), contacted_at=_at(contacted), state=State.CONTACTED)
    now = _at(contacted) + timedelta(days=1)
    assert expected(wijk.session, now, Urgency.NORMAL) == Waiting(1, 1)


def test_it_is_one_question_to_the_database_without_what_residents_wrote(wijk: Wijk) -> None:
    _contacted(wijk, [8] * 30)
    asked: list[str] = []
    event.listen(wijk.session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))
    _expected(wijk)
    (statement,) = asked
    assert "requested_at" in statement and "summary" not in statement and "contact," not in statement


# --- the reckoning --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "worked", "days"),
    [
        ("2026-11-23 09:00", 0, 0),
        ("2026-11-23 09:00", 8, 0),
        ("2026-11-23 09:00", 8.1, 1),
        ("2026-11-23 16:00", 2, 1),
        ("2026-11-23 16:00", 9.1, 2),
        ("2026-11-27 16:00", 2, 1),
        ("2026-11-28 12:00", 0, 1),
        ("2026-11-29 23:00", 9, 2),
        ("2026-11-23 20:00", 1, 1),
        ("2026-12-24 16:00", 2, 1),
        ("2026-10-23 16:00", 2, 1),
    ],
)
def test_the_days_are_counted_to_the_day_on_which_the_work_is_done(now: str, worked: float, days: int) -> None:
    assert _days_ahead(_at(now), timedelta(hours=worked)) == days


def _waits(*told: tuple[int, bool]) -> list[Wait]:
    return [Wait(timedelta(hours=hours), contacted) for hours, contacted in told]


def test_the_estimate_is_that_of_the_textbook() -> None:
    """The 21 times of remission of Freireich (1963), known from every course on survival: the median is 23."""
    contacted = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    waiting = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    waits = _waits(*((hours, True) for hours in contacted), *((hours, False) for hours in waiting))
    assert reached(waits, Fraction(1, 2)) == timedelta(hours=23)
    assert reached(waits, FAST) == timedelta(hours=13)
    assert reached(waits, SLOW) is None


lengths = st.lists(st.tuples(st.integers(0, 200), st.booleans()), min_size=1, max_size=40)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=60))
def test_when_nobody_is_waiting_it_is_the_plain_share(hours: list[int]) -> None:
    waits = _waits(*((one, True) for one in hours))
    for share in (FAST, SLOW):
        place = -(-len(hours) * share.numerator // share.denominator)
        assert reached(waits, share) == timedelta(hours=sorted(hours)[place - 1])


@given(lengths, st.integers(0, 39))
def test_waiting_on_never_makes_it_shorter(told: list[tuple[int, bool]], number: int) -> None:
    """That somebody who was contacted would still be waiting at that moment can only make the time longer."""
    changed = [(hours, contacted and place != number) for place, (hours, contacted) in enumerate(told)]
    for share in (FAST, SLOW):
        before, after = reached(_waits(*told), share), reached(_waits(*changed), share)
        assert after is None or (before is not None and before <= after)
