"""What both ways of receiving do with updates: store, tell the conversation, acknowledge presses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any

from structlog.typing import FilteringBoundLogger
from telegram import Bot
from telegram.error import TelegramError

from bot.incoming import Incoming
from bot.telegram.edge import InThread
from bot.telegram.receive import Mask, Unreadable, read, store_updates, unreadable
from store.clock import Clock
from store.database import Database


class Intake:
    """Takes raw updates in. When `take` returns they are in the inbox for good and may be acknowledged."""

    def __init__(
        self,
        database: Database,
        bot: Bot,
        mask: Mask,
        clock: Clock,
        notify: Callable[[Collection[int]], None],
        in_thread: InThread,
        log: FilteringBoundLogger,
    ) -> None:
        self._database = database
        self._bot = bot
        self._mask = mask
        self._clock = clock
        self._notify = notify
        self._in_thread = in_thread
        self._log = log
        self._answering: set[asyncio.Task[None]] = set()

    async def take(self, raws: Sequence[Any]) -> None:
        """Store updates in one transaction; then tell whose chats they are and stop the clocks on pressed buttons.

        Raises what the database raises; then nothing has been stored.
        """
        received = [one for raw in raws if (one := self._read(raw))]
        if not received:
            return
        await self._in_thread(self._store, received)
        # Chats of repeated updates too: whoever stored those may have died before telling.
        self._notify({one.chat_id for one in received})
        for one in received:
            if one.callback_id:
                self._answer(one)

    async def settle(self) -> None:
        """Wait for the acknowledgements that are under way."""
        await asyncio.gather(*self._answering)

    def _read(self, raw: Any) -> Incoming | None:
        try:
            return read(raw, self._bot, self._mask)
        except Unreadable:
            number = raw.get("update_id") if isinstance(raw, dict) else None
            self._log.error("update_unreadable", update_id=number if type(number) is int else None)
            return unreadable(raw)

    def _store(self, received: Sequence[Incoming]) -> list[int]:
        with self._database.transaction() as session:
            return store_updates(session, self._clock.now(), received)

    def _answer(self, press: Incoming) -> None:
        task = asyncio.create_task(self._acknowledge(press))
        self._answering.add(task)  # the event loop itself would let it be collected before it is done
        task.add_done_callback(self._answering.discard)

    async def _acknowledge(self, press: Incoming) -> None:
        """The button stops blinking. Too late or failed is no loss: the press itself is in the inbox."""
        try:
            await self._bot.answer_callback_query(press.callback_id)
        except TelegramError as error:
            self._log.info("press_not_acknowledged", update_id=press.update_id, error=type(error).__name__)
