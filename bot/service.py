"""The bot process: receives, handles chats side by side, delivers; and ends without losing anything."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import structlog
import uvicorn
from telegram import BotCommand
from telegram.error import BadRequest, NetworkError, RetryAfter

from actions import relay
from actions.directory import load_organisation
from actions.mail import Mail
from actions.opening_hours import is_holiday, local_day
from bot.conversations import Conversations
from bot.figure_mails import FigureMails
from bot.jobs import start_jobs
from bot.live_content import LiveContent
from bot.live_directory import DirectoryFile, LiveDirectory
from bot.resident import Resident
from bot.speech import Speech
from bot.start import read_content
from bot.team_side import TeamSide
from bot.telegram.claims import end_leases
from bot.telegram.connect import hang_up, make_bot
from bot.telegram.deliver import Deliverer
from bot.telegram.drawn import Drawn
from bot.telegram.intake import Intake
from bot.telegram.pacing import Pacing
from bot.telegram.poll import Poller
from bot.telegram.webhook import webhook_app
from bot.understanding.masking import mask
from bot.understanding.rasa import Rasa
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import Understanding
from bot.words import Words
from store import rotation
from store.clock import Clock
from store.database import Database
from store.settings import Settings

log = structlog.get_logger()
Result = TypeVar("Result")
SQLITE_THREADS = 1
POSTGRESQL_THREADS = 8
CHATS_AT_ONCE = 16
LONGEST_WAIT = 30.0
COMMANDS = (
    "start",
    "terug",
    "luister",
    "mens",
    "afspraak",
    "stop",
    "berichten",
    "stil",
    "help",
    "privacy",
    "gegevens",
    "wis",
    "vergeet",
)


class Chats:
    """Handles what waits: the messages of one chat in order, chats side by side."""

    def __init__(self, conversations: Conversations, handled: Callable[[], None]) -> None:
        self._conversations = conversations
        self._handled = handled
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._room = asyncio.Semaphore(CHATS_AT_ONCE)

    def notify(self, chat_ids: Collection[int]) -> None:
        """There is something in the inbox for these chats."""
        for chat_id in chat_ids:
            if chat_id in self._tasks:
                self._again.add(chat_id)
            else:
                self._tasks[chat_id] = asyncio.create_task(self._work(chat_id))

    async def _work(self, chat_id: int) -> None:
        try:
            while await self._handle_one(chat_id):
                self._handled()
        finally:
            self._tasks.pop(chat_id, None)
            if chat_id in self._again:
                self._again.discard(chat_id)
                self.notify([chat_id])

    async def _handle_one(self, chat_id: int) -> bool:
        """Room is given back after each message: who sends 200 waits in line with the others."""
        async with self._room:
            return await self._conversations.handle_next(chat_id)

    async def settle(self) -> None:
        """Wait for what is being handled."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)


class Service:
    """One bot process, put together from its settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(settings.clock_file)
        self.database = Database(settings.database_url)
        threads = SQLITE_THREADS if self.database.on_sqlite else POSTGRESQL_THREADS
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="database")
        organisation = load_organisation(settings.directory, settings.organisation)
        content = read_content(settings.flows, organisation)
        names = organisation.wijk_names()
        self.words = Words(content, names, now=self.clock.now, complexes=organisation.complexes)
        self.words.terms = organisation.terms
        source = DirectoryFile(settings.directory, settings.organisation, self.words)
        self.directory = LiveDirectory(source, self.database, self.clock)
        self.words.directory = self.directory.current
        self.rasa = Rasa(settings.rasa_url, settings.rasa_timeout)
        phrases = SafetyPhrases.read(settings.flows / "texts")
        understanding = Understanding(content, phrases, self.rasa)
        resident = Resident(self.words)
        team_side = TeamSide(self.words, self.directory.refresh, settings.dashboard_url)
        self.live_content = LiveContent(settings.flows, organisation, self.words, understanding, self.database)
        self.conversations = Conversations(
            self.database, self.clock, understanding, resident, team_side, self.in_thread, organisation.terms
        )
        self.bot = make_bot(settings.telegram_bot_token, settings.telegram_api_url)

    async def in_thread(self, function: Callable[..., Result], /, *args: Any) -> Result:
        """Run blocking code in one of our threads: a single one on SQLite, which has one writer anyway."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *args)

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT; then finish what is under way."""
        stop = asyncio.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        await self.in_thread(self._prepare)
        if await self._connect(stop):
            await self._work(stop)
        await hang_up(self.bot)
        await self.rasa.close()
        self.database.close()
        self.threads.shutdown()

    def _prepare(self) -> None:
        """Tables of the newest form, and keys that fit what is stored: otherwise we do not start."""
        self.database.upgrade()
        is_holiday(local_day(self.clock.now()))  # the calendar takes a second to load, which nobody shall wait for
        rotation.check_keys(self.database)
        self.directory.refresh()
        self.live_content.refresh()
        self.conversations.keep_quiet()
        if self.database.on_sqlite:
            with self.database.transaction() as session:
                end_leases(session)

    async def _connect(self, stop: asyncio.Event) -> bool:
        """Reach Telegram, however long that takes; False when we are stopped before."""
        wait = 1.0
        while not stop.is_set():
            try:
                await self.bot.initialize()
                await self._tell_commands()
            except BadRequest:
                raise  # it is a NetworkError to the library, but trying again does not mend it
            except (NetworkError, RetryAfter) as error:
                log.warning("telegram_unreachable", error=type(error).__name__, next_try_seconds=wait)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                return True
        return False

    async def _work(self, stop: asyncio.Event) -> None:
        pacing = Pacing(self.settings.telegram_messages_per_second)
        speech = Speech(self.settings.recordings)
        deliverer = Deliverer(
            self.database,
            self.bot,
            self.words.render,
            self.clock,
            pacing,
            self.in_thread,
            log,
            speech=speech,
            drawn=Drawn(),
            on_unreachable=relay.tell_lost,
            on_uncertain=relay.tell_doubt,
        )
        chats = Chats(self.conversations, deliverer.wake)
        intake = Intake(self.database, self.bot, mask, self.clock, chats.notify, self.in_thread, log)
        chats.notify(await self.in_thread(self.conversations.waiting_chats))
        jobs = start_jobs(
            self.conversations,
            self.directory,
            self.live_content,
            self._figure_mails(),
            chats.notify,
            deliverer.wake,
            self.in_thread,
        )
        log.info("bot_started", database=self.database.engine.dialect.name)
        waking = asyncio.create_task(self.rasa.wake(self.settings.rasa_start_seconds))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(deliverer.run(stop))
                tasks.create_task(self._receive(intake, stop))
        finally:
            waking.cancel()
            jobs.shutdown(wait=False)
            await speech.close()
            await chats.settle()
        log.info("bot_stopped")

    def _figure_mails(self) -> FigureMails:
        mail, page = Mail.of(self.settings), self.settings.dashboard_url.rstrip("/")
        return FigureMails(self.database, self.clock, self.words, mail, page, self.in_thread)

    async def _receive(self, intake: Intake, stop: asyncio.Event) -> None:
        if not self.settings.telegram_webhook_url:
            return await Poller(self.bot, intake, log).run(stop)
        app = webhook_app(
            self.bot, intake, log, self.settings.telegram_webhook_url, self.settings.telegram_webhook_secret
        )
        host, _, port = self.settings.telegram_webhook_listen.rpartition(":")
        # Without a log of its own: what it logs goes through bot.logs, without the words of an error.
        config = uvicorn.Config(app, host=host, port=int(port), log_config=None, log_level="warning", access_log=False)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve())  # `serve` would take our signal handlers away
        await stop.wait()
        server.should_exit = True
        return await serving

    async def _tell_commands(self) -> None:
        """What stands in Telegram's own menu; the words come from the texts."""
        commands = [BotCommand(name, self.words.say(f"command_{name}", {})) for name in COMMANDS]
        await self.bot.set_my_commands(commands)
