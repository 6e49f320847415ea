"""The channel over Telegram's real protocol, against the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select
from telegram.error import InvalidToken

from actions.outbox import Message
from bot.incoming import Incoming, Kind
from bot.telegram.connect import make_bot
from bot.telegram.deliver import Deliverer
from bot.telegram.intake import Intake
from bot.telegram.pacing import Pacing
from bot.telegram.poll import Poller
from bot.telegram.rendered import Rendered
from sandbox.client import SandboxClient
from sandbox.clock import Clock as SandboxClock
from sandbox.server import running
from sandbox.users import read_settings
from sandbox.world import DEFAULT_TOKEN, World
from store.states import OutgoingState as State
from store.tables import Inbox
from tests.telegram.test_telegram_receive import mask

pytestmark = pytest.mark.asyncio


def render(message: Message) -> Rendered:
    return Rendered(message.key, ((("Ja", "4:yes"), ("Nee", "4:no")),) if message.question else ())


class Channel:
    """The bot's side of a sandbox: everything that is real between the inbox and the outbox."""

    def __init__(self, post: Any, bot: Any, sandbox: SandboxClient) -> None:
        self.post, self.bot, self.sandbox = post, bot, sandbox
        self.told = asyncio.Event()
        self.deliverer = Deliverer(post.database, bot, render, post.time, Pacing(1000), log=post.log)
        intake = Intake(
            post.database, bot, mask, post.time, lambda _chats: self.told.set(), asyncio.to_thread, post.log
        )
        self.poller = Poller(bot, intake, post.log, seconds=1)

    async def received(self) -> list[Incoming]:
        await asyncio.wait_for(self.told.wait(), 5)
        self.told.clear()
        with self.post.database.reading() as session:
            return [Incoming.from_json(one) for one in session.scalars(select(Inbox.content).order_by(Inbox.update_id))]


@asynccontextmanager
async def channel(post: Any) -> AsyncIterator[Channel]:
    async with (
        running(World(read_settings(), SandboxClock(None))) as address,
        SandboxClient(address) as sandbox,
        make_bot(DEFAULT_TOKEN, address) as bot,
    ):
        line, stop = Channel(post, bot, sandbox), asyncio.Event()
        polling = asyncio.create_task(line.poller.run(stop))
        yield line
        stop.set()
        await polling


async def test_what_a_resident_types_is_received(post: Any) -> None:
    async with channel(post) as line:
        fatma = await line.sandbox.person("Fatma")
        await fatma.says("het tocht")
        received = (await line.received())[-1]
        assert (received.kind, received.text, received.first_name) == (Kind.TEXT, "het tocht", "Fatma")


async def test_a_button_is_sent_pressed_acknowledged_and_replaced(post: Any) -> None:
    async with channel(post) as line:
        fatma = await line.sandbox.person("Fatma")
        await fatma.says("hoi")
        await line.received()
        question = post.queue(fatma.id, message=Message("Tocht het?", question=4))
        await line.deliverer.drain()
        assert (await fatma.hears("Tocht het?")).labels == ["Ja", "Nee"]
        await fatma.presses("Ja")
        assert (await line.received())[-1].data == "4:yes"
        assert await fatma.next_toast() == ""
        post.queue(fatma.id, message=Message("Ja, het tocht."), edits=question)
        await line.deliverer.drain()
        edited = await fatma.hears("Ja, het tocht.")
        assert edited.edited
        assert edited.labels == []


async def test_a_message_is_passed_on(post: Any) -> None:
    async with channel(post) as line:
        fatma, wim = await line.sandbox.person("Fatma"), await line.sandbox.person("Wim")
        await wim.says("hoi")
        await fatma.says("kunt u bellen?")
        message_id = (await wait_for_text(line, "kunt u bellen?"))[0].message_id
        assert message_id
        post.queue(wim.id, message=Message(copy_of=(fatma.id, message_id)))
        await line.deliverer.drain()
        await wim.hears("kunt u bellen?")


@pytest.mark.parametrize("discreet", [True, False])
async def test_the_phone_of_who_may_be_watched_stays_silent(post: Any, discreet: bool) -> None:
    async with channel(post) as line:
        fatma = await line.sandbox.person("Fatma")
        await fatma.says("hoi")
        message_id = (await wait_for_text(line, "hoi"))[0].message_id
        assert message_id
        post.add_person(fatma.id, discreet=discreet)
        post.queue(fatma.id, message=Message("Er is een bericht voor u."))
        post.queue(fatma.id, message=Message(copy_of=(fatma.id, message_id)))
        await line.deliverer.drain()
        assert [(await fatma.hears(text)).silent for text in ("Er is een bericht voor u.", "hoi")] == [discreet] * 2


async def wait_for_text(line: Channel, text: str) -> list[Incoming]:
    while not (found := [one for one in await line.received() if one.text == text]):
        pass
    return found


async def test_who_blocked_the_bot_is_known_both_ways(post: Any) -> None:
    async with channel(post) as line:
        fatma = await line.sandbox.person("Fatma")
        await fatma.says("hoi")
        await line.received()
        await fatma.blocks()
        row = post.queue(fatma.id)
        await line.deliverer.drain()
        assert post.states(row) == [State.UNREACHABLE]
        assert (await line.received())[-1].kind is Kind.BLOCKED


@pytest.mark.parametrize(
    ("fault", "repeatable", "state"),
    [
        ({"kind": "too_many_requests", "seconds": 2}, False, State.WAITING),
        ({"kind": "server_error", "code": 500}, False, State.WAITING),
        ({"kind": "server_error", "code": 502}, False, State.UNCERTAIN),
        ({"kind": "lost_answer"}, True, State.WAITING),
        ({"kind": "lost_answer"}, False, State.UNCERTAIN),
    ],
    ids=str,
)
async def test_faults_of_telegram(post: Any, fault: dict[str, Any], repeatable: bool, state: State) -> None:
    async with channel(post) as line:
        fatma = await line.sandbox.person("Fatma")
        await fatma.says("hoi")
        await line.sandbox.fault(**fault, method="sendMessage", chat=fatma.id, count=1)
        row = post.queue(fatma.id, repeatable=repeatable)
        await line.deliverer.drain()
        assert post.states(row) == [state]
        assert post.logged[-1]["outgoing_id"] == row


async def test_duplicated_and_reordered_updates_are_stored_once_each(post: Any) -> None:
    async with channel(post) as line:
        fatma = await line.sandbox.person("Fatma")
        await line.sandbox.updates(duplicate=2, reorder=2)
        for text in "abcd":
            await fatma.says(text)
        await wait_for_text(line, "d")
        texts = [one.text for one in await settled(line)]
        assert sorted(texts) == ["a", "b", "c", "d"]


async def settled(line: Channel) -> list[Incoming]:
    """What is in the inbox when for a moment nothing more comes."""
    await asyncio.sleep(0.2)
    line.told.set()
    return await line.received()


async def test_a_server_that_cannot_be_reached_is_known_to_have_got_nothing(post: Any) -> None:
    bot = make_bot(DEFAULT_TOKEN, await unused_address())
    await bot.request.initialize()
    row = post.queue(5, repeatable=False)
    await Deliverer(post.database, bot, render, post.time, Pacing(), log=post.log).drain()
    await bot.request.shutdown()
    assert post.logged[-1]["why"] == "ClientConnectorError"
    assert post.states(row) == [State.WAITING]


async def unused_address() -> str:
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return f"http://127.0.0.1:{port}"


async def test_a_wrong_token_is_told_at_start(post: Any) -> None:
    async with running(World(read_settings(), SandboxClock(None))) as address:
        with pytest.raises(InvalidToken):
            await make_bot("1:wrong", address).initialize()
