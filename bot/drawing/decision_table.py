"""The triage table as one picture: for each question the rows from top to bottom, for partners to discuss."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from bot.dialogue.triage import Row, Triage
from bot.drawing.layout import APART, GAP, MARGIN, PAD, words_box
from bot.drawing.phrases import Phrases
from bot.drawing.shapes import Box, Line, Picture, Shape, Size

COLUMN = 340.0
COLUMNS = {"urgency": "urgency", "exits": "exit", "coach": "coach"}
"""The tables that are drawn, and the slot that each of them fills."""


def table_picture(triage: Triage, phrases: Phrases) -> Picture:
    """Three columns: how soon, by which way, with an energy coach or not."""
    title = phrases.word("drawing_table_title")
    boxes = [words_box(title, MARGIN, MARGIN, len(COLUMNS) * COLUMN, Size.LARGE, bold=True)]
    lines: list[Line] = []
    top = boxes[0].bottom + GAP
    for place, table in enumerate(COLUMNS):
        left = MARGIN + place * (COLUMN + GAP)
        head = _head(table, phrases, left, top)
        rows = _rows(triage.tables[table], COLUMNS[table], phrases, left, head[-1].bottom)
        lines += [_arrow(above, below) for above, below in pairwise(rows)]
        boxes += [*head, *rows]
    wide, high = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Picture(title, wide + MARGIN, high + MARGIN, tuple(boxes), tuple(lines))


def _head(table: str, phrases: Phrases, x: float, y: float) -> tuple[Box, Box]:
    """The question of a column, and how to read it."""
    heading = words_box(phrases.word(f"drawing_table_{table}"), x, y, COLUMN, Size.LARGE, bold=True)
    return heading, words_box(phrases.word(f"drawing_rule_{table}"), x, heading.bottom + 2, COLUMN, Size.SMALL)


def _rows(rows: Sequence[Row], slot: str, phrases: Phrases, x: float, y: float) -> list[Box]:
    """A box for each outcome; rows in a row with the same outcome share one, since their order changes nothing."""
    boxes: list[Box] = []
    numbered = enumerate(rows, start=1)
    for outcome, same in groupby(numbered, key=lambda row: row[1].outcome):
        told = [(f"{number}{APART}{condition(row, phrases)}", row.because) for number, row in same]
        boxes.append(_outcome(phrases.value(slot, outcome), told, x, y + GAP))
        y = boxes[-1].bottom
    return boxes


def _outcome(words: str, told: Sequence[tuple[str, str]], x: float, y: float) -> Box:
    """The outcome in large letters, and below it for each row what must hold and the reason."""
    left, room = x + PAD, COLUMN - 2 * PAD
    parts = [words_box(words, left, y + PAD, room, Size.LARGE, bold=True)]
    for when, because in told:
        parts.append(words_box(when, left, parts[-1].bottom + PAD, room, Size.SMALL, bold=True))
        parts.append(words_box(because, left, parts[-1].bottom + 2, room, Size.SMALL))
    lines = tuple(line for part in parts for line in part.words)
    return Box(Shape.SAID, x, y, COLUMN, parts[-1].bottom + PAD - y, lines)


def _arrow(above: Box, below: Box) -> Line:
    middle = above.x + above.width / 2
    return Line(middle, above.bottom, middle, below.y, arrow=True)


def condition(row: Row, phrases: Phrases) -> str:
    """When a row holds, in words; each condition on a line."""
    parts = [_asked(slot, values, phrases, holds=True) for slot, values in row.when.items()]
    parts += [_asked(slot, values, phrases, holds=False) for slot, values in row.unless.items()]
    return f"\n{phrases.word('drawing_and')} ".join(parts) if parts else phrases.word("drawing_else")


def _asked(slot: str, values: Sequence[object], phrases: Phrases, *, holds: bool) -> str:
    return phrases.about(slot, phrases.either([phrases.value(slot, str(value)) for value in values]), holds=holds)
