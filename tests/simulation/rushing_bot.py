"""A bot process without Telegram and Rasa: told by a line with chats, it handles what waits in the inbox for these.

It has as many threads as the real one. What was interrupted is taken up again, as the real one's sweep does.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Collection

from bot.service import Service
from store import encryption
from store.settings import load_settings


async def handle(service: Service, chats: Collection[int]) -> None:
    """All of these chats at once."""
    while waiting := [chat for chat in await service.in_thread(service.conversations.waiting_chats) if chat in chats]:
        await asyncio.gather(*map(service.conversations.handle_next, waiting))


def main() -> None:
    """Get ready, say so, and begin when told."""
    settings = load_settings()
    encryption.configure(settings.encryption_keys)
    service = Service(settings)
    print("ready", flush=True)
    asyncio.run(handle(service, frozenset(json.loads(sys.stdin.readline()))))
    service.database.close()
    service.threads.shutdown()


if __name__ == "__main__":
    main()
