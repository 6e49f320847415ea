"""The language of a text: scripts and letters, known words, caution; with the evidence of the model given by hand."""

from __future__ import annotations

import pytest

from nlu.components.recogniser import Caution, Recogniser
from nlu.components.scripts import LANGUAGES_OF, LATIN, OWN_LETTERS, script_of
from nlu.report.languages import Count, counted
from nlu.report.sentences import Sentence

CAUTION = Caution(sure=0.95, sure_of_few=0.9999, few=2, known_words=20.0)
CODES = {code for several in LANGUAGES_OF.values() for code in several}


def _recogniser(likely: str, odds: float, *dutch: str) -> Recogniser:
    """A model to which every text looks `likely`, by so much (a logarithm of odds)."""
    return Recogniser(lambda text: {code: odds if code == likely else 0.0 for code in CODES}, CAUTION, set(dutch))


NEVER_DUTCH = _recogniser("en", 50)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("het tocht", LATIN),
        ("الفاتورة huurtoeslag غالية جدا", "ARABIC"),
        ("hoe zeg je привет in het nederlands", LATIN),
        ("我的房子很冷", "CJK"),
        ("12 € \U0001f976", None),
        ("", None),
    ],
)
def test_the_script_is_that_of_most_letters(text: str, script: str | None) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("برد", "ar"),
        ("کمک", "fa"),
        ("ٹھنڈ", "ur"),
        ("یخنۍ", "ps"),
        ("یارمەتی", "ku"),
        ("Її", "uk"),
        ("привыкли", "ru"),
        ("спасибо", "ru"),
        ("у мене дуже холодно", "uk"),
        ("нямам пари!", "bg"),
        ("خانه", "fa"),
        ("ትግርኛ", "ti"),
        ("አመሰግናለሁ", "am"),
        ("κρύο", "el"),
        ("冷", "zh"),
        ("家が寒い", "ja"),
        ("추워요", "ko"),
    ],
)
def test_one_word_is_enough_in_a_script_of_few_languages(word: str, language: str) -> None:
    assert NEVER_DUTCH.language(word)[0] == language


def test_without_a_letter_or_word_of_its_own_the_model_chooses_within_the_script() -> None:
    assert _recogniser("bg", 5).language("дом")[0] == "bg"
    assert _recogniser("bg", 2).language("дом")[0] is None


def test_each_own_letter_belongs_to_a_script_that_is_known() -> None:
    for script, letters in OWN_LETTERS.items():
        assert {script_of(letter) for own in letters.values() for letter in own} <= {script, "HIRAGANA"}


def test_the_model_is_believed_when_it_is_sure() -> None:
    name, confidence = _recogniser("tr", 10).language("ev cok soguk")
    assert name == "tr"
    assert confidence > 0.99


def test_an_unsure_model_names_nothing_but_says_how_unsure_it_is() -> None:
    name, confidence = _recogniser("tr", 4).language("ev cok soguk")
    assert name is None
    assert 0 < confidence < CAUTION.sure


def test_few_words_ask_for_more_certainty() -> None:
    assert _recogniser("tr", 10).language("cok soguk")[0] is None
    assert _recogniser("tr", 20).language("cok soguk")[0] == "tr"


def test_known_words_make_it_dutch_whatever_the_model_says() -> None:
    recogniser = _recogniser("en", 10, "ik", "heb", "geen")
    assert recogniser.language("ik heb geen money bro, ik heb geen")[0] == "nl"
    assert recogniser.language("there is no money left")[0] == "en"


def test_capitals_hide_no_known_word() -> None:
    assert _recogniser("en", 10, "koud", "hier").language("KOUD HIER")[0] == "nl"


@pytest.mark.parametrize("name", ["Ayşe Yılmaz", "Łukasz", "Ahmed Hassan Ali"])
def test_a_name_is_no_language(name: str) -> None:
    assert NEVER_DUTCH.language(name)[0] is None


@pytest.mark.parametrize("text", ["salam 3afak", "wach kayn chi mosa3ada", "ma3ndi la flous"])
def test_moroccan_arabic_in_latin_letters_is_arabic(text: str) -> None:
    assert NEVER_DUTCH.language(text)[0] == "ar"


@pytest.mark.parametrize("text", ["wollah het is koud hier", "salam broeder alles goed", "200 m3 gas, kan dat", "w8ff"])
def test_a_word_of_it_in_dutch_does_not_make_it_arabic(text: str) -> None:
    assert _recogniser("nl", 50).language(text)[0] == "nl"


def test_words_are_learnt_from_what_the_model_takes_for_dutch_only() -> None:
    def evidence(text: str) -> dict[str, float]:
        return {code: float(code == ("en" if "dutch" in text else "nl")) for code in CODES}

    learnt = Recogniser(evidence, CAUTION).dutch_words(["Het tocht 2 keer!", "my dutch is not good", "برد", "..."])
    assert learnt == {"het", "tocht", "keer"}


def test_languages_are_counted_as_found_missed_and_wrong() -> None:
    named = [(Sentence(text, ("greet",)), name) for text, name in (("a", "tr"), ("b", None), ("c", "nl"), ("d", "tr"))]
    count = counted("tr", named)
    assert count == Count(2, 1, ("c",))
    assert count.all == 4
