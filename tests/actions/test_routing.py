"""The routing ladder: who is shown a request, which rung decided, and whose wish is never gone against."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from actions import closing, handoffs, routing, sources
from actions.opening_hours import local_day
from store.states import OfferAnswer, Outcome, RequestState, Role, Rule, Urgency
from store.tables import Member, Person, Request
from tests.actions.people import WISH, Wijk, invariant, wish

EVERYBODY = {"Fatma", "Joop", "Karel", "Petra"}


class Team:
    """Two neighbours of the own wijk, one of another, a professional and a coordinator."""

    def __init__(self, wijk: Wijk) -> None:
        self.wijk = wijk
        self.members = {
            "Fatma": wijk.member("Fatma", languages="tr ar"),
            "Joop": wijk.member("Joop"),
            "Karel": wijk.member("Karel", "soesterberg", languages="pl"),
            "Petra": wijk.professional(languages="tr"),
            "Coby": wijk.coordinator(),
        }

    def poster_of(self, name: str, person: Person) -> None:
        """Somebody came by the poster of a member."""
        number = self.members[name].id
        made = sources.make(self.wijk.session, self.wijk.now, "smitsveen", "hal", Random(1), number)
        person.source = made.code

    def helped(self, name: str, person: Person) -> None:
        """A member helped this resident before."""
        mine = self.wijk.request(WISH, person)
        handoffs.assign(self.wijk.session, self.wijk.now, self.members["Coby"], mine.id, self.members[name].id)
        self.wijk.claim(self.members[name], mine)
        closing.close(self.wijk.session, self.wijk.now, self.members[name], mine.id, Outcome.SOLVED)


# Urgency, by whom, what else is known; then which rung decides, and who is shown it.
LADDER: dict[str, tuple[str, str, dict[str, Any], Rule, set[str]]] = {
    "own wijk": ("normal", "own_wijk", {}, Rule.WISHED, {"Fatma", "Joop"}),
    "another wijk": ("normal", "other_wijk", {}, Rule.WISHED, {"Karel"}),
    "a professional": ("normal", "professional", {}, Rule.WISHED, {"Petra"}),
    "language first": ("normal", "own_wijk", {"language": "tr"}, Rule.LANGUAGE, {"Fatma"}),
    "then without": ("normal", "own_wijk", {"language": "so"}, Rule.WISHED, {"Fatma", "Joop"}),
    "a language in another wijk": ("normal", "own_wijk", {"language": "pl"}, Rule.WISHED, {"Fatma", "Joop"}),
    "a language that is part of another": ("normal", "own_wijk", {"language": "a"}, Rule.WISHED, {"Fatma", "Joop"}),
    "the language of a professional": ("normal", "professional", {"language": "tr"}, Rule.LANGUAGE, {"Petra"}),
    "unknown wijk": ("normal", "own_wijk", {"wijk": None}, Rule.WISHED, {"Fatma", "Joop", "Karel"}),
    "unknown wijk, another one": ("normal", "other_wijk", {"wijk": None}, Rule.WISHED, {"Fatma", "Joop", "Karel"}),
    "nobody in the wijk": ("normal", "own_wijk", {"wijk": "de_eng"}, Rule.POOL, {"Fatma", "Joop", "Karel"}),
    "whose poster": ("normal", "own_wijk", {"poster": "Joop"}, Rule.POSTER, {"Joop"}),
    "whose poster, in another wijk": ("normal", "own_wijk", {"poster": "Karel"}, Rule.POSTER, {"Karel"}),
    "a poster before the language": ("normal", "own_wijk", {"poster": "Joop", "language": "tr"}, Rule.POSTER, {"Joop"}),
    "whose poster, but a stranger was wished": ("normal", "other_wijk", {"poster": "Joop"}, Rule.WISHED, {"Karel"}),
    "whose poster, but no neighbour is wished": ("normal", "professional", {"poster": "Joop"}, Rule.WISHED, {"Petra"}),
    "who helped before": ("normal", "own_wijk", {"helped": "Joop"}, Rule.EARLIER, {"Joop"}),
    "the poster first": ("normal", "own_wijk", {"helped": "Joop", "poster": "Fatma"}, Rule.POSTER, {"Fatma"}),
    "who helped before, but a stranger is wished": ("normal", "other_wijk", {"helped": "Joop"}, Rule.WISHED, {"Karel"}),
    "a crisis": ("crisis", "own_wijk", {}, Rule.WISHED, {"Fatma", "Joop", "Petra"}),
    "danger": ("danger", "own_wijk", {}, Rule.WISHED, {"Fatma", "Joop", "Petra"}),
    "a crisis by poster": ("crisis", "own_wijk", {"poster": "Karel"}, Rule.POSTER, EVERYBODY),
    "a crisis with a language": ("crisis", "own_wijk", {"language": "ar"}, Rule.LANGUAGE, {"Fatma", "Joop", "Petra"}),
    "a crisis, another wijk": ("crisis", "other_wijk", {}, Rule.WISHED, {"Karel", "Petra"}),
    "a crisis, only a professional": ("crisis", "professional", {}, Rule.WISHED, {"Petra"}),
    "a crisis where nobody of the wijk is": ("crisis", "own_wijk", {"wijk": "de_eng"}, Rule.WISHED, EVERYBODY),
}


@pytest.mark.parametrize(("urgency", "by_whom", "known", "rule", "shown"), LADDER.values(), ids=LADDER)
def test_the_first_rung_with_somebody_decides_and_is_kept(
    wijk: Wijk, urgency: str, by_whom: str, known: dict[str, Any], rule: Rule, shown: set[str]
) -> None:
    team, annie = Team(wijk), wijk.person()
    if "helped" in known:
        team.helped(known["helped"], annie)
    if "poster" in known:
        team.poster_of(known["poster"], annie)
    other = {name: value for name, value in known.items() if name in ("wijk", "language")}
    request = wijk.request(wish(urgency, by_whom, **other), annie)
    assert (request.rule, wijk.shown(request)) == (rule, shown)
    invariant(wijk.session)


def test_the_ladder_is_climbed_to_the_end_and_no_rung_comes_twice(wijk: Wijk) -> None:
    team, annie = Team(wijk), wijk.person()
    team.helped("Joop", annie)
    team.poster_of("Karel", annie)
    request = wijk.request(wish(language="tr"), annie)
    climbed = [(request.rule, wijk.shown(request))]
    while request.rule is not Rule.COORDINATOR:
        handoffs.offer(wijk.session, wijk.now, request, request.rule)
        climbed.append((request.rule, wijk.shown(request)))
        invariant(wijk.session)
    assert climbed == [
        (Rule.POSTER, {"Karel"}),
        (Rule.EARLIER, {"Karel", "Joop"}),
        (Rule.LANGUAGE, {"Karel", "Joop", "Fatma"}),
        (Rule.COORDINATOR, {"Karel", "Joop", "Fatma", "Coby"}),
    ]


def _out_of_the_way(wijk: Wijk, member: Member, how: str, request: Request) -> None:
    match how:
        case "on holiday":
            member.away_until = local_day(wijk.now) + timedelta(days=1)
        case "switched off":
            member.available = False
        case "full":
            member.capacity = 0
        case "unreachable":
            wijk.lose(member)
        case "left":
            member.active = False
        case "not joined":
            member.person_id = member.person = None
        case "said no":
            handoffs.assign(wijk.session, wijk.now, member, request.id, member.id)
            handoffs.decline(wijk.session, wijk.now, member, request.id, OfferAnswer.DECLINED)
    wijk.session.flush()


AWAY = ("on holiday", "switched off", "full", "unreachable", "left", "not joined", "said no")


@pytest.mark.parametrize("how", AWAY)
def test_who_cannot_take_it_is_passed_over(wijk: Wijk, how: str) -> None:
    team = Team(wijk)
    request = wijk.request(wish(by_whom="professional", wijk="de_eng"))
    request.by_whom, request.wijk = "own_wijk", "smitsveen"
    _out_of_the_way(wijk, team.members["Fatma"], how, request)
    found = routing.route(wijk.session, wijk.now, request)
    assert (found.rule, [member.name for member in found.members]) == (Rule.WISHED, ["Joop"])


@pytest.mark.parametrize("how", [*AWAY[:2], *AWAY[3:]])
def test_a_crisis_does_not_look_at_who_is_full_but_still_at_who_is_there(wijk: Wijk, how: str) -> None:
    team = Team(wijk)
    for name in EVERYBODY:
        team.members[name].capacity = 0
    request = wijk.request(wish("crisis", "professional"))
    request.by_whom = "own_wijk"
    _out_of_the_way(wijk, team.members["Joop"], how, request)
    shown = {member.name for member in routing.route(wijk.session, wijk.now, request).members}
    assert shown == {"Fatma", "Petra"}


def test_a_crisis_is_with_a_professional_and_a_wijkverbinder_at_once_even_when_all_are_full(wijk: Wijk) -> None:
    team = Team(wijk)
    for name in EVERYBODY:
        team.members[name].capacity = 0
    request = wijk.request(wish("crisis"))
    assert wijk.shown(request) == {"Fatma", "Joop", "Petra"}
    assert request.rule is Rule.WISHED


def test_who_is_back_today_is_shown_it(wijk: Wijk) -> None:
    team = Team(wijk)
    team.members["Fatma"].away_until = local_day(wijk.now)
    assert wijk.shown(wijk.request()) == {"Fatma", "Joop"}


@pytest.mark.parametrize("under_way", [1, 2])
def test_who_has_as_many_as_they_can_have_is_full(wijk: Wijk, under_way: int) -> None:
    fatma = wijk.member("Fatma", capacity=2)
    for _ in range(under_way):
        wijk.claimed(fatma)
    assert wijk.request().rule is (Rule.WISHED if under_way == 1 else Rule.COORDINATOR)


@pytest.mark.parametrize("by_whom", ["own_wijk", "other_wijk", "professional"])
def test_full_is_never_a_dead_end(wijk: Wijk, by_whom: str) -> None:
    team = Team(wijk)
    for name in EVERYBODY:
        team.members[name].capacity = 0
    request = wijk.request(wish(by_whom=by_whom))
    assert (request.rule, wijk.shown(request), request.state) == (Rule.COORDINATOR, {"Coby"}, RequestState.OFFERED)
    invariant(wijk.session)


def test_without_anybody_it_stays_with_the_coordinator_who_is_told_later(wijk: Wijk) -> None:
    request = wijk.request()
    assert (request.rule, request.state, wijk.shown(request)) == (Rule.COORDINATOR, RequestState.REQUESTED, set())
    assert "escalated" in wijk.changes(request)
    invariant(wijk.session)


MAY: list[tuple[str, str | None, str, Role, str | None, bool]] = [
    # by whom, wijk of the resident, urgency, role and wijk of the member, whether it may be theirs
    ("own_wijk", "smitsveen", "normal", Role.WIJKVERBINDER, "smitsveen", True),
    ("own_wijk", "smitsveen", "normal", Role.WIJKVERBINDER, "de_eng", True),
    ("own_wijk", "smitsveen", "normal", Role.PROFESSIONAL, None, False),
    ("own_wijk", "smitsveen", "crisis", Role.PROFESSIONAL, None, True),
    ("own_wijk", "smitsveen", "danger", Role.PROFESSIONAL, None, True),
    ("other_wijk", "smitsveen", "normal", Role.WIJKVERBINDER, "smitsveen", False),
    ("other_wijk", "smitsveen", "crisis", Role.WIJKVERBINDER, "smitsveen", False),
    ("other_wijk", "smitsveen", "normal", Role.WIJKVERBINDER, "de_eng", True),
    ("other_wijk", None, "normal", Role.WIJKVERBINDER, "de_eng", True),
    ("professional", "smitsveen", "normal", Role.WIJKVERBINDER, "smitsveen", False),
    ("professional", "smitsveen", "crisis", Role.WIJKVERBINDER, "smitsveen", False),
    ("professional", "smitsveen", "normal", Role.PROFESSIONAL, None, True),
    ("professional", "smitsveen", "normal", Role.COORDINATOR, None, True),
    ("other_wijk", "smitsveen", "normal", Role.COORDINATOR, "smitsveen", True),
]


@pytest.mark.parametrize(("by_whom", "wijk_of", "urgency", "role", "lives", "may"), MAY)
def test_the_wish_of_the_resident_is_never_gone_against(
    by_whom: str, wijk_of: str | None, urgency: str, role: Role, lives: str | None, may: bool
) -> None:
    wanted = Request(by_whom=by_whom, wijk=wijk_of, urgency=Urgency(urgency))
    assert routing.may_take(Member(role=role, wijk=lives), wanted) == may


def test_newcomers_are_those_whom_the_ladder_has_reached_and_who_were_not_shown_it(wijk: Wijk) -> None:
    team = Team(wijk)
    request = wijk.request()
    late = wijk.member("Laat")
    for rule, names in ((Rule.WISHED, ["Laat"]), (Rule.POOL, ["Laat", "Karel"]), (Rule.COORDINATOR, ["Laat", "Karel"])):
        request.rule = rule
        assert [member.name for member in routing.newcomers(wijk.session, wijk.now, request)] == names
    late.capacity = team.members["Karel"].capacity = 0
    assert routing.newcomers(wijk.session, wijk.now, request) == []


def test_who_was_shown_a_request_knows_it_until_the_end(wijk: Wijk) -> None:
    team = Team(wijk)
    request, fatma = wijk.request(), team.members["Fatma"]
    assert routing.shown_to(wijk.session, fatma) == [request]
    handoffs.decline(wijk.session, wijk.now, fatma, request.id, OfferAnswer.DECLINED)
    assert routing.shown_to(wijk.session, fatma) == []
    assert routing.knows(wijk.session, fatma, request)
    assert not routing.knows(wijk.session, team.members["Karel"], request)
