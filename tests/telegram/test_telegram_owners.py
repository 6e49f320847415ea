"""Delivery by several: owners that die, leases that run out, two deliverers side by side."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from actions.outbox import Message
from bot.telegram.outcomes import MAX_ATTEMPTS
from bot.telegram.pacing import Pacing
from bot.telegram.rendered import Rendered
from store.states import OutgoingState as State

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(("repeatable", "state", "calls"), [(True, State.SENT, 1), (False, State.UNCERTAIN, 0)])
async def test_a_dead_owners_message(post: Any, repeatable: bool, state: State, calls: int) -> None:
    row = post.queue(1, repeatable=repeatable)
    after = post.queue(1, "next")
    post.set(row, state=State.SENDING, claimed_until=post.time.now())
    await post.deliverer().drain()
    assert post.states(row, after) == [state, State.SENT]
    assert post.telegram.said_to(1).count("utter_hello") == calls


async def test_a_message_that_kills_its_owners_is_given_up(post: Any) -> None:
    row = post.queue(1)
    post.set(row, state=State.SENDING, claimed_until=post.time.now(), attempts=MAX_ATTEMPTS - 1)
    await post.deliverer().drain()
    assert post.states(row) == [State.FAILED]
    assert post.logged[-1] == {
        "event": "message_given_up",
        "log_level": "warning",
        "outgoing_id": row,
        "state": "failed",
    }


async def test_a_message_whose_lease_ran_out_before_its_turn_is_not_sent(post: Any) -> None:
    row = post.queue(1)

    def render_on_a_machine_that_slept(message: Message) -> Rendered:
        post.time.seconds += 60
        return Rendered(message.key)

    deliverer = post.deliverer(render=render_on_a_machine_that_slept)
    await deliverer._turn()
    await asyncio.gather(*deliverer._tasks)
    assert post.telegram.calls == []
    assert post.states(row) == [State.SENDING]


async def test_the_outcome_of_a_lost_lease_is_left_to_the_new_owner(post: Any) -> None:
    row = post.queue(1)
    post.telegram.hold = asyncio.Event()
    deliverer = post.deliverer()
    await deliverer._turn()
    theirs = post.time.now() + timedelta(seconds=90)
    post.set(row, claimed_until=theirs)
    post.telegram.hold.set()
    await asyncio.gather(*deliverer._tasks)
    await deliverer._turn()
    assert (post.row(row).state, post.row(row).claimed_until) == (State.SENDING, theirs)


async def test_what_must_not_be_repeated_is_claimed_alone(post: Any) -> None:
    rows = [post.queue(1, "a"), post.queue(1, "b", repeatable=False), post.queue(1, "c")]
    post.telegram.hold = asyncio.Event()
    deliverer = post.deliverer()
    await deliverer._turn()
    assert post.states(*rows) == [State.SENDING, State.WAITING, State.WAITING]
    post.telegram.hold.set()
    await deliverer.drain()
    assert post.telegram.said_to(1) == ["a", "b", "c"]


async def test_two_deliverers_send_everything_once_and_in_order(post: Any) -> None:
    keys = [f"{number:03}" for number in range(12)]
    for key in keys:
        for chat in range(1, 9):
            post.queue(chat, key)
    pair = [post.deliverer(pacing=Pacing(1000)) for _ in range(2)]
    for _ in range(40):
        await asyncio.gather(*(deliverer.drain() for deliverer in pair))
        post.time.seconds += 1
    for chat in range(1, 9):
        assert post.telegram.said_to(chat) == keys


async def test_two_deliverers_do_not_overtake_each_other_while_messages_arrive(post: Any) -> None:
    pair = [post.deliverer(pacing=Pacing(1000)) for _ in range(2)]
    keys = [f"{number:03}" for number in range(15)]

    async def arrive() -> None:
        for key in keys:
            for chat in (1, 2):
                await asyncio.to_thread(post.queue, chat, key)

    async def send(deliverer: Any) -> None:
        while len(post.telegram.calls) < 2 * len(keys):
            await deliverer.drain()
            post.time.seconds += 1

    await asyncio.wait_for(asyncio.gather(arrive(), *(send(deliverer) for deliverer in pair)), 120)
    assert post.telegram.said_to(1) == keys
    assert post.telegram.said_to(2) == keys
