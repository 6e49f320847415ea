"""Buttons below a message."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit

from bot.telegram.rendered import Rows

SHORT_LABEL = 14
SHORT_PER_ROW = 3


def arrange(options: Sequence[tuple[str, str]], navigation: Rows = ()) -> Rows:
    """Rows for a question: neighbours with short labels share a row, longer ones get their own; `navigation` below."""
    rows: list[tuple[tuple[str, str], ...]] = []
    for option in options:
        if rows and _fits_beside(rows[-1], option):
            rows[-1] = (*rows[-1], option)
        else:
            rows.append((option,))
    return (*rows, *navigation)


def _fits_beside(row: tuple[tuple[str, str], ...], option: tuple[str, str]) -> bool:
    return len(row) < SHORT_PER_ROW and all(len(label) <= SHORT_LABEL for label, _ in (*row, option))


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
