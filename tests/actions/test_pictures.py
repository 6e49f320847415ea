"""Pictures of figures: drawn by a real program, readable on a telephone, and every way in which there is none."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys

import numpy
import pytest
from matplotlib.image import imread
from matplotlib.text import Text

from actions import draw_picture, pictures
from actions.draw_picture import LABEL, MARGIN, WIDTH, draw
from actions.pictures import Bar, Chart, DrawingFailed, Picture, drawn

PICTURE = Picture(
    "Week van 9 november",
    "Alle wijken",
    (
        Chart("Waar gesprekken over gingen", (Bar("Tocht", "40", 40), Bar("Hoge rekening", "20", 20))),
        Chart("Beloften", (Bar("gehouden", "18", 18), Bar("te laat", "minder dan 5"))),
    ),
)
LONGEST = 5.0
"""Seconds of work that a picture may cost; what others do on the machine does not count."""


def worked() -> float:
    """Seconds that programs started here have worked."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def texts(picture: Picture) -> list[Text]:
    return list(draw_picture._Drawing(picture).axes.texts)


def bars(picture: Picture) -> list[float]:
    """How long each bar is, in pixels."""
    return [float(bar.get_width()) for bar in draw_picture._Drawing(picture).axes.patches]


def test_the_program_draws_a_png_of_the_width_of_a_telephone_in_time() -> None:
    began = worked()
    png = drawn(PICTURE)
    assert worked() - began < LONGEST
    assert png.startswith(b"\x89PNG")
    height, width, _ = imread(io.BytesIO(png)).shape
    assert width == WIDTH and height < 2 * WIDTH


def test_the_same_picture_is_the_same_file() -> None:
    assert drawn(PICTURE) == draw(PICTURE)


def test_every_word_and_number_stands_on_it_in_large_letters() -> None:
    found = {text.get_text(): text.get_fontsize() / draw_picture.POINTS for text in texts(PICTURE)}
    said = {PICTURE.title, PICTURE.about}
    for chart in PICTURE.charts:
        said |= {chart.heading} | {word for bar in chart.bars for word in (bar.label, bar.shown)}
    assert set(found) == said
    assert min(found.values()) >= LABEL


def test_bars_are_as_long_as_their_numbers_and_a_hidden_number_has_none() -> None:
    assert bars(PICTURE) == pytest.approx(
        [(WIDTH - 2 * MARGIN - draw_picture.VALUE_ROOM) * part for part in (1, 0.5, 1)]
    )


def test_words_too_long_for_the_picture_become_smaller() -> None:
    long = Picture("Een heel lange titel die nooit op een telefoon past " * 2, "", ())
    size = texts(long)[0].get_fontsize() / draw_picture.POINTS
    assert size < draw_picture.TITLE
    assert draw_picture._width(long.title, size, draw_picture.BOLD) == pytest.approx(WIDTH - 2 * MARGIN, abs=1)


NUMBERS = {"zeros": (0, 0), "one": (1,), "none": (), "huge": (10**9, 1)}


@pytest.mark.parametrize("lengths", NUMBERS.values(), ids=NUMBERS)
def test_whatever_the_numbers_are_there_is_a_picture(lengths: tuple[int, ...]) -> None:
    chart = Chart("Aantal", tuple(Bar("$een_naam^", str(length), length) for length in lengths))
    assert draw(Picture("", "", (chart,))).startswith(b"\x89PNG")


def test_what_is_compared_with_looks_different() -> None:
    one, other = (Picture("", "", (Chart("", (Bar("a", "1", 1, pale=pale),)),)) for pale in (False, True))
    assert not numpy.array_equal(imread(io.BytesIO(draw(one))), imread(io.BytesIO(draw(other))))


def test_a_picture_is_read_back_as_it_was_written() -> None:
    assert Picture.from_json(json.loads(json.dumps(PICTURE.as_json()))) == PICTURE


FAILS = {
    "the program is not there": (("/nowhere/program",), 5, "the program does not start: FileNotFoundError"),
    "it ends badly": ((sys.executable, "-c", "raise SystemExit(3)"), 5, "the program ended with 3"),
    "it does not end": ((sys.executable, "-c", "import time; time.sleep(60)"), 0.2, "not ready after 0.2 seconds"),
}


@pytest.mark.parametrize(("program", "seconds", "why"), FAILS.values(), ids=FAILS)
def test_a_picture_that_cannot_be_drawn_says_why(program: tuple[str, ...], seconds: float, why: str) -> None:
    with pytest.raises(DrawingFailed, match=why):
        drawn(PICTURE, program, seconds)


def test_the_program_gets_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCRYPTION_KEYS", "secret")
    shows = (sys.executable, "-c", "import os; print(sorted(os.environ))")
    assert b"ENCRYPTION_KEYS" not in drawn(PICTURE, shows)


def test_facts_of_another_version_end_the_program() -> None:
    done = subprocess.run(pictures.PROGRAM, input=b'{"title": "x"}', capture_output=True, cwd=pictures.ROOT, timeout=60)
    assert done.returncode != 0 and done.stdout == b""
