"""A resident to practise with: seen by one person only, counted nowhere, erased at the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from actions import handoffs, measures, overview, people, practice, team_settings
from actions.handoffs import Claim
from actions.open_requests import open_requests
from actions.routing import HELPERS
from store.states import OfferAnswer, Role
from store.tables import Event, Member, Outgoing, Person, Promise, Request, RequestChange
from tests.actions.people import Wijk, chat_of, invariant


def _begun(wijk: Wijk, role: Role = Role.WIJKVERBINDER) -> tuple[Member, Request, list[Member]]:
    """Somebody who practises, and the rest of a team that could take a request."""
    others = [wijk.member("Joop"), wijk.professional(), wijk.coordinator()]
    fatma = wijk.member("Fatma", "smitsveen", role)
    practice.begin(wijk.session, wijk.now, fatma)
    return fatma, wijk.session.scalars(select(Request)).one(), others


def _told(wijk: Wijk, members: list[Member]) -> list[str]:
    return [key for member in members for key in wijk.told(member)]


def test_only_who_practises_sees_the_card(wijk: Wijk) -> None:
    fatma, request, others = _begun(wijk)
    assert wijk.told(fatma) == ["practice_begins", "card_request"]
    assert wijk.shown(request) == {"Fatma"} and _told(wijk, others) == []
    assert request.practice and request.look_at is None


def test_a_whole_talk_is_practised_and_then_nothing_of_it_is_left(wijk: Wijk) -> None:
    fatma, request, others = _begun(wijk)
    played = request.person.chat_id
    wijk.claim(fatma, request)
    assert wijk.told(fatma)[-1] == "practice_case"
    for _ in range(4):
        practice.reply(wijk.session, wijk.now, request, chat_of(fatma))
    turns = [key for key in wijk.told(fatma) if key.startswith("practice_reply")]
    assert turns == ["practice_reply_1", "practice_reply_2", "practice_reply_3", "practice_reply_3"]
    practice.finish(wijk.session, wijk.now, request, chat_of(fatma))
    assert wijk.told(fatma)[-1] == "practice_ends"
    for table in (Request, RequestChange, Promise, Event):
        assert wijk.session.scalar(select(func.count()).select_from(table)) == 0
    assert people.find(wijk.session, played) is None
    assert wijk.session.scalar(select(Outgoing).where(Outgoing.chat_id == played)) is None
    assert _told(wijk, others) == []


def test_practising_again_erases_the_time_before_it(wijk: Wijk) -> None:
    fatma, request, _ = _begun(wijk)
    first = request.id
    wijk.claim(fatma, request)
    practice.begin(wijk.session, wijk.now, fatma)
    wijk.session.expire_all()
    (second,) = wijk.session.scalars(select(Request))
    assert second.id != first and second.claimed_by_id is None


def test_two_people_practise_beside_each_other(wijk: Wijk) -> None:
    _, request, _ = _begun(wijk)
    dina = wijk.member("Dina")
    practice.begin(wijk.session, wijk.now, dina)
    assert wijk.session.scalar(select(func.count()).select_from(Request)) == 2
    assert handoffs.claim(wijk.session, wijk.now, dina, request.id) == (Claim.GONE, None)
    practice.end(wijk.session, dina)
    assert list(wijk.session.scalars(select(Request))) == [request]


ACTS = ("declined", "too heavy", "given back", "too heavy in the talk", "left", "lost", "passed on")


@pytest.mark.parametrize("role", [*HELPERS, Role.COORDINATOR])
@pytest.mark.parametrize("act", ACTS)
def test_whatever_is_pressed_nobody_else_sees_it(wijk: Wijk, role: Role, act: str) -> None:
    fatma, request, others = _begun(wijk, role)
    if act in ("given back", "too heavy in the talk", "left", "lost"):
        wijk.claim(fatma, request)
    match act:
        case "declined" | "too heavy":
            answer = OfferAnswer.DECLINED if act == "declined" else OfferAnswer.TOO_HEAVY
            assert handoffs.decline(wijk.session, wijk.now, fatma, request.id, answer)
        case "given back" | "too heavy in the talk":
            heavy = act != "given back"
            assert not handoffs.release(wijk.session, wijk.now, fatma, request.id, too_heavy=heavy)
        case "left":
            handoffs.leave(wijk.session, wijk.now, fatma.id)
        case "lost":
            handoffs.hand_over(wijk.session, wijk.now, fatma)
        case "passed on":
            assert handoffs.assign(wijk.session, wijk.now, fatma, request.id, others[0].id) is None
    others.append(wijk.member("Laat"))
    assert handoffs.offer_waiting(wijk.session, wijk.now, others[-1]) == 0
    wijk.until(wijk.now + timedelta(days=30))
    assert _told(wijk, others) == []
    invariant(wijk.session)


def test_it_is_counted_nowhere(wijk: Wijk) -> None:
    fatma, request, _ = _begun(wijk)
    wijk.claim(fatma, request)
    request.on_top = True
    wijk.session.flush()
    assert team_settings.open_count(wijk.session, fatma) == 0
    assert all(load.open == 0 for load in overview.load(wijk.session))
    assert list(overview.needs_coordinator(wijk.session)) == []
    assert open_requests(wijk.session) == []
    assert list(measures.open_in(wijk.session)) == []


def test_who_is_played_cannot_be_written_to(wijk: Wijk) -> None:
    fatma, request, _ = _begun(wijk)
    wijk.claim(fatma, request)
    assert not wijk.session.scalars(select(Person).where(Person.id == request.person_id)).one().reachable
