"""A message in words, ready for Telegram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.pictures import Picture
from bot.speaking.reading import Spoken

Rows = tuple[tuple[tuple[str, str], ...], ...]
SHORT_LABEL = 14
SHORT_PER_ROW = 3


@dataclass(frozen=True)
class Rendered:
    """`text` and below it `rows` of buttons, each a label and the data that comes back when it is pressed.

    With `aloud` that is read aloud, and `text` is for when it cannot be. `calendar` and `document` are files that
    `text` comes with, and `picture` one that is drawn when it is sent.
    """

    text: str
    rows: Rows = ()
    parse_mode: str | None = None
    aloud: tuple[Spoken, ...] = ()
    calendar: bytes = b""
    picture: Picture | None = None
    document: bytes = b""


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
