"""People with a chat."""

from __future__ import annotations

from actions import people
from actions.outbox import Message, queue
from store.states import OutgoingState
from tests.actions.people import Wijk


def test_a_chat_is_one_person(wijk: Wijk) -> None:
    first = people.find_or_create(wijk.session, wijk.now, 5, "Annie")
    again = people.find_or_create(wijk.session, wijk.now, 5, "Anders")
    assert first is again
    assert (first.first_name, first.language, first.created_at) == ("Annie", "nl", wijk.now)
    assert people.find_or_create(wijk.session, wijk.now, 6).first_name is None


def test_who_blocks_the_bot_is_sent_nothing_and_who_writes_again_can_be_reached(wijk: Wijk) -> None:
    person = wijk.person()
    waiting, sent = (queue(wijk.session, wijk.now, person.chat_id, Message("utter_greet")) for _ in range(2))
    other = queue(wijk.session, wijk.now, 5, Message("utter_greet"))
    sent.state = OutgoingState.SENT
    people.lose(wijk.session, person.chat_id)
    states = [row.state for row in (waiting, sent, other)]
    assert states == [OutgoingState.UNREACHABLE, OutgoingState.SENT, OutgoingState.WAITING]
    assert not person.reachable
    people.find_or_create(wijk.session, wijk.now, person.chat_id)
    assert person.reachable


def test_losing_somebody_unknown_is_nothing(wijk: Wijk) -> None:
    people.lose(wijk.session, 10**9)
    assert people.find(wijk.session, 10**9) is None
