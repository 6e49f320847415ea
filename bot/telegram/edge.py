"""What the parts of the edge share: running blocking code aside, and the troubles that pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol, TypeVar

from telegram.error import RetryAfter

Result = TypeVar("Result")


class InThread(Protocol):
    """Runs a blocking function outside the event loop; `asyncio.to_thread` is one."""

    def __call__(self, function: Callable[..., Result], /, *args: object) -> Awaitable[Result]: ...


def seconds_to_wait(error: RetryAfter) -> float:
    """How long Telegram's 429 asks us to wait, in seconds."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
