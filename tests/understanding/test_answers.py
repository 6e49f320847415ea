"""Typed answers: label, place, other word, near miss; and never a guess."""

from __future__ import annotations

import pytest

from bot.dialogue.content import Content
from bot.understanding.answers import Pressed, phone_number, pressed, typed


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        ("tenure", "Ik huur van Portaal", "portaal"),
        ("tenure", "ik huur van porttaal", "portaal"),
        ("tenure", "de woningbouw", "portaal"),
        ("tenure", "2", "other_landlord"),
        ("tenure", "de derde", "own"),
        ("tenure", "optie 1", "portaal"),
        ("tenure", "nummer vier", "unknown"),
        ("tenure", "5", None),
        ("tenure", "niet van portaal", None),
        ("tenure", "portaal of particulier", None),
        ("tenure", "van mij", "own"),
        ("tenure", "het is een koopwoning hoor", "own"),
        ("tenure", "po", None),
        ("tenure", "", None),
        ("tenure", "!!!", None),
        ("tenure", "ik denk dat het van portaal is maar dat weet ik dus niet zeker", None),
        ("pen_fits", "ja hoor", "yes"),
        ("pen_fits", "past niet", "no"),
        ("pen_fits", "nee", "no"),
        ("pen_fits", "ja nee", None),
        ("draught_review", "klopt niet", None),
        ("draught_review", "Klopt!", "yes"),
        ("arrears_count", "drie", "more"),
        ("arrears_count", "3", "more"),
        ("arrears_count", "een", "one"),
        ("inside_temperature", "17 graden", "16_19"),
        ("inside_temperature", "onder de 16", "under_16"),
        ("wijk", "smitsveen", "smitsveen"),
        ("wijk", "Smidsveen", "smitsveen"),
        ("wijk", "soest", None),
        ("consent", "tamam", "yes"),
    ],
)
def test_a_typed_text_stands_for_one_value_or_for_none(
    content: Content, slot: str, text: str, value: str | None
) -> None:
    assert typed(content, "nl", slot, {}, text) == value


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("q12:portaal", Pressed(12, "portaal")),
        ("q1:!back", Pressed(1, "!back")),
        ("q1:~2", Pressed(1, "~2")),
        ("q1:", None),
        ("q:x", None),
        ("12:x", None),
        ("q٣:x", None),
        ("q1234567890:x", None),
        ("q1:" + "x" * 51, None),
        ("q1:a\nb", None),
        ("", None),
    ],
)
def test_a_button_says_which_question_and_value_or_is_made_up(data: str, expected: Pressed | None) -> None:
    assert pressed(data) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0612345678", "+31 6 12345678"),
        ("06-12 34 56 78", "+31 6 12345678"),
        ("mijn nummer is 0612345678", "+31 6 12345678"),
        ("+32 470 12 34 56", "+32 470 12 34 56"),
        ("035 601 2345", "+31 35 601 2345"),
        ("12345", None),
        ("bel maar", None),
        ("", None),
        ("0" * 300, None),
    ],
)
def test_a_telephone_number_is_checked(text: str, number: str | None) -> None:
    assert phone_number(text) == number
