"""Who sends 200 messages at once waits in line with the others: counted in turns, without a clock on the wall."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from bot.service import CHATS_AT_ONCE, Chats

FLOOD, LOUD, QUIET = 200, CHATS_AT_ONCE + 4, 5


class Turns:
    """Stands in for the conversations: what waits by chat, and who was handled when."""

    def __init__(self, waiting: dict[int, int]) -> None:
        self.waiting, self.order = Counter(waiting), list[int]()

    async def handle_next(self, chat_id: int) -> bool:
        await asyncio.sleep(0)  # the database, or Rasa
        if not self.waiting[chat_id]:
            return False
        self.waiting[chat_id] -= 1
        self.order.append(chat_id)
        return True


@pytest.mark.parametrize("loud", [1, LOUD])
async def test_quiet_chats_are_answered_within_two_rounds_of_a_flood(loud: int) -> None:
    flooding, quiet = list(range(loud)), list(range(1000, 1000 + QUIET))
    turns = Turns(dict.fromkeys(flooding, FLOOD) | dict.fromkeys(quiet, 1))
    chats = Chats(turns, lambda: None)  # type: ignore[arg-type]
    chats.notify(flooding)
    chats.notify(quiet)
    await chats.settle()
    last = max(turns.order.index(chat) for chat in quiet)
    assert last < 2 * (loud + QUIET), f"a quiet chat waited {last} turns"
    assert len(turns.order) == loud * FLOOD + QUIET
