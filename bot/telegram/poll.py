"""Receiving by asking Telegram again and again (long polling)."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlencode

from structlog.typing import FilteringBoundLogger
from telegram import Bot
from telegram.constants import PollingLimit
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.telegram.edge import seconds_to_wait
from bot.telegram.intake import Intake
from bot.telegram.receive import WANTED
from store.database import DATABASE_TROUBLE

POLL_SECONDS = 25
ANSWER_SECONDS = 10
LONGEST_WAIT = 30.0
CONFLICTS = 4


class ChannelError(RuntimeError):
    """Telegram will not talk to this bot until the operator changes something; the message says what."""


class Poller:
    """Gets updates and acknowledges them only once they are stored: by asking for the next ones."""

    def __init__(
        self,
        bot: Bot,
        intake: Intake,
        log: FilteringBoundLogger,
        *,
        seconds: int = POLL_SECONDS,
        jitter: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._intake = intake
        self._log = log
        self._seconds = seconds
        self._jitter = jitter
        self._sleep = sleep
        self._offset: int | None = None
        self._without_webhook = False
        self._failures = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Receive until `stop`; raises `ChannelError` when going on is no use."""
        polling = asyncio.create_task(self._poll())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Breaking off is safe at any point: what was not acknowledged comes again, what was stored is known.
            polling.cancel()
            stopping.cancel()
        with suppress(asyncio.CancelledError):
            await polling
        await self._intake.settle()

    async def _poll(self) -> None:
        while True:
            await self._guarded_round()

    async def _guarded_round(self) -> None:
        try:
            await self._round()
            self._failures = 0
        except InvalidToken as error:
            raise ChannelError("Telegram does not know this bot: check TELEGRAM_BOT_TOKEN.") from error
        except Conflict as error:
            if self._failures < CONFLICTS:  # a poll of ours that was killed may linger at Telegram for a while
                return await self._back_off(error, self._longer())
            raise ChannelError("Another process receives for this bot: stop it, or give it its own bot.") from error
        except RetryAfter as error:
            await self._back_off(error, seconds_to_wait(error))
        except (TelegramError, *DATABASE_TROUBLE) as error:
            await self._back_off(error, self._longer())

    async def _round(self) -> None:
        if not self._without_webhook:
            await self._bot.delete_webhook(drop_pending_updates=False)
            self._without_webhook = True
        raws = await self._get_updates()
        await self._intake.take(raws)
        if raws:
            self._offset = max(raw["update_id"] for raw in raws) + 1

    async def _get_updates(self) -> list[dict[str, Any]]:
        """Raw ones: `Bot.get_updates` gives none at all as long as it cannot read one of them."""
        asked = {"timeout": self._seconds, "limit": int(PollingLimit.MAX_LIMIT), "allowed_updates": json.dumps(WANTED)}
        if self._offset is not None:
            asked["offset"] = self._offset
        url = f"{self._bot.base_url}/getUpdates?{urlencode(asked)}"
        answer = await self._bot.request.post(url, read_timeout=self._seconds + ANSWER_SECONDS)
        return cast("list[dict[str, Any]]", answer)

    def _longer(self) -> float:
        """Seconds: 1, 2, 4 ... 30, shortened at random by up to a half so that processes spread, never below 1."""
        longest = min(LONGEST_WAIT, 2.0 ** min(self._failures, 5))
        self._failures += 1
        return max(1.0, longest * (1 - self._jitter() / 2))

    async def _back_off(self, error: Exception, seconds: float) -> None:
        self._log.warning("receiving_interrupted", error=type(error).__name__, wait_seconds=round(seconds, 1))
        await self._sleep(seconds)
