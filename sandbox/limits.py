"""Telegram's limits: sizes, and how fast a bot may send."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from sandbox.wire import ControlError, Json, too_many_requests

TEXT_CHARACTERS = 4096
CAPTION_CHARACTERS = 1024
CALLBACK_DATA_BYTES = 64
CALLBACK_ANSWER_CHARACTERS = 200
KEYBOARD_BUTTONS = 100
ROW_BUTTONS = 8
UPLOAD_BYTES = 50 * 1024 * 1024
PHOTO_BYTES = 10 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024
START_PAYLOAD_CHARACTERS = 64
MEDIA_GROUP_ITEMS = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """What can be set with `PUT /sandbox/limits`; 0 means: no limit."""

    private_per_second: float = 1.0
    private_burst: int = 5
    group_per_minute: float = 20.0
    overall_per_second: float = 30.0
    callback_seconds: float = 60.0
    webhook_retry_seconds: float = 1.0

    def changed(self, wanted: Json) -> Limits:
        """Return these limits with the wanted ones changed."""
        known = {field.name for field in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ControlError(f"unknown limit {name!r}; known: {', '.join(sorted(known))}")
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise ControlError(f"limit {name} must be a number of at least 0")
        return replace(self, **wanted)


class Bucket:
    """A token bucket: `burst` at once, then `per_second`."""

    __slots__ = ("at", "left")

    def __init__(self, burst: float, at: float) -> None:
        self.left = burst
        self.at = at

    def seconds_short(self, wanted: int, per_second: float, burst: float, now: float) -> float:
        """Fill up to now; return how many seconds until `wanted` tokens are there (0 when they are)."""
        self.left = min(burst, self.left + (now - self.at) * per_second)
        self.at = now
        return max(0.0, (wanted - self.left) / per_second)


class Pace:
    """Counts what the bot sends and refuses with 429 what comes too fast."""

    def __init__(self, limits: Limits, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.set(limits)

    def set(self, limits: Limits) -> None:
        """Use other limits from now on, with full buckets."""
        self.limits = limits
        self._chats: dict[int, Bucket] = {}
        self._overall: dict[int, Bucket] = {}

    def take(self, chat: int, count: int = 1) -> None:
        """Count `count` messages to a chat (negative: a group); raises 429 when they come too fast."""
        asked = [(self._overall, 0, self.limits.overall_per_second, self.limits.overall_per_second)]
        if chat < 0:
            asked.append((self._chats, chat, self.limits.group_per_minute / 60, self.limits.group_per_minute))
        else:
            asked.append((self._chats, chat, self.limits.private_per_second, self.limits.private_burst))
        now = self.seconds()
        paying: list[Bucket] = []
        for buckets, key, rate, burst in asked:
            if rate:
                paying.append(_affordable(buckets, key, rate, max(burst, 1.0), now, count))
        for bucket in paying:
            bucket.left -= count


def _affordable(buckets: dict[int, Bucket], key: int, rate: float, burst: float, now: float, count: int) -> Bucket:
    bucket = buckets.get(key)
    if bucket is None:
        bucket = buckets[key] = Bucket(burst, now)
    short = bucket.seconds_short(min(count, int(burst)), rate, burst, now)
    if short > 1e-9:
        raise too_many_requests(math.ceil(short))
    return bucket
