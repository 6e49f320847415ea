"""The line to Telegram."""

from __future__ import annotations

import logging

from telegram.error import RetryAfter

from bot.telegram.connect import make_bot
from bot.telegram.edge import seconds_to_wait


def test_the_bot_speaks_to_the_address_of_the_settings() -> None:
    bot = make_bot("1:token", "http://127.0.0.1:8081")
    assert bot.base_url == "http://127.0.0.1:8081/bot1:token"
    assert bot.base_file_url == "http://127.0.0.1:8081/file/bot1:token"


def test_neither_the_token_nor_what_people_write_is_logged_by_libraries() -> None:
    make_bot("1:token", "http://127.0.0.1:8081")
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert not logging.getLogger("telegram.Bot").isEnabledFor(logging.CRITICAL)


def test_the_wait_of_a_429_is_in_seconds() -> None:
    assert seconds_to_wait(RetryAfter(7)) == 7.0
