"""Buttons below what is said, and a question that shows what was chosen."""

from __future__ import annotations

from actions.outbox import Button
from bot.dialogue.content import Content
from bot.dialogue.conversation import Said
from bot.messages import answered, message
from bot.words import Words

SLOTS = {"tenure": "own", "draught_place": "door", "inside_temperature": "16_19", "can_pay": "yes"}
LINES = ("utter_line_home", "utter_line_draught", "utter_line_warmth")


def _data(content: Content, said: Said) -> list[list[str]]:
    return [[button.data for button in row] for row in message(content, said, "nl").buttons]


def test_below_a_question_stand_back_skip_and_a_person(content: Content) -> None:
    assert _data(content, Said("utter_ask_can_pay", {}, 3, ("back", "skip", "human"))) == [
        ["q3:!back", "q3:!skip"],
        ["q3:!human"],
    ]
    assert _data(content, Said("utter_ask_tenure", {}, 3, ("back", "human"))) == [["q3:!back", "q3:!human"]]
    assert _data(content, Said("utter_greet", {}, None, ("human",))) == [["q0:!human"]]
    assert _data(content, Said("utter_greet", {})) == []


def test_below_a_summary_stands_a_button_for_each_line_three_in_a_row(content: Content) -> None:
    said = Said("utter_ask_send_ok", SLOTS, 3, ("back",), (*LINES, "utter_line_mould"))
    assert _data(content, said) == [["q3:~1", "q3:~2", "q3:~3"], ["q3:~4"], ["q3:!back"]]
    assert message(content, said, "nl").buttons[0][1] == Button("button_leave_out", "q3:~2", {"number": 2})
    review = message(content, Said("utter_ask_draught_review", SLOTS, 3, (), LINES), "nl")
    assert review.buttons[0][0].label == "button_change"
    assert review.values["line_keys"] == list(LINES)


def test_a_pressed_question_shows_the_choice_and_has_no_buttons_left(content: Content, words: Words) -> None:
    asked = message(content, Said("utter_ask_tenure", {}, 3, ("human",)), "nl")
    for data, label in (("q3:own", "Het huis is van mij"), ("q3:!human", "Ik wil een mens")):
        rendered = words.render(answered(words, asked, data))
        assert label in rendered.text and words.render(asked).text in rendered.text
        assert rendered.rows == ()


def test_what_was_typed_is_shown_as_it_was_read(content: Content, words: Words) -> None:
    asked = message(content, Said("utter_ask_phone", {}, 3), "nl")
    assert "+31 6 12345678" in words.render(answered(words, asked, "+31 6 12345678")).text
