"""A text as a voice must read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.outbox import Button, Message
from bot.dialogue.content import Content
from bot.dialogue.responses import Option, Response, Variant
from bot.speaking.reading import Spoken, read_out
from bot.words import Words

CHOICES = "U kunt kiezen:"
SAID = {
    "utter_plain": [Variant("Hallo.\nBel 112.")],
    "utter_other": [Variant("Iets anders.")],
    "utter_name": [Variant("Dag {name}.")],
    "utter_two": [Variant("Ja.", (("a", "b"),)), Variant("Nee.")],
    "utter_ask_colour": [Variant("Kleur?", options=(Option("Rood", "red"), Option("Blauw", "blue")))],
    "utter_ask_wijk": [Variant("Waar?", options=(Option("De Eng", "de_eng"),), options_from="wijken")],
    "utter_ask_some": [Variant("Wat?", options=(Option("Rood", "red"), Option("Blauw", "blue")), only="some")],
    "utter_listen_choices": [Variant(CHOICES)],
    "utter_listen_failed": [Variant("Het lukt niet.")],
    "button_listen": [Variant("Luister")],
    "button_human": [Variant("Een mens")],
}
TURKISH = {"utter_plain": [Variant("Merhaba.")], "button_human": [Variant("Insan")]}
NAV = ((Button("button_listen", "q3:!listen"), Button("button_human", "q3:!human")),)


@pytest.fixture
def words(content: Content) -> Words:
    texts = {"nl": SAID, "tr": TURKISH}
    made = {
        language: {key: Response(key, tuple(variants), "here") for key, variants in said.items()}
        for language, said in texts.items()
    }
    return Words(replace(content, texts=made), {})


def read(words: Words, *messages: Message) -> tuple[Spoken, ...]:
    return words.render(Message("utter_listen_failed", aloud=messages)).aloud


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Bel 112.", "Bel 1 1 2."),
        ("Bel 0800-8115 of 113.", "Bel 0 8 0 0, 8 1 1 5 of 1 1 3."),
        ("06 12345678", "0 6, 1 2 3 4 5 6 7 8"),
        ("+31 6 12345678", "+ 3 1, 6, 1 2 3 4 5 6 7 8"),
        ("Binnen 30 dagen, ongeveer 100 euro.", "Binnen 30 dagen, ongeveer 100 euro."),
        ("Meer dan 1120 mensen.", "Meer dan 1120 mensen."),
    ],
)
def test_a_number_to_call_is_read_digit_by_digit_and_others_as_they_are(written: str, read: str) -> None:
    assert read_out([written]) == read


def test_each_line_stays_a_line_so_that_the_voice_rests_between_them() -> None:
    assert read_out(["Ga naar buiten.", "Bel 112."]) == "Ga naar buiten.\nBel 1 1 2."


def test_a_question_is_read_with_its_options_and_its_other_buttons_but_not_listen(words: Words) -> None:
    asked = Message("utter_ask_colour", question=3, buttons=NAV)
    assert read(words, asked) == (Spoken(f"Kleur?\n{CHOICES}\nRood\nBlauw\nEen mens", "nl", "utter_ask_colour"),)


def test_all_that_was_said_is_read_in_order(words: Words) -> None:
    said = read(words, Message("utter_plain"), Message("utter_other"))
    assert said == (Spoken("Hallo.\nBel 1 1 2.", "nl", "utter_plain"), Spoken("Iets anders.", "nl", "utter_other"))


@pytest.mark.parametrize(
    "said",
    [
        Message("utter_name", {"name": "Annie"}),
        Message("utter_two"),
        Message("utter_ask_wijk", question=3),
        Message("utter_ask_some", {"some": ["red"]}, question=3),
    ],
    ids=lambda said: said.key,
)
def test_what_is_not_always_the_same_cannot_be_a_recording(words: Words, said: Message) -> None:
    assert read(words, said)[0].recorded_as == ""


def test_another_language_is_read_in_that_language_only_where_it_is_there(words: Words) -> None:
    said = read(
        words,
        Message("utter_plain", language="tr"),
        Message("utter_ask_colour", language="tr", question=3, buttons=NAV),
    )
    assert said[0] == Spoken("Merhaba.", "tr", "utter_plain")
    assert said[1] == Spoken(f"Kleur?\n{CHOICES}\nRood\nBlauw\nEen mens", "nl", "utter_ask_colour")


def test_when_it_cannot_be_read_there_are_words(words: Words) -> None:
    assert words.render(Message("utter_listen_failed", aloud=(Message("utter_plain"),))).text == "Het lukt niet."
