"""Buttons below what is said, and a question that shows what was chosen."""

from __future__ import annotations

from actions.outbox import Button
from bot.dialogue.conversation import Said
from bot.messages import answered, message
from bot.words import Words

SLOTS = {"tenure": "own", "draught_place": "door", "inside_temperature": "16_19", "can_pay": "yes"}
LINES = ("utter_line_home", "utter_line_draught", "utter_line_warmth")


def _data(said: Said) -> list[list[str]]:
    return [[button.data for button in row] for row in message(said, "nl").buttons]


def test_below_a_question_stand_back_skip_listen_and_a_person() -> None:
    assert _data(Said("utter_ask_can_pay", {}, 3, ("back", "skip", "human"))) == [
        ["q3:!back", "q3:!skip", "q3:!listen"],
        ["q3:!human"],
    ]
    asked = Said("utter_ask_tenure", {}, 3, ("back", "human"))
    assert _data(asked) == [["q3:!back", "q3:!listen"], ["q3:!human"]]
    assert _data(Said("utter_ask_tenure", {}, 3, ("human",))) == [["q3:!listen", "q3:!human"]]
    assert _data(Said("utter_ask_tenure", {}, 3)) == [["q3:!listen"]]


def test_below_the_last_words_stand_listen_and_a_person() -> None:
    assert _data(Said("utter_greet", {}, None, ("human",))) == [["q0:!listen", "q0:!human"]]
    assert _data(Said("utter_greet", {})) == []


def test_below_a_voice_note_stands_no_listen() -> None:
    assert _data(Said("utter_listen_failed", {}, None, ("human",), aloud=True)) == [["q0:!human"]]


def test_below_a_summary_stands_a_button_for_each_line_three_in_a_row() -> None:
    said = Said("utter_ask_send_ok", SLOTS, 3, ("back",), (*LINES, "utter_line_mould"))
    assert _data(said) == [["q3:~1", "q3:~2", "q3:~3"], ["q3:~4"], ["q3:!back", "q3:!listen"]]
    asked = message(said, "nl")
    assert asked.buttons[0][1] == Button("button_change", "q3:~2", {"number": 2})
    assert asked.values["line_keys"] == [*LINES, "utter_line_mould"]


def test_a_pressed_question_shows_the_choice_and_has_no_buttons_left(words: Words) -> None:
    asked = message(Said("utter_ask_tenure", {}, 3, ("human",)), "nl")
    for data, label in (("q3:own", "Het huis is van mij"), ("q3:!human", "Ik wil een mens")):
        rendered = words.render(answered(words, asked, data))
        assert label in rendered.text and words.render(asked).text in rendered.text
        assert rendered.rows == ()


def test_what_was_typed_is_shown_as_it_was_read(words: Words) -> None:
    asked = message(Said("utter_ask_phone", {}, 3), "nl")
    assert "+31 6 12345678" in words.render(answered(words, asked, "+31 6 12345678")).text
