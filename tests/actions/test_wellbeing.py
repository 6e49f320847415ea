""" "Hoe gaat het met u?" after a heavy case: on the next morning, once; coordinators hear only who wants to talk."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions import closing, handoffs, quiet_hours, wellbeing
from store.states import Outcome, OutgoingState, Urgency
from store.tables import Member, Outgoing
from tests.actions.people import Wijk, chat_of, moment, wish


def _asked(wijk: Wijk, member: Member) -> list[Outgoing]:
    begun = (Outgoing.subject == f"begun:well:{member.id}") & (Outgoing.state == OutgoingState.WAITING)
    return list(wijk.session.scalars(select(Outgoing).where(begun, Outgoing.chat_id == chat_of(member))))


def _close(wijk: Wijk, member: Member, urgency: str = "crisis") -> None:
    request = wijk.claimed(member, wish(urgency))
    closing.close(wijk.session, wijk.now, member, request.id, Outcome.OTHER)


@pytest.mark.parametrize("urgency", Urgency)
def test_only_after_a_crisis_somebody_is_asked_how_they_are(wijk: Wijk, urgency: Urgency) -> None:
    fatma = wijk.member("Fatma")
    _close(wijk, fatma, urgency.value)
    assert bool(_asked(wijk, fatma)) == (urgency in (Urgency.DANGER, Urgency.CRISIS))


MORNINGS = {
    "the day after": ("2026-11-23 16:00", "2026-11-24 10:00"),
    "late in the evening": ("2026-11-23 23:30", "2026-11-24 10:00"),
    "on Saturday, so not on Sunday": ("2026-11-28 16:00", "2026-11-30 09:00"),
    "before Christmas": ("2026-12-24 16:00", "2026-12-28 09:00"),
    "when the clock goes back": ("2026-10-24 16:00", "2026-10-26 09:00"),
}


@pytest.mark.parametrize(("closed", "asked"), MORNINGS.values(), ids=MORNINGS)
def test_it_is_asked_on_the_morning_after(wijk: Wijk, closed: str, asked: str) -> None:
    wijk.now = moment(closed)
    fatma = wijk.member("Fatma")
    _close(wijk, fatma)
    assert [row.due_at for row in _asked(wijk, fatma)] == [moment(asked)]


def test_two_heavy_cases_on_a_day_are_asked_about_once(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    for member in (fatma, joop, fatma):
        _close(wijk, member)
    assert (len(_asked(wijk, fatma)), len(_asked(wijk, joop))) == (1, 1)


def test_who_has_stopped_messages_or_has_no_chat_is_not_asked(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    heavy = wijk.request(wish("crisis"))
    assert fatma.person is not None
    quiet_hours.stop(wijk.session, fatma.person)
    before = wijk.session.scalars(select(Outgoing.id)).all()
    wellbeing.ask_after(wijk.session, wijk.now, fatma, heavy)
    joop.person = None
    wellbeing.ask_after(wijk.session, wijk.now, joop, heavy)
    assert wijk.session.scalars(select(Outgoing.id)).all() == before


@pytest.mark.parametrize("said", ["good", "so_so", "talk"])
def test_the_coordinator_hears_only_who_wants_to_talk_and_no_words(wijk: Wijk, said: str) -> None:
    fatma, coby = wijk.member("Fatma"), wijk.coordinator()
    assert wellbeing.answer(wijk.session, wijk.now, fatma, said) == f"team_well_{said}"
    told = [(message.key, message.values) for message in wijk.messages(coby)]
    assert told == ([("coordinator_wants_to_talk", {"name": "Fatma"})] if said == "talk" else [])


def test_without_a_coordinator_they_hear_that_nobody_was_told(wijk: Wijk) -> None:
    assert wellbeing.answer(wijk.session, wijk.now, wijk.member("Fatma"), "talk") == "team_well_talk_yourself"


def test_who_finds_a_talk_too_heavy_is_asked_how_they_are_whatever_it_was_about(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma, wish("normal"))
    assert handoffs.release(wijk.session, wijk.now, fatma, request.id, too_heavy=True)
    assert len(_asked(wijk, fatma)) == 1
