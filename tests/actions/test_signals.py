"""Complaints that count along: only many, only roughly, only late, and nothing that points to a household."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import people, privacy, quiet_hours, signals, team
from actions.directory import Complex
from actions.opening_hours import AMSTERDAM
from actions.outbox import Message
from actions.signals import ANSWERS_IN, COUNTS_FOR, DELAY, GAP, STEP, THRESHOLD, Complaint, counted_until, rounded
from bot.words import Words
from store.database import Database
from store.states import Role
from store.tables import Member, Outgoing, Person, Signal, SignalReport
from tests.actions.people import Wijk
from tests.store.shared import empty
from tests.talks import START

DRAUGHT = Complaint("draught", "smitsveen")
FLAT = Complaint("draught", "smitsveen", "voorbeeldflat")
LATER = timedelta(days=11)
"""After `START`, a Monday: a Friday on which what was said in that week counts."""
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
THURSDAY = 3


def _join(wijk: Wijk, number: int, complaint: Complaint = DRAUGHT, at: datetime | None = None) -> list[Person]:
    """So many new households let this complaint count along."""
    crowd = [wijk.person() for _ in range(number)]
    for person in crowd:
        signals.count_along(wijk.session, at or wijk.now, person, complaint)
    return crowd


def _report(wijk: Wijk, after: timedelta = LATER) -> int:
    return signals.report(wijk.session, wijk.now + after)


def _numbers(wijk: Wijk, complaint: Complaint = DRAUGHT) -> list[int]:
    """What was told about a complaint, in order."""
    same = (SignalReport.topic == complaint.topic) & (SignalReport.complex == complaint.complex)
    return list(wijk.session.scalars(select(SignalReport.more_than).where(same).order_by(SignalReport.at)))


def _messages(session: Session, key: str) -> list[Message]:
    rows = session.scalars(select(Outgoing).order_by(Outgoing.id))
    return [message for row in rows if (message := Message.from_json(row.content)).key == key]


ROUNDED = {0: None, 1: None, 9: None, 10: None, 11: 10, 15: 10, 16: 15, 20: 15, 21: 20, 25: 20, 26: 25, 101: 100}


@pytest.mark.parametrize(("households", "told"), ROUNDED.items())
def test_a_number_is_told_from_more_than_ten_and_rounded_down_to_five(households: int, told: int | None) -> None:
    assert rounded(households) == told


@given(st.integers(0, 500))
def test_there_are_always_more_households_than_the_number_and_at_most_five_more(households: int) -> None:
    told = rounded(households)
    assert (told is None) == (households <= THRESHOLD)
    assert told is None or told < households <= told + STEP


COUNTED = {
    "on the Thursday after a week": ("2026-12-03 00:00", "2026-11-30 00:00"),
    "on the Wednesday before it, the week before": ("2026-12-02 23:59", "2026-11-23 00:00"),
    "on a Monday": ("2026-12-07 12:00", "2026-11-30 00:00"),
    "after the clock went back": ("2026-10-29 00:00", "2026-10-26 00:00"),
    "an hour short of three days, as the clock went back": ("2026-10-28 23:00", "2026-10-19 00:00"),
    "after the clock went forward": ("2026-04-02 09:00", "2026-03-30 00:00"),
}


@pytest.mark.parametrize(("now", "until"), COUNTED.values(), ids=COUNTED)
def test_whole_weeks_count_three_days_after_they_ended(now: str, until: str) -> None:
    assert counted_until(_local(now)) == _local(until)


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@given(st.integers(0, 5 * 365 * 24))
def test_what_counts_is_at_least_three_days_old_and_at_most_ten(hours: int) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    hour = timedelta(hours=1)  # of the change of the clock
    assert DELAY <= now - counted_until(now) <= DELAY + WEEK + hour


@pytest.mark.parametrize(("households", "told"), [(10, []), (11, [10]), (15, [10]), (16, [15]), (23, [20])])
def test_the_team_hears_of_more_than_ten_households(wijk: Wijk, households: int, told: list[int]) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop", "soesterberg")
    vera = wijk.member("Vera", None, Role.COORDINATOR)
    petra = wijk.member("Petra", None, Role.PROFESSIONAL)
    _join(wijk, households)
    assert _report(wijk) == len(told)
    assert _numbers(wijk) == told
    heard = ["team_signal"] * len(told)
    assert [wijk.told(one) for one in (fatma, vera, joop, petra)] == [heard, heard, [], []]


def test_a_household_counts_once_for_a_topic_however_often_it_says_so(wijk: Wijk) -> None:
    crowd = _join(wijk, 10)
    for person in crowd:
        signals.count_along(wijk.session, wijk.now + DAY, person, FLAT)
        signals.count_along(wijk.session, wijk.now + DAY, person, DRAUGHT)
    assert wijk.session.scalar(select(func.count()).select_from(Signal)) == 10
    assert _report(wijk) == 0
    for person in crowd:
        signals.count_along(wijk.session, wijk.now, person, Complaint("mould", "smitsveen"))
    assert wijk.session.scalar(select(func.count()).select_from(Signal)) == 20


def test_each_flat_each_wijk_and_each_topic_is_counted_by_itself(wijk: Wijk) -> None:
    elsewhere = Complaint("draught", "de_eng")
    mould = Complaint("mould", "smitsveen")
    for complaint in (DRAUGHT, FLAT, elsewhere, mould):
        _join(wijk, 10, complaint)
    assert _report(wijk) == 0
    _join(wijk, 1, FLAT)
    assert _report(wijk) == 1
    assert (_numbers(wijk, FLAT), _numbers(wijk), _numbers(wijk, mould)) == ([10], [], [])


def test_what_was_said_this_week_does_not_count_yet(wijk: Wijk) -> None:
    _join(wijk, 10)
    _join(wijk, 1, at=wijk.now + WEEK)
    assert [_report(wijk, after) for after in (DAY, LATER, LATER + WEEK)] == [0, 0, 1]


@pytest.mark.parametrize("day", range(7))
def test_the_day_on_which_a_household_joined_cannot_be_seen(wijk: Wijk, day: int) -> None:
    """Monday or Sunday, the number comes on the same Thursday."""
    _join(wijk, 11, at=wijk.now + day * DAY)
    thursday = timedelta(days=10)
    assert [_report(wijk, thursday - DAY), _report(wijk, thursday)] == [0, 1]


def test_what_is_older_than_a_year_counts_no_more(wijk: Wijk) -> None:
    _join(wijk, 1)
    _join(wijk, 10, at=wijk.now + 2 * DAY)
    assert _report(wijk, COUNTS_FOR) == 0
    assert _report(wijk, COUNTS_FOR - DAY) == 1


def test_a_number_is_told_once(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    _join(wijk, 11)
    assert [_report(wijk, LATER + days * DAY) for days in range(0, 90, 5)] == [1, *[0] * 17]
    _join(wijk, 4)
    assert _report(wijk, LATER + 100 * DAY) == 0
    assert wijk.told(fatma) == ["team_signal"]


def test_a_greater_number_waits_until_thirty_days_after_the_last(wijk: Wijk) -> None:
    _join(wijk, 11)
    _report(wijk)
    _join(wijk, 9)
    assert _report(wijk, LATER + GAP - timedelta(seconds=1)) == 0
    assert _report(wijk, LATER + GAP) == 1
    assert _numbers(wijk) == [10, 15]


def test_a_smaller_number_is_not_told(wijk: Wijk) -> None:
    """It would say that households are gone."""
    crowd = _join(wijk, 16)
    _report(wijk)
    for person in crowd[:5]:
        privacy.forget(wijk.session, wijk.now, person)
    assert _report(wijk, LATER + 2 * GAP) == 0
    assert _numbers(wijk) == [15]


def test_the_card_holds_the_complaint_the_place_and_the_rounded_number_and_nothing_else(wijk: Wijk) -> None:
    wijk.member("Fatma")
    _join(wijk, 12, FLAT)
    _report(wijk)
    expected = {"topic": "draught", "wijk": "smitsveen", "complex": "voorbeeldflat", "more_than": 10}
    (card,) = _messages(wijk.session, "team_signal")
    assert card == Message("team_signal", expected)
    questions = _messages(wijk.session, "utter_ask_together")
    assert questions == [Message("utter_ask_together", expected, opens="together_later")] * 12


def test_the_card_names_the_flat_and_the_wijk_or_the_wijk_alone(words: Words) -> None:
    named = replace(words, complexes=(Complex("voorbeeldflat", "Voorbeeldflat", "smitsveen"),))
    values = {"topic": "draught", "wijk": "smitsveen", "complex": "voorbeeldflat", "more_than": 15}
    card = named.render(Message("team_signal", values)).text
    assert "Voorbeeldflat" in card and "Smitsveen" in card and "15" in card
    assert "voorbeeldflat" in words.render(Message("team_signal", values)).text  # no longer in the directory
    assert "flat" not in named.render(Message("team_signal", {**values, "complex": ""})).text


# --- who is asked ---------------------------------------------------------------------------------------------


def _asked(wijk: Wijk, crowd: Sequence[Person]) -> list[int]:
    return [wijk.told(person).count("utter_ask_together") for person in crowd]


def test_who_counts_is_asked_once_however_many_numbers_are_told(wijk: Wijk) -> None:
    first = _join(wijk, 11)
    _report(wijk)
    later = _join(wijk, 5, at=wijk.now + LATER)
    assert (_asked(wijk, first), _asked(wijk, later)) == ([1] * 11, [0] * 5)
    _report(wijk, LATER + GAP)
    assert (_asked(wijk, first), _asked(wijk, later)) == ([1] * 11, [1] * 5)


def test_who_counts_too_late_for_a_number_is_not_asked_with_it(wijk: Wijk) -> None:
    _join(wijk, 11)
    late = _join(wijk, 1, at=wijk.now + LATER)
    _report(wijk)
    assert _asked(wijk, late) == [0]


def test_who_stopped_messages_or_cannot_be_reached_is_not_asked_and_counts(wijk: Wijk) -> None:
    crowd = _join(wijk, 11)
    quiet_hours.stop(wijk.session, crowd[0])
    people.lose(wijk.session, crowd[1].chat_id)
    assert _report(wijk) == 1
    assert _asked(wijk, crowd) == [0, 0, *[1] * 9]


def test_who_is_erased_leaves_no_complaint_behind(wijk: Wijk) -> None:
    crowd = _join(wijk, 11)
    privacy.forget(wijk.session, wijk.now, crowd[0])
    assert wijk.session.scalar(select(func.count()).select_from(Signal)) == 10
    assert _report(wijk) == 0


def test_somebody_of_the_team_who_stopped_messages_hears_nothing(wijk: Wijk) -> None:
    fatma, vera = wijk.member("Fatma"), wijk.member("Vera", None, Role.COORDINATOR)
    fatma.active = False
    assert vera.person
    quiet_hours.stop(wijk.session, vera.person)
    _join(wijk, 11)
    assert _report(wijk) == 1
    assert [wijk.told(one) for one in (fatma, vera)] == [[], []]


def test_in_the_night_it_is_written_down_and_said_in_the_morning(wijk: Wijk) -> None:
    wijk.member("Fatma")
    _join(wijk, 11)
    assert _report(wijk, timedelta(days=10, hours=14)) == 1  # midnight in the Netherlands
    due = {row.due_at for row in wijk.session.scalars(select(Outgoing))}
    assert due == {_local("2026-12-04 09:00").astimezone(UTC)}


# --- together -------------------------------------------------------------------------------------------------


def _together(wijk: Wijk, households: int, willing: int) -> Member:
    """So many households were asked, and so many of them said yes, the others no."""
    fatma = wijk.member("Fatma")
    crowd = _join(wijk, households)
    _report(wijk)
    for number, person in enumerate(crowd):
        signals.answer_together(wijk.session, person, number < willing)
    return fatma


@pytest.mark.parametrize(
    ("willing", "told"), [(0, []), (1, [0]), (2, [0]), (10, [0]), (11, [10]), (15, [10]), (16, [15])]
)
def test_the_team_hears_how_many_want_something_together_as_roughly(wijk: Wijk, willing: int, told: list[int]) -> None:
    fatma = _together(wijk, 20, willing)
    assert _report(wijk, LATER + ANSWERS_IN - timedelta(seconds=1)) == 0
    assert _report(wijk, LATER + ANSWERS_IN) == len(told)
    assert _numbers(wijk, DRAUGHT.together) == told
    assert wijk.told(fatma) == ["team_signal", *["team_together"] * len(told)]
    values = [message.values for message in _messages(wijk.session, "team_together")]
    assert values == [{"topic": "draught", "wijk": "smitsveen", "complex": "", "more_than": one} for one in told]


def test_a_few_become_a_number_after_thirty_days(wijk: Wijk) -> None:
    _together(wijk, 20, 3)
    first = LATER + ANSWERS_IN
    _report(wijk, first)
    for signal in wijk.session.scalars(select(Signal)):
        signal.together = True
    assert [_report(wijk, first + GAP - DAY), _report(wijk, first + GAP)] == [0, 1]
    assert _numbers(wijk, DRAUGHT.together) == [0, 15]


def test_an_answer_belongs_to_the_newest_complaint_that_was_asked_about(wijk: Wijk) -> None:
    (person,) = crowd = _join(wijk, 1)
    _join(wijk, 10)
    mould, bill = Complaint("mould", "smitsveen"), Complaint("high_bill", "smitsveen")
    _join(wijk, 10, mould)
    signals.count_along(wijk.session, wijk.now + timedelta(hours=1), person, mould)
    signals.count_along(wijk.session, wijk.now + timedelta(hours=2), person, bill)  # too few: never asked about
    _report(wijk)
    assert _asked(wijk, crowd) == [2]
    signals.answer_together(wijk.session, person, True)
    assert _answers(wijk, person) == {"draught": None, "mould": True, "high_bill": None}
    signals.answer_together(wijk.session, person, False)
    signals.answer_together(wijk.session, person, True)
    assert _answers(wijk, person) == {"draught": False, "mould": True, "high_bill": None}


def _answers(wijk: Wijk, person: Person) -> dict[str, bool | None]:
    found = wijk.session.scalars(select(Signal).where(Signal.person_id == person.id))
    return {signal.topic: signal.together for signal in found}


# --- several processes, and what can be found out -------------------------------------------------------------


def test_two_processes_at_once_tell_it_once(database: Database) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        wijk.member("Fatma")
        _join(wijk, 11)
    start = Barrier(2)

    def report() -> int:
        start.wait()
        with database.transaction() as session:
            return signals.report(session, START + LATER)

    with ThreadPoolExecutor(2) as threads:
        told = [one.result() for one in [threads.submit(report) for _ in range(2)]]
    assert sorted(told) == [0, 1]
    with database.reading() as session:
        assert len(_messages(session, "team_signal")) == 1
        assert len(_messages(session, "utter_ask_together")) == 11


def _year(database: Database, joins: Sequence[int], leaves: Sequence[int] = ()) -> list[tuple[datetime, int]]:
    """What is told in 400 days, in which a household joins on each of these days, and one goes on each of those."""
    empty(database)
    with database.transaction() as session:
        team.invite(session, START, "Fatma", Role.WIJKVERBINDER, "smitsveen")
        crowd: list[Person] = []
        for day in range(400):
            now = START + day * DAY
            for _ in range(joins.count(day)):
                crowd.append(people.find_or_create(session, now, 1000 + len(crowd), "Voorbeeld"))
                signals.count_along(session, now, crowd[-1], DRAUGHT)
            for _ in range(min(leaves.count(day), len(crowd))):
                privacy.forget(session, now, crowd.pop())
            if day % 7 == THURSDAY:
                signals.report(session, now)
        told = session.scalars(select(SignalReport).order_by(SignalReport.at))
        return [(one.at, one.more_than) for one in told]


def _tells_nothing_of_one_household(told: Sequence[tuple[datetime, int]]) -> bool:
    """Two numbers never differ by less than five, nor come within thirty days, and none is of ten or fewer."""
    apart = all(after - before >= GAP for (before, _), (after, _) in pairwise(told))
    return apart and all(b - a >= STEP for (_, a), (_, b) in pairwise(told)) and all(n >= THRESHOLD for _, n in told)


def _steady() -> Iterator[list[int]]:
    """So many households at a time, every so many days, up to 40."""
    for at_once in (1, 5, 11, 40):
        for every in (1, 7, 31):
            yield [day for step in range(40 // at_once) for day in [step * every] * at_once if day < 400]


@pytest.mark.parametrize(
    "joins", list(_steady()), ids=lambda joins: f"{joins.count(0)} every {joins[-1] // len(joins)}"
)
def test_no_steady_growth_shows_one_household(shared_sqlite: Database, joins: list[int]) -> None:
    told = _year(shared_sqlite, joins)
    assert _tells_nothing_of_one_household(told)
    assert all(number < sum(day * DAY < at - START for day in joins) for at, number in told)
    assert bool(told) == (sum(day < 380 for day in joins) > THRESHOLD)


DAYS = st.lists(st.integers(0, 399), max_size=40)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(joins=DAYS, leaves=st.lists(st.integers(0, 399), max_size=10))
def test_no_growth_at_all_shows_one_household(shared_sqlite: Database, joins: list[int], leaves: list[int]) -> None:
    assert _tells_nothing_of_one_household(_year(shared_sqlite, joins, leaves))


@pytest.mark.parametrize("fewest", range(1, 41, STEP))
def test_one_household_more_shows_only_where_it_is_the_fifth(shared_sqlite: Database, fewest: int) -> None:
    """What is told is the same for five numbers of households on end: nobody can tell which of them it is."""
    assert _year(shared_sqlite, [0] * fewest) == _year(shared_sqlite, [0] * (fewest + STEP - 1))
