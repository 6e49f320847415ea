"""The poster as it is written: its size, its fonts, its words, and a QR code that another program can read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import zxingcpp
from matplotlib import image

from actions.sources import PosterError
from bot import poster
from bot.poster import Sheet
from bot.words import Words

NAME = "wijkwijzer_bot"
LINK = f"https://t.me/{NAME}?start=w_CFGHJMPQ"
LONGEST_NAME = "a_name_of_thirty_two_letters_bot"
PIXELS_PER_MM = poster.PNG_DOTS_PER_INCH / 25.4
PRINTERS_NEED_MM = 10
CAPITAL = 0.73
"""How high a capital of DejaVu Sans is, in sizes of the font."""
PIXELS = 10
"""In a millimetre, for measuring."""
Pixels = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def sheet(words: Words) -> Sheet:
    return poster.sheet(words, "smitsveen", "CFGHJMPQ", NAME, LINK)


@pytest.fixture(scope="module")
def written(sheet: Sheet, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A PDF and a PNG, in a folder that was not there."""
    return poster.write(sheet, tmp_path_factory.mktemp("posters") / "new" / "folder", "poster")


def _grey(png: Path) -> Pixels:
    return np.asarray(image.imread(png)[..., :3].mean(axis=2) * 255, dtype=np.uint8)


def _read(pixels: Pixels) -> zxingcpp.Barcode:
    """The one code in a picture, by a reader that is not the writer."""
    (found,) = zxingcpp.read_barcodes(np.ascontiguousarray(pixels))
    return found


def test_the_picture_is_a4_at_150_dots_an_inch(written: tuple[Path, Path]) -> None:
    height, width = _grey(written[1]).shape
    assert (width, height) == pytest.approx((210 * PIXELS_PER_MM, 297 * PIXELS_PER_MM), abs=1)


@pytest.mark.parametrize("name", [LONGEST_NAME, "abcd"])
def test_the_code_is_read_back_is_large_enough_and_has_its_quiet_zone(sheet: Sheet, tmp_path: Path, name: str) -> None:
    link = LINK.replace(NAME, name)
    _, png = poster.write(replace(sheet, link=link), tmp_path, "poster")
    pixels = _grey(png)
    code = _read(pixels)
    assert code.text == link and code.ec_level in ("Q", "H")
    left, right, top = code.position.top_left.x, code.position.top_right.x, code.position.top_left.y
    assert (right - left) / PIXELS_PER_MM > 70
    modules = 17 + 4 * int(code.extra["Version"])  # type: ignore[index]
    quiet = int(4 * (right - left) / modules) - 1
    around = pixels[top - quiet : top + (right - left) + quiet, left - quiet : right + quiet].copy()
    assert around.min() == 0
    around[quiet - 2 : 2 - quiet, quiet - 2 : 2 - quiet] = 255
    assert around.min() == 255


@pytest.mark.parametrize("smaller", [2, 3, 4])
def test_the_code_is_read_from_far_and_without_colours(written: tuple[Path, Path], smaller: int) -> None:
    assert _read(_grey(written[1])[::smaller, ::smaller]).text == LINK


def test_the_print_is_one_page_of_a4_with_its_fonts_within(written: tuple[Path, Path]) -> None:
    pdf = written[0].read_bytes()
    (box,) = re.findall(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", pdf)
    assert [float(side) / 72 * 25.4 for side in box] == pytest.approx([210, 297], abs=0.1)
    described = re.findall(rb"/Type /FontDescriptor.*?endobj", pdf, re.DOTALL)
    assert len(described) == 2 and all(b"/FontFile2" in font for font in described)


@pytest.mark.parametrize("name", [NAME, LONGEST_NAME])
@pytest.mark.parametrize("wijk", ["smitsveen", "de_eng", "soesterberg"])
def test_no_words_touch_each_other_the_code_or_the_edge(words: Words, name: str, wijk: str) -> None:
    figure = poster._Drawing(poster.sheet(words, wijk, "WWWWWWWW", name, LINK)).figure
    figure.set_dpi(25.4 * PIXELS)
    (axes,) = figure.axes
    said, code = [line.get_window_extent() for line in axes.texts], axes.images[0].get_window_extent()
    margin, width, height = PRINTERS_NEED_MM * PIXELS, 210 * PIXELS, 297 * PIXELS
    for number, one in enumerate(said):
        assert margin <= one.x0 and one.x1 <= width - margin and margin <= one.y0 and one.y1 <= height - margin
        assert not any(one.overlaps(other) for other in (*said[number + 1 :], code))


def test_the_headline_is_six_words_at_most_and_read_from_three_metres(sheet: Sheet) -> None:
    assert len(sheet.headline.split()) <= 6
    headline = poster._Drawing(sheet).axes.texts[0]
    assert CAPITAL * float(headline.get_fontsize()) / poster.POINTS_PER_MM >= 12


def test_the_poster_says_the_wijk_its_code_and_the_address_in_letters(sheet: Sheet) -> None:
    said = [line.get_text() for line in poster._Drawing(sheet).axes.texts]
    assert "t.me/wijkwijzer_bot" in said
    assert any("Smitsveen" in line and "CFGHJMPQ" in line for line in said)


def test_both_files_carry_the_name_that_was_given(written: tuple[Path, Path]) -> None:
    assert [file.name for file in written] == ["poster.pdf", "poster.png"]


def test_a_folder_that_cannot_be_written_is_told(sheet: Sheet, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(PosterError, match=r"taken cannot be written: .*--to"):
        poster.write(sheet, tmp_path / "taken", "poster")
