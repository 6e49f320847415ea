"""When the bot may begin to talk by itself: the hours are those of Amsterdam."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from actions import handoffs, quiet_hours
from actions.outbox import Message, queue
from actions.quiet_hours import begin, put_off, waking_time
from store.states import OutgoingState
from store.tables import Outgoing, Person
from tests.actions.people import Wijk, chat_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def _local(text: str) -> datetime:
    """A moment in Amsterdam: `2026-11-23 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


MOMENTS = {
    "in the day it is the moment itself": ("2026-11-23 14:17", "2026-11-23 14:17"),
    "at the first minute": ("2026-11-23 09:00", "2026-11-23 09:00"),
    "just before the first minute": ("2026-11-23 08:59", "2026-11-23 09:00"),
    "just before the last minute": ("2026-11-23 19:59", "2026-11-23 19:59"),
    "at the last minute": ("2026-11-23 20:00", "2026-11-24 09:00"),
    "before midnight": ("2026-11-23 23:59", "2026-11-24 09:00"),
    "after midnight": ("2026-11-24 00:01", "2026-11-24 09:00"),
    "on a Saturday": ("2026-11-28 10:00", "2026-11-28 10:00"),
    "on a Saturday evening": ("2026-11-28 20:30", "2026-11-30 09:00"),
    "on a Sunday": ("2026-11-29 14:00", "2026-11-30 09:00"),
    "in the night to a Monday": ("2026-11-30 03:00", "2026-11-30 09:00"),
    "on King's Day": ("2026-04-27 11:00", "2026-04-28 09:00"),
    "on the evening before a holiday": ("2026-04-26 21:00", "2026-04-28 09:00"),
    "at Christmas, and after it a Sunday": ("2026-12-25 12:00", "2026-12-28 09:00"),
    "on New Year's Eve in the night": ("2026-12-31 23:00", "2027-01-02 09:00"),
    "at Easter, Sunday and Monday": ("2026-04-05 12:00", "2026-04-07 09:00"),
    "on Good Friday": ("2026-04-03 12:00", "2026-04-04 09:00"),
    "in the night when the clock goes forward": ("2026-03-29 01:30", "2026-03-30 09:00"),
    "in the evening before the clock goes forward": ("2026-03-28 20:00", "2026-03-30 09:00"),
    "in the night when the clock goes back": ("2026-10-25 02:30", "2026-10-26 09:00"),
    "in the evening before the clock goes back": ("2026-10-24 21:00", "2026-10-26 09:00"),
}


@pytest.mark.parametrize(("moment", "wakes"), MOMENTS.values(), ids=MOMENTS)
def test_nobody_is_disturbed_at_night_on_a_sunday_or_on_a_holiday(moment: str, wakes: str) -> None:
    assert waking_time(_local(moment)) == _local(wakes)


@pytest.mark.parametrize(
    ("moment", "wakes"),
    [
        (datetime(2026, 3, 27, 22, tzinfo=UTC), datetime(2026, 3, 28, 8, tzinfo=UTC)),  # winter time: 9 is 8 UTC
        (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)),  # summer time: 9 is 7 UTC
        (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)),
        (datetime(2026, 7, 1, 17, 59, tzinfo=UTC), datetime(2026, 7, 1, 17, 59, tzinfo=UTC)),
        (datetime(2026, 7, 1, 18, 0, tzinfo=UTC), datetime(2026, 7, 2, 7, tzinfo=UTC)),
        (datetime(2026, 12, 1, 18, 59, tzinfo=UTC), datetime(2026, 12, 1, 18, 59, tzinfo=UTC)),
        (datetime(2026, 12, 1, 19, 0, tzinfo=UTC), datetime(2026, 12, 2, 8, tzinfo=UTC)),
    ],
)
def test_the_hours_are_those_of_amsterdam_in_winter_and_in_summer(moment: datetime, wakes: datetime) -> None:
    assert waking_time(moment) == wakes


@given(st.integers(0, 7 * 365 * 24 * 60))
def test_it_is_never_before_the_moment_nor_far_after_it_and_always_in_the_day(minutes: int) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    wakes = waking_time(moment)
    local = wakes.astimezone(AMSTERDAM)
    assert moment <= wakes <= moment + timedelta(days=5)
    assert time(9) <= local.time() < time(20) and local.strftime("%A") != "Sunday"
    assert waking_time(wakes) == wakes


# --- what is begun --------------------------------------------------------------------------------------------

NIGHT, MORNING = _local("2026-11-23 23:00"), _local("2026-11-24 09:00")
DAYTIME, LATER = _local("2026-11-23 14:00"), _local("2026-12-07 15:00")
SATURDAY_NIGHT, MONDAY = _local("2026-12-05 22:00"), _local("2026-12-07 09:00")
HELLO = Message("utter_hello")


@pytest.mark.parametrize(
    ("now", "due_at", "due"),
    [
        (DAYTIME, None, DAYTIME),
        (NIGHT, None, MORNING),
        (DAYTIME, LATER, LATER),
        (NIGHT, LATER, LATER),
        (DAYTIME, SATURDAY_NIGHT, MONDAY),
        (NIGHT, DAYTIME, MORNING),
        (LATER, DAYTIME, LATER),
    ],
)
def test_what_is_begun_waits_until_it_is_due_and_day(
    wijk: Wijk, now: datetime, due_at: datetime | None, due: datetime
) -> None:
    person = wijk.person()
    begun = quiet_hours.begin(wijk.session, now, person, HELLO, "solved:3", due_at)
    assert begun is not None
    assert (begun.chat_id, begun.due_at, begun.subject) == (person.chat_id, due, "begun:solved:3")
    assert Message.from_json(begun.content) == HELLO


def _begin(wijk: Wijk, person: Person, *subjects: str) -> None:
    for subject in subjects:
        quiet_hours.begin(wijk.session, wijk.now, person, Message(subject.replace(":", "_")), subject)


def test_what_was_going_to_be_begun_is_taken_back_by_its_subject_only(wijk: Wijk) -> None:
    anna, bram = wijk.person(), wijk.person()
    _begin(wijk, anna, "solved:3", "solved:3", "solved:33", "tips:3")
    _begin(wijk, bram, "solved:3")
    queue(wijk.session, wijk.now, anna.chat_id, Message("answer"), subject="solved:3")
    assert quiet_hours.take_back(wijk.session, "solved:3") == 3
    assert wijk.told(anna) == ["solved_33", "tips_3", "answer"] and wijk.told(bram) == []
    assert quiet_hours.take_back(wijk.session, "solved:3") == 0


def test_what_was_sent_is_not_taken_back(wijk: Wijk) -> None:
    person = wijk.person()
    _begin(wijk, person, "solved:3")
    wijk.deliver()
    assert quiet_hours.take_back(wijk.session, "solved:3") == quiet_hours.stop(wijk.session, person) == 0
    assert wijk.told(person) == ["solved_3"]


def test_who_stops_messages_is_begun_nothing_with_and_still_gets_the_rest(wijk: Wijk) -> None:
    anna, bram = wijk.person(), wijk.person()
    for person in (anna, bram):
        _begin(wijk, person, "solved:3", "tips:4")
        queue(wijk.session, wijk.now, person.chat_id, Message("answer"), subject="request:3")
        queue(wijk.session, wijk.now, person.chat_id, Message("danger"))
        queue(wijk.session, wijk.now, person.chat_id, Message("other"), subject="begun_nothing:3")
    assert quiet_hours.stop(wijk.session, anna) == 2
    assert quiet_hours.begin(wijk.session, wijk.now, anna, HELLO, "solved:5") is None
    assert wijk.told(anna) == ["answer", "danger", "other"]
    assert wijk.told(bram) == ["solved_3", "tips_4", "answer", "danger", "other"]
    assert quiet_hours.stop(wijk.session, anna) == 0


def test_stopping_is_kept_and_erases_nothing(wijk: Wijk) -> None:
    person = wijk.person("Anna")
    quiet_hours.stop(wijk.session, person)
    wijk.session.flush()
    wijk.session.expire(person)
    assert (person.messages_stopped, person.first_name, person.reachable) == (True, "Anna", True)


def test_who_wants_messages_again_gets_new_ones_and_not_the_old(wijk: Wijk) -> None:
    person = wijk.person()
    _begin(wijk, person, "solved:3")
    quiet_hours.stop(wijk.session, person)
    quiet_hours.resume(person)
    _begin(wijk, person, "tips:4")
    assert wijk.told(person) == ["tips_4"]


def test_what_is_being_sent_at_that_moment_is_left_to_whoever_sends_it(wijk: Wijk) -> None:
    person = wijk.person()
    begun = quiet_hours.begin(wijk.session, wijk.now, person, HELLO, "solved:3")
    assert begun is not None
    begun.state = OutgoingState.SENDING
    assert quiet_hours.stop(wijk.session, person) == 0 and begun.state is OutgoingState.SENDING


def test_who_leaves_the_team_is_not_sent_in_the_morning_what_was_for_the_work(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    assert fatma.person is not None
    chat_id = fatma.person.chat_id
    _begin(wijk, fatma.person, "well:1")
    handoffs.leave(wijk.session, wijk.now, fatma.id)
    begun = wijk.session.scalars(select(Outgoing).where(Outgoing.chat_id == chat_id)).all()
    assert [row.state for row in begun] == [OutgoingState.WITHDRAWN]


def test_what_is_late_waits_for_the_morning_and_answers_do_not(wijk: Wijk) -> None:
    resident, fatma = wijk.person(), wijk.member("Fatma")
    request = wijk.request(person=resident)
    question = begin(wijk.session, wijk.now, resident, Message("utter_ask_solved"), "solved_later:1")
    answer = queue(wijk.session, wijk.now, resident.chat_id, Message("utter_help"))
    (card,) = wijk.session.scalars(select(Outgoing).where(Outgoing.subject == f"card:{request.id}"))
    assert question is not None and card.chat_id == chat_of(fatma)
    assert put_off(wijk.session, wijk.now) == 0, "in the day nothing waits"
    night = wijk.now.replace(hour=22)
    assert put_off(wijk.session, night) == 2
    wijk.session.expire_all()
    assert question.due_at == card.due_at == waking_time(night) and answer.due_at == wijk.now
