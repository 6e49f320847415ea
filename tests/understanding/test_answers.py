"""Typed answers: label, place, other word, near miss; and never a guess."""

from __future__ import annotations

import pytest

from bot.dialogue.content import Content
from bot.understanding.answers import Pressed, followed_up, phone_number, pressed, told, typed


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
        ("send_ok", "stuur maar door", "yes"),
        ("send_ok", "klopt niet", None),
        ("send_ok", "Klopt!", "yes"),
        ("send_ok", "niet doorsturen", "no"),
        ("send_ok", "ik wil zelf kiezen", "choose"),
        ("send_ok", "liever bellen", "choose"),
        ("send_ok", "wie leest dit", None),
        ("send_ok", "hoe gaat dat dan", None),
        ("line_choice", "ander antwoord", "change"),
        ("line_choice", "haal maar weg", "leave_out"),
        ("line_choice", "laat zo", "keep"),
        ("behind_with", "drie", "more"),
        ("behind_with", "3", "more"),
        ("behind_with", "met 2 dingen", "more"),
        ("behind_with", "huur en gas", "more"),
        ("behind_with", "de huur", "rent"),
        ("inside_temperature", "17 graden", "16_19"),
        ("inside_temperature", "onder de 16", "under_16"),
        ("wijk", "smitsveen", "smitsveen"),
        ("wijk", "Smidsveen", "smitsveen"),
        ("wijk", "soest", None),
        ("consent", "tamam", "yes"),
        ("when", "kan niet", "other_day"),
        ("when", "Ik kan niet!", "other_day"),
        ("when", "ik kan niet betalen", None),
        ("when", "de laatste", "second"),
        ("when", "kan het ook later", "other_day"),
        ("appointment_still", "dan kan ik niet", "cancel"),
        ("appointment_still", "ik kan niet slapen", None),
        ("appointment_kept", "ze was er niet", "nobody"),
        ("appointment_kept", "ik was er niet", "no"),
        ("appointment_kept", "nee, er kwam niemand", "nobody"),
        ("appointment_kept", "nee hij was er niet", "nobody"),
        ("appointment_kept", "nee ik was ziek", "no"),
        ("send_ok", "nee ik wil zelf kiezen", "choose"),
    ],
)
def test_a_typed_text_stands_for_one_value_or_for_none(
    content: Content, slot: str, text: str, value: str | None
) -> None:
    given = {"line_choices": ["change", "leave_out", "keep"], "times_free": ["first", "second"]}
    assert typed(content, "nl", slot, given, text) == value


@pytest.mark.parametrize(
    ("flow", "text", "found"),
    [
        ("draught", "het tocht bij mijn raam", {"draught_place": "window"}),
        ("draught", "het tocht bij het raam en ik huur van portaal", {"draught_place": "window", "tenure": "portaal"}),
        ("draught", "het tocht", {}),
        ("draught", "het tocht niet bij het raam", {}),
        ("draught", "gewoon koud", {}),
        ("high_bill", "ik moet bijbetalen", {"bill_what": "extra"}),
        ("mould", "het tocht bij mijn raam", {}),
    ],
)
def test_a_sentence_that_begins_a_flow_may_answer_some_of_its_questions(
    content: Content, flow: str, text: str, found: dict[str, str]
) -> None:
    assert told(content, "nl", flow, {}, text) == found


def test_a_yes_within_a_sentence_answers_nothing(content: Content) -> None:
    assert told(content, "nl", "cut_off", {}, "o ja en de stroom gaat eraf vrijdag") == {}


def test_of_several_that_are_named_the_first_in_the_list_counts(content: Content) -> None:
    sentence = "er is een brief van de deurwaarder, die komt dinsdag"
    assert told(content, "nl", "debt_collector", {"bailiff": "no"}, sentence) == {"bailiff": "coming"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("f:tips_later:warmer", ("tips_later", "warmer")),
        ("f:x:1", ("x", "1")),
        ("f:tips_later:", None),
        ("f::warmer", None),
        ("f:tips_later", None),
        ("f:Tips:warmer", None),
        ("f:tips_later:warmer:x", None),
        ("f:tips_later:warmer\n", None),
        ("f:" + "x" * 31 + ":a", None),
        ("q1:warmer", None),
        ("", None),
    ],
)
def test_a_button_of_a_question_sent_on_its_own_says_which_flow_and_value(
    data: str, expected: tuple[str, str] | None
) -> None:
    assert followed_up(data) == expected


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
