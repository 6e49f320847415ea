"""A message in words, ready for Telegram."""

from __future__ import annotations

from dataclasses import dataclass

Rows = tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True)
class Rendered:
    """`text` and below it `rows` of buttons, each a label and the data that comes back when it is pressed."""

    text: str
    rows: Rows = ()
    parse_mode: str | None = None
