"""Draws a poster of A4 size, as PDF to print and as PNG to send or show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
import segno
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, Polygon
from matplotlib.textpath import TextPath

from actions.sources import PosterError
from bot.words import Words

WIDTH, HEIGHT = 210.0, 297.0
"""A4, in millimetres, as all lengths here. (0, 0) is below on the left."""
MARGIN = 12.0
PNG_DOTS_PER_INCH = 150
MM_PER_INCH, POINTS_PER_MM = 25.4, 72 / 25.4
QR_SIDE = 84.0
"""What stands around it leaves 4 modules of white (ISO/IEC 18004): 12 mm at most."""
QR_DOTS = 16
"""Dots in a module of the picture: a viewer that smooths pictures then leaves its edges sharp."""
INK, BUBBLE = "#1d1d1b", "#ffd84d"
BOLD = FontProperties(family="DejaVu Sans", weight="bold")
PLAIN = FontProperties(family="DejaVu Sans")
"""They come with matplotlib, so that a poster looks the same on every machine."""
KINDS = ("pdf", "png")
TRUETYPE = 42
"""The letters of the font itself go along in the PDF, for printers that do not have it."""
LINE_HEIGHT = 1.35


@dataclass(frozen=True)
class Box:
    """A place on the sheet."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def top(self) -> float:
        return self.bottom + self.height


@dataclass(frozen=True)
class Sheet:
    """The words on one poster, and the address in its QR code."""

    headline: str
    free: str
    scan: str
    who: str
    no_camera: str
    address: str
    foot: str
    link: str


def sheet(words: Words, wijk: str, code: str, bot_name: str, link: str) -> Sheet:
    """What a poster for this wijk says."""
    values = {"wijk": wijk, "code": code}
    return Sheet(
        headline=words.say("poster_headline", values),
        free=words.say("poster_free", values),
        scan=words.say("poster_scan", values),
        who=words.say("poster_who", values),
        no_camera=words.say("poster_no_camera", values),
        address=f"t.me/{bot_name}",
        foot=words.say("poster_foot", values),
        link=link,
    )


def drawn(sheet: Sheet, kinds: Sequence[str]) -> list[bytes]:
    """The poster as a file of each kind, `pdf` or `png`."""
    figure, files = _Drawing(sheet).figure, [BytesIO() for _ in kinds]
    with matplotlib.rc_context({"pdf.fonttype": TRUETYPE}):
        for kind, file in zip(kinds, files, strict=True):
            figure.savefig(file, format=kind, dpi=PNG_DOTS_PER_INCH)
    return [file.getvalue() for file in files]


def write(sheet: Sheet, folder: Path, name: str) -> tuple[Path, Path]:
    """Write `<name>.pdf` and `<name>.png`; raises `PosterError` when the folder cannot be written."""
    files = folder / f"{name}.pdf", folder / f"{name}.png"
    contents = drawn(sheet, KINDS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
    except OSError as wrong:
        raise PosterError(f"{folder} cannot be written: {wrong.strerror}. Choose another with --to.") from wrong
    return files


class _Drawing:
    """A sheet of paper: a speech bubble above, the QR code below it, and the words beside and under that."""

    def __init__(self, sheet: Sheet) -> None:
        self.figure = Figure(figsize=(WIDTH / MM_PER_INCH, HEIGHT / MM_PER_INCH), facecolor="white")
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, HEIGHT), autoscale_on=False)
        self.axes.set_axis_off()
        self._bubble(Box(MARGIN, 190, WIDTH - 2 * MARGIN, 95))
        self._words(sheet.headline, Box(MARGIN + 8, 190, 170, 84), BOLD)
        self._qr(sheet.link, Box(MARGIN, 68, QR_SIDE, QR_SIDE))
        self._words(sheet.scan, Box(108, 120, 88, 32), BOLD)
        self._words(sheet.free, Box(108, 94, 88, 20))
        self._words(sheet.who, Box(108, 68, 88, 20))
        self._words(sheet.no_camera, Box(MARGIN, 44, 186, 9))
        self._words(sheet.address, Box(MARGIN, 25, 186, 18), BOLD)
        self._words(sheet.foot, Box(MARGIN, 11, 186, 6))

    def _bubble(self, box: Box) -> None:
        """Somebody speaks: not an office, and its yellow stays light on a printer without colours."""
        corner, round_corners = (box.left, box.bottom), "round,pad=0,rounding_size=10"
        tail = [(48, box.bottom + 1), (76, box.bottom + 1), (52, box.bottom - 20)]
        self.axes.add_patch(FancyBboxPatch(corner, box.width, box.height, boxstyle=round_corners, color=BUBBLE, lw=0))
        self.axes.add_patch(Polygon(tail, color=BUBBLE, lw=0))

    def _qr(self, link: str, box: Box) -> None:
        modules = segno.make_qr(link, error="q").matrix_iter(scale=QR_DOTS, border=0)
        white = 1 - np.array(tuple(modules), dtype=float)
        edges = (box.left, box.left + box.width, box.bottom, box.top)
        self.axes.imshow(white, cmap="gray", vmin=0, vmax=1, extent=edges, interpolation="none")

    def _words(self, text: str, box: Box, font: FontProperties = PLAIN) -> None:
        """Write the lines of a text, as large as the box allows."""
        lines = text.splitlines()
        size = min(box.height / len(lines) / LINE_HEIGHT, box.width / max(_width(line, font) for line in lines))
        for number, line in enumerate(lines):
            baseline = box.top - number * size * LINE_HEIGHT - size
            points = size * POINTS_PER_MM
            self.axes.text(box.left, baseline, line, font=font, fontsize=points, color=INK, parse_math=False)


def _width(line: str, font: FontProperties) -> float:
    """How wide a line is, in heights of its letters."""
    return float(TextPath((0, 0), line, size=100, prop=font).get_extents().x1) / 100
