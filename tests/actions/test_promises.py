"""Promises: made with a moment, asked about when it comes, and always kept, escalated or replaced."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from actions import clocks, closing, handoffs, promises, quiet_hours, relay
from actions.relay import Letter
from store.states import Outcome, PromiseState, RequestState
from store.tables import Member, Person, Request
from tests.actions.people import Wijk, chat_of, invariant, moment, wish

HOUR = timedelta(hours=1)
ON_SATURDAYS = [{"days": [5], "opens": 10 * 60, "closes": 14 * 60}]


def _due(wijk: Wijk, request: Request) -> datetime:
    promise = clocks.open_promise(wijk.session, request)
    assert promise is not None
    return promise.due_at


# Urgency, asked when, and before when the resident hears from somebody (domain.md, section 3).
TERMS = {
    "danger": ("danger", "2026-11-23 10:00", "2026-11-24 10:00"),
    "a crisis: at the latest the next working day": ("crisis", "2026-11-23 10:00", "2026-11-24 10:00"),
    "a crisis on Friday evening": ("crisis", "2026-11-27 20:00", "2026-11-30 17:00"),
    "soon: three working days": ("soon", "2026-11-23 10:00", "2026-11-26 10:00"),
    "soon over a weekend": ("soon", "2026-11-26 10:00", "2026-12-01 10:00"),
    "normal: ten working days": ("normal", "2026-11-23 10:00", "2026-12-07 10:00"),
    "normal over Christmas": ("normal", "2026-12-21 10:00", "2027-01-06 10:00"),
    "normal over the change of the clock": ("normal", "2026-10-19 10:00", "2026-11-02 10:00"),
}


@pytest.mark.parametrize(("urgency", "asked", "due"), TERMS.values(), ids=TERMS)
def test_the_term_of_a_promise_follows_the_urgency(wijk: Wijk, urgency: str, asked: str, due: str) -> None:
    wijk.now = moment(asked)
    wijk.member("Fatma")
    requested = handoffs.request(wijk.session, wijk.now, wijk.person(), wish(urgency))
    assert requested.promised == _due(wijk, requested.request) == moment(due)


def test_who_takes_it_takes_the_promise_over_and_who_gives_it_back_leaves_it_to_the_team(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    wijk.member("Joop")
    request = wijk.request()
    due = _due(wijk, request)
    wijk.claim(fatma, request)
    mine = clocks.open_promise(wijk.session, request)
    assert mine is not None and (mine.due_at, mine.member_id) == (due, fatma.id)
    handoffs.release(wijk.session, wijk.now, fatma, request.id)
    assert (mine.member_id, wijk.promises(request)) == (None, [PromiseState.REPLACED, PromiseState.OPEN])
    invariant(wijk.session)


def test_who_takes_it_too_late_promises_to_be_quick(wijk: Wijk) -> None:
    fatma, request = wijk.member("Fatma"), wijk.request(wish("soon"))
    wijk.now = moment("2026-11-26 09:30")
    wijk.claim(fatma, request)
    assert _due(wijk, request) == moment("2026-11-27 09:30")
    assert wijk.messages(request.person)[-1].values["promised"] == _due(wijk, request).isoformat()


@pytest.mark.parametrize(
    ("claimed", "due"), [("2026-11-23 10:00", "2026-11-26 10:00"), ("2026-11-26 09:30", "2026-11-27 09:30")]
)
def test_a_promise_of_who_works_on_saturdays_only_runs_in_office_hours(wijk: Wijk, claimed: str, due: str) -> None:
    wijk.now = moment("2026-11-23 10:00")
    fatma, request = wijk.member("Fatma", hours=ON_SATURDAYS), wijk.request(wish("soon"))
    wijk.now = moment(claimed)
    wijk.claim(fatma, request)
    assert _due(wijk, request) == moment(due)


def _asked(wijk: Wijk, reach: str = "telephone") -> tuple[Request, Person, Member, Member]:
    """A promise of somebody who spoke with the resident, about which that resident was just asked."""
    fatma, annie, coby = wijk.member("Fatma"), wijk.person(), wijk.coordinator()
    request = wijk.claimed(fatma, wish("soon", reach=reach), annie)
    relay.spoke(wijk.session, wijk.now, fatma, request.id)
    wijk.until(moment("2026-11-26 10:00"))
    return request, annie, fatma, coby


def test_the_resident_is_asked_when_the_promise_falls_due(wijk: Wijk) -> None:
    request, annie, _, coby = _asked(wijk)
    question = wijk.messages(annie)[-1]
    assert (question.key, question.opens) == ("utter_ask_promise_kept", promises.ASKS)
    assert question.values == {"case": request.id, "name": "Fatma", "reach": "telephone"}
    assert (wijk.changes(request)[-1], wijk.told(coby)) == ("promise_asked", [])
    invariant(wijk.session)


def test_yes_keeps_it(wijk: Wijk) -> None:
    request, _, _, coby = _asked(wijk)
    promises.say_kept(wijk.session, wijk.now, request)
    assert (wijk.promises(request)[-1], wijk.changes(request)[-1]) == (PromiseState.KEPT, "promise_kept")
    wijk.until(wijk.now + timedelta(days=5))
    assert wijk.told(coby) == []
    invariant(wijk.session)


def test_yes_means_that_they_had_contact(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma, wish("normal", reach="telephone"))
    promises.say_kept(wijk.session, wijk.now, request)
    assert (request.state, request.contacted_at) == (RequestState.CONTACTED, wijk.now)
    invariant(wijk.session)


def test_no_puts_it_on_top_and_tells_the_coordinator_and_there_is_a_new_promise(wijk: Wijk) -> None:
    request, _, fatma, coby = _asked(wijk)
    promises.say_broken(wijk.session, wijk.now, request)
    assert wijk.promises(request)[-2:] == [PromiseState.ESCALATED, PromiseState.OPEN]
    assert (request.on_top, _due(wijk, request)) == (True, moment("2026-11-27 10:00"))
    assert (wijk.told(coby)[-1], wijk.told(fatma)[-1]) == ("coordinator_promise_broken", "team_promise_broken")
    assert wijk.changes(request)[-2:] == ["promise_broken", "escalated"]
    invariant(wijk.session)


def test_missed_means_once_more_without_blame(wijk: Wijk) -> None:
    request, _, fatma, coby = _asked(wijk)
    promises.say_missed(wijk.session, wijk.now, request)
    assert wijk.promises(request)[-2:] == [PromiseState.REPLACED, PromiseState.OPEN]
    assert (request.on_top, _due(wijk, request)) == (False, moment("2026-11-30 10:00"))
    assert (wijk.told(coby), wijk.told(fatma)[-1]) == ([], "team_promise_missed")
    invariant(wijk.session)


@pytest.mark.parametrize(("said", "due"), [("broken", "2026-11-27 10:00"), ("missed", "2026-11-30 10:00")])
def test_who_works_on_saturdays_only_tries_again_in_office_hours(wijk: Wijk, said: str, due: str) -> None:
    request, _, fatma, _ = _asked(wijk)
    fatma.hours = ON_SATURDAYS
    getattr(promises, f"say_{said}")(wijk.session, wijk.now, request)
    assert _due(wijk, request) == moment(due)


def test_when_nobody_says_whether_it_was_kept_the_coordinator_hears(wijk: Wijk) -> None:
    request, _, _, coby = _asked(wijk)
    wijk.until(moment("2026-11-27 10:00"))
    assert (wijk.promises(request)[-1], wijk.told(coby)) == (PromiseState.ESCALATED, ["coordinator_promise_unknown"])


def test_who_has_stopped_messages_is_not_asked_and_the_coordinator_hears(wijk: Wijk) -> None:
    fatma, annie, coby = wijk.member("Fatma"), wijk.person(), wijk.coordinator()
    request = wijk.claimed(fatma, wish("soon", reach="telephone"), annie)
    relay.spoke(wijk.session, wijk.now, fatma, request.id)
    quiet_hours.stop(wijk.session, annie)
    wijk.until(moment("2026-11-26 10:00"))
    assert "utter_ask_promise_kept" not in wijk.told(annie)
    assert (wijk.promises(request)[-1], wijk.told(coby)) == (PromiseState.ESCALATED, ["coordinator_promise_unknown"])


def test_a_promise_that_nobody_in_particular_had_is_broken_openly(wijk: Wijk) -> None:
    coby, annie = wijk.coordinator(), wijk.person()
    request = wijk.request(wish("soon"), annie)
    wijk.until(moment("2026-11-26 10:00"))
    assert wijk.promises(request) == [PromiseState.ESCALATED]
    assert request.on_top and wijk.told(annie) == ["utter_promise_broken"]
    assert "coordinator_promise_broken" in wijk.told(coby)
    wijk.until(moment("2026-11-30 17:00"))
    assert wijk.told(annie) == ["utter_promise_broken"]


@pytest.mark.parametrize("said", ["kept", "broken", "missed"])
def test_an_answer_comes_after_the_request_went_back_to_the_team(wijk: Wijk, said: str) -> None:
    request, _, fatma, coby = _asked(wijk)
    handoffs.release(wijk.session, wijk.now, fatma, request.id)
    getattr(promises, f"say_{said}")(wijk.session, wijk.now, request)
    expected = {"kept": PromiseState.KEPT, "broken": PromiseState.ESCALATED, "missed": PromiseState.OPEN}
    assert wijk.promises(request)[-1] is expected[said]
    assert ("coordinator_promise_broken" in wijk.told(coby)) == (said == "broken")
    invariant(wijk.session)


@pytest.mark.parametrize("said", ["kept", "broken", "missed"])
def test_an_answer_after_closing_makes_no_new_promise(wijk: Wijk, said: str) -> None:
    request, _, fatma, coby = _asked(wijk)
    closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.OTHER)
    getattr(promises, f"say_{said}")(wijk.session, wijk.now, request)
    assert clocks.open_promise(wijk.session, request) is None
    assert ("coordinator_promise_broken" in wijk.told(coby)) == (said == "broken")
    invariant(wijk.session)


@pytest.mark.parametrize("end", ["a reply", "closed", "not reached", "yes", "no", "no answer", "nobody had it"])
def test_every_promise_ends(wijk: Wijk, end: str) -> None:
    fatma = wijk.member("Fatma")
    wijk.coordinator()
    request = wijk.request(wish("soon"))
    if end != "nobody had it":
        wijk.claim(fatma, request)
    match end:
        case "a reply":
            relay.to_resident(wijk.session, wijk.now, request, fatma, Letter(chat_of(fatma), 7, "dag"))
        case "closed":
            closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.SOLVED)
        case "not reached":
            closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.NOT_REACHED)
        case "yes":
            promises.say_kept(wijk.session, wijk.now, request)
        case "no":
            promises.say_broken(wijk.session, wijk.now, request)
    wijk.until(moment("2026-12-24 10:00"))
    kept = {"a reply", "closed", "yes"}
    ended = [state for state in wijk.promises(request) if state is not PromiseState.REPLACED]
    assert PromiseState.OPEN not in ended
    assert set(ended) == {PromiseState.KEPT if end in kept else PromiseState.ESCALATED}
