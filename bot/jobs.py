"""What APScheduler wakes: it only looks whether something is due, so that a missed tick costs seconds (D5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.conversations import Conversations

log = structlog.get_logger()
SWEEP_SECONDS = 20
WAKE_SECONDS = 5
ERASE_HOURS = 6


def start_jobs(
    conversations: Conversations,
    notify: Callable[[Collection[int]], None],
    wake: Callable[[], None],
    in_thread: Callable[..., Awaitable[Any]],
) -> AsyncIOScheduler:
    """Start the interval jobs; the caller shuts the scheduler down."""

    async def sweep() -> None:
        """Take up what a process left behind that died, or that crashed and may be tried again."""
        notify(await in_thread(conversations.waiting_chats))

    async def look_for_due() -> None:
        wake()

    async def erase() -> None:
        log.info("retention_carried_out", **await in_thread(conversations.erase_old))

    scheduler = AsyncIOScheduler()
    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler.add_job(sweep, "interval", seconds=SWEEP_SECONDS, **options)
    scheduler.add_job(look_for_due, "interval", seconds=WAKE_SECONDS, **options)
    scheduler.add_job(erase, "interval", hours=ERASE_HOURS, next_run_time=datetime.now(UTC), **options)
    scheduler.start()
    return scheduler
