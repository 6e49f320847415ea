"""Messages go off the screen, files are kept no longer than they must, and of a last message nothing is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from actions import discreet, privacy
from actions.outbox import Message
from bot.telegram.claims import ROWS_PER_CHAT
from bot.telegram.connect import make_bot
from bot.telegram.deliver import Deliverer
from bot.telegram.pacing import Pacing
from bot.words import Words
from sandbox.client import SandboxClient
from sandbox.clock import Clock as SandboxClock
from sandbox.server import running
from sandbox.users import read_settings
from sandbox.world import DEFAULT_TOKEN, World
from store.states import OutgoingState
from store.states import OutgoingState as State
from store.tables import Outgoing, Person

pytestmark = pytest.mark.asyncio
AWAY = Message(deletes=(7, 8, 9))
FILE = Message("utter_my_data_file", document="Naam: Voorbeeld\nWijk: één\n")
LAST = Message("utter_forgotten", last=True)
TROUBLES: Mapping[str, tuple[TelegramError, OutgoingState]] = {
    "too old": (BadRequest("Message can't be deleted"), State.SENT),
    "gone already": (BadRequest("Message to delete not found"), State.SENT),
    "nothing named": (BadRequest("Message identifiers are not specified"), State.SENT),
    "another refusal": (BadRequest("Something else"), State.FAILED),
    "too fast": (RetryAfter(3), State.WAITING),
    "blocked": (Forbidden("bot was blocked by the user"), State.UNREACHABLE),
    "no answer": (NetworkError("gateway"), State.WAITING),
}


def _rows(post: Any) -> list[Outgoing]:
    with post.database.reading() as session:
        return list(session.scalars(select(Outgoing).order_by(Outgoing.id)))


async def test_messages_go_off_the_screen_in_one_call(post: Any) -> None:
    row = post.queue(1, message=AWAY)
    await post.deliverer().drain()
    assert post.telegram.calls == [("delete", 1, (7, 8, 9))]
    assert (post.row(row).state, post.row(row).telegram_message_id) == (State.SENT, None)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_what_becomes_of_it_when_telegram_refuses(post: Any, trouble: str) -> None:
    error, state = TROUBLES[trouble]
    row = post.queue(1, message=AWAY)
    post.telegram.fails(1, error)
    await post.deliverer().drain()
    assert post.states(row) == [state]


async def test_after_waiting_it_is_tried_again(post: Any) -> None:
    row, after = post.queue(1, message=AWAY), post.queue(1, "utter_wiped")
    post.telegram.fails(1, RetryAfter(3))
    sending = post.deliverer()
    await sending.drain()
    assert post.states(row, after) == [State.WAITING, State.WAITING], "what comes after it waits too"
    post.time.seconds += 5
    await sending.drain()
    assert [call[0] for call in post.telegram.calls] == ["delete", "delete", "send"]
    assert post.states(row, after) == [State.SENT, State.SENT]


async def test_a_message_that_cannot_be_deleted_says_nothing_of_other_messages(post: Any) -> None:
    row = post.queue(1, "utter_hello")
    post.telegram.fails(1, BadRequest("Message can't be deleted"))
    await post.deliverer().drain()
    assert post.states(row) == [State.FAILED]


async def test_taking_away_costs_no_place_in_the_pace_of_a_chat(post: Any) -> None:
    for _ in range(10):
        post.queue(1, message=AWAY)
    await post.deliverer().drain()
    assert post.time.slept == []


async def test_a_file_goes_up_in_utf_8_and_is_kept_no_longer(post: Any, words: Words) -> None:
    row = post.queue(1, message=FILE)
    await post.deliverer(render=words.render).drain()
    ((kind, chat, content, caption, options),) = post.telegram.calls
    assert (kind, chat, options["filename"]) == ("document", 1, "gegevens.txt")
    assert content.decode("utf-8-sig") == FILE.document and content.startswith(b"\xef\xbb\xbf")
    assert caption == words.say("utter_my_data_file", {})
    assert post.row(row).content == Message("utter_my_data_file").as_json()
    assert (post.row(row).state, post.row(row).telegram_message_id) == (State.SENT, 101)


@pytest.mark.parametrize("error", [Forbidden("bot was blocked by the user"), BadRequest("chat not found")])
async def test_a_file_that_does_not_arrive_is_kept_no_longer_either(post: Any, words: Words, error: Any) -> None:
    row = post.queue(1, message=FILE)
    post.telegram.fails(1, error, error)
    await post.deliverer(render=words.render).drain()
    assert "document" not in post.row(row).content and post.states(row) == [State.UNREACHABLE]


async def test_a_file_that_is_tried_again_is_still_there(post: Any, words: Words) -> None:
    row = post.queue(1, message=FILE)
    post.telegram.fails(1, RetryAfter(3))
    await post.deliverer(render=words.render).drain()
    assert post.row(row).content["document"] == FILE.document


@pytest.mark.parametrize("error", [None, Forbidden("bot was blocked by the user"), BadRequest("Something else")])
async def test_of_a_last_message_nothing_is_kept_however_it_ended(post: Any, error: Any) -> None:
    post.queue(1, message=LAST)
    post.queue(1, message=Message(deletes=(7,), last=True))
    post.telegram.fails(1, error, error)
    await post.deliverer().drain()
    assert _rows(post) == [] and all(post.telegram.silent)


def _forgotten(session: Session, post: Any, person: Person) -> None:
    privacy.forget(session, post.time.now(), person)


def _wiped(session: Session, post: Any, person: Person) -> None:
    discreet.clear_screen(session, post.time.now(), person, "")


@pytest.mark.parametrize(("how", "left"), [(_forgotten, []), (_wiped, [State.WITHDRAWN])])
async def test_what_goes_while_it_is_being_sent_goes_off_the_screen_as_soon_as_it_is_there(
    post: Any, how: Callable[[Session, Any, Person], None], left: list[OutgoingState]
) -> None:
    post.add_person(1)
    post.telegram.hold = asyncio.Event()
    post.queue(1)
    other = post.queue(2)
    sending = asyncio.create_task(post.deliverer().drain())
    while len(post.telegram.calls) < 2:
        await asyncio.sleep(0.001)
    with post.database.transaction() as session:
        how(session, post, session.scalars(select(Person).where(Person.chat_id == 1)).one())
    post.telegram.hold.set()
    await sending
    number = 100 + [call[1] for call in post.telegram.calls].index(1) + 1
    assert post.telegram.calls[2:] == [("delete", 1, (number,))]
    assert [row.state for row in _rows(post) if row.chat_id == 1] == left
    assert post.states(other) == [State.SENT], "what is another's is left alone"


async def test_what_another_process_took_over_stays_on_the_screen(post: Any) -> None:
    post.telegram.hold = asyncio.Event()
    row = post.queue(1)
    sending = asyncio.create_task(post.deliverer().drain())
    while not post.telegram.calls:
        await asyncio.sleep(0.001)
    theirs = post.time.now() + timedelta(minutes=5)
    post.set(row, claimed_until=theirs)
    post.telegram.hold.set()
    await sending
    assert [call[0] for call in post.telegram.calls] == ["send"]
    assert (post.row(row).state, post.row(row).claimed_until) == (State.SENDING, theirs)


async def test_of_who_was_erased_and_blocked_the_bot_nothing_is_kept_that_waits(post: Any) -> None:
    for _ in range(ROWS_PER_CHAT + 1):
        post.queue(1, message=LAST)
    post.telegram.fails(1, Forbidden("bot was blocked by the user"))
    await post.deliverer().drain()
    assert _rows(post) == []


async def test_a_last_message_that_is_tried_again_is_still_there(post: Any) -> None:
    row = post.queue(1, message=LAST)
    post.telegram.fails(1, RetryAfter(3))
    await post.deliverer().drain()
    assert post.states(row) == [State.WAITING]


async def test_on_a_phone_what_the_bot_said_goes_and_the_rest_stays(post: Any, words: Words) -> None:
    """Over Telegram's own protocol: the sandbox refuses what Telegram refuses, as what is older than 48 hours."""
    async with (
        running(World(read_settings(), SandboxClock(None))) as address,
        SandboxClient(address) as sandbox,
        make_bot(DEFAULT_TOKEN, address) as bot,
    ):
        annie = await sandbox.person("Annie")
        await annie.says("hallo")
        first = post.queue(annie.id, "utter_wiped")
        sending = Deliverer(post.database, bot, words.render, post.time, Pacing())
        await sending.drain()
        number = post.row(first).telegram_message_id
        post.queue(annie.id, message=Message(deletes=(number, number + 1000)))
        post.queue(annie.id, "utter_not_forgotten")
        await sending.drain()
        left = [
            message.text for message in await sandbox.history(annie.id) if message.by == "bot" and not message.deleted
        ]
        assert left == [words.say("utter_not_forgotten", {})]
