"""The figures, in small worlds counted by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions import events, statistics, waiting_list, weeks
from actions.appointment_offers import Plan
from actions.figures import Hidden, Period
from actions.opening_hours import AMSTERDAM
from actions.small_numbers import PeriodRefused
from actions.statistics_names import read_names
from actions.statistics_times import STILL_WAITING, WorkedHours
from actions.working_time import OFFICE, between
from store.agenda_tables import AppointmentKind
from store.database import Database
from store.settings import ROOT
from store.tables import Event
from tests.actions.counted import FOUR_WEEKS, MONDAY, NOW, Rows, happen, request, rows
from tests.actions.people import Wijk, moment

SMALL = Hidden.SMALL
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
ENG = {"wijk": "de_eng"}
Happening = tuple[int, str, str, Mapping[str, Any]]
"""How often what happened, with what differs from noon on the first Monday in Smitsveen."""


def _step(times: int, name: str, **other: Any) -> Happening:
    return times, name, "pen_fits", {"flow": "draught", **other}


WORLDS: dict[str, tuple[str, Sequence[Happening], Rows]] = {
    "talks per wijk": (
        "talks",
        [
            (7, "talk_started", "", {}),
            (5, "talk_started", "", ENG),
            (6, "talk_started", "", {"wijk": None}),
            (4, "talk_started", "", {"wijk": "soesterberg"}),
        ],
        [("Smitsveen", 7), ("Onbekend", 6), ("De Eng", 5)],
    ),
    "talks per topic, each once": (
        "topics",
        [
            (6, "topic", "draught", {}),
            (5, "topic", "draught", ENG),
            (8, "topic", "mould", {}),
            (4, "topic", "eviction", {}),
            (9, "topic", "mould", {"first": False}),
        ],
        [("Tocht", 11), ("Schimmel of vocht", 8)],
    ),
    "talks per poster": (
        "sources",
        [(5, "talk_started", "", {"source": "CFGHJMPQ"}), (9, "talk_started", "", {}), (4, "talk_started", "", ENG)],
        [("Onbekend", 9), ("CFGHJMPQ", 5)],
    ),
    "of 30 who saw a question 6 left": (
        "funnel",
        [
            _step(30, "asked"),
            _step(19, "answered"),
            _step(5, "answered_again"),
            _step(9, "asked", first=False),
            (10, "asked", "tenure", {"flow": "draught"}),
            (9, "answered", "tenure", {"flow": "draught"}),
        ],
        [("Tocht", "Pen fits", 30, 6, 20), ("Tocht", "Tenure", 9, SMALL, SMALL)],
    ),
    "of 25 talks with a topic 15 sent no request": (
        "without_person",
        [(25, "with_topic", "", {}), (10, "passed_on", "", {})],
        [("Smitsveen", 25, 15, 60)],
    ),
    "of 24 answers 6 came after asking again": (
        "asked_twice",
        [_step(40, "asked"), _step(18, "answered"), _step(6, "answered_again")],
        [("Tocht", "Pen fits", 24, 6, 25)],
    ),
    "in 5 of 20 talks something was not understood": (
        "not_understood",
        [(20, "typed", "", {}), (5, "unclear", "", {}), (30, "typed", "", {"first": False})],
        [("Smitsveen", 20, 5, 25)],
    ),
    "requests by urgency": (
        "handoffs",
        [(5, "requested", "crisis", {}), (12, "requested", "normal", {}), (4, "requested", "soon", {})],
        [("Gevaar", SMALL), ("Crisis", 5), ("Snel", SMALL), ("Gewoon", 12), ("Informatie", SMALL)],
    ),
    "of 40 promises 30 were kept": (
        "promises",
        [
            (30, "promise_kept", "normal", {}),
            (10, "promise_escalated", "soon", {}),
            (50, "promise_replaced", "normal", {}),
            (50, "promise_made", "normal", {}),
        ],
        [("Smitsveen", 40, 30, 75)],
    ),
    "outcomes of the team": (
        "outcomes",
        [(6, "closed", "solved", {}), (5, "closed", "referred", {}), (3, "closed", "other", {})],
        [("Opgelost", 6), ("Doorverwezen", 5)],
    ),
    "appointments": (
        "appointments",
        [
            (30, "appointment_booked", "talk", {}),
            (5, "appointment_moved", "coach", {}),
            (18, "appointment_kept", "talk", {}),
            (6, "appointment_missed", "resident", {}),
            (3, "appointment_missed", "member", {}),
        ],
        [
            ("Gemaakt", 30, None),
            ("Verzet", 5, None),
            ("Doorgegaan", 18, 75),
            ("Gemist door de bewoner", 6, 25),
            ("Gemist door het team", SMALL, SMALL),
        ],
    ),
    "usefulness": (
        "useful",
        [(15, "told", "useful:yes", {}), (5, "told", "useful:no", {}), (4, "told", "useful:skipped", {})],
        [("Ja", 15, 75), ("Een beetje", SMALL, SMALL), ("Nee", 5, 25), ("Zegt het liever niet", SMALL, SMALL)],
    ),
    "for the first time": (
        "first_time",
        [(30, "told", "first_time:yes", {}), (10, "told", "first_time:no", {}), (9, "told", "solved:yes", {})],
        [("Ja", 30, 75), ("Nee", 10, 25), ("Zegt het liever niet", SMALL, SMALL)],
    ),
    "measures fitted": (
        "fitted",
        [(5, "fitted", "normal", {}), (6, "fitted", "soon", ENG)],
        [("De Eng", 6), ("Smitsveen", 5)],
    ),
}


def _fill(session: Session, world: Sequence[Happening]) -> None:
    for times, name, detail, other in world:
        happen(session, times, name, detail, **other)


@pytest.mark.parametrize(("key", "world", "counted"), WORLDS.values(), ids=WORLDS)
def test_a_figure_is_what_was_counted_by_hand(wijk: Wijk, key: str, world: Sequence[Happening], counted: Rows) -> None:
    _fill(wijk.session, world)
    assert rows(wijk.session, key) == counted


def test_every_figure_has_a_world() -> None:
    by_hand = {key for key, *_ in WORLDS.values()} | {"times", "both_say", "load", "waiting_list"}
    assert by_hand == {one.key for one in statistics.DEFINED}


def test_the_figures_come_in_the_order_in_which_they_are_defined(wijk: Wijk) -> None:
    found = statistics.tables(wijk.session, NOW, FOUR_WEEKS)
    assert [(one.key, one.title, one.definition, one.columns) for one in found] == [
        (one.key, one.title, one.definition, one.columns) for one in statistics.DEFINED
    ]


def test_each_row_has_a_cell_for_each_column(wijk: Wijk) -> None:
    for _, world, _ in WORLDS.values():
        _fill(wijk.session, world)
    weeks.settle(wijk.session, NOW)
    for one in statistics.tables(wijk.session, NOW, FOUR_WEEKS):
        assert all(len(row) == len(one.columns) for row in one.rows), one.key


# --- what residents say beside what the team wrote down --------------------------------------------------------


def test_what_a_resident_says_stands_beside_the_last_outcome_before_it(wijk: Wijk) -> None:
    session, number = wijk.session, 0
    for outcome, says, times in (("solved", "yes", 15), ("solved", "not_yet", 5), ("referred", "yes", 4)):
        for _ in range(times):
            number += 1
            happen(session, 1, "closed", "other", request_id=number, at=MONDAY - WEEK)
            happen(session, 1, "closed", outcome, request_id=number, at=MONDAY)
            happen(session, 1, "closed", "not_reached", request_id=number, at=MONDAY + 2 * DAY)
            happen(session, 1, "told", f"solved:{says}", request_id=number, at=MONDAY + DAY)
    happen(session, 6, "told", "solved:yes")
    assert rows(session, "both_say") == [("Onbekend", 6, 6, SMALL), ("Opgelost", 20, 15, 75)]


# --- periods and places -----------------------------------------------------------------------------------------

EDGES = {
    "at the first moment": ("2026-11-02 00:00", 5),
    "at the last moment": ("2026-11-29 23:59:59.999999", 5),
    "just before": ("2026-11-01 23:59:59.999999", None),
    "exactly at the end": ("2026-11-30 00:00", None),
}


@pytest.mark.parametrize(("at", "counted"), EDGES.values(), ids=EDGES)
def test_a_period_holds_its_first_moment_and_not_its_end(wijk: Wijk, at: str, counted: int | None) -> None:
    happen(wijk.session, 5, "talk_started", at=moment(at))
    assert rows(wijk.session, "talks") == ([("Smitsveen", counted)] if counted else [])


CLOCK_CHANGES = {
    "summer time ends": ("2026-10-19", "2026-10-26", "2026-10-25 23:59"),
    "summer time begins": ("2027-03-22", "2027-03-29", "2027-03-28 23:59"),
}


@pytest.mark.parametrize(("first", "until", "last"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES)
def test_a_week_in_which_the_clock_changes_is_a_week(wijk: Wijk, first: str, until: str, last: str) -> None:
    happen(wijk.session, 5, "talk_started", at=moment(f"{first} 00:00"))
    happen(wijk.session, 6, "talk_started", at=moment(last))
    happen(wijk.session, 7, "talk_started", at=moment(f"{until} 00:00"))
    period = Period(date.fromisoformat(first), date.fromisoformat(until))
    assert rows(wijk.session, "talks", period=period, now=moment("2027-05-01 12:00")) == [("Smitsveen", 11)]


def test_one_wijk_has_its_own_numbers_and_an_unknown_wijk_none(wijk: Wijk) -> None:
    happen(wijk.session, 5, "talk_started")
    happen(wijk.session, 6, "talk_started", wijk="de_eng")
    assert rows(wijk.session, "talks", wijk="de_eng") == [("De Eng", 6)]
    assert rows(wijk.session, "talks", wijk="'; drop table events") == []


def test_an_empty_world_has_all_figures_and_no_numbers(wijk: Wijk) -> None:
    assert weeks.settle(wijk.session, NOW) == 0
    found = statistics.tables(wijk.session, NOW, FOUR_WEEKS)
    assert len(found) == len(statistics.DEFINED)
    assert not any(isinstance(cell, int | float) for one in found for row in one.rows for cell in row)


def test_twenty_years_are_a_period_like_any_other(wijk: Wijk) -> None:
    happen(wijk.session, 5, "talk_started", at=moment("2007-05-01 12:00"))
    happen(wijk.session, 5, "talk_started")
    assert rows(wijk.session, "talks", period=Period(date(2007, 1, 1), date(2027, 1, 1))) == [("Smitsveen", 10)]


def test_all_days_that_there_are_are_a_period_too(wijk: Wijk) -> None:
    happen(wijk.session, 20, "requested", "normal")
    for period, count in {Period(date.min, date.max): 20, Period(date.min, date(1, 1, 2)): SMALL}.items():
        assert _normal(wijk.session, period=period)[1] == count


@pytest.mark.parametrize("until", [date(2026, 11, 1), date(2026, 11, 2)])
def test_a_period_the_wrong_way_round_is_refused_in_a_sentence(wijk: Wijk, until: date) -> None:
    with pytest.raises(PeriodRefused, match="einddatum"):
        statistics.tables(wijk.session, NOW, Period(date(2026, 11, 2), until))


def test_practice_is_in_no_figure(wijk: Wijk) -> None:
    for _ in range(6):
        found = wijk.request()
        wijk.session.query(Event).delete()
        found.practice = True
        for name in ("requested", "closed", "fitted", "promise_kept"):
            events.count_request(wijk.session, MONDAY, found, name)
    assert wijk.session.query(Event).count() == 0


# --- time to a person -------------------------------------------------------------------------------------------


def _normal(session: Session, **other: Any) -> tuple[Any, ...]:
    return rows(session, "times", **other)[3]


def _asked_and_contacted(session: Session, hours: Sequence[float | None]) -> None:
    """Requests of Monday nine o'clock, each with contact after so many hours on the clock, or without."""
    nine = MONDAY + timedelta(hours=9)
    for number, waited in enumerate(hours, start=1):
        request(session, number, nine, None if waited is None else nine + timedelta(hours=waited))


TIMES: dict[str, tuple[Sequence[float | None], tuple[Any, ...]]] = {
    "half within 2 hours, 9 of 10 within 5": ([2] * 10 + [5] * 8 + [6] * 2, (20, 2, 5)),
    "begun hours count as whole ones": ([1.1] * 20, (20, 2, 2)),
    "the night does not count": ([24 + 1] * 20, (20, 9, 9)),
    "who waits still counts": ([2] * 10 + [None] * 10, (20, 2, STILL_WAITING)),
    "most wait still": ([2] * 9 + [None] * 11, (20, STILL_WAITING, STILL_WAITING)),
    "nobody has been called": ([None] * 20, (20, STILL_WAITING, STILL_WAITING)),
    "few": ([2] * 19, (19, SMALL, SMALL)),
    "very few": ([2] * 4, (SMALL, SMALL, SMALL)),
}


@pytest.mark.parametrize(("hours", "counted"), TIMES.values(), ids=TIMES)
def test_time_to_a_person_counts_those_who_wait(
    wijk: Wijk, hours: Sequence[float | None], counted: tuple[Any, ...]
) -> None:
    _asked_and_contacted(wijk.session, hours)
    assert _normal(wijk.session) == ("Gewoon", *counted)


def test_only_the_first_contact_counts_and_only_before_the_end_of_the_period(wijk: Wijk) -> None:
    nine, next_week = MONDAY + timedelta(hours=9), MONDAY + WEEK
    for number in range(20):
        request(wijk.session, number, nine, nine + timedelta(hours=3 if number < 10 else 24 * 8))
        happen(wijk.session, 1, "contacted", request_id=number, at=nine + 20 * DAY)
    one_week = Period(date(2026, 11, 2), date(2026, 11, 9))
    assert next_week < nine + timedelta(hours=24 * 8)
    assert _normal(wijk.session, period=one_week) == ("Gewoon", 20, 3, STILL_WAITING)
    assert _normal(wijk.session) == ("Gewoon", 20, 3, 48)


def test_who_was_closed_without_contact_waited_until_then(wijk: Wijk) -> None:
    nine = MONDAY + timedelta(hours=9)
    for number in range(40):
        request(wijk.session, number, nine, nine + timedelta(hours=4) if number < 20 else None)
        if number >= 20:
            happen(wijk.session, 1, "closed", "not_reached", request_id=number, at=nine + timedelta(hours=1))
    assert _normal(wijk.session) == ("Gewoon", 40, 4, 4)


def test_a_request_that_waited_to_be_told_counts_with_the_week_in_which_it_is(wijk: Wijk) -> None:
    nine = MONDAY + timedelta(hours=9)
    for number in range(24):
        request(wijk.session, number, nine + (WEEK if number >= 4 else timedelta()), None)
    assert _normal(wijk.session, period=Period(date(2026, 11, 2), date(2026, 11, 9)))[1] is SMALL
    assert _normal(wijk.session, period=Period(date(2026, 11, 9), date(2026, 11, 16)))[1] == 24


@pytest.mark.parametrize("start", ["2026-10-23 16:00", "2026-10-25 02:30", "2026-12-24 08:00", "2027-03-27 23:00"])
@pytest.mark.parametrize("hours", [0, 1, 30, 70, 500])
def test_the_fast_clock_of_work_is_the_slow_one(start: str, hours: int) -> None:
    begin = moment(start)
    end = begin + timedelta(hours=hours)
    fast = WorkedHours(begin.astimezone(AMSTERDAM).date(), end.astimezone(AMSTERDAM).date())
    worked = fast.until(int(end.timestamp())) - fast.until(int(begin.timestamp()))
    assert timedelta(seconds=worked) == between(OFFICE, begin, end)


# --- figures of now ---------------------------------------------------------------------------------------------


def test_load_is_told_in_steps_of_five(wijk: Wijk) -> None:
    karel, fatma = wijk.member("Karel", capacity=6), wijk.member("Fatma", wijk="de_eng", capacity=6)
    for _ in range(6):
        wijk.claimed(karel)
    wijk.claimed(fatma)
    loads = [("Fatma", "De Eng", SMALL, "ja"), ("Karel", "Smitsveen", 5, "nee")]
    assert rows(wijk.session, "load") == loads
    assert rows(wijk.session, "load", wijk="de_eng") == loads[:1]


def test_the_waiting_list_is_told_in_steps_of_five(wijk: Wijk) -> None:
    karel = wijk.member("Karel", capacity=20)
    for _ in range(7):
        waiting_list.join(wijk.session, wijk.now, Plan(wijk.claimed(karel), AppointmentKind.TALK))
    assert rows(wijk.session, "waiting_list") == [("Smitsveen", 5)]
    assert rows(wijk.session, "waiting_list", wijk="de_eng") == []


# --- counting once ----------------------------------------------------------------------------------------------


def test_a_part_is_told_when_five_came_together_and_its_week_is_over(wijk: Wijk) -> None:
    happen(wijk.session, 3, "talk_started")
    happen(wijk.session, 2, "talk_started", at=MONDAY + WEEK)
    happen(wijk.session, 4, "talk_started", at=MONDAY + 2 * WEEK)
    first_week = Period(date(2026, 11, 2), date(2026, 11, 9))
    assert rows(wijk.session, "talks", period=first_week) == []
    assert rows(wijk.session, "talks") == [("Smitsveen", 5)]


def test_a_week_is_counted_once_and_what_comes_late_is_left_out(wijk: Wijk) -> None:
    happen(wijk.session, 5, "talk_started")
    assert rows(wijk.session, "talks") == [("Smitsveen", 5)]
    happen(wijk.session, 5, "talk_started")
    assert rows(wijk.session, "talks") == [("Smitsveen", 5)]


def test_weeks_are_counted_as_they_pass(wijk: Wijk) -> None:
    happen(wijk.session, 4, "talk_started")
    happen(wijk.session, 3, "talk_started", at=MONDAY + WEEK)
    wijk.session.flush()
    assert weeks.settle(wijk.session, moment("2026-11-11 23:59")) == 0, "its last answers may still come"
    assert weeks.settle(wijk.session, moment("2026-11-12 00:00")) == 1
    assert weeks.settle(wijk.session, moment("2026-11-12 12:00")) == 0
    assert weeks.settle(wijk.session, moment("2026-11-19 12:00")) == 1
    assert rows(wijk.session, "talks") == [("Smitsveen", 7)]


def test_two_processes_that_count_the_same_week_find_the_same(database: Database) -> None:
    with database.transaction() as session:
        happen(session, 5, "talk_started")
    with database.transaction() as session:
        counted = weeks._counted(session, Period(date(2026, 11, 2), date(2026, 11, 9)))
        weeks.settle(session, NOW)
        weeks._write(session, date(2026, 11, 2), counted, {})
        assert rows(session, "talks") == [("Smitsveen", 5)]


# --- what flows and questions are called ------------------------------------------------------------------------


FLOWS = """
flows:
  draught:
    description: Tocht in huis; van raam tot deur
    steps: []
"""
TEXTS = """
responses:
  utter_ask_pen_fits:
    - text: Een oude vraag?
    - text: |
        {name} zoekt mee.
        Houd een pen bij de kier.
        Past die?
  utter_ask_tenure:
    - text: "{name}, en nu?"
  utter_draught: [{text: Geen vraag}]
"""


def test_flows_and_questions_are_called_as_the_flows_and_texts_say(wijk: Wijk, tmp_path: Path) -> None:
    (tmp_path / "texts" / "nl").mkdir(parents=True)
    (tmp_path / "draught.yml").write_text(FLOWS, encoding="utf-8")
    (tmp_path / "texts" / "nl" / "draught.yml").write_text(TEXTS, encoding="utf-8")
    for slot, times in {"pen_fits": 6, "tenure": 5}.items():
        happen(wijk.session, times, "asked", slot, flow="draught")
    wijk.session.flush()
    weeks.settle(wijk.session, NOW)
    found = statistics.tables(wijk.session, NOW, FOUR_WEEKS, names=read_names(tmp_path))
    (funnel,) = (one for one in found if one.key == "funnel")
    assert [row[:2] for row in funnel.rows] == [("Tocht in huis", "Past die?"), ("Tocht in huis", "Tenure")]


def test_every_flow_of_the_house_has_a_name_of_its_own() -> None:
    called = read_names(ROOT / "flows")
    assert len(called.flows) > 20 and all(called.flows.values())
    assert not any("{" in question or "\n" in question for question in called.questions.values())
