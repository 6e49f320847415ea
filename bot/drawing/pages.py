"""Cuts a long drawing into sheets that fit on A4, between boxes and where the fewest lines are cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil

from bot.drawing.layout import GAP, MARGIN, WIDTH, words_box
from bot.drawing.shapes import Box, Line, Picture, Shape, Size, moved

A4 = 2**0.5
"""Height to width."""
STRETCH = 1.15
"""A sheet may be so much longer than A4, which is printed a little smaller then."""
NEAR = 0.2
"""How far a cut may be from where sheets would be equally full, as a part of a sheet."""
HEAD_GAP = 12.0


def pages(
    title: Callable[[int, int], str], below_title: str, boxes: Sequence[Box], lines: Sequence[Line]
) -> list[Picture]:
    """Sheets with a heading each; `title` gives it for a page of so many, `below_title` stands on the first."""
    wide = max([WIDTH, *(box.right + MARGIN for box in boxes)])
    heading = _heading(title(9, 9), below_title, wide)
    room = wide * A4 * STRETCH - heading[-1].bottom - HEAD_GAP - 2 * MARGIN
    cuts = _cuts(boxes, lines, room)
    sheets = []
    for number, (top, bottom) in enumerate(pairwise(cuts), start=1):
        name = title(number, len(cuts) - 1)
        head = _heading(name, below_title if number == 1 else "", wide)
        here = [box for box in boxes if top <= box.y < bottom]
        kept = [part for line in lines if (part := line.cut(top, bottom))]
        sheets.append(_sheet(name, wide, head, moved(here, -top), kept))
    return sheets


def _heading(title: str, below: str, wide: float) -> tuple[Box, ...]:
    head = words_box(title, MARGIN, MARGIN, wide - 2 * MARGIN, Size.LARGE, bold=True)
    return (head, words_box(below, MARGIN, head.bottom + 2, wide - 2 * MARGIN, Size.SMALL)) if below else (head,)


def _sheet(title: str, wide: float, head: Sequence[Box], boxes: Sequence[Box], lines: Sequence[Line]) -> Picture:
    top = head[-1].bottom + HEAD_GAP
    ends = max([*(box.bottom for box in boxes), *(line.y2 for line in lines)])
    lowered = tuple(Line(line.x1, line.y1 + top, line.x2, line.y2 + top, line.arrow) for line in lines)
    return Picture(title, wide, ends + top + MARGIN, (*head, *moved(boxes, top)), lowered)


def _cuts(boxes: Sequence[Box], lines: Sequence[Line], room: float) -> list[float]:
    """Heights between which a sheet reaches, the first 0 and the last the end."""
    end = max(box.bottom for box in boxes) + 1
    between = _gaps(boxes)
    cuts = [0.0]
    while end - cuts[-1] > room:
        aim = cuts[-1] + (end - cuts[-1]) / ceil((end - cuts[-1]) / room)
        fitting = [gap for gap in between if aim - NEAR * room < gap <= min(aim + NEAR * room, cuts[-1] + room)]
        later = [gap for gap in between if gap > cuts[-1]]
        if not later:
            break
        best = min(fitting or later, key=lambda gap: (_crossing(lines, gap) if fitting else 0, abs(gap - aim)))
        cuts.append(best)
    return [*cuts, end]


def _gaps(boxes: Sequence[Box]) -> list[float]:
    """Heights above a box at which none is cut, and no words are parted from the box that they lead to."""
    return [
        below.y - GAP / 2 + 1
        for above, below in pairwise(boxes)
        if below.shape not in (Shape.JUMP, Shape.END) and (above.shape is not Shape.WORDS or below.shape is Shape.WORDS)
    ]


def _crossing(lines: Sequence[Line], height: float) -> int:
    return sum(1 for line in lines if line.y1 < height < line.y2)
