"""Hand-offs: who is shown a card, who wins it, who sees what, and how it ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from actions import handoffs, people
from actions.handoffs import Claim
from actions.outbox import Message
from store.database import Database
from store.tables import Member, Outgoing, OutgoingState, Request, RequestState, Role, Urgency
from tests.actions.people import WISH, Wijk
from tests.talks import START

EVERYBODY = {"own", "other", "professional"}


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
        ("de_eng", "own_wijk", Urgency.NORMAL, set()),
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
    assert requested.request.state is (RequestState.OFFERED if shown else RequestState.REQUESTED)


def test_a_card_says_nothing_about_the_person(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    wijk.request(replace(WISH, contact="+31 6 12345678"), wijk.person("Annie"))
    card = wijk.session.scalar(select(Outgoing).where(Outgoing.chat_id == fatma.person.chat_id))  # type: ignore[union-attr]
    assert card is not None
    assert set(Message.from_json(card.content).values) == {"number", "wijk", "topics", "urgency", "reach"}


def test_who_cannot_be_reached_or_has_left_is_shown_nothing(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    assert fatma.person is not None
    people.lose(wijk.session, fatma.person.chat_id)
    handoffs.leave(wijk.session, wijk.now, joop.id)
    assert handoffs.request(wijk.session, wijk.now, wijk.person(), WISH).readers == 0


def test_who_joins_later_is_shown_what_waits_for_them_and_nothing_else(wijk: Wijk) -> None:
    waiting, elsewhere = wijk.request(), wijk.request(replace(WISH, wijk="de_eng"))
    fatma = wijk.member("Fatma")
    assert handoffs.offer_waiting(wijk.session, wijk.now, fatma) == 1
    assert (waiting.state, elsewhere.state) == (RequestState.OFFERED, RequestState.REQUESTED)
    handoffs.claim(wijk.session, wijk.now, fatma, waiting.id)
    assert handoffs.offer_waiting(wijk.session, wijk.now, wijk.member("Joop")) == 0


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
    assert handoffs.close(wijk.session, wijk.now, fatma, request.id) is None
    handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    assert handoffs.close(wijk.session, wijk.now, joop, request.id) is None
    assert handoffs.close(wijk.session, wijk.now, fatma, request.id) is request
    assert handoffs.close(wijk.session, wijk.now, fatma, request.id) is None
    assert handoffs.close(wijk.session, wijk.now, fatma, 10**9) is None
    assert (request.state, request.closed_at) == (RequestState.CLOSED, wijk.now)
    assert wijk.told(resident) == ["utter_claimed", "utter_case_closed_resident"]
    assert wijk.changes(request)[-1] == "closed"


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


CLAIMS, MEMBERS, THREADS = 200, 20, 8


def test_of_two_hundred_claims_at_once_one_wins(database: Database) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        members = [wijk.member(f"Buur {number}").id for number in range(MEMBERS)]
        number = wijk.request().id

    def claim(turn: int) -> Claim:
        with database.transaction() as session:
            member = session.get(Member, members[turn % MEMBERS])
            assert member is not None
            return handoffs.claim(session, START, member, number)[0]

    with ThreadPoolExecutor(THREADS) as threads:
        results = list(threads.map(claim, range(CLAIMS)))
    assert sorted(results) == sorted([Claim.WON, *[Claim.TAKEN] * (CLAIMS - 1)])
    with database.reading() as session:
        wijk = Wijk(session)
        request = session.get_one(Request, number)
        texts = [row for row in session.scalars(select(Outgoing)) if Message.from_json(row.content).key == "case_text"]
        assert [row.chat_id for row in texts] == [request.claimed_by.person.chat_id]  # type: ignore[union-attr]
        assert wijk.changes(request).count("claimed") == 1
        assert not [row for row in session.scalars(select(Outgoing)) if row.state is OutgoingState.FAILED]
