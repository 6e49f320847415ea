"""When something must happen by itself: tables over weekends, holidays and the change of the clock."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from actions.clocks import PATIENCE, Act, begin_waiting, open_promise, plan, wind
from actions.request_states import WAITING
from store.states import PromiseState, RequestState, Rule, Urgency
from store.tables import Member, Promise, Request
from tests.actions.people import Wijk, moment

MONDAY = "2026-11-23 10:00"
FRIDAY = "2026-11-27 16:00"


def _request(state: RequestState, urgency: str, since: str, **other: Any) -> Request:
    settings = {"rule": Rule.WISHED, "reminded": 0, "unanswered_reminded": 0, "practice": False, **other}
    return Request(state=state, urgency=Urgency(urgency), waiting_since=moment(since), **settings)


def _next(found: Request, promise: Promise | None = None) -> tuple[Act, str]:
    first = plan(found, promise)[0]
    return first.act, first.at.astimezone(moment(MONDAY).tzinfo).isoformat()


def _due(act: Act, at: str) -> tuple[Act, str]:
    return act, moment(at).isoformat()


# Urgency, since when, how often they were reminded, and then what happens when.
READERS: dict[str, tuple[str, str, int, Act, str]] = {
    "danger is like a crisis": ("danger", MONDAY, 0, Act.REMIND_READERS, "2026-11-23 10:30"),
    "half an hour": ("crisis", MONDAY, 0, Act.REMIND_READERS, "2026-11-23 10:30"),
    "within one working hour": ("crisis", MONDAY, 1, Act.WIDEN, "2026-11-23 11:00"),
    "a crisis on Friday evening": ("crisis", "2026-11-27 20:00", 1, Act.WIDEN, "2026-11-30 10:00"),
    "a crisis just before the weekend": ("crisis", "2026-11-27 16:40", 1, Act.WIDEN, "2026-11-30 09:40"),
    "soon": ("soon", MONDAY, 0, Act.REMIND_READERS, "2026-11-23 11:30"),
    "soon, wider": ("soon", MONDAY, 1, Act.WIDEN, "2026-11-23 13:00"),
    "soon over a weekend": ("soon", FRIDAY, 1, Act.WIDEN, "2026-11-30 11:00"),
    "normal": ("normal", MONDAY, 0, Act.REMIND_READERS, "2026-11-23 14:00"),
    "normal, wider": ("normal", MONDAY, 1, Act.WIDEN, "2026-11-24 10:00"),
    "info is like normal": ("info", MONDAY, 1, Act.WIDEN, "2026-11-24 10:00"),
    "normal over a weekend": ("normal", FRIDAY, 1, Act.WIDEN, "2026-11-30 16:00"),
    "over Christmas": ("normal", "2026-12-24 16:00", 1, Act.WIDEN, "2026-12-28 16:00"),
    "when the clock goes back": ("normal", "2026-10-23 16:00", 1, Act.WIDEN, "2026-10-26 16:00"),
    "when the clock goes forward": ("normal", "2027-03-25 16:00", 1, Act.WIDEN, "2027-03-30 16:00"),
}


@pytest.mark.parametrize("state", sorted(WAITING))
@pytest.mark.parametrize(("urgency", "since", "reminded", "act", "at"), READERS.values(), ids=READERS)
def test_a_card_that_nobody_takes_is_shown_again_and_then_to_more(
    state: RequestState, urgency: str, since: str, reminded: int, act: Act, at: str
) -> None:
    assert _next(_request(state, urgency, since, reminded=reminded)) == _due(act, at)


# As long as a rung takes, and so long again each time: an hour in a crisis, else a working day at most.
COORDINATOR: dict[str, tuple[str, str, int, str]] = {
    "a crisis": ("crisis", MONDAY, 0, "2026-11-23 11:00"),
    "a crisis, again": ("crisis", MONDAY, 1, "2026-11-23 12:00"),
    "soon": ("soon", MONDAY, 0, "2026-11-23 13:00"),
    "normal": ("normal", MONDAY, 0, "2026-11-24 10:00"),
    "normal, the third time, over a weekend": ("normal", "2026-11-25 10:00", 2, "2026-11-30 10:00"),
}


@pytest.mark.parametrize(("urgency", "since", "reminded", "at"), COORDINATOR.values(), ids=COORDINATOR)
def test_with_the_coordinator_it_stays_with_a_reminder_each_time(
    urgency: str, since: str, reminded: int, at: str
) -> None:
    found = _request(RequestState.OFFERED, urgency, since, reminded=reminded, rule=Rule.COORDINATOR)
    assert _next(found) == _due(Act.REMIND_COORDINATOR, at)


CLAIMED: dict[str, tuple[str, str, int, Act, str]] = {
    "a crisis": ("crisis", MONDAY, 0, Act.REMIND_TAKER, "2026-11-23 11:00"),
    "a crisis, taken back": ("crisis", MONDAY, 1, Act.TAKE_BACK, "2026-11-23 12:00"),
    "soon": ("soon", MONDAY, 0, Act.REMIND_TAKER, "2026-11-23 14:00"),
    "soon, taken back": ("soon", MONDAY, 1, Act.TAKE_BACK, "2026-11-24 10:00"),
    "normal": ("normal", MONDAY, 0, Act.REMIND_TAKER, "2026-11-24 14:00"),
    "normal, taken back over a weekend": ("normal", FRIDAY, 1, Act.TAKE_BACK, "2026-12-02 16:00"),
}


@pytest.mark.parametrize(("urgency", "since", "reminded", "act", "at"), CLAIMED.values(), ids=CLAIMED)
def test_who_took_it_and_stays_silent_is_reminded_and_then_it_goes_back(
    urgency: str, since: str, reminded: int, act: Act, at: str
) -> None:
    assert _next(_request(RequestState.CLAIMED, urgency, since, reminded=reminded)) == _due(act, at)


def test_the_clock_of_who_took_it_runs_in_their_own_hours() -> None:
    tuesdays = Member(name="Fatma", hours=[{"days": [1], "opens": 540, "closes": 720}])
    found = _request(RequestState.CLAIMED, "soon", MONDAY)
    found.claimed_by = tuesdays
    assert _next(found) == _due(Act.REMIND_TAKER, "2026-12-01 10:00")


TALKS: dict[str, tuple[int, Act, str]] = {
    "ten working days": (0, Act.ASK_PROGRESS, "2026-12-07 10:00"),
    "half as long again": (1, Act.TELL_OF_IDLENESS, "2026-12-14 10:00"),
    "and again, over Christmas": (3, Act.TELL_OF_IDLENESS, "2026-12-29 10:00"),
}


@pytest.mark.parametrize(("reminded", "act", "at"), TALKS.values(), ids=TALKS)
def test_a_talk_in_which_nothing_happens_is_asked_about(reminded: int, act: Act, at: str) -> None:
    assert _next(_request(RequestState.CONTACTED, "normal", MONDAY, reminded=reminded)) == _due(act, at)


MESSAGES: dict[str, tuple[str, int, Act, str]] = {
    "a crisis": ("crisis", 0, Act.REMIND_OF_MESSAGE, "2026-11-23 11:00"),
    "a crisis, told": ("crisis", 1, Act.TELL_OF_MESSAGE, "2026-11-23 12:00"),
    "soon": ("soon", 0, Act.REMIND_OF_MESSAGE, "2026-11-23 14:00"),
    "soon, told": ("soon", 1, Act.TELL_OF_MESSAGE, "2026-11-24 10:00"),
    "normal": ("normal", 0, Act.REMIND_OF_MESSAGE, "2026-11-24 10:00"),
    "normal, told": ("normal", 1, Act.TELL_OF_MESSAGE, "2026-11-25 10:00"),
    "normal, told a day later again": ("normal", 2, Act.TELL_OF_MESSAGE, "2026-11-26 10:00"),
}


@pytest.mark.parametrize("state", [RequestState.CLAIMED, RequestState.CONTACTED])
@pytest.mark.parametrize(("urgency", "times", "act", "at"), MESSAGES.values(), ids=MESSAGES)
def test_a_message_without_an_answer_is_reminded_of_and_then_told(
    state: RequestState, urgency: str, times: int, act: Act, at: str
) -> None:
    found = _request(state, urgency, "2026-11-27 10:00", unanswered_since=moment(MONDAY), unanswered_reminded=times)
    assert _next(found) == _due(act, at)


@pytest.mark.parametrize("state", [state for state in RequestState if state is not RequestState.CLOSED])
def test_a_promise_is_due_at_its_moment_and_doubted_a_working_day_after_it_was_asked_about(state: RequestState) -> None:
    found = _request(state, "normal", FRIDAY, reminded=1)
    promise = Promise(due_at=moment(MONDAY))
    assert _next(found, promise) == _due(Act.PROMISE_DUE, MONDAY)
    promise.asked_at = moment("2026-11-27 10:00")
    assert _due(Act.PROMISE_IN_DOUBT, "2026-11-30 10:00") in [
        (due.act, due.at.isoformat()) for due in plan(found, promise)
    ]


@pytest.mark.parametrize("urgency", Urgency)
@pytest.mark.parametrize("state", RequestState)
def test_a_clock_runs_for_everything_but_what_is_closed_or_practised_with(state: RequestState, urgency: str) -> None:
    found = _request(state, urgency, MONDAY)
    assert bool(plan(found, None)) == (state is not RequestState.CLOSED)
    found.practice = True
    assert plan(found, Promise(due_at=moment(MONDAY))) == []


def test_there_is_patience_for_each_urgency_and_it_is_less_for_what_is_more_urgent() -> None:
    patiences = [PATIENCE[urgency] for urgency in Urgency]
    for shorter, longer in pairwise(patiences):
        assert shorter.rung <= longer.rung <= longer.promise
        assert shorter.contact <= longer.contact and shorter.reply <= longer.reply and shorter.promise <= longer.promise


def test_the_first_clock_is_kept_with_the_request(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.request()
    promise = open_promise(wijk.session, request)
    assert promise is not None and request.look_at == plan(request, promise)[0].at
    promise.due_at = wijk.now
    wind(wijk.session, request)
    assert request.look_at == wijk.now
    promise.state, request.state, request.claimed_by = PromiseState.KEPT, RequestState.CLOSED, fatma
    wind(wijk.session, request)
    assert [request.look_at, open_promise(wijk.session, request)] == [None, None]


def test_when_waiting_begins_anew_nobody_has_been_reminded() -> None:
    found = _request(RequestState.OFFERED, "normal", FRIDAY, reminded=3)
    begin_waiting(found, moment(MONDAY))
    assert (found.waiting_since, found.reminded) == (moment(MONDAY), 0)
