"""The line to Telegram's servers, or to the sandbox that plays them."""

from __future__ import annotations

import logging

from telegram import Bot
from telegram.request import HTTPXRequest

AT_ONCE = 16
CONNECTIONS = AT_ONCE + 8
"""httpx looks through all its connections and waiting requests at each request: few of both are far faster than many.
Sixteen messages under way at 50 ms each are 320 a second; the others serve pressed buttons, files and polling."""

SECONDS = 10.0


def make_bot(token: str, api_url: str) -> Bot:
    """A bot that speaks to `api_url`; call `initialize()` before and `shutdown()` after use.

    Raises `telegram.error.InvalidToken` when the token is empty.
    """
    _silence()
    request = HTTPXRequest(connection_pool_size=CONNECTIONS, read_timeout=SECONDS, pool_timeout=SECONDS)
    return Bot(token, base_url=f"{api_url}/bot", base_file_url=f"{api_url}/file/bot", request=request)


def _silence() -> None:
    """httpx logs addresses, which hold the token; the Telegram library logs updates that it cannot read."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
