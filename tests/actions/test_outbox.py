"""Outgoing messages: stored whole, withdrawn by subject, found again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.outbox import (
    Button,
    Message,
    find,
    is_replaced,
    last_begun,
    last_subject,
    queue,
    said_last,
    subject_of,
    withdraw,
    withdraw_one,
)
from store.states import OutgoingState
from tests.actions.people import Wijk

WHOLE = Message(
    key="utter_x",
    values={"a": 1, "b": ["c"]},
    language="tr",
    question=7,
    opens="landlord_later",
    buttons=((Button("button_x", "q7:x", {"number": 1}), Button("button_y", "y")), (Button("button_z", "z"),)),
    copy_of=(12, 34),
    leave=True,
    aloud=(Message("utter_y", {"a": 1}), Message("utter_z", question=7)),
    file=("photo", "AgAC"),
)


@pytest.mark.parametrize("message", [Message(), Message("utter_x"), WHOLE], ids=["empty", "short", "whole"])
def test_a_message_is_the_same_after_it_was_stored(wijk: Wijk, message: Message) -> None:
    row = queue(wijk.session, wijk.now, 5, message)
    wijk.session.expire(row)
    assert Message.from_json(row.content) == message


def test_a_message_is_due_now_or_later_and_repeatable_unless_said(wijk: Wijk) -> None:
    later = wijk.now + timedelta(days=1)
    now, then = queue(wijk.session, wijk.now, 5, WHOLE), queue(wijk.session, wijk.now, 5, WHOLE, due_at=later)
    once = queue(wijk.session, wijk.now, 5, WHOLE, repeatable=False, edits=now)
    assert (now.due_at, then.due_at) == (wijk.now, later)
    assert (now.repeatable, once.repeatable, now.edits_id, once.edits_id) == (True, False, None, now.id)


def test_only_unsent_messages_of_that_subject_are_withdrawn(wijk: Wijk) -> None:
    waiting = queue(wijk.session, wijk.now, 5, WHOLE, subject="a")
    sent = queue(wijk.session, wijk.now, 5, WHOLE, subject="a")
    other = queue(wijk.session, wijk.now, 5, WHOLE, subject="b")
    sent.state = OutgoingState.SENT
    assert withdraw(wijk.session, "a") == 1
    wijk.session.expire_all()
    states = [row.state for row in (waiting, sent, other)]
    assert states == [OutgoingState.WITHDRAWN, OutgoingState.SENT, OutgoingState.WAITING]


@pytest.mark.parametrize("state", OutgoingState)
def test_one_message_is_taken_back_only_while_it_waits(wijk: Wijk, state: OutgoingState) -> None:
    row, other = (queue(wijk.session, wijk.now, 5, WHOLE, subject="a") for _ in range(2))
    row.state = state
    wijk.session.flush()
    in_time = state is OutgoingState.WAITING
    assert withdraw_one(wijk.session, row) == in_time
    wijk.session.expire_all()
    assert (row.state, other.state) == (OutgoingState.WITHDRAWN if in_time else state, OutgoingState.WAITING)


def test_a_message_that_somebody_is_about_to_send_is_not_taken_back(wijk: Wijk) -> None:
    row = queue(wijk.session, wijk.now, 5, WHOLE)
    row.claimed_until = wijk.now
    wijk.session.flush()
    assert not withdraw_one(wijk.session, row)


def test_the_latest_that_was_begun_is_found_for_a_while(wijk: Wijk) -> None:
    first = queue(wijk.session, wijk.now, 5, WHOLE, subject="note:1")
    assert last_begun(wijk.session, 5, "note:", wijk.now) is None
    since = wijk.now - timedelta(minutes=1)
    assert last_begun(wijk.session, 5, "note:", since) is first
    second = queue(wijk.session, wijk.now, 5, WHOLE, subject="note:2")
    queue(wijk.session, wijk.now, 5, WHOLE, subject="noted:3")
    assert last_begun(wijk.session, 5, "note:", since) is second
    assert last_begun(wijk.session, 6, "note:", since) is None


def test_what_was_talked_about_last_leaves_out_edits_and_what_never_came(wijk: Wijk) -> None:
    assert last_subject(wijk.session, wijk.now, 5) is None
    first = queue(wijk.session, wijk.now, 5, WHOLE, subject="request:1")
    queue(wijk.session, wijk.now, 5, WHOLE, subject="edit", edits=first)
    queue(wijk.session, wijk.now, 5, WHOLE, subject="later", due_at=wijk.now + timedelta(days=1))
    queue(wijk.session, wijk.now, 6, WHOLE, subject="another")
    for state in (OutgoingState.WITHDRAWN, OutgoingState.UNREACHABLE):
        queue(wijk.session, wijk.now, 5, WHOLE, subject=state.value).state = state
    wijk.session.flush()
    assert last_subject(wijk.session, wijk.now, 5) == "request:1"


def test_a_message_is_found_by_its_place_in_a_chat(wijk: Wijk) -> None:
    row = queue(wijk.session, wijk.now, 5, WHOLE, subject="request:1")
    row.telegram_message_id = 99
    wijk.session.flush()
    assert find(wijk.session, 5, 99) is row
    assert subject_of(wijk.session, 5, 99) == "request:1"
    assert find(wijk.session, 6, 99) is None
    assert subject_of(wijk.session, 5, 98) is None


def test_a_number_is_never_given_out_twice(wijk: Wijk) -> None:
    first = queue(wijk.session, wijk.now, 5, WHOLE)
    wijk.session.delete(first)
    wijk.session.flush()
    assert queue(wijk.session, wijk.now, 5, WHOLE).id > first.id
    request = wijk.request()
    number = request.id
    wijk.session.delete(request)
    wijk.session.flush()
    assert wijk.request().id > number


def test_a_message_is_replaced_when_others_words_were_sent_in_its_place(wijk: Wijk) -> None:
    question, other = queue(wijk.session, wijk.now, 5, WHOLE), queue(wijk.session, wijk.now, 5, WHOLE)
    queue(wijk.session, wijk.now, 5, Message("utter_answered"), edits=question)
    assert (is_replaced(wijk.session, question), is_replaced(wijk.session, other)) == (True, False)


def test_what_was_said_in_one_go_is_found_without_what_is_not_in_words(wijk: Wijk) -> None:
    before, later = wijk.now - timedelta(seconds=1), wijk.now + timedelta(days=1)
    queue(wijk.session, before, 5, Message("utter_before"))
    question = queue(wijk.session, wijk.now, 5, Message("utter_tip"))
    queue(wijk.session, wijk.now, 6, Message("utter_to_another"))
    queue(wijk.session, wijk.now, 5, Message("utter_answered"), edits=question)
    question = queue(wijk.session, wijk.now, 5, Message("utter_ask_tenure", question=3))
    queue(wijk.session, wijk.now, 5, Message("utter_relay_copy", copy_of=(1, 2)))
    queue(wijk.session, wijk.now, 5, Message("case_file_gone", file=("photo", "AgAC")))
    queue(wijk.session, wijk.now, 5, Message("utter_listen_failed", aloud=(Message("utter_tip"),)))
    queue(wijk.session, before, 5, Message("utter_reminder"), due_at=later)
    assert [said.key for said in said_last(wijk.session, wijk.now, 5)] == ["utter_tip", "utter_ask_tenure"]
    queue(wijk.session, wijk.now + timedelta(seconds=1), 5, Message("utter_after"))
    since = wijk.now + timedelta(seconds=1)
    assert [said.key for said in said_last(wijk.session, since, 5)] == ["utter_after"]
    assert [said.key for said in said_last(wijk.session, since, 5, question)] == ["utter_tip", "utter_ask_tenure"]
    assert said_last(wijk.session, since, 7) == ()
