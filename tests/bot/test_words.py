"""Keys and values become words and buttons, at the moment of sending."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.outbox import Button, Message
from bot.dialogue.content import Content
from bot.dialogue.responses import Option, Response, Variant
from bot.words import Words

SAID = {
    "utter_plain": [Variant("Hallo.")],
    "utter_name": [Variant("{name}: {text}")],
    "utter_ask_colour": [Variant("Kleur?", options=(Option("Rood", "red"), Option("Blauw", "blue")))],
    "utter_by_slot": [Variant("Rood!", (("colour", "red"),)), Variant("Anders: {say_colour}")],
    "utter_say_colour": [Variant("rood", (("colour", "red"),)), Variant("blauw")],
    "utter_lines": [Variant("Klopt dit?\n{lines}")],
    "utter_line_a": [Variant("De kleur is {say_colour}.")],
    "utter_line_b": [Variant("Klaar.")],
    "utter_topics": [Variant("{topics} / {topic}")],
    "utter_topic_draught": [Variant("tocht")],
    "utter_topic_mould": [Variant("schimmel")],
    "utter_where": [Variant("in {wijk_name}, {urgency_words}, {reach_words}")],
    "utter_another_wijk": [Variant("een andere wijk")],
    "utter_say_urgency": [Variant("vandaag", (("urgency", "crisis"),)), Variant("later")],
    "utter_say_reach": [Variant("bellen")],
    "utter_tips": [Variant("Dit past:\n{tips}")],
    "utter_also": [Variant("Ook: {also_topics}.")],
    "utter_one_line": [Variant('"{line}"')],
    "utter_why": [Variant("Waarom: {reasons}")],
    "button_change": [Variant("Wijzig {number}")],
}


@pytest.fixture
def words(content: Content) -> Words:
    responses = {key: Response(key, tuple(variants), "here") for key, variants in SAID.items()}
    return Words(replace(content, texts={"nl": responses}), {"de_eng": "De Eng"})


@pytest.mark.parametrize(
    ("key", "values", "text"),
    [
        ("utter_plain", {}, "Hallo."),
        ("utter_name", {"name": "Fatma", "text": "dag {lines} {0} {name}"}, "Fatma: dag {lines} {0} {name}"),
        ("utter_by_slot", {"colour": "red"}, "Rood!"),
        ("utter_by_slot", {"colour": "blue"}, "Anders: blauw"),
        (
            "utter_lines",
            {"colour": "red", "line_keys": ["utter_line_a", "utter_line_b"]},
            "Klopt dit?\n1. De kleur is rood.\n2. Klaar.",
        ),
        ("utter_lines", {}, "Klopt dit?\n"),
        ("utter_topics", {"topics": ["draught", "mould"], "kept_topic": "mould"}, "tocht, schimmel / schimmel"),
        ("utter_where", {"wijk": "de_eng", "urgency": "crisis"}, "in De Eng, vandaag, bellen"),
        ("utter_where", {"wijk": None}, "in een andere wijk, later, bellen"),
        ("utter_tips", {"tips": ["utter_plain", "utter_line_b"]}, "Dit past:\n1. Hallo.\n2. Klaar."),
        ("utter_tips", {}, "Dit past:\n"),
        ("utter_also", {"also": ["mould", "draught"]}, "Ook: schimmel, tocht."),
        ("utter_one_line", {"changing": "utter_line_a", "colour": "red"}, '"De kleur is rood."'),
        ("utter_why", {"why": []}, "Waarom: "),
        ("utter_why", {"why": ["taken_out_since"]}, "Waarom: taken_out_since"),
    ],
)
def test_a_message_is_put_into_words(words: Words, key: str, values: dict[str, Any], text: str) -> None:
    assert words.render(Message(key, values)).text == text


def test_a_question_has_its_options_and_then_the_buttons_of_the_message(words: Words) -> None:
    buttons = ((Button("button_change", "q4:~1", {"number": 1}),),)
    rows = words.render(Message("utter_ask_colour", question=4, buttons=buttons)).rows
    assert [cell for row in rows for cell in row] == [("Rood", "q4:red"), ("Blauw", "q4:blue"), ("Wijzig 1", "q4:~1")]


def test_a_question_that_is_sent_on_its_own_names_its_flow_in_its_options(words: Words) -> None:
    rows = words.render(Message("utter_ask_colour", opens="tips_later")).rows
    assert [cell for row in rows for cell in row] == [("Rood", "f:tips_later:red"), ("Blauw", "f:tips_later:blue")]


def test_what_is_not_asked_has_no_options(words: Words) -> None:
    assert words.render(Message("utter_ask_colour")).rows == ()


@pytest.mark.parametrize("message", [Message("utter_gone"), Message("utter_name", {"name": "Fatma"})])
def test_a_missing_key_or_value_is_an_error_and_no_half_message(words: Words, message: Message) -> None:
    with pytest.raises(KeyError):
        words.render(message)


def test_the_lines_that_are_sent_on_have_no_numbers(words: Words) -> None:
    assert words.lines(("utter_line_a", "utter_line_b"), {"colour": "red"}, "nl") == "De kleur is rood.\nKlaar."
