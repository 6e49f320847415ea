"""The lines of a summary."""

from __future__ import annotations

import pytest

from bot.dialogue.content import Content
from bot.dialogue.summary import lines_of

HOME, DRAUGHT, WARMTH = "utter_line_home", "utter_line_draught", "utter_line_warmth"


@pytest.mark.parametrize(
    ("slots", "lines"),
    [
        ({}, []),
        ({"tenure": "own"}, [HOME]),
        ({"tenure": None, "pen_fits": "no"}, [DRAUGHT]),
        ({"tenure": "own", "inside_temperature": "16_19", "draught_place": "door"}, [HOME, DRAUGHT, WARMTH]),
        ({"tenure": "own", "draught_place": "door", "left_out": [HOME]}, [DRAUGHT]),
        ({"tenure": "own", "left_out": None}, [HOME]),
    ],
)
def test_a_line_is_shown_when_one_of_its_slots_is_filled_and_it_was_not_left_out(
    content: Content, slots: dict[str, object], lines: list[str]
) -> None:
    assert [line.key for line in lines_of(content, "send_ok", slots)] == lines


def test_an_ordinary_question_has_no_lines(content: Content) -> None:
    assert lines_of(content, "tenure", {"tenure": "own"}) == ()
