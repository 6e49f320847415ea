"""What waits for the bot: updates, taken by long polling or pushed to its webhook."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any

from sandbox.journal import Signal
from sandbox.wire import BotApiError, Json

UNASKED = ("chat_member", "message_reaction", "message_reaction_count")
LONGEST_POLL = 50
MOST_UPDATES = 100
REMEMBERED_UPDATES = 1_000


@dataclass(slots=True)
class Waiting:
    """An update in the queue. `sticky`: hand it out once even when its id was confirmed before (a replay)."""

    update: Json
    chat: int
    sticky: bool = False


class UpdateQueue:
    """Keeps updates until the bot confirms them."""

    def __init__(self) -> None:
        self.waiting: dict[int, Waiting] = {}
        self.signal = Signal()
        self.allowed: list[str] | None = None
        self.sent: deque[Waiting] = deque(maxlen=REMEMBERED_UPDATES)
        self.webhook_url = ""
        self.duplicates = 0
        self._held_back: list[Waiting] = []
        self._reorder = 0
        self._next_update = 700_000_001
        self._next_place = 0
        self._poller = 0
        self.stopped = False

    def push(self, kind: str, content: Json, chat: int) -> int:
        """Queue an update and return its update_id (also when the bot did not ask for this kind)."""
        number = self._next_update
        self._next_update += 1
        if (self.allowed and kind not in self.allowed) or (not self.allowed and kind in UNASKED):
            return number
        entry = Waiting({"update_id": number, kind: content}, chat)
        self.sent.append(entry)
        if self._reorder:
            self._hold_back(entry)
        else:
            self._queue(entry)
        self.signal.fire()
        return number

    def _queue(self, entry: Waiting) -> None:
        copies = 1
        if self.duplicates:
            self.duplicates -= 1
            copies = 2
        for _ in range(copies):
            self.waiting[self._next_place] = entry
            self._next_place += 1

    def _hold_back(self, entry: Waiting) -> None:
        self._held_back.append(entry)
        if len(self._held_back) >= self._reorder:
            self.flush()

    def reorder(self, count: int) -> None:
        """Deliver the next `count` updates in reverse order, once all of them are there."""
        self.flush()
        self._reorder = count

    def flush(self) -> None:
        """Stop reordering and queue what was held back, in reverse."""
        held, self._held_back, self._reorder = self._held_back, [], 0
        for entry in reversed(held):
            self._queue(entry)
        self.signal.fire()

    def skip_ids(self, count: int) -> None:
        """Leave a gap in the update ids."""
        self._next_update += count

    def replay(self, count: int) -> list[int]:
        """Queue the last updates once more, also those that were confirmed; returns their ids."""
        again = list(self.sent)[-count:] if count > 0 else []
        for entry in again:
            self.waiting[self._next_place] = Waiting(entry.update, entry.chat, sticky=True)
            self._next_place += 1
        self.signal.fire()
        return [entry.update["update_id"] for entry in again]

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Json]:
        """Serve getUpdates: confirm what is below `offset`, then wait up to `timeout` seconds for something."""
        if self.webhook_url:
            raise _conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the"
                            " webhook first")  # fmt: skip
        self._poller += 1
        mine = self._poller
        self.signal.fire()  # an older poll must notice that it was replaced
        self._confirm(offset)
        ends = asyncio.get_running_loop().time() + min(timeout, LONGEST_POLL)
        while not self.waiting and (left := ends - asyncio.get_running_loop().time()) > 0:
            await self.signal.wait(left)
            if self.stopped:
                break
            if mine != self._poller:
                raise _conflict("terminated by other getUpdates request; make sure that only one bot instance is"
                                " running")  # fmt: skip
            if self.webhook_url:
                raise _conflict("terminated by setWebhook request")
        return self._handed_out(min(limit, MOST_UPDATES) if limit > 0 else MOST_UPDATES)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            keep = sorted({entry.update["update_id"] for entry in self.waiting.values()})[offset:]
            offset = keep[0] if keep else self._next_update
        gone = [place for place, entry in self.waiting.items()
                if entry.update["update_id"] < offset and not entry.sticky]  # fmt: skip
        for place in gone:
            del self.waiting[place]

    def _handed_out(self, limit: int) -> list[Json]:
        chosen = list(self.waiting.values())[:limit] if len(self.waiting) > limit else list(self.waiting.values())
        for entry in chosen:
            entry.sticky = False
        return [entry.update for entry in chosen]

    def drop(self) -> None:
        """Forget everything that waits."""
        self.waiting.clear()
        self._held_back.clear()

    def clear(self) -> None:
        """Start anew; ids go on rising, so that a running bot hears what comes next."""
        self.drop()
        self.sent.clear()
        self.duplicates = self._reorder = 0

    def allow(self, kinds: Any) -> None:
        """Keep only these kinds of updates from now on; None changes nothing, an empty list means the default."""
        if isinstance(kinds, list):
            self.allowed = [str(kind) for kind in kinds]


def _conflict(reason: str) -> BotApiError:
    return BotApiError(409, f"Conflict: {reason}")
