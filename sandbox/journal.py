"""Everything that happens, in order: for the page, for tests that wait and for benches that listen."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable

from sandbox.wire import Json

REMEMBERED_EVENTS = 5_000
MOST_UNSENT = 20_000


class Signal:
    """Wakes those who wait at this moment, and nobody else."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        """Wake everyone who waits."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def wait(self, seconds: float | None) -> bool:
        """Wait for the next firing; False when `seconds` passed without one."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True


class Listener:
    """One connection that hears events, possibly only some."""

    def __init__(self, wants: Callable[[Json], bool]) -> None:
        self.wants = wants
        self.unsent: deque[str] = deque()
        self.signal = Signal()
        self.overrun = False

    def offer(self, text: str) -> None:
        """Queue one line; a listener that falls too far behind is marked as overrun."""
        if len(self.unsent) >= MOST_UNSENT:
            self.overrun = True
        else:
            self.unsent.append(text)
        self.signal.fire()

    async def lines(self) -> list[str]:
        """Wait until there is something to send and take all of it."""
        while not self.unsent and not self.overrun:
            await self.signal.wait(None)
        lines = list(self.unsent)
        self.unsent.clear()
        return lines


class Journal:
    """Numbers events and hands them to the listeners."""

    def __init__(self) -> None:
        self.seq = 0
        self.recent: deque[Json] = deque(maxlen=REMEMBERED_EVENTS)
        self.listeners: set[Listener] = set()

    def write(self, kind: str, chat: int | None = None, **facts: object) -> Json:
        """Record that something happened and tell the listeners."""
        self.seq += 1
        event: Json = {"event": kind, "seq": self.seq, "chat": chat, **facts}
        self.recent.append(event)
        hearing = [listener for listener in self.listeners if listener.wants(event)]
        if hearing:
            line = encode(event)
            for listener in hearing:
                listener.offer(line)
        return event

    def since(self, seq: int) -> list[Json] | None:
        """Return the events after `seq`, or None when some of them are forgotten."""
        if seq >= self.seq:
            return []
        if not self.recent or self.recent[0]["seq"] > seq + 1:
            return None
        return [event for event in self.recent if event["seq"] > seq]


def encode(data: object) -> str:
    """Return compact JSON."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)
