"""The states of a request as a picture, the tables that come from the code, and what docs/hand-off.md names."""

from __future__ import annotations

import enum
from collections import Counter
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest
from typer.testing import CliRunner

from actions.clocks import PATIENCE
from actions.request_states import HELD, MOVES, WAITING
from bot import cli
from bot.dialogue.content import Content
from bot.drawing import handoff_page, render
from bot.drawing.handoff_page import filled, in_words, ladder, meanings, patience
from bot.drawing.page_parts import PageError
from bot.drawing.phrases import Phrases
from bot.drawing.shapes import Box, Line, Picture, Shape
from bot.drawing.states_picture import states_picture, who_answers
from bot.team_side import COMMANDS, NOTE
from store.settings import ROOT
from store.states import RequestState as State
from store.states import Rule, Urgency

PAGE = (
    "Words.\n<!-- begin: patience -->\nold\n<!-- end: patience -->\n<!-- begin: ladder -->\n<!-- end: ladder -->\nMore."
)


@pytest.fixture(scope="module")
def phrases(content: Content) -> Phrases:
    return Phrases(content)


@pytest.fixture(scope="module")
def picture(phrases: Phrases) -> Picture:
    return states_picture(phrases)


def _box(picture: Picture, words: str) -> Box:
    (found,) = [box for box in picture.boxes if box.words and box.words[0].text == words]
    return found


def _state(picture: Picture, phrases: Phrases, state: State) -> Box:
    return _box(picture, phrases.word(f"drawing_state_{state.value}"))


def _frames(picture: Picture) -> list[Box]:
    return [box for box in picture.boxes if box.shape is Shape.GROUP]


# --- the picture ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
def test_every_state_stands_there_once_with_who_answers_for_it(
    picture: Picture, phrases: Phrases, state: State
) -> None:
    who = phrases.word("drawing_who", who=phrases.word(f"drawing_who_{who_answers(state)}"))
    assert who in [line.text for line in _state(picture, phrases, state).words]


def test_a_frame_holds_the_states_of_its_kind_and_no_others(picture: Picture, phrases: Phrases) -> None:
    held = [{state for state in State if frame.overlaps(_state(picture, phrases, state))} for frame in _frames(picture)]
    assert held == [WAITING, HELD]


def test_every_change_has_its_name_and_its_arrow(picture: Picture, phrases: Phrases) -> None:
    said = " ".join(line.text for box in picture.boxes if box.shape is Shape.WORDS for line in box.words)
    assert all(phrases.word(f"drawing_change_{change.value}") in said for change in MOVES)
    frames = (WAITING, HELD)
    expected = Counter({State.REQUESTED: 1})
    for step in MOVES.values():
        expected[step.after] += 1 if step.before in frames else len(step.before)
    assert Counter({state: _arrives(picture, _state(picture, phrases, state)) for state in State}) == expected


def _arrives(picture: Picture, box: Box) -> int:
    return sum(line.arrow and _touches(box, line.x2, line.y2) for line in picture.lines)


def _touches(box: Box, x: float, y: float) -> bool:
    return box.x <= x <= box.right and box.y <= y <= box.bottom


def test_nothing_stands_over_something_else(picture: Picture) -> None:
    apart = [box for box in picture.boxes if box.shape is not Shape.GROUP]
    assert not [(one, other) for one, other in combinations(apart, 2) if one.overlaps(other)]
    assert not [(line, box) for line in picture.lines for box in apart if _inside(line, box)]


def test_everything_stands_on_the_paper(picture: Picture) -> None:
    assert all(box.x >= 0 and box.right <= picture.width and box.bottom <= picture.height for box in picture.boxes)


def _inside(line: Line, box: Box) -> bool:
    left, right = sorted((line.x1, line.x2))
    top, bottom = sorted((line.y1, line.y2))
    return left < box.right and right > box.x and top < box.bottom and bottom > box.y


@pytest.mark.parametrize(("x2", "back"), [(90.0, 90 - render.ARROW), (10.0, 10 + render.ARROW)])
def test_an_arrow_points_to_where_its_line_ends(x2: float, back: float) -> None:
    corners = render._point(Line(50, 5, x2, 5, arrow=True)).get_xy()
    assert {corner[0] for corner in corners} == {x2, back}


@pytest.mark.parametrize(
    ("state", "who"),
    [
        (State.REQUESTED, "coordinator"),
        (State.OFFERED, "readers"),
        (State.CLAIMED, "taker"),
        (State.CONTACTED, "taker"),
        (State.RELEASED, "coordinator"),
        (State.EXPIRED, "coordinator"),
        (State.REOPENED, "coordinator"),
        (State.CLOSED, "nobody"),
    ],
)
def test_somebody_answers_for_all_that_is_not_closed(state: State, who: str) -> None:
    assert who_answers(state) == who


# --- the tables -----------------------------------------------------------------------------------------------


def test_the_table_of_patience_has_every_urgency_with_its_times() -> None:
    rows = {line.split("`")[1]: line for line in patience() if line.startswith("| `")}
    assert list(rows) == [urgency.value for urgency in Urgency]
    soon = PATIENCE[Urgency.SOON]
    assert [cell.strip() for cell in rows["soon"].split("|")[2:6]] == [
        in_words(time) for time in (soon.rung, soon.contact, soon.reply, soon.promise)
    ]


def test_the_ladder_has_every_rung_in_order_with_its_meaning() -> None:
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in ladder()][2:]
    assert [row[:2] for row in rows] == [[str(n), f"`{rule.value}`"] for n, rule in enumerate(Rule, start=1)]
    assert all(row[2] for row in rows)


class Fruit(enum.Enum):
    """Nothing below the class itself counts."""

    APPLE = 1
    """Round,
    and red."""
    PEAR = 2


def test_the_meaning_of_a_member_is_what_stands_below_it() -> None:
    assert meanings(Fruit) == {"APPLE": "Round, and red."}


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (1, "1 working hour"),
        (3, "3 working hours"),
        (8, "1 working day"),
        (80, "10 working days"),
        (12, "12 working hours"),
    ],
)
def test_working_time_in_words(hours: int, words: str) -> None:
    assert in_words(timedelta(hours=hours)) == words


def test_only_the_parts_between_marks_are_written_anew() -> None:
    page = filled(PAGE)
    assert "old" not in page and page.startswith("Words.\n<!-- begin: patience -->\n|") and page.endswith("More.")
    assert filled(page) == page


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(PageError, match="begin: patience"):
        filled("Words.")


# --- the command, and the page of the house -------------------------------------------------------------------


class Docs:
    """A page and a picture, and the command line that writes them."""

    def __init__(self, folder: Path) -> None:
        self.page, self.picture = folder / "hand-off.md", folder / "pictures" / "hand-off.svg"
        self.page.write_text(PAGE, encoding="utf-8")

    def draws(self, *options: str, exit_code: int = 0) -> str:
        command = ["handoff", "draw", "--to", str(self.picture), "--page", str(self.page), *options]
        result = CliRunner().invoke(cli.app, command)
        assert result.exit_code == exit_code, (result.output, result.exception)
        return result.output


def test_the_picture_and_the_tables_are_written_and_then_up_to_date(tmp_path: Path) -> None:
    docs = Docs(tmp_path)
    docs.draws()
    assert docs.picture.read_bytes().startswith(b"<?xml")
    assert docs.picture.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    assert docs.draws("--check") == ""


def test_a_check_writes_nothing_and_names_what_is_out_of_date(tmp_path: Path) -> None:
    docs = Docs(tmp_path)
    remark = "not as the code is; run `wijkwijzer handoff draw`."
    assert docs.draws("--check", exit_code=1).splitlines() == [f"{docs.picture}: {remark}", f"{docs.page}: {remark}"]
    assert docs.page.read_text(encoding="utf-8") == PAGE and not docs.picture.exists()


@pytest.mark.parametrize("name", [*(f"`{state.value}`" for state in State), *(f"`{c}`" for c in (*COMMANDS, NOTE))])
def test_the_page_of_the_house_names_every_state_and_command(name: str) -> None:
    assert name in (ROOT / "docs" / "hand-off.md").read_text(encoding="utf-8")


def test_the_page_of_the_house_has_the_parts_as_the_code_has_them() -> None:
    page = (ROOT / "docs" / "hand-off.md").read_text(encoding="utf-8")
    assert handoff_page.filled(page) == page
