"""Delivery of changes: in order, and what becomes of one whose message is not there."""

from __future__ import annotations

from typing import Any

import pytest
from telegram.error import (
    BadRequest,
    RetryAfter,
)

from actions.outbox import Message
from actions.veils import UNREAD
from store.states import OutgoingState as State

pytestmark = pytest.mark.asyncio


async def test_an_edit_changes_the_message_of_an_earlier_row(post: Any) -> None:
    first = post.queue(1, "a")
    await post.deliverer().drain()
    post.queue(1, "b", edits=first)
    await post.deliverer().drain()
    assert post.telegram.calls[-1] == ("edit", 1, "b", 101)


async def test_an_edit_may_follow_its_message_at_once(post: Any) -> None:
    first = post.queue(1, "a")
    edit = post.queue(1, "b", edits=first)
    await post.deliverer().drain()
    assert post.telegram.calls[-1] == ("edit", 1, "b", 101)
    assert post.row(edit).telegram_message_id is None


async def test_an_edit_of_a_message_that_never_went_is_withdrawn(post: Any) -> None:
    first = post.queue(1, "a")
    post.set(first, state=State.WITHDRAWN)
    edit = post.queue(1, "b", edits=first)
    await post.deliverer().drain()
    assert post.telegram.calls == []
    assert post.states(edit) == [State.WITHDRAWN]


async def test_an_edit_waits_for_a_message_that_telegram_delays(post: Any) -> None:
    first = post.queue(1, "a")
    edit = post.queue(1, "b", edits=first)
    post.telegram.fails(1, RetryAfter(3))
    deliverer = post.deliverer()
    await deliverer.drain()
    assert post.states(first, edit) == [State.WAITING, State.WAITING]
    post.time.seconds += 3
    await deliverer.drain()
    assert post.telegram.said_to(1) == ["a", "a", "b"]


async def test_a_change_that_changes_nothing_is_a_success(post: Any) -> None:
    first = post.queue(1, "a")
    edit = post.queue(1, "a", edits=first)
    post.telegram.fails(1, None, BadRequest("Bad Request: message is not modified: specified new message ..."))
    await post.deliverer().drain()
    assert post.states(edit) == [State.SENT]
    assert post.logged == []


@pytest.mark.parametrize("said", ["Message to edit not found", "Message can't be edited"])
async def test_an_edit_that_comes_too_late_fails_without_noise(post: Any, said: str) -> None:
    first = post.queue(1, "a")
    edit = post.queue(1, "b", edits=first)
    post.telegram.fails(1, None, BadRequest(said))
    await post.deliverer().drain()
    assert post.states(edit) == [State.FAILED]
    assert [entry["log_level"] for entry in post.logged] == ["info"]


@pytest.mark.parametrize("discreet", [False, True])
async def test_what_somebody_changed_in_a_message_that_was_wiped_comes_as_one_of_its_own(
    post: Any, discreet: bool
) -> None:
    """To who may be watched it is announced only: they wiped their screen."""
    post.add_person(1, discreet=discreet)
    first = post.queue(1, "a")
    edit = post.queue(1, message=Message("b", {"text": "om elf uur"}, anew=True), edits=first)
    after = post.queue(1, "c")
    post.telegram.fails(1, None, BadRequest("Message to edit not found"))
    await post.deliverer().drain()
    assert post.telegram.said_to(1) == ["a", "b", UNREAD if discreet else "b", "c"]
    row = post.row(edit)
    assert (row.state, row.edits_id, row.repeatable, row.telegram_message_id) == (State.SENT, None, False, 102)
    sent = Message.from_json(row.content)
    assert (sent.veils or sent) == Message("b", {"text": "om elf uur"}) and bool(sent.veils) == discreet
    assert post.states(after) == [State.SENT]


async def test_what_changes_a_message_that_never_came_comes_as_one_of_its_own(post: Any) -> None:
    first = post.queue(1, "a")
    edit = post.queue(1, message=Message("b", anew=True), edits=first)
    post.set(first, state=State.WITHDRAWN)
    await post.deliverer().drain()
    assert post.telegram.said_to(1) == ["b"] and post.row(edit).edits_id is None
