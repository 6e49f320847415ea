"""Waiting for a time: who waits the longest is offered one, and never more people than there are times."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from unittest import mock

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import availability, closing, handoffs, quiet_hours, waiting_list
from actions.appointment_offers import Plan
from store.agenda_tables import AppointmentKind, AppointmentWait
from store.database import Database
from store.states import Outcome, Role
from store.tables import Member, Outgoing, Request
from tests.actions.agenda import booked, events, give_hours
from tests.actions.people import Wijk, moment

COACH = AppointmentKind.COACH
HOUR = timedelta(hours=1)


@pytest.fixture
def vera(wijk: Wijk) -> Member:
    """An energy coach, without hours yet."""
    return wijk.member("Vera", None, Role.ENERGY_COACH)


@pytest.fixture
def fatma(wijk: Wijk) -> Member:
    return wijk.member("Fatma", capacity=20)


def _waiting(wijk: Wijk, fatma: Member, count: int = 1) -> list[Request]:
    """Residents who wait for a coach, each an hour after the other."""
    found = [wijk.claimed(fatma) for _ in range(count)]
    for one in found:
        assert waiting_list.join(wijk.session, wijk.now, Plan(one, COACH))
        wijk.now += HOUR
    return found


def _offered(wijk: Wijk, *requests: Request) -> list[bool]:
    """Who has just been asked for a time; it is delivered."""
    return ["utter_ask_when" in wijk.news(one.person) for one in requests]


def _offer(wijk: Wijk) -> int:
    offered = waiting_list.offer(wijk.session, wijk.now)
    wijk.session.flush()
    return offered


def _one_time(wijk: Wijk, coach: Member) -> None:
    """One free time in all of the coming weeks: on Friday."""
    give_hours(wijk, coach, opens=10, closes=11, days=[4])
    off = [moment(f"2026-{day} 10:00").date().isoformat() for day in ("12-04", "12-11", "12-18", "12-25")]
    availability.of(wijk.session, coach).days_off = [*off, "2027-01-01"]


def test_who_waits_is_noted_once_per_kind_and_the_coordinator_is_told(wijk: Wijk, fatma: Member) -> None:
    coby, request = wijk.coordinator(), wijk.claimed(fatma)
    joined = [waiting_list.join(wijk.session, wijk.now, Plan(request, kind)) for kind in (COACH, COACH)]
    assert joined == [True, False]
    assert waiting_list.join(wijk.session, wijk.now, Plan(request))
    assert wijk.told(coby) == ["coordinator_waiting_list"] * 2
    assert events(wijk, "appointment_awaited") == ["coach", "talk"]
    assert waiting_list.count(wijk.session) == 2


def test_who_leaves_waits_no_longer(wijk: Wijk, vera: Member, fatma: Member) -> None:
    (request,) = _waiting(wijk, fatma)
    left = [waiting_list.leave(wijk.session, request, kind) for kind in (AppointmentKind.TALK, COACH, COACH)]
    assert left == [False, True, False]
    give_hours(wijk, vera)
    assert (_offer(wijk), waiting_list.count(wijk.session)) == (0, 0)


def test_without_a_free_time_nobody_is_offered_one(wijk: Wijk, vera: Member, fatma: Member) -> None:
    (request,) = _waiting(wijk, fatma)
    assert (_offer(wijk), _offered(wijk, request)) == (0, [False])


def test_when_times_come_free_they_are_offered(wijk: Wijk, vera: Member, fatma: Member) -> None:
    (request,) = _waiting(wijk, fatma)
    give_hours(wijk, vera)
    assert _offer(wijk) == 1
    asked = wijk.messages(request.person)[-1]
    assert (asked.key, asked.values["asked_because"], asked.values["appointment_kind"]) == (
        "utter_ask_when",
        "free_again",
        "coach",
    )


def test_a_time_after_more_than_ten_working_days_is_none(wijk: Wijk, vera: Member, fatma: Member) -> None:
    (request,) = _waiting(wijk, fatma)
    _one_time(wijk, vera)
    vera.away_until = moment("2026-11-28 10:00").date()
    availability.of(wijk.session, vera).days_off = ["2026-12-04"]
    assert (_offer(wijk), _offered(wijk, request)) == (0, [False])
    wijk.now += timedelta(days=7)
    assert _offer(wijk) == 1


def test_one_free_time_is_offered_to_one_who_waits_the_longest(wijk: Wijk, vera: Member, fatma: Member) -> None:
    first, second = _waiting(wijk, fatma, 2)
    _one_time(wijk, vera)
    assert (_offer(wijk), _offered(wijk, first, second)) == (1, [True, False])
    assert (_offer(wijk), _offered(wijk, first, second)) == (0, [False, False])


def test_who_did_not_answer_within_a_working_day_makes_room_for_the_next(
    wijk: Wijk, vera: Member, fatma: Member
) -> None:
    first, second = _waiting(wijk, fatma, 2)
    _one_time(wijk, vera)
    wijk.now = moment("2026-11-23 13:00")
    assert _offer(wijk) == 1
    _offered(wijk, first, second)
    wijk.now = moment("2026-11-24 12:59")
    assert _offer(wijk) == 0
    wijk.now = moment("2026-11-24 13:00")
    assert (_offer(wijk), _offered(wijk, first, second)) == (1, [False, True])


def test_as_many_are_asked_as_there_are_times(wijk: Wijk, vera: Member, fatma: Member) -> None:
    waiting = _waiting(wijk, fatma, 3)
    _one_time(wijk, vera)
    _one_time(wijk, other := wijk.member("Willem", None, Role.ENERGY_COACH))
    assert other.wijk is None
    assert (_offer(wijk), _offered(wijk, *waiting)) == (2, [True, True, False])


def test_times_of_others_are_counted_apart(wijk: Wijk, vera: Member, fatma: Member) -> None:
    (first,) = _waiting(wijk, fatma)
    talk = wijk.claimed(fatma)
    waiting_list.join(wijk.session, wijk.now, Plan(talk))
    for one in (vera, fatma):
        _one_time(wijk, one)
    assert (_offer(wijk), _offered(wijk, first, talk)) == (2, [True, True])


def test_who_books_waits_no_longer(wijk: Wijk, vera: Member, fatma: Member) -> None:
    first, second = _waiting(wijk, fatma, 2)
    give_hours(wijk, vera, opens=10, closes=11)
    booked(wijk, first, vera, COACH)
    assert waiting_list.count(wijk.session) == 1
    assert (_offer(wijk), _offered(wijk, second)) == (1, [True])


def test_a_closed_request_is_forgotten(wijk: Wijk, vera: Member, fatma: Member) -> None:
    (request,) = _waiting(wijk, fatma)
    closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.SOLVED)
    assert waiting_list.count(wijk.session) == 0
    give_hours(wijk, vera)
    assert (_offer(wijk), _offered(wijk, request)) == (0, [False])
    assert wijk.session.scalar(select(func.count()).select_from(AppointmentWait)) == 0


def test_who_cannot_be_reached_or_stopped_messages_takes_nobodys_place(wijk: Wijk, vera: Member, fatma: Member) -> None:
    lost, stopped, third = _waiting(wijk, fatma, 3)
    wijk.lose(lost.person)
    quiet_hours.stop(wijk.session, stopped.person)
    _one_time(wijk, vera)
    assert (_offer(wijk), _offered(wijk, lost, stopped, third)) == (1, [False, False, True])


@pytest.mark.parametrize("when", ["2026-11-23 23:00", "2026-11-29 12:00"])
def test_nobody_is_asked_at_night_or_on_sundays(wijk: Wijk, vera: Member, fatma: Member, when: str) -> None:
    (request,) = _waiting(wijk, fatma)
    give_hours(wijk, vera)
    wijk.now = moment(when)
    assert (_offer(wijk), _offered(wijk, request)) == (0, [False])


def test_one_that_is_gone_by_the_time_that_it_is_its_turn_is_left(wijk: Wijk, fatma: Member) -> None:
    (request,) = _waiting(wijk, fatma)
    (number,) = waiting_list.due(wijk.session, wijk.now)
    waiting_list.leave(wijk.session, request, COACH)
    assert not waiting_list.offer_to(wijk.session, wijk.now, number)


def test_one_who_leaves_at_the_very_moment_is_left(wijk: Wijk, vera: Member, fatma: Member) -> None:
    (request,) = _waiting(wijk, fatma)
    give_hours(wijk, vera)
    lock = handoffs.lock

    def late(session: Session, number: int) -> Request | None:
        waiting_list.leave(session, request, COACH)
        return lock(session, number)

    with mock.patch.object(handoffs, "lock", late):
        assert _offer(wijk) == 0
    assert _offered(wijk, request) == [False]


def test_who_is_asked_or_else_waits(wijk: Wijk, vera: Member, fatma: Member) -> None:
    request = wijk.claimed(fatma)
    assert not waiting_list.ask(wijk.session, wijk.now, Plan(request, COACH), "helper")
    give_hours(wijk, vera)
    assert waiting_list.ask(wijk.session, wijk.now, Plan(request, COACH), "helper")
    assert waiting_list.count(wijk.session) == 1


def test_two_processes_that_offer_one_time_at_the_same_moment_ask_one_person(database: Database) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        fatma = wijk.member("Fatma", capacity=20)
        _waiting(wijk, fatma, 4)
        _one_time(wijk, wijk.member("Vera", None, Role.ENERGY_COACH))
        now, numbers = wijk.now, waiting_list.due(session, wijk.now)
    together = Barrier(len(numbers))

    def offer(number: int) -> bool:
        together.wait()
        with database.transaction() as session:
            return waiting_list.offer_to(session, now, number)

    with ThreadPoolExecutor(len(numbers)) as threads:
        assert sum(threads.map(offer, numbers)) == 1
    with database.reading() as session:
        subjects = session.scalars(select(Outgoing.subject).where(Outgoing.subject.startswith("plan:"))).all()
    assert len(subjects) == 1
