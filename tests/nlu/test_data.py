"""Rules for the sentences: enough of each, none twice, none both learnt from and measured with."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import pytest

from nlu.report.groups import DANGERS, DIALOGUE, WISHES
from nlu.report.sentences import LANGUAGES, Sentence, evaluation_sentences, training_sentences

AT_LEAST, AT_LEAST_DIALOGUE, AT_LEAST_OUT_OF_SCOPE = 60, 25, 250
AT_LEAST_DUTCH, AT_LEAST_OTHER_LANGUAGE = 500, 40


def _bare(sentence: Sentence) -> str:
    """Without capitals, accents, punctuation and spaces: what a reader would call the same sentence."""
    letters = unicodedata.normalize("NFKD", sentence.text.casefold())
    return re.sub(r"[\W_\u0300-\u036f]", "", letters) or sentence.text


def _wanted(intent: str) -> int:
    if intent == "out_of_scope":
        return AT_LEAST_OUT_OF_SCOPE
    return AT_LEAST_DIALOGUE if intent in DIALOGUE else AT_LEAST


@pytest.fixture(scope="module")
def learnt() -> list[Sentence]:
    return training_sentences()


@pytest.fixture(scope="module")
def measured() -> list[Sentence]:
    return [sentence for language in LANGUAGES for sentence in evaluation_sentences(language)]


def test_no_sentence_stands_twice_or_in_two_intents(learnt: list[Sentence]) -> None:
    counts = Counter(map(_bare, learnt))
    assert [sentence.text for sentence in learnt if counts[_bare(sentence)] > 1] == []


def test_each_intent_has_enough_sentences(learnt: list[Sentence]) -> None:
    counts = Counter(sentence.intents[0] for sentence in learnt)
    assert {intent: count for intent, count in counts.items() if count < _wanted(intent)} == {}
    assert {*DANGERS, *WISHES, *DIALOGUE} <= counts.keys()


def test_no_sentence_is_both_learnt_from_and_measured_with(learnt: list[Sentence], measured: list[Sentence]) -> None:
    known = set(map(_bare, learnt))
    assert [sentence.text for sentence in measured if _bare(sentence) in known] == []


def test_measured_intents_exist(learnt: list[Sentence], measured: list[Sentence]) -> None:
    known = {sentence.intents[0] for sentence in learnt}
    assert [sentence.text for sentence in measured if not set(sentence.intents) <= known] == []


def test_there_is_enough_to_measure_with() -> None:
    assert len(evaluation_sentences("dutch")) >= AT_LEAST_DUTCH
    assert all(len(evaluation_sentences(language)) >= AT_LEAST_OTHER_LANGUAGE for language in LANGUAGES[1:])
