"""The lines of a summary."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from bot.dialogue.content import Content
from bot.dialogue.responses import Line
from bot.dialogue.summary import lines_of
from bot.words import Words

HOME, DRAUGHT, WARMTH = "utter_line_home", "utter_line_draught", "utter_line_warmth"


@pytest.mark.parametrize(
    ("slots", "lines"),
    [
        ({}, []),
        ({"tenure": "own"}, [HOME]),
        ({"tenure": None, "about_draught": "yes"}, [DRAUGHT]),
        ({"draught_place": "door", "pen_fits": "no"}, []),
        ({"inside_temperature": "16_19"}, [WARMTH]),
        ({"tenure": "own", "about_draught": "yes", "inside_temperature": "16_19"}, [HOME, DRAUGHT]),
        ({"tenure": "own", "about_draught": "yes", "left_out": [HOME]}, [DRAUGHT]),
        ({"tenure": "own", "left_out": None}, [HOME]),
        ({"vulnerable_home": "yes"}, ["utter_line_people"]),
        ({"vulnerable_home": "no"}, []),
        ({"can_pay": "skipped"}, []),
        ({"letters": "opened"}, ["utter_line_letters"]),
        ({"can_pay": "no", "letters": "opened"}, ["utter_line_pay"]),
        ({"about_high_bill": "yes", "also": ["mould"]}, ["utter_line_high_bill", "utter_line_also"]),
        ({"also": []}, []),
    ],
)
def test_a_line_is_shown_when_its_first_slot_is_filled_it_has_words_and_it_was_not_left_out(
    content: Content, slots: dict[str, object], lines: list[str]
) -> None:
    for question in ("send_ok", "send_ok_chosen"):
        assert [line.key for line in lines_of(content, question, slots)] == lines


def _answers(content: Content, line: Line) -> Iterator[dict[str, Any]]:
    """Every combination of answers that the wording of a line depends on."""
    looked_at = {name for variant in content.response(line.key).variants for name, _ in variant.conditions}
    names = [name for name in sorted({*line.slots, *looked_at}) if content.slots[name].values]
    values = [(None, *content.slots[name].values) for name in names]
    yield from (dict(zip(names, combination, strict=True)) for combination in itertools.product(*values))


@pytest.mark.parametrize("key", ["send_ok", "send_ok_chosen"])
def test_no_line_that_is_shown_is_empty(content: Content, words: Words, key: str) -> None:
    given = {"also": ["mould"], "attachments": 2}
    for line in content.response(f"utter_ask_{key}").variants[0].lines:
        for answers in _answers(content, line):
            slots = {**given, **answers}
            if line in lines_of(content, key, slots):
                assert words.say(line.key, slots).strip(), (line.key, answers)


def test_an_ordinary_question_has_no_lines(content: Content) -> None:
    assert lines_of(content, "tenure", {"tenure": "own"}) == ()
