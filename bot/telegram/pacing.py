"""How fast we may send: pure reckoning with a monotonic time in seconds that the caller gives.

Telegram documents its limits for messages. A change or deletion of a message is
no message, so it does not use up a private chat's allowance (each press would
otherwise cost two); it does count in the overall rate and in groups, where
Telegram has been seen to answer 429 to changes as well.
"""

from __future__ import annotations

from collections import deque

from telegram.constants import FloodLimit

BURST = 5
GROUP_SECONDS = 60.0
FORGET_FROM = 256


class Bucket:
    """Tokens that come back at `per_second`, at most `burst` of them: in any `w` seconds at most burst + w * rate."""

    __slots__ = ("_burst", "_full_at", "_per_token")

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_token = 1 / per_second
        self._burst = burst
        self._full_at = float("-inf")

    def ready_at(self, now: float) -> float:
        """When the next token is there."""
        return max(now, self._full_at - (self._burst - 1) * self._per_token)

    def took(self, now: float) -> None:
        self._full_at = max(self._full_at, now) + self._per_token

    def idle(self, now: float) -> bool:
        return self._full_at <= now


class Window:
    """At most `count` in any `seconds`."""

    __slots__ = ("_seconds", "_times")

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque(maxlen=count)

    def ready_at(self, now: float) -> float:
        """When one more fits."""
        if len(self._times) < (self._times.maxlen or 0):
            return now
        return max(now, self._times[0] + self._seconds)

    def took(self, now: float) -> None:
        self._times.append(now)

    def idle(self, now: float) -> bool:
        return not self._times or self._times[-1] + self._seconds <= now


class Pacing:
    """When a chat may get its next message. Times are seconds of a monotonic clock and never go back."""

    def __init__(self, messages_per_second: int = FloodLimit.MESSAGES_PER_SECOND) -> None:
        self.messages_per_second = int(messages_per_second)
        self._overall = Window(self.messages_per_second, 1.0)
        self._chats: dict[int, Bucket | Window] = {}
        self._paused: dict[int, float] = {}
        self._forget_at = FORGET_FROM

    def ready_at(self, chat_id: int, now: float, *, edit: bool = False) -> float:
        """The first moment, `now` or later, at which this chat may get a message."""
        ready = max(self._overall.ready_at(now), self._paused.get(chat_id, now))
        return ready if self._free(chat_id, edit) else max(ready, self._ready_in_chat(chat_id, now))

    def took(self, chat_id: int, now: float, *, edit: bool = False) -> None:
        """A message goes to this chat now."""
        self._overall.took(now)
        if not self._free(chat_id, edit):
            self._chats.setdefault(chat_id, _new(chat_id)).took(now)
        if len(self._chats) + len(self._paused) > self._forget_at:
            self._forget(now)

    def pause(self, chat_id: int, now: float, seconds: float) -> None:
        """Telegram asked this chat to wait; a shorter pause does not end a longer one."""
        self._paused[chat_id] = max(self._paused.get(chat_id, now), now + seconds)

    def not_ready(self, now: float, within: float) -> frozenset[int]:
        """The chats that may not get anything in the next `within` seconds."""
        slow = {chat for chat, until in self._paused.items() if until > now + within}
        return frozenset(slow | {chat for chat in self._chats if self._ready_in_chat(chat, now) > now + within})

    def _free(self, chat_id: int, edit: bool) -> bool:
        return edit and not _is_group(chat_id)

    def _ready_in_chat(self, chat_id: int, now: float) -> float:
        allowance = self._chats.get(chat_id)
        return allowance.ready_at(now) if allowance else now

    def _forget(self, now: float) -> None:
        """Let go of chats that could send freely; the bound doubles so that looking stays rare."""
        self._chats = {chat: allowance for chat, allowance in self._chats.items() if not allowance.idle(now)}
        self._paused = {chat: until for chat, until in self._paused.items() if until > now}
        self._forget_at = max(FORGET_FROM, 2 * (len(self._chats) + len(self._paused)))


def _is_group(chat_id: int) -> bool:
    """Telegram numbers people above zero, groups and channels below."""
    return chat_id < 0


def _new(chat_id: int) -> Bucket | Window:
    if _is_group(chat_id):
        return Window(FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP, GROUP_SECONDS)
    return Bucket(FloodLimit.MESSAGES_PER_SECOND_PER_CHAT, BURST)
