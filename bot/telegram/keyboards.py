"""Buttons below a message."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit

from bot.telegram.rendered import Rows


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Telegram's form of `rows`; none without buttons. Raises `ValueError` for an empty label or wrong data."""
    buttons = [[_button(label, data) for label, data in row] for row in rows if row]
    return InlineKeyboardMarkup(buttons) if buttons else None


def _button(label: str, data: str) -> InlineKeyboardButton:
    size = len(data.encode())
    if not InlineKeyboardButtonLimit.MIN_CALLBACK_DATA <= size <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
        limit = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
        raise ValueError(f"the data of a button holds {size} bytes; 1 to {limit} fit")
    if not label.strip():
        raise ValueError("a button needs a label")
    return InlineKeyboardButton(label, callback_data=data)
