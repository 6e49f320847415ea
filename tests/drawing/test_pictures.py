"""The pictures of the flows of the house: everything stands on paper, nothing over something else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import pytest

from bot.dialogue.content import Content
from bot.drawing.flow_pictures import flow_pictures
from bot.drawing.flows_page import FlowsPage, flows_page
from bot.drawing.layout import MARGIN, WIDTH
from bot.drawing.letters import width, wrapped
from bot.drawing.pages import A4, STRETCH
from bot.drawing.phrases import Phrases
from bot.drawing.render import rendered
from bot.drawing.shapes import Box, Line, Picture, Shape
from tests.drawing.drawn import flow, with_words


@pytest.fixture(scope="module")
def page(content: Content) -> FlowsPage:
    return flows_page(content, "pictures/flows")


@pytest.fixture(scope="module")
def pictures(page: FlowsPage) -> Mapping[str, Picture]:
    return page.pictures


def test_every_flow_has_a_picture_and_the_page_shows_each(content: Content, page: FlowsPage) -> None:
    names = {re.sub(r"-\d+$", "", name) for name in page.pictures}
    assert names == {*content.flows, "legend"}
    shown = re.findall(r"\]\(pictures/flows/(.+)\.svg\)", page.markdown)
    assert sorted(shown) == sorted(page.pictures)
    for one in content.flows.values():
        assert f'<a id="{one.name}"></a>' in page.markdown


def test_links_on_the_page_lead_to_a_flow(content: Content, page: FlowsPage) -> None:
    links = set(re.findall(r"\]\(#(.+?)\)", page.markdown))
    assert links and links <= set(content.flows)


def test_everything_in_the_pictures_has_words(page: FlowsPage) -> None:
    assert page.missing == (), "write these keys in flows/texts/nl/drawing.yml"


def test_no_box_stands_over_another(pictures: Mapping[str, Picture]) -> None:
    for name, picture in pictures.items():
        over = [(one, other) for one, other in combinations(picture.boxes, 2) if one.overlaps(other)]
        assert over == [], name


def test_no_line_runs_through_a_box(pictures: Mapping[str, Picture]) -> None:
    for name, picture in pictures.items():
        through = [(line, box) for line in picture.lines for box in picture.boxes if _runs_through(line, box)]
        assert through == [], name


def _runs_through(line: Line, box: Box) -> bool:
    beside = max(line.x1, line.x2) <= box.x or box.right <= min(line.x1, line.x2)
    above = line.y2 <= box.y + 0.01 or box.bottom - 0.01 <= line.y1
    return not (beside or above)


def test_all_words_stand_in_their_box_and_on_the_sheet(pictures: Mapping[str, Picture]) -> None:
    for name, picture in pictures.items():
        for box in picture.boxes:
            assert box.x >= 0 and box.right <= picture.width and box.bottom <= picture.height, name
            for line in box.words:
                assert line.x + width(line.text, line.size, line.bold) <= box.right + 0.01, (name, line.text)
                assert box.y < line.y < box.bottom, (name, line.text)


def test_a_sheet_is_as_wide_as_a_phone_can_show_and_fits_on_a4(pictures: Mapping[str, Picture]) -> None:
    for name, picture in pictures.items():
        assert picture.width <= WIDTH + 4 * MARGIN, name
        assert picture.height <= picture.width * A4 * STRETCH + 1, name


def test_a_long_flow_is_cut_between_boxes_and_loses_none(tmp_path: Path, content: Content) -> None:
    long = flow(tmp_path, "[" + ", ".join(f"{{id: s{n}, action: utter_fine}}" for n in range(60)) + "]")
    sheets = flow_pictures(long, Phrases(with_words(content, long)))
    captions = [box.words[0].text for sheet in sheets for box in sheet.boxes if box.shape is Shape.SAID]
    assert [caption.split()[0] for caption in captions] == [str(n) for n in range(1, 61)]
    assert [sheet.title for sheet in sheets] == [
        f"Klein (blad {n} van {len(sheets)})" for n in range(1, len(sheets) + 1)
    ]
    assert len(sheets) > 3


def test_branches_within_branches_stay_readable(tmp_path: Path, content: Content) -> None:
    """However deep: a box never gets narrower than its words need."""
    steps = "[{id: last, action: utter_fine, next: END}]"
    for depth in range(14):
        deeper = (
            f'[{{id: d{depth}, collect: colour, next: [{{if: slots.colour is "red", then: END}}, {{else: {steps}}}]}}]'
        )
        steps = deeper
    deep = flow(tmp_path, steps)
    for sheet in flow_pictures(deep, Phrases(with_words(content, deep))):
        assert not any(one.overlaps(other) for one, other in combinations(sheet.boxes, 2))


# --- on paper -------------------------------------------------------------------------------------------------


def test_a_picture_is_the_same_each_time_and_can_be_searched(pictures: Mapping[str, Picture]) -> None:
    first = rendered(pictures["legend"], "svg")
    assert first == rendered(pictures["legend"], "svg")
    written = first.decode()
    assert "De rondjes zijn de knoppen" in written
    assert not re.search(r"<dc:date>|20\d\d-\d\d-\d\d|Matplotlib v", written)


def test_a_png_is_a_png(pictures: Mapping[str, Picture]) -> None:
    assert rendered(pictures["legend"], "png").startswith(b"\x89PNG")


def test_all_shapes_are_drawn_differently() -> None:
    def alone(shape: Shape) -> bytes:
        return rendered(Picture("", 100, 80, (Box(shape, 10, 10, 80, 50),)), "svg")

    framed = [shape for shape in Shape if shape is not Shape.WORDS]
    assert len({_outline_only(alone(shape)) for shape in framed}) == len(framed)


def _outline_only(svg: bytes) -> bytes:
    """Without colours: the form alone must tell shapes apart."""
    return re.sub(rb"#[0-9a-f]{6}|p[0-9a-f]{10}", b"", svg)


# --- words on lines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("kort", ["kort"]),
        ("een\ntwee", ["een", "twee"]),
        ("een twee drie vier", ["een twee", "drie vier"]),
        ("wwwwwwwwwwwww", ["wwwwww", "wwwwww", "w"]),
        ("a wwwwwwwwwwwww", ["a", "wwwwww", "wwwwww", "w"]),
        ("", [""]),
    ],
)
def test_text_is_broken_where_there_is_no_room(text: str, lines: Sequence[str]) -> None:
    assert wrapped(text, 66.0) == lines
