"""The line to Telegram's servers, or to the sandbox that plays them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Bot
from telegram.error import InvalidToken

from bot.telegram.request import AiohttpRequest

AT_ONCE = 16
CONNECTIONS = AT_ONCE + 8
"""Sixteen messages under way at 50 ms each are 320 a second; the others serve pressed buttons, files and polling."""

SECONDS = 10.0


class QuietBot(Bot):
    """A bot whose errors do not name its token: the library's own says which token was rejected."""

    async def initialize(self) -> None:
        """Say hello; raises `telegram.error.TelegramError`."""
        try:
            await super().initialize()
        except InvalidToken:
            raise InvalidToken("Telegram does not know TELEGRAM_BOT_TOKEN.") from None


def make_bot(token: str, api_url: str) -> Bot:
    """A bot that speaks to `api_url`; call `initialize()` before and `shutdown()` after use.

    Raises `telegram.error.InvalidToken` when the token is empty.
    """
    _silence()
    request = AiohttpRequest(CONNECTIONS, SECONDS)
    return QuietBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=request,
        get_updates_request=request,
    )


@asynccontextmanager
async def connected(token: str, api_url: str) -> AsyncIterator[Bot]:
    """A bot that has said hello to Telegram; raises `telegram.error.TelegramError` when that fails."""
    bot = make_bot(token, api_url)
    try:
        await bot.initialize()
        yield bot
    finally:
        await hang_up(bot)


async def hang_up(bot: Bot) -> None:
    """Close the line, also when it never answered."""
    await bot.shutdown()
    await bot.request.shutdown()


def _silence() -> None:
    """httpx logs addresses, which hold the token; the Telegram library logs updates that it cannot read."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
