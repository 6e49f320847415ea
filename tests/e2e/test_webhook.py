"""The real bot process called by Telegram: one process, and two that share a PostgreSQL."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from actions.outbox import Message, queue
from bot.words import Words
from sandbox.client import Person, SandboxClient
from sandbox.clock import Clock as SandboxClock
from sandbox.server import running as running_sandbox
from sandbox.users import read_settings
from sandbox.world import DEFAULT_TOKEN, World
from store import encryption
from store.clock import Clock
from store.database import Database
from store.tables import Inbox
from tests.conftest import fresh_postgresql
from tests.e2e.programs import Program, free_port, running

pytestmark = [pytest.mark.e2e]
SECRET = "not-a-secret-but-long-enough"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
NO_RASA = "http://127.0.0.1:9"
PATIENCE_SECONDS = 20.0
WELCOME = ("utter_welcome", "utter_welcome_careful", "utter_ask_consent")
# What somebody presses, by slot and value, and what the bot then says.
STEPS = (
    ("consent", "yes", ("utter_consent_yes", "utter_ask_menu_choice")),
    ("menu_choice", "draught", ("utter_ask_tenure",)),
    ("tenure", "own", ("utter_ask_draught_place",)),
    ("draught_place", "window", ("utter_ask_inside_temperature",)),
)


@dataclass
class Town:
    """Telegram's stand-in, people with phones, and bots that it calls."""

    people: SandboxClient
    folder: Path
    words: Words
    key: str
    stack: ExitStack
    bots: list[str] = field(default_factory=list)

    async def start_bot(self, database_url: str, webhook: str = "") -> tuple[Program, str]:
        """A bot that can be called; gives where. `webhook` is the address that it tells Telegram, else its own."""
        port = free_port()
        own = f"http://127.0.0.1:{port}/telegram"
        settings = {
            "TELEGRAM_BOT_TOKEN": DEFAULT_TOKEN,
            "TELEGRAM_API_URL": self.people.address,
            "TELEGRAM_WEBHOOK_URL": webhook or own,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
            "DATABASE_URL": database_url,
            "ENCRYPTION_KEYS": self.key,
            "RASA_URL": NO_RASA,
        }
        output = self.folder / f"bot{len(self.bots)}"
        self.bots.append(own)
        command = [sys.executable, "-m", "bot", "bot"]
        bot = await asyncio.to_thread(self.stack.enter_context, running(command, output, settings))
        await asyncio.to_thread(bot.wait_until_printed, "bot_started")
        await self._answers(own)
        return bot, own

    async def _answers(self, own: str) -> None:
        async with httpx.AsyncClient(trust_env=False, verify=False) as http, asyncio.timeout(PATIENCE_SECONDS):
            while not await _healthy(http, own):
                await asyncio.sleep(0.05)

    async def calls_go_to(self, url: str) -> None:
        """Stand in for the balancer before several bots."""
        webhook = {"url": url, "secret_token": SECRET}
        answer = await self.people.http.post(f"/bot{DEFAULT_TOKEN}/setWebhook", json=webhook)
        assert answer.json()["ok"], answer.text


async def _healthy(http: httpx.AsyncClient, own: str) -> bool:
    try:
        return (await http.get(own.replace("/telegram", "/health"))).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A key that the test and its bots share; other tests get theirs back."""
    monkeypatch.setattr(encryption, "_keys", None)
    key = encryption.new_key()
    encryption.configure(key)
    return key


@pytest_asyncio.fixture
async def town(tmp_path: Path, words: Words, key: str) -> AsyncIterator[Town]:
    world = World(read_settings(), SandboxClock())
    with ExitStack() as stack:
        async with running_sandbox(world) as address, SandboxClient(address) as people:
            await people.limits(private_per_second=0, overall_per_second=0, webhook_retry_seconds=0.05)
            yield Town(people, tmp_path, words, key, stack)
            await asyncio.to_thread(stack.close)


def title(words: Words, slot: str, value: str) -> str:
    """What stands on the button for that value."""
    options = words.content.response(f"utter_ask_{slot}").variant({}).options
    return next(option.title for option in options if option.value == value)


async def hears(person: Person, words: Words, keys: tuple[str, ...]) -> None:
    for key in keys:
        await person.hears(words.say(key, {}), timeout=PATIENCE_SECONDS)


async def said_to(town: Town, person: Person) -> list[str]:
    """All that the bot has said to somebody, an edited question without the answer below it."""
    history = await town.people.history(person.id)
    return [message.text.partition("\n\n")[0] for message in history if message.by == "bot"]


async def test_a_bot_is_called_with_the_right_secret_only(town: Town, tmp_path: Path, words: Words) -> None:
    database_url = f"sqlite:///{tmp_path / 'bot.db'}"
    _, own = await town.start_bot(database_url)
    forged = {
        "update_id": 1,
        "message": {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}, "text": "x"},
    }
    async with httpx.AsyncClient(trust_env=False, verify=False) as stranger:
        for headers in ({}, {HEADER: "wrong"}, {HEADER: SECRET[:-1]}, {HEADER: SECRET + "x"}):
            assert (await stranger.post(own, json=forged, headers=headers)).status_code == 403
    assert updates_in(database_url) == 0

    resident = await town.people.person("Sanne")
    await resident.starts()
    await hears(resident, words, WELCOME)
    for slot, value, answers in STEPS:
        await resident.presses(title(words, slot, value))
        await hears(resident, words, answers)


def updates_in(database_url: str) -> int:
    database = Database(database_url)
    with database.reading() as session:
        count = session.scalar(select(func.count()).select_from(Inbox)) or 0
    database.close()
    return count


@pytest.mark.postgresql
async def test_two_bots_share_a_database_and_nobody_hears_anything_twice(
    town: Town, postgresql: str, words: Words
) -> None:
    """First all calls go to one of the two; then each step goes to the other one; then only one is left."""
    database_url = fresh_postgresql(postgresql)
    first_bot, first = await town.start_bot(database_url)
    _, second = await town.start_bot(database_url, webhook=first)
    residents = [await town.people.person(f"Bewoner {number}") for number in range(8)]
    async with asyncio.TaskGroup() as talks:
        for resident in residents:
            talks.create_task(begins(resident, words))
    for (slot, value, answers), called in zip(STEPS[:3], (second, first, second), strict=True):
        await town.calls_go_to(called)
        async with asyncio.TaskGroup() as talks:
            for resident in residents:
                talks.create_task(answers_with(resident, words, slot, value, answers))
    await asyncio.to_thread(first_bot.end)
    await asyncio.to_thread(leave_messages, database_url, [resident.id for resident in residents])
    for resident in residents:
        await hears(resident, words, ("utter_goodbye",))
        await answers_with(resident, words, *STEPS[3])

    keys = [*WELCOME, *(key for _, _, answers in STEPS[:3] for key in answers), "utter_goodbye", *STEPS[3][2]]
    for resident in residents:
        assert await said_to(town, resident) == [words.say(key, {}) for key in keys]


async def begins(resident: Person, words: Words) -> None:
    await resident.starts()
    await hears(resident, words, WELCOME)


async def answers_with(resident: Person, words: Words, slot: str, value: str, answers: tuple[str, ...]) -> None:
    await resident.presses(title(words, slot, value))
    await hears(resident, words, answers)


def leave_messages(database_url: str, chats: list[int]) -> None:
    """What the dashboard or a job does: write rows, and leave the sending to whichever bot sees them first."""
    database = Database(database_url)
    with database.transaction() as session:
        for chat in chats:
            queue(session, Clock().now(), chat, Message("utter_goodbye"))
    database.close()
