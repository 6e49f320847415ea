"""Draws bars with their words and numbers beside them, large enough to read on a telephone without a legend.

    python -m actions.draw_picture < picture.json > picture.png

A program of its own, so that nothing waits for matplotlib and a crash of it reaches nobody (`actions.pictures`).
"""

from __future__ import annotations

import io
import json
import sys

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from actions.pictures import Bar, Chart, Picture

WIDTH = 1080
"""In pixels, as all lengths here: three for each point of a telephone, so that letters of 42 are letters of 14."""
MARGIN = 56
VALUE_ROOM = 350
"""Right of the longest bar, for its number."""
TITLE, HEADING, LABEL, VALUE = 60, 50, 42, 46
"""Heights of letters."""
HEAD = 190
HEADING_HEIGHT, BAR_HEIGHT, BAR, CHART_GAP = 100, 120, 48, 40
DOTS_PER_INCH = 100
POINTS = 72 / DOTS_PER_INCH
INK, BACKGROUND, NOW, BEFORE = "#1d1d1b", "#ffffff", "#00636e", "#8aa3a8"
BOLD = FontProperties(family="DejaVu Sans", weight="bold")
PLAIN = FontProperties(family="DejaVu Sans")
"""They come with matplotlib, so that a picture looks the same on every machine."""


def draw(picture: Picture) -> bytes:
    """The picture as PNG, `WIDTH` pixels wide."""
    written = io.BytesIO()
    _Drawing(picture).figure.savefig(written, dpi=DOTS_PER_INCH)
    return written.getvalue()


class _Drawing:
    """A sheet that is filled from above; `top` is where the next thing begins."""

    def __init__(self, picture: Picture) -> None:
        height = HEAD + sum(_height(chart) for chart in picture.charts) + MARGIN
        size = (WIDTH / DOTS_PER_INCH, height / DOTS_PER_INCH)
        self.figure = Figure(figsize=size, facecolor=BACKGROUND)
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0), autoscale_on=False)
        self.axes.set_axis_off()
        self._write(picture.title, MARGIN, 92, TITLE, BOLD)
        self._write(picture.about, MARGIN, 158, LABEL, PLAIN)
        self.top: float = HEAD
        for chart in picture.charts:
            self._chart(chart)

    def _chart(self, chart: Chart) -> None:
        self._write(chart.heading, MARGIN, self.top + HEADING, HEADING, BOLD)
        self.top += HEADING_HEIGHT
        longest = max((bar.length for bar in chart.bars), default=0)
        for bar in chart.bars:
            self._bar(bar, longest)
        self.top += CHART_GAP

    def _bar(self, bar: Bar, longest: float) -> None:
        """The label above the bar, so that it may be long; the number where the bar ends."""
        self._write(bar.label, MARGIN, self.top + 34, LABEL, PLAIN)
        ends = MARGIN + (bar.length / longest * (WIDTH - 2 * MARGIN - VALUE_ROOM) if longest else 0)
        middle = self.top + 52 + BAR / 2
        if bar.length:
            self.axes.barh(middle, ends - MARGIN, BAR, left=MARGIN, color=BEFORE if bar.pale else NOW)
        self._write(bar.shown, ends + (18 if bar.length else 0), middle + VALUE * 0.37, VALUE, BOLD)
        self.top += BAR_HEIGHT

    def _write(self, words: str, left: float, baseline: float, size: float, font: FontProperties) -> None:
        """Smaller where they would not fit."""
        room = WIDTH - MARGIN - left
        fitting = min(size, size * room / max(_width(words, size, font), 1))
        self.axes.text(
            left, baseline, words, font=font, fontsize=fitting * POINTS, color=INK, va="baseline", parse_math=False
        )


def _height(chart: Chart) -> int:
    return HEADING_HEIGHT + BAR_HEIGHT * len(chart.bars) + CHART_GAP


def _width(words: str, size: float, font: FontProperties) -> float:
    return float(TextPath((0, 0), words, size=size, prop=font).get_extents().x1) if words.strip() else 0


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(Picture.from_json(json.load(sys.stdin))))
