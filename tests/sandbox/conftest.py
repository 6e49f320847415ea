"""A sandbox inside the test's own process, with Telegram's own kind of client talking to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest_asyncio
from telegram import Bot
from telegram.request import HTTPXRequest

from sandbox.client import Person, SandboxClient
from sandbox.clock import Clock
from sandbox.limits import Limits
from sandbox.people import Person as WorldPerson
from sandbox.server import running
from sandbox.world import Settings, World

TOKEN = "42:test"


class Seconds:
    """Real time as the sandbox's limits see it, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


@dataclass(frozen=True, slots=True)
class Place:
    """A running sandbox and those who talk to it."""

    address: str
    world: World
    seconds: Seconds
    people: SandboxClient
    http: httpx.AsyncClient

    async def call(self, method: str, **params: object) -> dict[str, object]:
        """Call a Bot API method with a JSON body; returns the whole answer."""
        response = await self.http.post(f"/bot{TOKEN}/{method}", json=params)
        answer: dict[str, object] = response.json()
        assert answer.get("error_code", 200) == response.status_code
        return answer

    async def refused(self, method: str, **params: object) -> str:
        """Call a method that must fail; returns Telegram's description."""
        answer = await self.call(method, **params)
        assert answer["ok"] is False, answer
        return str(answer["description"])


@pytest_asyncio.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """A sandbox with a clock file, without limits on speed."""
    settings = Settings(
        token=TOKEN,
        people=(WorldPerson(5000001, "Voorbeeld", "Bewoner"), WorldPerson(5000002, "Fatma", role="wijkverbinder")),
        limits=Limits(private_per_second=0, group_per_minute=0, overall_per_second=0, webhook_retry_seconds=0.01),
    )
    seconds = Seconds()
    world = World(settings, Clock(tmp_path / "clock"), seconds)
    async with (
        running(world) as address,
        SandboxClient(address) as people,
        httpx.AsyncClient(base_url=address, trust_env=False, verify=False) as http,
    ):
        yield Place(address, world, seconds, people, http)


@pytest_asyncio.fixture
async def bot(place: Place) -> AsyncIterator[Bot]:
    """python-telegram-bot's own client: what it can read, is the protocol."""
    requests = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    bot = Bot(TOKEN, f"{place.address}/bot", f"{place.address}/file/bot", requests[0], requests[1])
    async with bot:
        yield bot


@pytest_asyncio.fixture
async def fatma(place: Place) -> Person:
    """Someone who has pressed Start, whose update is taken already."""
    fatma = await place.people.person("Fatma", last_name="Voorbeeld", on_page=False)
    await fatma.starts()
    place.world.updates.drop()
    return fatma
