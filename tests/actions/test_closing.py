"""The end of a talk and what comes after: the outcome, the questions after weeks, and beginning again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions import closing, handoffs, notes, quiet_hours
from actions.closing import ASKS, ASKS_WARMER
from actions.opening_hours import local_day
from actions.outbox import Message
from store.states import Measures, OfferAnswer, Outcome, OutgoingState, PromiseState, RequestState, Rule
from store.tables import Event, Member, Outgoing, Person, Request
from tests.actions.people import WISH, Wijk, invariant, moment, wish


def _closed(wijk: Wijk, outcome: Outcome = Outcome.SOLVED, detail: str | None = None) -> tuple[Request, Person, Member]:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    request = wijk.claimed(fatma, WISH, annie)
    assert closing.close(wijk.session, wijk.now, fatma, request.id, outcome, detail) is request
    return request, annie, fatma


def _later(wijk: Wijk, person: Person) -> list[tuple[str, str, str]]:
    """What a person is going to be asked: the day, the text and the flow."""
    begun = Outgoing.subject.startswith(f"{quiet_hours.BEGUN}:") & (Outgoing.state == OutgoingState.WAITING)
    rows = wijk.session.scalars(select(Outgoing).where(begun, Outgoing.chat_id == person.chat_id).order_by(Outgoing.id))
    messages = [(row.due_at, Message.from_json(row.content)) for row in rows]
    return [(local_day(due_at).isoformat(), message.key, message.opens) for due_at, message in messages]


@pytest.mark.parametrize("outcome", Outcome)
def test_a_request_ends_with_an_outcome_that_is_counted_and_told(wijk: Wijk, outcome: Outcome) -> None:
    detail = "voorbeeld_loket" if outcome is Outcome.REFERRED else None
    request, annie, fatma = _closed(wijk, outcome, detail)
    assert (request.state, request.closed_at) == (RequestState.CLOSED, wijk.now)
    assert (request.outcome, request.outcome_detail) == (outcome, detail)
    event = wijk.session.scalars(select(Event).where(Event.name == "closed")).one()
    assert (event.detail, event.wijk) == (outcome.value, "smitsveen")
    told = next(one for one in wijk.messages(annie) if one.key == "utter_case_closed_resident")
    assert told.values == {"name": "Fatma", "outcome": outcome.value, "service": detail or ""}
    assert wijk.told(fatma)[-1] == "utter_case_closed_member"
    ended = {Outcome.NOT_REACHED: PromiseState.ESCALATED, Outcome.OTHER: PromiseState.REPLACED}
    assert wijk.promises(request)[-1] is ended.get(outcome, PromiseState.KEPT)
    assert (request.fitted_at is not None) == (outcome is Outcome.MEASURES_PLACED)
    invariant(wijk.session)


def test_what_was_open_is_cleared_at_the_end(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma)
    request.on_top, request.unanswered_since, request.unanswered_reminded = True, wijk.now, 2
    closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.SOLVED)
    assert [request.on_top, request.unanswered_since, request.unanswered_reminded] == [False, None, 0]
    assert request.look_at is None


@pytest.mark.parametrize("outcome", Outcome)
def test_after_two_and_six_weeks_the_resident_is_asked_whether_it_is_solved(wijk: Wijk, outcome: Outcome) -> None:
    _, annie, _ = _closed(wijk, outcome)
    warmer = outcome is Outcome.MEASURES_PLACED
    first = ("utter_ask_warmer", ASKS_WARMER) if warmer else ("utter_ask_solved", ASKS)
    assert _later(wijk, annie) == [("2026-12-07", *first), ("2027-01-04", "utter_ask_solved", ASKS)]


def test_who_has_stopped_messages_is_asked_nothing(wijk: Wijk) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    request = wijk.claimed(fatma, WISH, annie)
    quiet_hours.stop(wijk.session, annie)
    closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.SOLVED)
    assert _later(wijk, annie) == []


def test_who_has_room_again_is_shown_what_waits(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma", capacity=1)
    request = wijk.claimed(fatma)
    waiting = wijk.request()
    assert (waiting.rule, wijk.shown(waiting)) == (Rule.COORDINATOR, set())
    closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.SOLVED)
    assert (waiting.state, wijk.shown(waiting)) == (RequestState.OFFERED, {"Fatma"})
    invariant(wijk.session)


def test_beginning_again_asks_who_helped_before_and_takes_back_the_later_questions(wijk: Wijk) -> None:
    request, annie, fatma = _closed(wijk)
    wijk.member("Joop")
    notes.write(wijk.session, wijk.now, request, fatma, "Eerder gebeld.")
    assert closing.reopen_of(wijk.session, wijk.now, annie, request.id) == (fatma,)
    assert (request.rule, wijk.shown(request), request.state) == (Rule.EARLIER, {"Fatma"}, RequestState.OFFERED)
    assert _later(wijk, annie) == []
    assert (request.outcome, request.closed_at, request.claimed_by_id) == (None, None, None)
    assert wijk.promises(request)[-1] is PromiseState.OPEN
    assert wijk.changes(request)[-2:] == ["reopened", "offered"]
    invariant(wijk.session)
    wijk.claim(fatma, request)
    assert wijk.told(fatma)[-2:] == ["case_text", "case_history"]


@pytest.mark.parametrize("gone", ["away", "full", "left", "lost"])
def test_when_who_helped_before_is_not_there_others_are_asked(wijk: Wijk, gone: str) -> None:
    request, annie, fatma = _closed(wijk)
    joop = wijk.member("Joop")
    match gone:
        case "away":
            fatma.available = False
        case "full":
            fatma.capacity = 0
        case "left":
            handoffs.leave(wijk.session, wijk.now, fatma.id)
        case "lost":
            wijk.lose(fatma)
    assert closing.reopen_of(wijk.session, wijk.now, annie, request.id) == (joop,)
    assert request.rule is Rule.WISHED
    invariant(wijk.session)


def test_with_nobody_there_it_is_the_coordinators_and_nothing_is_promised(wijk: Wijk) -> None:
    request, annie, fatma = _closed(wijk)
    handoffs.leave(wijk.session, wijk.now, fatma.id)
    assert closing.reopen_of(wijk.session, wijk.now, annie, request.id) == ()
    assert (request.state, request.rule) == (RequestState.REOPENED, Rule.COORDINATOR)
    assert wijk.promises(request)[-1] is PromiseState.KEPT
    invariant(wijk.session)


def test_who_said_no_the_first_time_may_be_asked_again(wijk: Wijk) -> None:
    joop = wijk.member("Joop")
    fatma, annie = wijk.member("Fatma"), wijk.person()
    request = wijk.request(WISH, annie)
    handoffs.decline(wijk.session, wijk.now, joop, request.id, OfferAnswer.DECLINED)
    wijk.claim(fatma, request)
    closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.OTHER)
    fatma.available = False
    assert closing.reopen_of(wijk.session, wijk.now, annie, request.id) == (joop,)


def test_who_closed_it_too_soon_begins_again_and_has_it_at_once(wijk: Wijk) -> None:
    request, annie, fatma = _closed(wijk)
    wijk.member("Joop")
    assert closing.reopen(wijk.session, wijk.now, request, fatma) == (fatma,)
    assert (request.state, request.claimed_by) == (RequestState.CLAIMED, fatma)
    assert wijk.told(annie)[-1] == "utter_claimed"
    assert wijk.changes(request)[-3:] == ["reopened", "claimed", "opened"]
    invariant(wijk.session)
    assert closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.SOLVED) is request
    assert len(_later(wijk, annie)) == 2


def test_only_a_closed_request_of_ones_own_can_be_begun_again(wijk: Wijk) -> None:
    request, annie, fatma = _closed(wijk)
    assert closing.reopen_of(wijk.session, wijk.now, wijk.person(), request.id) is None
    assert closing.reopen_of(wijk.session, wijk.now, annie, 10**9) is None
    assert closing.of_resident(wijk.session, annie, request.id) is request
    assert closing.reopen_of(wijk.session, wijk.now, annie, request.id) == (fatma,)
    assert closing.reopen_of(wijk.session, wijk.now, annie, request.id) is None


def test_what_was_begun_again_runs_its_clocks_like_the_first_time(wijk: Wijk) -> None:
    request, annie, fatma = _closed(wijk)
    coby = wijk.coordinator()
    fatma.available = False
    wijk.member("Karel", "de_eng")
    closing.reopen_of(wijk.session, wijk.now, annie, request.id)
    wijk.until(moment("2026-11-24 10:00"))
    assert (request.rule, wijk.shown(request)) == (Rule.COORDINATOR, {"Karel", "Coby"})
    assert wijk.told(coby)[-1] == "card_request"
    wijk.until(moment("2026-12-07 10:00"))
    assert wijk.promises(request)[-1] is PromiseState.ESCALATED and request.on_top


def test_materials_that_were_fitted_keep_what_was_wanted(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma, wish(measures=Measures.KIT))
    closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.MEASURES_PLACED)
    assert (request.measures, request.fitted_at) == (Measures.KIT, wijk.now)
