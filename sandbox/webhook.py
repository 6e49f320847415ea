"""Pushes updates to the bot's webhook: in order per chat, chats side by side, again when it fails."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import httpx

from sandbox.clock import Clock
from sandbox.journal import encode
from sandbox.limits import Limits
from sandbox.updates import UpdateQueue
from sandbox.wire import Json

LONGEST_PAUSE = 60.0
ANSWER_SECONDS = 60.0
Reply = Callable[[Json], None]


class Webhook:
    """One bot's webhook; `reply` is set to what carries out a method that the bot puts in its answer."""

    def __init__(self, updates: UpdateQueue, clock: Clock, limits: Callable[[], Limits]) -> None:
        self._updates = updates
        self._clock = clock
        self._limits = limits
        self.reply: Reply = lambda answer: None
        self._tasks: set[asyncio.Task[None]] = set()
        self._secret = ""
        self._most = 40
        self._error: Json = {}

    def info(self) -> Json:
        """Return the webhook's part of WebhookInfo."""
        url = self._updates.webhook_url
        info: Json = {"url": url, "has_custom_certificate": False, **self._error}
        if url:
            info["max_connections"] = self._most
        return info

    async def start(self, url: str, secret: str, most: int) -> None:
        """Deliver to this url from now on."""
        await self.stop()
        self._secret, self._most, self._error = secret, most, {}
        self._updates.webhook_url = url
        self._updates.signal.fire()
        self._spawn(self._deliver_all(url))

    async def stop(self) -> None:
        """Stop delivering; what was not accepted goes on waiting."""
        self._updates.webhook_url = ""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    def _spawn(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_all(self, url: str) -> None:
        lanes: dict[int, deque[int]] = {}
        taken = -1
        room = asyncio.Semaphore(self._most)
        secure = url.startswith("https:")  # loading certificates takes long, and plain http needs none
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False, verify=secure) as client:
            while True:
                fresh = [place for place in self._updates.waiting if place > taken]
                for place in fresh:
                    taken = place
                    chat = self._updates.waiting[place].chat
                    if chat in lanes:
                        lanes[chat].append(place)
                    else:
                        lanes[chat] = deque([place])
                        self._spawn(self._deliver_lane(client, url, chat, lanes, room))
                if not fresh:
                    await self._updates.signal.wait(None)

    async def _deliver_lane(self, client: httpx.AsyncClient, url: str, chat: int, lanes: dict[int, deque[int]],
                            room: asyncio.Semaphore) -> None:  # fmt: skip
        lane = lanes[chat]
        while lane:
            await self._deliver(client, url, lane[0], room)
            lane.popleft()
        del lanes[chat]

    async def _deliver(self, client: httpx.AsyncClient, url: str, place: int, room: asyncio.Semaphore) -> None:
        pause = self._limits().webhook_retry_seconds
        while place in self._updates.waiting:
            update = self._updates.waiting[place].update
            async with room:
                accepted = await self._attempt(client, url, update)
            if accepted:
                self._updates.waiting.pop(place, None)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _attempt(self, client: httpx.AsyncClient, url: str, update: Json) -> bool:
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._secret
        try:
            response = await client.post(url, content=encode(update), headers=headers)
        except httpx.HTTPError as error:
            self._failed(str(error) or "Connection failed")
            return False
        if not response.is_success:
            self._failed(f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}")
            return False
        if response.content.startswith(b"{"):
            self.reply(response.json())
        return True

    def _failed(self, reason: str) -> None:
        self._error = {"last_error_date": self._clock.timestamp(), "last_error_message": reason}
