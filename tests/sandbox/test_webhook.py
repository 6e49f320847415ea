"""Updates pushed to a webhook."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict

from sandbox.client import Person
from tests.sandbox.conftest import Place

pytestmark = pytest.mark.asyncio


@dataclass
class Receiver:
    """A bot's own small web server: what it got, and with which status it answers."""

    url: str = ""
    got: list[tuple[str, Update]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    body: dict[str, Any] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        while head := await reader.readuntil(b"\r\n\r\n"):
            headers = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
            update = Update.de_json(json.loads(await reader.readexactly(int(headers["content-length"]))), None)
            self.got.append((headers.get("x-telegram-bot-api-secret-token", ""), update))
            status = self.statuses.pop(0) if self.statuses else 200
            answer = json.dumps(self.body).encode() if self.body else b""
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
            self.changed.set()

    async def texts(self, count: int) -> list[str]:
        """Wait for so many updates; returns their texts."""
        async with asyncio.timeout(3):
            while len(self.got) < count:
                self.changed.clear()
                await self.changed.wait()
        return [update.message.text or "" for _, update in self.got if update.message]


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await receiver.serve(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/telegram"
    yield receiver
    server.close()


async def test_updates_come_in_order_with_the_secret(bot: Bot, fatma: Person, receiver: Receiver) -> None:
    await fatma.says("nul")
    await bot.set_webhook(receiver.url, secret_token="ge-heim_1", max_connections=3)
    for text in ("een", "twee", "drie"):
        await fatma.says(text)
    assert await receiver.texts(4) == ["nul", "een", "twee", "drie"]
    assert {secret for secret, _ in receiver.got} == {"ge-heim_1"}
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections) == (receiver.url, 3)


async def test_what_fails_comes_again_before_what_follows(bot: Bot, fatma: Person, receiver: Receiver) -> None:
    receiver.statuses = [500, 503]
    await bot.set_webhook(receiver.url)
    await fatma.says("een")
    await fatma.says("twee")
    assert await receiver.texts(4) == ["een", "een", "een", "twee"]
    info = await bot.get_webhook_info()
    assert "503" in (info.last_error_message or "")


async def test_a_dead_webhook_keeps_the_updates(bot: Bot, fatma: Person) -> None:
    await bot.set_webhook("http://127.0.0.1:9/nobody")
    await fatma.says("een")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    async with asyncio.timeout(3):
        while not (await bot.get_webhook_info()).last_error_message:
            await asyncio.sleep(0.01)
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1


async def test_a_webhook_ends_a_running_poll(bot: Bot, receiver: Receiver) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    with pytest.raises(Conflict, match="terminated by setWebhook"):
        await poll


async def test_a_method_in_the_answer_is_carried_out(bot: Bot, fatma: Person, receiver: Receiver) -> None:
    receiver.body = {"method": "sendMessage", "chat_id": fatma.id, "text": "Dank u"}
    await bot.set_webhook(receiver.url)
    await fatma.says("een")
    assert await fatma.hears("Dank u")


async def test_a_wrong_method_in_the_answer_is_let_go(
    bot: Bot, fatma: Person, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.body = {"method": "sendMessage", "chat_id": fatma.id, "text": ""}
    await bot.set_webhook(receiver.url)
    await fatma.says("een")
    await fatma.says("twee")
    assert await receiver.texts(2) == ["een", "twee"]
    assert "message text is empty" in caplog.text


async def test_a_webhook_is_checked(bot: Bot, place: Place) -> None:
    with pytest.raises(BadRequest, match=r"(?i)HTTPS URL must be provided"):
        await bot.set_webhook("ftp://example.org")
    with pytest.raises(BadRequest, match="unallowed characters"):
        await bot.set_webhook("http://127.0.0.1:9", secret_token="a b")
    assert "max_connections" in await place.refused("setWebhook", url="http://127.0.0.1:9", max_connections=1000)
    assert await bot.set_webhook("") and not (await bot.get_webhook_info()).url
