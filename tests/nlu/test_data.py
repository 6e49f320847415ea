"""Rules for the sentences: enough of each, none twice, none both learnt from and measured with."""

from __future__ import annotations

from collections import Counter

import pytest

from nlu.report.groups import DANGERS, DIALOGUE, WISHES
from nlu.report.sentences import (
    LANGUAGES,
    Sentence,
    bare,
    evaluation_sentences,
    training_sentences,
    written_for_evaluation,
)

AT_LEAST, AT_LEAST_DIALOGUE, AT_LEAST_OUT_OF_SCOPE = 60, 25, 250
AT_LEAST_DUTCH, AT_LEAST_OTHER_LANGUAGE = 500, 40


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
    counts = Counter(bare(sentence.text) for sentence in learnt)
    assert [sentence.text for sentence in learnt if counts[bare(sentence.text)] > 1] == []


def test_each_intent_has_enough_sentences(learnt: list[Sentence]) -> None:
    counts = Counter(sentence.intents[0] for sentence in learnt)
    assert {intent: count for intent, count in counts.items() if count < _wanted(intent)} == {}
    assert {*DANGERS, *WISHES, *DIALOGUE} <= counts.keys()


def test_sentences_that_were_learnt_are_not_measured_with(learnt: list[Sentence], measured: list[Sentence]) -> None:
    known = {bare(sentence.text) for sentence in learnt}
    assert [sentence.text for sentence in measured if bare(sentence.text) in known] == []


def test_few_are_left_out_for_it(measured: list[Sentence]) -> None:
    written = sum(len(written_for_evaluation(language)) for language in LANGUAGES)
    assert len(measured) >= 0.97 * written


def test_measured_intents_exist(learnt: list[Sentence], measured: list[Sentence]) -> None:
    known = {sentence.intents[0] for sentence in learnt}
    assert [sentence.text for sentence in measured if not set(sentence.intents) <= known] == []


def test_there_is_enough_to_measure_with() -> None:
    assert len(evaluation_sentences("dutch")) >= AT_LEAST_DUTCH
    assert all(len(evaluation_sentences(language)) >= AT_LEAST_OTHER_LANGUAGE for language in LANGUAGES[1:])
