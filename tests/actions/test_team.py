"""Joining the team: a link works once, for a week, and can be renewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from actions import handoffs, people, team
from actions.team import LINK_DAYS, JoinRefused
from store.states import Role
from store.tables import Member
from tests.actions.people import Wijk


def _invited(wijk: Wijk, name: str = "Fatma") -> tuple[Member, str]:
    invitation = team.invite(wijk.session, wijk.now, name, Role.WIJKVERBINDER, "smitsveen")
    return invitation.member, invitation.payload


def test_a_link_works_once(wijk: Wijk) -> None:
    member, payload = _invited(wijk)
    person, stranger = wijk.person(), wijk.person()
    assert team.join(wijk.session, wijk.now, person, payload) is member
    assert team.join(wijk.session, wijk.now, stranger, payload) is JoinRefused.UNKNOWN
    assert team.member_of(wijk.session, person) is member
    assert team.member_of(wijk.session, stranger) is None


@pytest.mark.parametrize(("seconds", "works"), [(-1, True), (0, False), (1, False)])
def test_a_link_works_for_a_week(wijk: Wijk, seconds: int, works: bool) -> None:
    member, payload = _invited(wijk)
    then = wijk.now + timedelta(days=LINK_DAYS, seconds=seconds)
    assert team.join(wijk.session, then, wijk.person(), payload) is (member if works else JoinRefused.EXPIRED)


@pytest.mark.parametrize("payload", ["", "team_", "team_made-up", "x"])
def test_a_made_up_link_does_not_work(wijk: Wijk, payload: str) -> None:
    _invited(wijk)
    assert team.join(wijk.session, wijk.now, wijk.person(), payload) is JoinRefused.UNKNOWN


def test_a_renewed_link_takes_the_place_of_the_old_one(wijk: Wijk) -> None:
    member, old = _invited(wijk)
    new = team.new_link(wijk.session, wijk.now, member.id)
    assert new is not None and new != old
    assert team.join(wijk.session, wijk.now, wijk.person(), old) is JoinRefused.UNKNOWN
    assert team.join(wijk.session, wijk.now, wijk.person(), new) is member


def test_a_new_telephone_takes_over(wijk: Wijk) -> None:
    member = wijk.member("Fatma")
    old = member.person
    assert old is not None
    payload = team.new_link(wijk.session, wijk.now, member.id)
    assert payload is not None
    new = wijk.person()
    team.join(wijk.session, wijk.now, new, payload)
    assert team.member_of(wijk.session, old) is None
    assert team.member_of(wijk.session, new) is member


def test_one_person_is_one_member(wijk: Wijk) -> None:
    first = wijk.member("Fatma")
    person = first.person
    assert person is not None
    second, payload = _invited(wijk, "Fatma twee")
    assert team.join(wijk.session, wijk.now, person, payload) is second
    assert first.person_id is None
    assert team.member_of(wijk.session, person) is second


def test_there_is_no_new_link_for_who_left_or_never_was(wijk: Wijk) -> None:
    member, payload = _invited(wijk)
    handoffs.leave(wijk.session, wijk.now, member.id)
    assert team.new_link(wijk.session, wijk.now, member.id) is None
    assert team.new_link(wijk.session, wijk.now, 10**9) is None
    assert team.join(wijk.session, wijk.now, wijk.person(), payload) is JoinRefused.UNKNOWN


def test_only_a_digest_of_the_link_is_stored(wijk: Wijk) -> None:
    member, payload = _invited(wijk)
    stored = wijk.session.execute(text("SELECT link_digest FROM members")).scalar_one()
    assert payload not in stored and len(stored) == 64
    assert member.link_digest == stored


def test_who_can_be_reached_is_active_joined_and_of_that_role_and_wijk(wijk: Wijk) -> None:
    fatma, karel = wijk.member("Fatma"), wijk.member("Karel", "soesterberg")
    petra = wijk.member("Petra", None, Role.PROFESSIONAL)
    _invited(wijk, "Nog niet")
    lost = wijk.member("Lost")
    assert lost.person is not None
    people.lose(wijk.session, lost.person.chat_id)
    wijk.session.flush()
    assert team.reachable(wijk.session, Role.WIJKVERBINDER) == [fatma, karel]
    assert team.reachable(wijk.session, Role.WIJKVERBINDER, ["soesterberg"]) == [karel]
    assert team.reachable(wijk.session, Role.PROFESSIONAL) == [petra]
    assert len(team.everybody(wijk.session)) == 5
