"""Delivery: order per chat, every answer of Telegram, owners that die, several deliverers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from sqlalchemy import event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from actions.outbox import Message
from bot.telegram import deliver
from bot.telegram.outcomes import MAX_ATTEMPTS, Claimed, judge
from bot.telegram.pacing import Pacing
from store.states import OutgoingState as State

pytestmark = pytest.mark.asyncio


def caused(error: NetworkError, cause: Exception) -> NetworkError:
    error.__cause__ = cause
    return error


async def test_a_message_is_sent_and_recorded(post: Any) -> None:
    row = post.queue(1)
    await post.deliverer().drain()
    assert post.telegram.said_to(1) == ["utter_hello"]
    sent = post.row(row)
    assert (sent.state, sent.telegram_message_id, sent.sent_at) == (State.SENT, 101, post.time.now())


async def test_link_previews_are_off_and_the_text_is_plain(post: Any) -> None:
    post.queue(1)
    await post.deliverer().drain()
    options = post.telegram.calls[0][3]
    assert options["link_preview_options"].is_disabled
    assert options["parse_mode"] is None


async def test_messages_of_a_chat_go_in_order_of_their_number(post: Any) -> None:
    for key in "abcdefg":
        for chat in (1, 2):
            post.queue(chat, key)
    await post.deliverer().drain()
    assert post.telegram.said_to(1) == list("abcdefg")
    assert post.telegram.said_to(2) == list("abcdefg")


async def test_a_later_reminder_does_not_hold_up_what_is_due(post: Any) -> None:
    reminder = post.queue(1, "reminder", later=3600)
    post.queue(1, "reply")
    await post.deliverer().drain()
    assert post.telegram.said_to(1) == ["reply"]
    post.time.seconds = 3601
    await post.deliverer().drain()
    assert post.states(reminder) == [State.SENT]


async def test_chats_are_sent_to_side_by_side(post: Any) -> None:
    post.telegram.hold = asyncio.Event()
    for chat in (1, 2, 3):
        post.queue(chat)
    sending = asyncio.create_task(post.deliverer().drain())
    while len(post.telegram.calls) < 3:
        await asyncio.sleep(0.001)
    post.telegram.hold.set()
    await sending


async def test_a_row_behind_one_that_is_being_sent_elsewhere_waits(post: Any) -> None:
    first, second = post.queue(1, "a"), post.queue(1, "b")
    post.set(first, state=State.SENDING, claimed_until=post.time.now() + timedelta(seconds=30))
    await post.deliverer().drain()
    assert post.telegram.calls == []
    assert post.states(second) == [State.WAITING]


async def test_a_copy_is_passed_on_as_it_is(post: Any) -> None:
    row = post.queue(1, message=Message(copy_of=(9, 77)))
    await post.deliverer().drain()
    assert post.telegram.calls == [("copy", 1, 9, 77)]
    assert post.row(row).telegram_message_id == 101


@pytest.mark.parametrize("discreet", [True, False])
@pytest.mark.parametrize(
    "message",
    [
        Message("utter_hello"),
        Message(copy_of=(9, 77)),
        *(Message("utter_hello", file=(kind, "id")) for kind in ("photo", "voice", "audio", "document")),
    ],
    ids=["words", "a copy", "a photo", "a voice note", "a sound", "a file"],
)
async def test_only_who_may_be_watched_gets_everything_without_a_sound(
    post: Any, message: Message, discreet: bool
) -> None:
    post.add_person(1, discreet=discreet)
    post.queue(1, message=message)
    await post.deliverer().drain()
    assert post.telegram.silent == [discreet]


async def test_the_group_is_left_after_the_explanation(post: Any) -> None:
    post.queue(-5, message=Message("explain", leave=True))
    await post.deliverer().drain()
    assert [call[0] for call in post.telegram.calls] == ["send", "leave"]


async def test_the_group_is_left_even_when_nothing_may_be_said(post: Any) -> None:
    row = post.queue(-5, message=Message("explain", leave=True))
    post.telegram.fails(-5, BadRequest("Not enough rights to send text messages to the chat"), Forbidden("kicked"))
    await post.deliverer().drain()
    assert [call[0] for call in post.telegram.calls] == ["send", "leave"]
    assert post.states(row) == [State.FAILED]
    assert post.logged[-1]["event"] == "chat_not_left"


async def test_429_delays_that_chat_only_and_keeps_its_order(post: Any) -> None:
    slow = [post.queue(1, key) for key in "ab"]
    other = post.queue(2, "c")
    post.telegram.fails(1, RetryAfter(20))
    deliverer = post.deliverer()
    await deliverer.drain()
    assert post.states(*slow, other) == [State.WAITING, State.WAITING, State.SENT]
    assert post.row(slow[0]).attempts == 0
    post.queue(2, "d")
    post.time.seconds += 19
    await deliverer.drain()
    assert post.telegram.said_to(1) == ["a"]
    assert post.telegram.said_to(2) == ["c", "d"]
    post.time.seconds += 1
    await deliverer.drain()
    assert post.telegram.said_to(1) == ["a", "a", "b"]


async def test_429_holds_for_every_process(post: Any) -> None:
    post.queue(1)
    post.telegram.fails(1, RetryAfter(20))
    await post.deliverer().drain()
    await post.deliverer().drain()
    assert len(post.telegram.calls) == 1


async def test_403_ends_all_messages_of_that_person(post: Any) -> None:
    post.add_person(1)
    rows = [post.queue(1, "a"), post.queue(1, "b"), post.queue(1, "reminder", later=3600)]
    post.telegram.fails(1, Forbidden("bot was blocked by the user"))
    await post.deliverer(on_unreachable=lambda _session, _now, chat: post.lost.append(chat)).drain()
    assert post.states(*rows) == [State.UNREACHABLE] * 3
    assert not post.reachable(1)
    assert post.lost == [1]
    assert len(post.telegram.calls) == 1


async def test_nothing_is_sent_to_somebody_unreachable(post: Any) -> None:
    post.add_person(1, reachable=False)
    row = post.queue(1)
    await post.deliverer().drain()
    assert post.telegram.calls == []
    assert post.states(row) == [State.UNREACHABLE]


TIMED_OUT = caused(TimedOut(), aiohttp.SocketTimeoutError("read"))


@pytest.mark.parametrize(
    ("error", "repeatable", "state"),
    [
        (TIMED_OUT, True, State.WAITING),
        (TIMED_OUT, False, State.UNCERTAIN),
        (NetworkError("Bad Gateway"), True, State.WAITING),
        (NetworkError("Bad Gateway"), False, State.UNCERTAIN),
        (NetworkError("Internal Server Error"), False, State.WAITING),
        (caused(NetworkError("cut"), aiohttp.ServerDisconnectedError("cut")), False, State.UNCERTAIN),
        (caused(NetworkError("no line"), aiohttp.ClientConnectorError(None, OSError("no line"))), False, State.WAITING),
        (caused(TimedOut(), aiohttp.ConnectionTimeoutError("busy")), False, State.WAITING),
        (TelegramError("Invalid server response"), False, State.UNCERTAIN),
        (InvalidToken(), False, State.WAITING),
        (ChatMigrated(-100), True, State.FAILED),
        (BadRequest("Chat not found"), True, State.UNREACHABLE),
        (BadRequest("Message text is empty"), True, State.FAILED),
        (BadRequest("Message is not modified"), True, State.SENT),
    ],
    ids=repr,
)
async def test_what_becomes_of_a_message(error: TelegramError, repeatable: bool, state: State) -> None:
    row = Claimed(1, 1, {}, repeatable, 0, datetime.now(UTC))
    assert judge(error, row).state is state


async def test_a_refused_message_is_logged_by_its_number_and_key(post: Any) -> None:
    row = post.queue(1, message=Message("utter_hello", {"name": "Fatma"}))
    post.telegram.fails(1, BadRequest("BUTTON_DATA_INVALID. Parsing the server response b'Fatma' failed"))
    await post.deliverer().drain()
    entry = post.logged[-1]
    assert (entry["log_level"], entry["outgoing_id"], entry["key"]) == ("error", row, "utter_hello")
    assert "Fatma" not in str(post.logged)


async def test_an_uncertain_message_does_not_hold_up_the_next(post: Any) -> None:
    post.queue(1, "a", repeatable=False)
    post.queue(1, "b")
    post.telegram.fails(1, TIMED_OUT)
    await post.deliverer().drain()
    assert post.telegram.said_to(1) == ["a", "b"]


async def test_tries_are_further_and_further_apart_and_end(post: Any) -> None:
    row = post.queue(1)
    post.telegram.fails(1, *[NetworkError("Internal Server Error")] * MAX_ATTEMPTS)
    deliverer = post.deliverer()
    moments: list[float] = []
    for _ in range(3000):
        await deliverer.drain()
        if len(post.telegram.calls) > len(moments):
            moments.append(post.time.seconds)
        if post.states(row) == [State.FAILED]:
            break
        held = post.row(row).claimed_until
        post.time.seconds = (held - post.time.now()).total_seconds() + post.time.seconds
    gaps = [round(after - before) for before, after in pairwise(moments)]
    assert gaps == [4, 16, 64, 120, 120, 120, 120]
    assert post.row(row).attempts == MAX_ATTEMPTS


async def test_being_offline_gives_nothing_up(post: Any) -> None:
    row = post.queue(1)
    deliverer = post.deliverer()
    for _ in range(MAX_ATTEMPTS + 2):
        post.telegram.fails(1, caused(NetworkError("no line"), aiohttp.ClientConnectorError(None, OSError("no line"))))
        await deliverer.drain()
        post.time.seconds += 6
    await deliverer.drain()
    assert post.states(row) == [State.SENT]


@pytest.mark.parametrize("key", ["missing", "too_much_data"])
async def test_a_text_that_cannot_be_made_fails_alone(post: Any, key: str) -> None:
    bad, good = post.queue(1, key), post.queue(1)
    await post.deliverer().drain()
    assert post.states(bad, good) == [State.FAILED, State.SENT]
    assert post.logged[0]["log_level"] == "error"


async def test_stored_content_of_another_version_fails_alone(post: Any) -> None:
    bad, good = post.queue(1), post.queue(1)
    post.set(bad, content={"key": "x", "colour": "red"})
    await post.deliverer().drain()
    assert post.states(bad, good) == [State.FAILED, State.SENT]


async def test_no_more_is_claimed_than_can_go_out_soon(post: Any) -> None:
    rows = [post.queue(chat) for chat in range(1, 11)]
    post.telegram.hold = asyncio.Event()
    deliverer = post.deliverer(pacing=Pacing(2))
    await deliverer._turn()
    assert post.states(*rows).count(State.SENDING) == 4
    post.telegram.hold.set()
    await deliverer.drain()
    assert post.states(*rows) == [State.SENT] * 10
    assert post.time.seconds >= 4


@pytest.mark.parametrize(
    "trouble",
    [
        OperationalError("SELECT", {}, Exception("locked")),
        InterfaceError("SELECT", {}, Exception("gone")),
        PoolTimeoutError("pool"),
    ],
    ids=lambda trouble: type(trouble).__name__,
)
async def test_outcomes_are_kept_until_the_database_is_back(post: Any, trouble: Exception) -> None:
    row = post.queue(1)
    down = False

    async def in_thread(function: Callable[..., Any], *args: object) -> Any:
        if down:
            raise trouble
        return function(*args)

    deliverer = post.deliverer(in_thread=in_thread)
    await deliverer._turn()
    down = True
    await asyncio.gather(*deliverer._tasks)
    await deliverer._turn()
    assert post.states(row) == [State.SENDING]
    assert post.logged[-1]["event"] == "delivery_interrupted"
    down = False
    await deliverer.drain()
    assert post.states(row) == [State.SENT]
    assert len(post.telegram.calls) == 1


async def test_a_message_alone_takes_two_transactions(post: Any) -> None:
    commits = []
    post.queue(1)
    event.listen(post.database.engine, "commit", lambda _connection: commits.append(1))
    await post.deliverer().drain()
    assert len(commits) == 2


async def test_an_error_that_nobody_foresaw_stops_the_deliverer_loudly(post: Any) -> None:
    post.queue(1)
    post.telegram.fails(1, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await post.deliverer(sleep=asyncio.sleep).run(asyncio.Event())
    post.telegram.fails(2, ZeroDivisionError())
    post.queue(2)
    with pytest.raises(ZeroDivisionError):
        await post.deliverer().drain()


async def test_it_sends_when_woken_and_stops_when_told(post: Any) -> None:
    deliverer, stop = post.deliverer(), asyncio.Event()
    running = asyncio.create_task(deliverer.run(stop))
    await asyncio.sleep(0.02)
    row = post.queue(1)
    deliverer.wake()
    while post.states(row) != [State.SENT]:
        await asyncio.sleep(0.005)
    stop.set()
    await asyncio.wait_for(running, 2)


async def test_it_finds_what_comes_due_without_being_woken(post: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "POLL_SECONDS", 0.01)
    deliverer, stop = post.deliverer(), asyncio.Event()
    row = post.queue(1, later=60)
    running = asyncio.create_task(deliverer.run(stop))
    await asyncio.sleep(0.02)
    assert post.states(row) == [State.WAITING]
    post.time.seconds = 60
    while post.states(row) != [State.SENT]:
        await asyncio.sleep(0.005)
    stop.set()
    await asyncio.wait_for(running, 2)


async def test_at_the_end_what_is_under_way_is_finished_and_the_rest_given_back(post: Any) -> None:
    rows = [post.queue(1, key) for key in "abc"]
    post.telegram.hold = asyncio.Event()
    deliverer, stop = post.deliverer(), asyncio.Event()
    running = asyncio.create_task(deliverer.run(stop))
    while not post.telegram.calls:
        await asyncio.sleep(0.001)
    stop.set()
    await asyncio.sleep(0.02)
    post.telegram.hold.set()
    await asyncio.wait_for(running, 2)
    assert post.states(*rows) == [State.SENT, State.WAITING, State.WAITING]


async def test_the_rest_is_as_long_as_until_the_next_is_due(post: Any) -> None:
    post.queue(1, later=2)
    deliverer = post.deliverer()
    await deliverer._turn()
    assert deliverer._wait == 2
