"""Hand-offs: who is shown a card, who wins it, who sees what, and how it ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter

import pytest
from sqlalchemy import select

from actions import closing, handoffs, notes
from actions.handoffs import Claim
from actions.outbox import Message
from store.database import Database
from store.states import OfferAnswer, Outcome, OutgoingState, RequestState, Role, Rule, Urgency
from store.tables import Member, Outgoing, Request
from tests.actions.people import WISH, Wijk, chat_of, invariant, moment, wish
from tests.talks import START

EVERYBODY = {"own", "other", "professional"}


def _close(wijk: Wijk, member: Member, number: int) -> Request | None:
    return closing.close(wijk.session, wijk.now, member, number, Outcome.SOLVED)


@pytest.mark.parametrize(
    ("wijk_of", "by_whom", "urgency", "shown"),
    [
        ("smitsveen", "own_wijk", Urgency.NORMAL, {"own"}),
        ("smitsveen", "other_wijk", Urgency.NORMAL, {"other"}),
        ("smitsveen", "professional", Urgency.NORMAL, {"professional"}),
        ("smitsveen", "own_wijk", Urgency.CRISIS, {"own", "professional"}),
        ("smitsveen", "other_wijk", Urgency.CRISIS, {"other", "professional"}),
        ("smitsveen", "professional", Urgency.CRISIS, {"professional"}),
        (None, "own_wijk", Urgency.SOON, {"own", "other"}),
        (None, "other_wijk", Urgency.SOON, {"own", "other"}),
        (None, "own_wijk", Urgency.CRISIS, EVERYBODY),
        ("de_eng", "own_wijk", Urgency.NORMAL, {"own", "other"}),
        ("de_eng", "own_wijk", Urgency.CRISIS, EVERYBODY),
    ],
)
def test_a_card_goes_to_those_whom_the_resident_chose(
    wijk: Wijk, wijk_of: str | None, by_whom: str, urgency: Urgency, shown: set[str]
) -> None:
    team = {
        "own": wijk.member("Fatma"),
        "other": wijk.member("Karel", "soesterberg"),
        "professional": wijk.member("Petra", None, Role.PROFESSIONAL),
    }
    wijk.member("Coby", None, Role.COORDINATOR)
    wish = replace(WISH, wijk=wijk_of, by_whom=by_whom, urgency=urgency)
    requested = handoffs.request(wijk.session, wijk.now, wijk.person(), wish)
    assert {name for name, member in team.items() if wijk.told(member)} == shown
    assert requested.readers == len(shown)
    assert requested.professionals == ("professional" in shown)
    assert requested.request.state is RequestState.OFFERED
    assert requested.promised is not None
    invariant(wijk.session)


def test_a_card_says_nothing_about_the_person(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    wijk.request(replace(WISH, contact="+31 6 12345678"), wijk.person("Annie"))
    card = wijk.session.scalar(select(Outgoing).where(Outgoing.chat_id == chat_of(fatma)))
    assert card is not None
    assert set(Message.from_json(card.content).values) == {"number", "wijk", "topics", "urgency", "reach", "rule"}


def test_who_cannot_be_reached_or_has_left_is_shown_nothing(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    wijk.lose(fatma)
    handoffs.leave(wijk.session, wijk.now, joop.id)
    requested = handoffs.request(wijk.session, wijk.now, wijk.person(), WISH)
    assert (requested.readers, requested.promised, requested.request.state) == (0, None, RequestState.REQUESTED)
    assert requested.request.rule is Rule.COORDINATOR
    invariant(wijk.session)


def test_who_joins_later_is_shown_what_waits_for_them_and_nothing_else(wijk: Wijk) -> None:
    waiting, refused = wijk.request(), wijk.request(wish(by_whom="other_wijk"))
    fatma = wijk.member("Fatma")
    assert handoffs.offer_waiting(wijk.session, wijk.now, fatma) == 1
    assert (waiting.state, refused.state) == (RequestState.OFFERED, RequestState.REQUESTED)
    wijk.claim(fatma, waiting)
    assert handoffs.offer_waiting(wijk.session, wijk.now, wijk.member("Joop")) == 0
    invariant(wijk.session)


def test_who_gets_room_is_not_shown_what_still_waits_for_others_first(wijk: Wijk) -> None:
    fatma, karel = wijk.member("Fatma"), wijk.member("Karel", "soesterberg")
    request = wijk.request()
    assert request.rule is Rule.WISHED
    assert handoffs.offer_waiting(wijk.session, wijk.now, karel) == 0
    assert handoffs.decline(wijk.session, wijk.now, fatma, request.id, OfferAnswer.DECLINED)
    assert (request.rule, wijk.shown(request)) == (Rule.POOL, {"Karel"})


def test_who_claims_first_gets_the_text_and_the_others_hear_who_did(wijk: Wijk) -> None:
    fatma, joop, resident = wijk.member("Fatma"), wijk.member("Joop"), wijk.person()
    request = wijk.request(WISH, resident)
    wijk.deliver()
    assert handoffs.claim(wijk.session, wijk.now, fatma, request.id) == (Claim.WON, request)
    assert handoffs.claim(wijk.session, wijk.now, joop, request.id) == (Claim.TAKEN, request)
    assert wijk.told(fatma) == ["card_request", "card_claimed_by_you", "case_text"]
    assert wijk.told(joop) == ["card_request", "card_claimed_by_other"]
    assert wijk.told(resident) == ["utter_claimed"]
    assert request.claimed_by is fatma and request.claimed_at == wijk.now
    assert wijk.changes(request) == ["requested", "offered", "claimed", "opened"]


def test_a_card_that_was_not_sent_yet_is_withdrawn_when_somebody_claims(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    request = wijk.request()
    handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    assert wijk.told(joop) == []


def test_what_is_not_for_somebody_or_not_there_cannot_be_claimed(wijk: Wijk) -> None:
    request, karel = wijk.request(), wijk.member("Karel", "soesterberg")
    assert handoffs.claim(wijk.session, wijk.now, karel, request.id) == (Claim.GONE, None)
    assert handoffs.claim(wijk.session, wijk.now, karel, 10**9) == (Claim.GONE, None)
    assert request.state is RequestState.REQUESTED


def test_only_who_claimed_a_request_can_close_it_and_only_once(wijk: Wijk) -> None:
    fatma, joop, resident = wijk.member("Fatma"), wijk.member("Joop"), wijk.person()
    request = wijk.request(WISH, resident)
    assert _close(wijk, fatma, request.id) is None
    wijk.claim(fatma, request)
    assert _close(wijk, joop, request.id) is None
    assert _close(wijk, fatma, request.id) is request
    assert _close(wijk, fatma, request.id) is None
    assert _close(wijk, fatma, 10**9) is None
    assert (request.state, request.closed_at) == (RequestState.CLOSED, wijk.now)
    assert wijk.told(resident)[:2] == ["utter_claimed", "utter_case_closed_resident"]
    assert wijk.changes(request)[-1] == "closed"
    invariant(wijk.session)


def test_who_leaves_gives_back_what_they_had(wijk: Wijk) -> None:
    fatma, joop, resident = wijk.member("Fatma"), wijk.member("Joop"), wijk.person()
    request = wijk.request(WISH, resident)
    handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    assert handoffs.leave(wijk.session, wijk.now, fatma.id)
    assert (request.state, request.claimed_by_id) == (RequestState.OFFERED, None)
    assert wijk.told(resident)[-1] == "utter_released"
    assert wijk.told(joop) == ["card_request"]
    assert (fatma.active, fatma.person_id, fatma.link_digest) == (False, None, None)
    assert wijk.changes(request)[-2:] == ["released", "offered"]
    assert not handoffs.leave(wijk.session, wijk.now, fatma.id)
    assert not handoffs.leave(wijk.session, wijk.now, 10**9)
    invariant(wijk.session)


def test_the_latest_request_under_way_is_what_a_resident_writes_about(wijk: Wijk) -> None:
    fatma, resident = wijk.member("Fatma"), wijk.person()
    assert handoffs.claimed_for(wijk.session, resident) is None
    first, second = wijk.request(WISH, resident), wijk.request(WISH, resident)
    for request in (first, second):
        handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    assert handoffs.claimed_for(wijk.session, resident) is second
    assert handoffs.claimed_by(wijk.session, fatma) == [first, second]


@pytest.mark.parametrize(
    ("subject", "number"),
    [("request:12", 12), ("card:12", None), ("request:", None), ("request:x", None), ("", None), (None, None)],
)
def test_a_subject_leads_back_to_its_request(subject: str | None, number: int | None) -> None:
    assert handoffs.request_of(subject) == number


@pytest.mark.parametrize("answer", [OfferAnswer.DECLINED, OfferAnswer.TOO_HEAVY])
def test_who_cannot_take_it_says_no_and_the_others_keep_their_card(wijk: Wijk, answer: OfferAnswer) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    request = wijk.request()
    wijk.deliver()
    assert handoffs.decline(wijk.session, wijk.now, fatma, request.id, answer)
    assert wijk.told(fatma)[1:] == [f"card_{answer.value}"]
    assert (wijk.told(joop), wijk.shown(request)) == (["card_request"], {"Joop"})
    assert request.rule is Rule.WISHED
    invariant(wijk.session)


def test_when_the_last_one_says_no_the_next_rung_is_asked_at_once(wijk: Wijk) -> None:
    fatma, karel, coby = wijk.member("Fatma"), wijk.member("Karel", "de_eng"), wijk.coordinator()
    request = wijk.request()
    for member, rule, shown in ((fatma, Rule.POOL, {"Karel"}), (karel, Rule.COORDINATOR, {"Coby"})):
        handoffs.decline(wijk.session, wijk.now, member, request.id, OfferAnswer.DECLINED)
        assert (request.rule, wijk.shown(request)) == (rule, shown)
        invariant(wijk.session)
    assert wijk.told(coby) == ["card_request"]


def test_what_is_too_heavy_on_a_card_is_shown_to_a_professional_as_well(wijk: Wijk) -> None:
    fatma, petra = wijk.member("Fatma"), wijk.professional()
    wijk.member("Joop")
    request = wijk.request()
    handoffs.decline(wijk.session, wijk.now, fatma, request.id, OfferAnswer.TOO_HEAVY)
    assert wijk.told(petra) == ["card_request"]
    assert wijk.shown(request) == {"Joop", "Petra"}
    assert wijk.changes(request)[-1] == "too_heavy"
    wijk.claim(petra, request)
    invariant(wijk.session)


def test_what_is_too_heavy_in_a_talk_goes_to_a_professional_without_blame(wijk: Wijk) -> None:
    fatma, petra, annie = wijk.member("Fatma"), wijk.professional(), wijk.person()
    wijk.member("Joop")
    request = wijk.claimed(fatma, WISH, annie)
    assert handoffs.release(wijk.session, wijk.now, fatma, request.id, too_heavy=True)
    assert wijk.shown(request) == {"Petra"}
    assert wijk.told(annie)[-1] == "utter_to_professional"
    assert wijk.told(petra) == ["card_request"]
    assert request.claimed_by is None and "too_heavy" in wijk.changes(request)
    invariant(wijk.session)


def test_too_heavy_without_a_professional_is_the_coordinators(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    wijk.member("Joop")
    wijk.coordinator()
    request = wijk.claimed(fatma)
    handoffs.release(wijk.session, wijk.now, fatma, request.id, too_heavy=True)
    assert (request.rule, wijk.shown(request)) == (Rule.COORDINATOR, {"Coby"})
    invariant(wijk.session)


def test_who_gives_back_is_not_shown_it_again_by_itself(wijk: Wijk) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    wijk.member("Joop")
    request = wijk.claimed(fatma, WISH, annie)
    assert not handoffs.release(wijk.session, wijk.now, wijk.member("Anders"), request.id)
    assert handoffs.release(wijk.session, wijk.now, fatma, request.id)
    assert not handoffs.release(wijk.session, wijk.now, fatma, request.id)
    assert (request.state, wijk.shown(request)) == (RequestState.OFFERED, {"Joop", "Anders"})
    assert wijk.told(annie)[-1] == "utter_released"
    invariant(wijk.session)


def test_who_gave_back_the_only_copy_leaves_it_with_the_coordinator(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma)
    handoffs.release(wijk.session, wijk.now, fatma, request.id)
    assert (request.state, request.rule) == (RequestState.RELEASED, Rule.COORDINATOR)
    invariant(wijk.session)


def test_what_somebody_is_silent_about_is_taken_back_and_they_hear_it(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    request = wijk.claimed(fatma)
    handoffs.expire(wijk.session, wijk.now, request)
    assert wijk.told(fatma)[-1] == "team_taken_back"
    assert wijk.shown(request) == {"Joop"} and wijk.told(joop)[-1] == "card_request"
    assert wijk.changes(request)[-2:] == ["expired", "offered"]
    invariant(wijk.session)


def test_the_coordinator_shows_a_request_to_somebody_who_may_have_said_no(wijk: Wijk) -> None:
    fatma, coby = wijk.member("Fatma"), wijk.coordinator()
    request = wijk.request()
    handoffs.decline(wijk.session, wijk.now, fatma, request.id, OfferAnswer.DECLINED)
    assert handoffs.assign(wijk.session, wijk.now, coby, request.id, fatma.id) is fatma
    assert wijk.shown(request) == {"Coby", "Fatma"}
    assert wijk.changes(request)[-1] == "assigned"
    invariant(wijk.session)
    wijk.claim(fatma, request)
    assert handoffs.assign(wijk.session, wijk.now, coby, request.id, fatma.id) is None


@pytest.mark.parametrize("gone", ["left", "lost", "unknown", "no request"])
def test_nothing_is_assigned_to_who_is_not_there(wijk: Wijk, gone: str) -> None:
    fatma, coby, request = wijk.member("Fatma"), wijk.coordinator(), wijk.request()
    if gone == "left":
        handoffs.leave(wijk.session, wijk.now, fatma.id)
    if gone == "lost":
        wijk.lose(fatma)
    number = 10**9 if gone == "unknown" else fatma.id
    about = 10**9 if gone == "no request" else request.id
    assert handoffs.assign(wijk.session, wijk.now, coby, about, number) is None


def test_who_cannot_be_reached_any_more_leaves_their_open_cases_and_cards_to_others(wijk: Wijk) -> None:
    fatma, annie, coby = wijk.member("Fatma"), wijk.person(), wijk.coordinator()
    mine, card = wijk.claimed(fatma, WISH, annie), wijk.request()
    wijk.lose(fatma)
    joop = wijk.member("Joop")
    handoffs.lose(wijk.session, wijk.now, fatma)
    assert wijk.told(joop) == ["card_request", "card_request"]
    assert wijk.shown(mine) == wijk.shown(card) == {"Joop"}
    assert wijk.told(annie)[-1] == "utter_released"
    assert wijk.told(coby)[-1] == "coordinator_member_lost"
    invariant(wijk.session)


def test_what_happens_by_itself_at_night_wakes_nobody(wijk: Wijk) -> None:
    fatma, joop, annie = wijk.member("Fatma"), wijk.member("Joop"), wijk.person()
    first, second = wijk.claimed(fatma, WISH, annie), wijk.claimed(joop)
    wijk.deliver()
    night, morning = moment("2026-11-24 03:00"), moment("2026-11-24 09:00")
    handoffs.expire(wijk.session, night, first)
    wijk.lose(joop)
    handoffs.lose(wijk.session, night, joop)
    waits = select(Outgoing).where(Outgoing.state == OutgoingState.WAITING, Outgoing.edits_id.is_(None))
    due = {(Message.from_json(row.content).key, row.due_at) for row in wijk.session.scalars(waits)}
    assert {("team_taken_back", morning), ("utter_released", morning), ("card_request", morning)} == due
    assert second.claimed_by is None


@pytest.mark.parametrize("act", ["claim", "decline", "too heavy", "release", "close"])
def test_a_forwarded_card_does_nothing(wijk: Wijk, act: str) -> None:
    wijk.member("Fatma")
    karel, request = wijk.member("Karel", "soesterberg"), wijk.request()
    before = wijk.changes(request), wijk.told(karel)
    match act:
        case "claim":
            assert handoffs.claim(wijk.session, wijk.now, karel, request.id) == (Claim.GONE, None)
        case "release":
            assert not handoffs.release(wijk.session, wijk.now, karel, request.id)
        case "close":
            assert _close(wijk, karel, request.id) is None
        case _:
            answer = OfferAnswer.TOO_HEAVY if act == "too heavy" else OfferAnswer.DECLINED
            assert not handoffs.decline(wijk.session, wijk.now, karel, request.id, answer)
            assert not handoffs.decline(wijk.session, wijk.now, karel, 10**9, answer)
    assert (wijk.changes(request), wijk.told(karel)) == before


def test_a_second_press_does_nothing(wijk: Wijk) -> None:
    fatma, request = wijk.member("Fatma"), wijk.request()
    wijk.member("Joop")
    assert handoffs.decline(wijk.session, wijk.now, fatma, request.id, OfferAnswer.DECLINED)
    wijk.claim(fatma, request)
    assert handoffs.claim(wijk.session, wijk.now, fatma, request.id) == (Claim.TAKEN, request)
    assert not handoffs.decline(wijk.session, wijk.now, fatma, request.id, OfferAnswer.DECLINED)
    assert wijk.changes(request).count("claimed") == 1


def test_whoever_takes_over_reads_the_notes_of_before(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    request = wijk.claimed(fatma)
    notes.write(wijk.session, wijk.now, request, fatma, "Belt liever niet.")
    handoffs.release(wijk.session, wijk.now, fatma, request.id)
    wijk.claim(joop, request)
    history = wijk.messages(joop)[-1]
    assert (history.key, history.values["notes"]) == ("case_history", "- 23-11: Belt liever niet.")


def test_the_latest_message_of_a_talk_leads_to_its_request(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    assert handoffs.last_talked_about(wijk.session, wijk.now, chat_of(fatma)) is None
    request = wijk.claimed(fatma)
    assert handoffs.last_talked_about(wijk.session, wijk.now, chat_of(fatma)) == request.id


CLAIMS, THREADS = 200, 16


def test_of_two_hundred_claims_at_once_one_wins_and_everybody_is_told(database: Database) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        members = [wijk.member(f"Buur {number}").id for number in range(CLAIMS)]
        number = wijk.request().id
        wijk.deliver()

    def claim(member: int) -> Claim:
        with database.transaction() as session:
            return handoffs.claim(session, START, session.get_one(Member, member), number)[0]

    began = perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        results = list(threads.map(claim, members))
    print(f"{CLAIMS} claims on {database.engine.dialect.name}: {perf_counter() - began:.1f} s")
    assert sorted(results) == sorted([Claim.WON, *[Claim.TAKEN] * (CLAIMS - 1)])
    with database.reading() as session:
        wijk = Wijk(session)
        winner = session.get_one(Request, number).claimed_by
        assert winner is not None and winner.id == members[results.index(Claim.WON)]
        assert wijk.changes(session.get_one(Request, number)) == ["requested", "offered", "claimed", "opened"]
        told = {member: wijk.told(session.get_one(Member, member)) for member in members}
        assert told.pop(winner.id) == ["card_request", "card_claimed_by_you", "case_text"]
        assert all(keys == ["card_request", "card_claimed_by_other"] for keys in told.values())
