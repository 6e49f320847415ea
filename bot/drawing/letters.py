"""How wide words are, and how they are broken over lines that are not wider than there is room."""

from __future__ import annotations

from functools import lru_cache

from bot.drawing.shapes import Size

FAMILY = ["DejaVu Sans", "Verdana", "Arial"]
"""The first comes with matplotlib and is the widest: where a reader has another one, words still fit."""
LINE_HEIGHT = 1.32
"""From one baseline to the next, as a multiple of the size."""


@lru_cache(maxsize=8192)
def width(text: str, size: Size = Size.NORMAL, bold: bool = False) -> float:
    """The width of a text in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=FAMILY[0], size=int(size), weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


def wrapped(text: str, room: float, size: Size = Size.NORMAL, bold: bool = False) -> list[str]:
    """The text in lines of at most `room` points; what is one word and wider is cut."""
    return [line for given in text.split("\n") for line in _wrapped_line(given, room, size, bold)]


def _wrapped_line(text: str, room: float, size: Size, bold: bool) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, size, bold) <= room:
            lines[-1] = longer
            continue
        pieces = _cut(word, room, size, bold)
        lines[-1:] = [lines[-1], *pieces] if lines[-1] else pieces
    return lines


def _cut(word: str, room: float, size: Size, bold: bool) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and width(pieces[-1] + letter, size, bold) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces
