"""Each rule for words with texts that break it, and texts that do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.wordrules import Rules, check, check_label, check_response, read_rules

FLOWS = Path(__file__).parents[2] / "flows"

BROKEN = [
    ("sentence length", "Wilt u dan zo goed zijn om mij even te vertellen hoe koud het is?"),
    ("sentence length", "Pak een pen en kijk of u die pen in de kier bij uw raam krijgt."),
    ("sentence on its own line", "Bel uw verhuurder. Zeg dat het tocht."),
    ("sentence on its own line", "Goed zo! Dan gaan we verder."),
    ("sentences in a bubble", "Een.\nNog een.\nEn nog een.\nTe veel."),
    ("length of a bubble", "Dit is een heel lange zin zonder einde, " * 8),
    ("word to avoid", "Heeft u schulden?"),
    ("word to avoid", "Schulden komen vaak voor."),
    ("word to avoid", "U kunt hulp aanvragen."),
    ("word to avoid", "U dient te wachten."),
    ("word to avoid", "U moet beter luchten."),
    ("word to avoid", "U heeft niet gereageerd."),
    ("word to avoid", "Dat is geen geldig antwoord."),
    ("word to avoid", "Wil je een mens?"),
    ("word to avoid", "Een betalingsregeling kan helpen."),
    ("word to avoid", "U heeft recht op geld."),
    ("numbers in figures", "Wacht zes weken."),
    ("numbers in figures", "Twee mensen lezen mee."),
    ("no percentages", "Dat scheelt 10%."),
    ("no percentages", "Dat scheelt 10 % op de rekening."),
    ("numbers in figures", "Dat scheelt 10 procent."),
    ("no abbreviations", "Bel i.v.m. de kou."),
    ("no abbreviations", "Plak iets, bijv. strips."),
    ("no abbreviations", "Kijk 2x per dag."),
    ("no abbreviations", "Vraag het de WMO."),
    ("no double negation", "U hoeft niet te komen zonder brief."),
    ("no double negation", "Er is nooit niemand."),
    ("no passive", "Uw vraag wordt snel behandeld."),
    ("no passive", "De brieven worden samen geopend."),
    ("no pictures for words", "Goed zo \U0001f44d"),
]

FINE = [
    "Bel uw verhuurder.\nZeg dat het tocht.",
    "Nu in gevaar? Bel 112.",
    "Typ hier geen BSN of banknummer.",
    "Het wordt koud.",
    "Uw geld wordt minder.",
    "Dat duurt 6 weken.",
    "{name} pakt uw vraag op.",
    "Bel 0800-8115, dat is gratis.",
    "Wie achter loopt, is niet de enige.",
]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules(FLOWS / "texts" / "nl" / "wordrules.yml")


@pytest.mark.parametrize(("rule", "text"), BROKEN)
def test_a_text_that_breaks_a_rule_is_told_which_and_what_to_write(rules: Rules, rule: str, text: str) -> None:
    breaches = check(text, rules)
    assert rule in {breach.rule for breach in breaches}
    assert all(breach.remedy and breach.excerpt for breach in breaches)


@pytest.mark.parametrize("text", FINE)
def test_plain_dutch_passes(rules: Rules, text: str) -> None:
    assert check(text, rules) == []


def test_a_word_to_avoid_names_the_word_to_write(rules: Rules) -> None:
    assert "geldzorgen" in check("Schulden?", rules)[0].remedy


def test_every_rule_has_an_example_that_breaks_it(rules: Rules) -> None:
    told = {breach.rule for _, text in BROKEN for breach in check(text, rules)}
    assert told == {rule for rule, _ in BROKEN}


def test_words_within_a_longer_word_are_left_alone(rules: Rules) -> None:
    assert check("Bel het jeugdhuis.", rules) == []


def test_steps_that_save_a_life_stay_together_in_one_bubble(rules: Rules) -> None:
    steps = "\n".join(["Ga naar buiten."] * 7)
    assert check(steps, rules, danger=True) == []
    assert check(steps, rules) != []


def test_a_long_button_is_refused(rules: Rules) -> None:
    assert [breach.rule for breach in check_label("Ik wil graag een afspraak maken", rules)] == ["button length"]


def test_the_place_of_a_filled_in_word_does_not_count_for_a_button(rules: Rules) -> None:
    assert check_label("Vraag {number}, uit {wijk_name}", rules) == []


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("utter_line_draught", "Het tocht bij het raam. De kier is smal. Er is schimmel. Het is koud."),
        ("utter_say_reach", "samen wandelen"),
        ("button_back", "Terug"),
    ],
)
def test_pieces_are_checked_as_what_they_are(rules: Rules, key: str, text: str) -> None:
    assert check_response(key, text, rules) == []


def test_the_team_may_read_longer_sentences(rules: Rules) -> None:
    sentence = "De bewoner wil graag dat u morgen belt over de kou in het huis."
    assert check(sentence, rules) != []
    assert check(sentence, rules.for_team()) == []
