"""Puts a picture on paper, with matplotlib: SVG (the same bytes each time) and PNG."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Patch, Polygon
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from bot.drawing.layout import DOT
from bot.drawing.letters import FAMILY
from bot.drawing.shapes import Box, Line, Picture, Shape

POINTS_PER_INCH = 72
DOTS_PER_INCH = {"svg": POINTS_PER_INCH, "png": 144}
INK = "#1a1a1a"
FILLS = {
    Shape.QUESTION: "#fff4cc",
    Shape.SAID: "#ffffff",
    Shape.ACTION: "#e3f1e3",
    Shape.CALL: "#e4ecf7",
    Shape.LINK: "#e4ecf7",
    Shape.NOTE: "#f2f2f2",
    Shape.DECISION: "#f6e6f2",
    Shape.JUMP: "#ffffff",
    Shape.GROUP: "none",
}
SETTINGS: Any = {
    "svg.hashsalt": "wijkwijzer",
    "svg.fonttype": "none",  # letters stay letters, so that they can be searched and read aloud
    "font.family": "sans-serif",
    "font.sans-serif": FAMILY,
}
ROUND = {Shape.QUESTION: 16.0, Shape.JUMP: 99.0, Shape.GROUP: 12.0}
SLANT = 12.0
LINE_WIDTH = 1.2
ARROW = 7.0
NOTHING_THAT_CHANGES = {"Date": None, "Creator": None}


def rendered(picture: Picture, kind: str) -> bytes:
    """A picture as a file of a kind, `svg` or `png`."""
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(picture.width / POINTS_PER_INCH, picture.height / POINTS_PER_INCH))
        to_paper = Affine2D().translate(0, -picture.height).scale(1 / POINTS_PER_INCH, -1 / POINTS_PER_INCH)
        for artist in _artists(picture):
            artist.set_transform(to_paper + figure.dpi_scale_trans)
            figure.add_artist(artist)
        metadata = {"Title": picture.title, **(NOTHING_THAT_CHANGES if kind == "svg" else {})}
        file = BytesIO()
        figure.savefig(file, format=kind, dpi=DOTS_PER_INCH[kind], metadata=metadata)
    return file.getvalue()


def _artists(picture: Picture) -> Iterator[Artist]:
    for line in picture.lines:
        yield _stroke(line.x1, line.y1, line.x2, line.y2)
        if line.arrow:
            yield _point(line)
    for box in picture.boxes:
        yield from _frame(box)
        for words in box.words:
            weight = "bold" if words.bold else "normal"
            yield Text(words.x, words.y, words.text, color=INK, size=int(words.size), weight=weight, parse_math=False)


def _stroke(x1: float, y1: float, x2: float, y2: float) -> Artist:
    return Line2D([x1, x2], [y1, y2], color=INK, linewidth=LINE_WIDTH, solid_capstyle="round")


def _point(line: Line) -> Patch:
    x, y, side = line.x2, line.y2, ARROW / 2
    if line.y1 == line.y2:
        back = x - ARROW if line.x1 < x else x + ARROW
        return Polygon([(x, y), (back, y - side), (back, y + side)], facecolor=INK)
    return Polygon([(x, y), (x - side, y - ARROW), (x + side, y - ARROW)], facecolor=INK)


def _frame(box: Box) -> Iterator[Artist]:
    look: Any = {"facecolor": FILLS.get(box.shape, INK), "edgecolor": INK, "linewidth": LINE_WIDTH}
    if box.shape is Shape.END:
        yield Circle((box.x + DOT / 2, box.y + box.height / 2), DOT / 2 - 1.5, **look)
    elif box.shape in ROUND:
        style = f"round,pad=0,rounding_size={min(box.height / 2, ROUND[box.shape])}"
        yield FancyBboxPatch((box.x, box.y), box.width, box.height, boxstyle=style, **look)
    elif box.shape is not Shape.WORDS:
        yield Polygon(_corners(box), closed=True, **look)
    if box.shape is Shape.CALL:
        for x in (box.x + SLANT / 2, box.right - SLANT / 2):
            yield _stroke(x, box.y, x, box.bottom)


def _corners(box: Box) -> list[tuple[float, float]]:
    left, right, top, bottom, middle = box.x, box.right, box.y, box.bottom, box.y + box.height / 2
    match box.shape:
        case Shape.ACTION:
            upper = [(left + SLANT, top), (right - SLANT, top)]
            return [(left, middle), *upper, (right, middle), (right - SLANT, bottom), (left + SLANT, bottom)]
        case Shape.LINK:
            return [(left, top), (right - SLANT, top), (right, middle), (right - SLANT, bottom), (left, bottom)]
        case Shape.NOTE:
            return [(left, top), (right - SLANT, top), (right, top + SLANT), (right, bottom), (left, bottom)]
        case Shape.DECISION:
            return [(left + SLANT, top), (right, top), (right - SLANT, bottom), (left, bottom)]
        case _:
            return [(left, top), (right, top), (right, bottom), (left, bottom)]
